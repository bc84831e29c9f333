"""Rounds of negotiations."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from app.answers import ListOf, One
from app.database import Served
from app.http import StrictRoute
from app.listing import (
    ById,
    Choice,
    Dated,
    Dates,
    Folded,
    Ids,
    IncludeQuery,
    Linked,
    ListQuery,
    Many,
    Quantity,
    RecordId,
    Relation,
    Texts,
    Wholes,
    find,
    get,
    notes_about,
)
from app.models import Delegates, NegotiationStatus, Positions, Round, Rounds, RoundTopics, Statements
from app.values import Kind

router = APIRouter(route_class=StrictRoute, tags=["rounds"])


class RoundInclude(IncludeQuery):
    table = Rounds
    relations = {
        "negotiation": Relation(Rounds.id, Rounds.negotiation_id),
        "topics": Relation(RoundTopics.round_id, RoundTopics.topic_id),
        "delegates": Relation(Delegates.round_id, Delegates.id),
        "statements": Relation(Statements.round_id, Statements.id),
        "positions": Relation(Positions.round_id, Positions.id),
        "notes": notes_about(Kind.ROUNDS),
    }


class RoundQuery(RoundInclude, ListQuery):
    negotiation: Annotated[Ids, ById(Rounds.negotiation_id)] = []
    """The negotiation that it is a round of."""
    number: Annotated[Wholes, Quantity(Rounds.number)] = []
    """Its place among the rounds, counted from 1."""
    city: Annotated[Texts, Folded(Rounds.city_folded)] = []
    """The city where it was held."""
    country: Annotated[Texts, Folded(Rounds.country_folded)] = []
    """The country where it was held."""
    venue: Annotated[Texts, Folded(Rounds.venue_folded)] = []
    """The building where it was held."""
    status: Annotated[Many[NegotiationStatus], Choice(Rounds.status)] = []
    """Where it stands, as of the article."""
    started: Annotated[Dates, Dated(Rounds.started_earliest, Rounds.started_latest)] = []
    """When it began."""
    ended: Annotated[Dates, Dated(Rounds.ended_earliest, Rounds.ended_latest)] = []
    """When it ended."""
    topic: Annotated[Ids, Linked(RoundTopics.topic_id, RoundTopics.round_id, Rounds.id)] = []
    """A subject of the talks."""


@router.get("/v1/rounds", response_model=ListOf[Round])
async def list_rounds(query: Annotated[RoundQuery, Query()], dataset: Served, request: Request) -> Response:
    """The rounds of negotiations, each with its place, its days and its outcome."""
    return find(dataset, query, request)


@router.get("/v1/rounds/{id}", response_model=One[Round])
async def get_round(record_id: RecordId, query: Annotated[RoundInclude, Query()], dataset: Served) -> Response:
    """One round, with its sessions day by day."""
    return get(dataset, query, record_id)
