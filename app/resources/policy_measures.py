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
    MeasureGoodsRow,
    MeasureImposerRow,
    MeasureStatus,
    MeasureType,
    PolicyMeasure,
    PolicyMeasureRow,
    StatementMeasureRow,
)
from app.values import Kind

router = APIRouter(route_class=StrictRoute, tags=["policy-measures"])


class PolicyMeasureInclude(IncludeQuery):
    table = PolicyMeasureRow
    relations = {
        "imposed_by": Relation(MeasureImposerRow.measure_id, MeasureImposerRow.party_id),
        "target": Relation(PolicyMeasureRow.id, PolicyMeasureRow.target_id),
        "in_response_to": Relation(PolicyMeasureRow.id, PolicyMeasureRow.in_response_to_id),
        "responses": Relation(PolicyMeasureRow.in_response_to_id, PolicyMeasureRow.id),
        "proposed_in": Relation(PolicyMeasureRow.id, PolicyMeasureRow.proposed_in_id),
        "statements": Relation(StatementMeasureRow.measure_id, StatementMeasureRow.statement_id),
        "notes": notes_about(Kind.POLICY_MEASURES),
    }


class PolicyMeasureQuery(PolicyMeasureInclude, ListQuery):
    type: Annotated[Many[MeasureType], Choice(PolicyMeasureRow.type)] = []
    """What it is."""
    imposed_by: Annotated[
        Ids, Linked(MeasureImposerRow.party_id, MeasureImposerRow.measure_id, PolicyMeasureRow.id)
    ] = []
    """A side that imposes it, or would carry it out."""
    target: Annotated[Ids, ById(PolicyMeasureRow.target_id)] = []
    """The side that it is aimed at."""
    goods: Annotated[
        Texts,
        Linked(MeasureGoodsRow.goods_folded, MeasureGoodsRow.measure_id, PolicyMeasureRow.id, folded=True),
    ] = []
    """Goods that it covers, as the article words them."""
    status: Annotated[Many[MeasureStatus], Choice(PolicyMeasureRow.status)] = []
    """Where it stands, as of the article."""
    effect: Annotated[Many[MeasureEffect], Choice(PolicyMeasureRow.effect)] = []
    """What it does to trade."""
    in_response_to: Annotated[Ids, ById(PolicyMeasureRow.in_response_to_id)] = []
    """The measure that it answers."""
    proposed_in: Annotated[Ids, ById(PolicyMeasureRow.proposed_in_id)] = []
    """The statement in which it was offered."""
    since: Annotated[Dates, Dated(PolicyMeasureRow.since_earliest, PolicyMeasureRow.since_latest)] = []
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
