"""Negotiations."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from app.answers import ListOf, One
from app.database import Served
from app.http import StrictRoute
from app.listing import (
    Choice,
    Dated,
    Dates,
    Ids,
    IncludeQuery,
    Linked,
    ListQuery,
    Many,
    RecordId,
    Relation,
    find,
    get,
    notes_about,
)
from app.models import Negotiation, NegotiationParties, Negotiations, NegotiationStatus, Positions, Rounds
from app.values import Kind

router = APIRouter(route_class=StrictRoute, tags=["negotiations"])


class NegotiationInclude(IncludeQuery):
    table = Negotiations
    relations = {
        "parties": Relation(NegotiationParties.negotiation_id, NegotiationParties.party_id),
        "rounds": Relation(Rounds.negotiation_id, Rounds.id),
        "positions": Relation(Positions.negotiation_id, Positions.id),
        "notes": notes_about(Kind.NEGOTIATIONS),
    }


class NegotiationQuery(NegotiationInclude, ListQuery):
    party: Annotated[Ids, Linked(NegotiationParties.party_id, NegotiationParties.negotiation_id, Negotiations.id)] = []
    """A side that takes part."""
    status: Annotated[Many[NegotiationStatus], Choice(Negotiations.status)] = []
    """Where it stands, as of the article."""
    started: Annotated[Dates, Dated(Negotiations.started_earliest, Negotiations.started_latest)] = []
    """When it began."""


@router.get("/v1/negotiations", response_model=ListOf[Negotiation])
async def list_negotiations(query: Annotated[NegotiationQuery, Query()], dataset: Served, request: Request) -> Response:
    """The negotiations, each of which takes place in rounds."""
    return find(dataset, query, request)


@router.get("/v1/negotiations/{id}", response_model=One[Negotiation])
async def get_negotiation(
    record_id: RecordId, query: Annotated[NegotiationInclude, Query()], dataset: Served
) -> Response:
    """One negotiation."""
    return get(dataset, query, record_id)
