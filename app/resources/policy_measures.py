"""Policy measures."""

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
    Ids,
    IncludeQuery,
    Linked,
    ListQuery,
    Many,
    RecordId,
    Relation,
    Texts,
    find,
    get,
    notes_about,
)
from app.models import (
    MeasureEffect,
    MeasureGoods,
    MeasureImposers,
    MeasureStatus,
    MeasureType,
    PolicyMeasure,
    PolicyMeasures,
    StatementMeasures,
)
from app.values import Kind

router = APIRouter(route_class=StrictRoute, tags=["policy-measures"])


class PolicyMeasureInclude(IncludeQuery):
    table = PolicyMeasures
    relations = {
        "imposed_by": Relation(MeasureImposers.measure_id, MeasureImposers.party_id),
        "target": Relation(PolicyMeasures.id, PolicyMeasures.target_id),
        "in_response_to": Relation(PolicyMeasures.id, PolicyMeasures.in_response_to_id),
        "responses": Relation(PolicyMeasures.in_response_to_id, PolicyMeasures.id),
        "proposed_in": Relation(PolicyMeasures.id, PolicyMeasures.proposed_in_id),
        "statements": Relation(StatementMeasures.measure_id, StatementMeasures.statement_id),
        "notes": notes_about(Kind.POLICY_MEASURES),
    }


class PolicyMeasureQuery(PolicyMeasureInclude, ListQuery):
    type: Annotated[Many[MeasureType], Choice(PolicyMeasures.type)] = []
    """What it is."""
    imposed_by: Annotated[Ids, Linked(MeasureImposers.party_id, MeasureImposers.measure_id, PolicyMeasures.id)] = []
    """A side that imposes it, or would carry it out."""
    target: Annotated[Ids, ById(PolicyMeasures.target_id)] = []
    """The side that it is aimed at."""
    goods: Annotated[
        Texts, Linked(MeasureGoods.goods_folded, MeasureGoods.measure_id, PolicyMeasures.id, folded=True)
    ] = []
    """Goods that it covers, as the article words them."""
    status: Annotated[Many[MeasureStatus], Choice(PolicyMeasures.status)] = []
    """Where it stands, as of the article."""
    effect: Annotated[Many[MeasureEffect], Choice(PolicyMeasures.effect)] = []
    """What it does to trade."""
    in_response_to: Annotated[Ids, ById(PolicyMeasures.in_response_to_id)] = []
    """The measure that it answers."""
    proposed_in: Annotated[Ids, ById(PolicyMeasures.proposed_in_id)] = []
    """The statement in which it was offered."""
    since: Annotated[Dates, Dated(PolicyMeasures.since_earliest, PolicyMeasures.since_latest)] = []
    """Since when it has stood where it stands."""


@router.get("/v1/policy-measures", response_model=ListOf[PolicyMeasure])
async def list_policy_measures(
    query: Annotated[PolicyMeasureQuery, Query()], dataset: Served, request: Request
) -> Response:
    """Policy measures in force, agreed, paused or proposed, and which answers which."""
    return find(dataset, query, request)


@router.get("/v1/policy-measures/{id}", response_model=One[PolicyMeasure])
async def get_policy_measure(
    record_id: RecordId, query: Annotated[PolicyMeasureInclude, Query()], dataset: Served
) -> Response:
    """One policy measure."""
    return get(dataset, query, record_id)
