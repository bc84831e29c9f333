"""What the sides want."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from app.answers import ListOf, One
from app.database import Served
from app.http import StrictRoute
from app.listing import ById, Ids, IncludeQuery, ListQuery, RecordId, Relation, find, get, notes_about
from app.models import Position, Positions
from app.values import Kind

router = APIRouter(route_class=StrictRoute, tags=["positions"])


class PositionInclude(IncludeQuery):
    table = Positions
    relations = {
        "party": Relation(Positions.id, Positions.party_id),
        "negotiation": Relation(Positions.id, Positions.negotiation_id),
        "round": Relation(Positions.id, Positions.round_id),
        "topic": Relation(Positions.id, Positions.topic_id),
        "notes": notes_about(Kind.POSITIONS),
    }


class PositionQuery(PositionInclude, ListQuery):
    party: Annotated[Ids, ById(Positions.party_id)] = []
    """The side."""
    negotiation: Annotated[Ids, ById(Positions.negotiation_id)] = []
    """The negotiation in which it wants this."""
    round: Annotated[Ids, ById(Positions.round_id)] = []
    """The round in which it wants this."""
    topic: Annotated[Ids, ById(Positions.topic_id)] = []
    """The subject."""


@router.get("/v1/positions", response_model=ListOf[Position])
async def list_positions(query: Annotated[PositionQuery, Query()], dataset: Served, request: Request) -> Response:
    """The positions: what each side wants."""
    return find(dataset, query, request)


@router.get("/v1/positions/{id}", response_model=One[Position])
async def get_position(record_id: RecordId, query: Annotated[PositionInclude, Query()], dataset: Served) -> Response:
    """One position."""
    return get(dataset, query, record_id)
