"""Rounds of negotiations."""

from typing import Annotated

from fastapi import Query, Request
from starlette.responses import Response

from app import models
from app.answers import ListOf, One
from app.database import Served
from app.http import router_for
from app.listing import (
    ById,
    Choice,
    Dated,
    Folded,
    IncludeQuery,
    Linked,
    ListQuery,
    Quantity,
    back,
    find,
    get,
    through,
    to,
)
from app.parameters import Dates, Ids, Many, RecordId, Texts, Wholes

router = router_for("rounds")


class RoundInclude(IncludeQuery):
    table = models.Rounds
    relations = {
        "negotiation": to(models.Rounds.negotiation_id),
        "topics": through(models.RoundTopics.topic_id),
        "delegates": back(models.Delegates.round_id),
        "statements": back(models.Statements.round_id),
        "positions": back(models.Positions.round_id),
    }


class RoundQuery(RoundInclude, ListQuery):
    negotiation: Annotated[Ids, ById(models.Rounds.negotiation_id)] = []
    number: Annotated[Wholes, Quantity(models.Rounds.number)] = []
    city: Annotated[Texts, Folded(models.Rounds.city_folded)] = []
    country: Annotated[Texts, Folded(models.Rounds.country_folded)] = []
    venue: Annotated[Texts, Folded(models.Rounds.venue_folded)] = []
    status: Annotated[Many[models.NegotiationStatus], Choice(models.Rounds.status)] = []
    started: Annotated[Dates, Dated(models.Rounds.started_earliest, models.Rounds.started_latest)] = []
    ended: Annotated[Dates, Dated(models.Rounds.ended_earliest, models.Rounds.ended_latest)] = []
    topic: Annotated[Ids, Linked(models.RoundTopics.topic_id)] = []
    """A subject of the talks."""


@router.get("/v1/rounds", response_model=ListOf[models.Round])
async def list_rounds(query: Annotated[RoundQuery, Query()], dataset: Served, request: Request) -> Response:
    """The rounds of negotiations, each with its place, its days and its outcome."""
    return find(dataset, query, request)


@router.get("/v1/rounds/{id}", response_model=One[models.Round])
async def get_round(record_id: RecordId, query: Annotated[RoundInclude, Query()], dataset: Served) -> Response:
    """One round, with its sessions day by day."""
    return get(dataset, query, record_id)
