"""Rounds of negotiations."""

from typing import Annotated

from fastapi import Query, Request, Response

from app import filters, models
from app.endpoints import RecordId, Served, router_for
from app.export import add_exports
from app.listing import find, get
from app.parameters import WHOLE, Dates, Ids, Many, Texts
from app.queries import IncludeQuery, ListQuery

router = router_for("rounds")


class RoundInclude(IncludeQuery):
    table = models.Rounds
    relations = {
        "negotiation": filters.to(models.Rounds.negotiation_id),
        "topics": filters.through(models.RoundTopics.topic_id),
        "delegates": filters.back(models.Delegates.round_id),
        "statements": filters.back(models.Statements.round_id),
        "positions": filters.back(models.Positions.round_id),
    }


class RoundQuery(RoundInclude, ListQuery):
    negotiation: Annotated[Ids, filters.ById(models.Rounds.negotiation_id)] = []
    number: Annotated[Many[Annotated[int, WHOLE]], filters.Quantity(models.Rounds.number)] = []
    city: Annotated[Texts, filters.Folded(models.Rounds.city_folded)] = []
    country: Annotated[Texts, filters.Folded(models.Rounds.country_folded)] = []
    venue: Annotated[Texts, filters.Folded(models.Rounds.venue_folded)] = []
    status: Annotated[Many[models.NegotiationStatus], filters.Choice(models.Rounds.status)] = []
    started: Annotated[Dates, filters.Dated(models.Rounds.started_earliest)] = []
    ended: Annotated[Dates, filters.Dated(models.Rounds.ended_earliest)] = []
    topic: Annotated[Ids, filters.Linked(models.RoundTopics.topic_id)] = []
    """A subject of the talks."""


@router.get("/v1/rounds", response_model=models.ListOf[models.Round])
def list_rounds(query: Annotated[RoundQuery, Query()], dataset: Served, request: Request) -> Response:
    """The rounds of negotiations, each with its place, its days and its outcome."""
    return find(dataset, query, request)


@router.get("/v1/rounds/{id}", response_model=models.One[models.Round])
def get_round(record_id: RecordId, query: Annotated[RoundInclude, Query()], dataset: Served) -> Response:
    """One round, with its sessions day by day."""
    return get(dataset, query, record_id)


add_exports(router, RoundQuery)
