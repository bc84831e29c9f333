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
from app.models import (
    DelegateRow,
    NegotiationStatus,
    PositionRow,
    Round,
    RoundRow,
    RoundTopicRow,
    StatementRow,
)
from app.values import Kind

router = APIRouter(route_class=StrictRoute, tags=["rounds"])


class RoundInclude(IncludeQuery):
    table = RoundRow
    relations = {
        "negotiation": Relation(RoundRow.id, RoundRow.negotiation_id),
        "topics": Relation(RoundTopicRow.round_id, RoundTopicRow.topic_id),
        "delegates": Relation(DelegateRow.round_id, DelegateRow.id),
        "statements": Relation(StatementRow.round_id, StatementRow.id),
        "positions": Relation(PositionRow.round_id, PositionRow.id),
        "notes": notes_about(Kind.ROUNDS),
    }


class RoundQuery(RoundInclude, ListQuery):
    negotiation: Annotated[Ids, ById(RoundRow.negotiation_id)] = []
    """The negotiation that it is a round of."""
    number: Annotated[Wholes, Quantity(RoundRow.number)] = []
    """Its place among the rounds, counted from 1."""
    city: Annotated[Texts, Folded(RoundRow.city_folded)] = []
    """The city where it was held."""
    country: Annotated[Texts, Folded(RoundRow.country_folded)] = []
    """The country where it was held."""
    venue: Annotated[Texts, Folded(RoundRow.venue_folded)] = []
    """The building where it was held."""
    status: Annotated[Many[NegotiationStatus], Choice(RoundRow.status)] = []
    """Where it stands, as of the article."""
    started: Annotated[Dates, Dated(RoundRow.started_earliest, RoundRow.started_latest)] = []
    """When it began."""
    ended: Annotated[Dates, Dated(RoundRow.ended_earliest, RoundRow.ended_latest)] = []
    """When it ended."""
    topic: Annotated[Ids, Linked(RoundTopicRow.topic_id, RoundTopicRow.round_id, RoundRow.id)] = []
    """A subject of the talks."""


@router.get("/v1/rounds", response_model=ListOf[Round])
async def list_rounds(query: Annotated[RoundQuery, Query()], dataset: Served, request: Request) -> Response:
    """The rounds of negotiations, each with its place, its days and its outcome."""
    return find(dataset, query, request)


@router.get("/v1/rounds/{id}", response_model=One[Round])
async def get_round(record_id: RecordId, query: Annotated[RoundInclude, Query()], dataset: Served) -> Response:
    """One round, with its sessions day by day."""
    return get(dataset, query, record_id)
