"""What the sides want."""

from typing import Annotated

from fastapi import Query, Request, Response

from app import filters, models
from app.endpoints import RecordId, Served, router_for
from app.export import add_exports
from app.listing import find, get
from app.parameters import Ids
from app.queries import IncludeQuery, ListQuery

router = router_for("positions")


class PositionInclude(IncludeQuery):
    table = models.Positions
    relations = {
        "party": filters.to(models.Positions.party_id),
        "negotiation": filters.to(models.Positions.negotiation_id),
        "round": filters.to(models.Positions.round_id),
        "topic": filters.to(models.Positions.topic_id),
    }


class PositionQuery(PositionInclude, ListQuery):
    party: Annotated[Ids, filters.ById(models.Positions.party_id)] = []
    negotiation: Annotated[Ids, filters.ById(models.Positions.negotiation_id)] = []
    round: Annotated[Ids, filters.ById(models.Positions.round_id)] = []
    topic: Annotated[Ids, filters.ById(models.Positions.topic_id)] = []


@router.get("/v1/positions", response_model=models.ListOf[models.Position])
def list_positions(query: Annotated[PositionQuery, Query()], dataset: Served, request: Request) -> Response:
    """The positions: what each side wants."""
    return find(dataset, query, request)


@router.get("/v1/positions/{id}", response_model=models.One[models.Position])
def get_position(record_id: RecordId, query: Annotated[PositionInclude, Query()], dataset: Served) -> Response:
    """One position."""
    return get(dataset, query, record_id)


add_exports(router, PositionQuery)
