"""Policy measures."""

from typing import Annotated

from fastapi import Query, Request
from starlette.responses import Response

from app import models
from app.answers import ListOf, One
from app.database import Served
from app.http import router_for
from app.listing import ById, Choice, Dated, IncludeQuery, Linked, ListQuery, back, find, get, through, to
from app.parameters import Dates, Ids, Many, RecordId, Texts

router = router_for("policy-measures")


class PolicyMeasureInclude(IncludeQuery):
    table = models.PolicyMeasures
    relations = {
        "imposed_by": through(models.MeasureImposers.party_id),
        "target": to(models.PolicyMeasures.target_id),
        "in_response_to": to(models.PolicyMeasures.in_response_to_id),
        "responses": back(models.PolicyMeasures.in_response_to_id),
        "proposed_in": to(models.PolicyMeasures.proposed_in_id),
        "statements": through(models.StatementMeasures.statement_id),
    }


class PolicyMeasureQuery(PolicyMeasureInclude, ListQuery):
    type: Annotated[Many[models.MeasureType], Choice(models.PolicyMeasures.type)] = []
    imposed_by: Annotated[Ids, Linked(models.MeasureImposers.party_id)] = []
    target: Annotated[Ids, ById(models.PolicyMeasures.target_id)] = []
    goods: Annotated[Texts, Linked(models.MeasureGoods.goods_folded)] = []
    status: Annotated[Many[models.MeasureStatus], Choice(models.PolicyMeasures.status)] = []
    effect: Annotated[Many[models.MeasureEffect], Choice(models.PolicyMeasures.effect)] = []
    in_response_to: Annotated[Ids, ById(models.PolicyMeasures.in_response_to_id)] = []
    proposed_in: Annotated[Ids, ById(models.PolicyMeasures.proposed_in_id)] = []
    since: Annotated[Dates, Dated(models.PolicyMeasures.since_earliest, models.PolicyMeasures.since_latest)] = []


@router.get("/v1/policy-measures", response_model=ListOf[models.PolicyMeasure])
async def list_policy_measures(
    query: Annotated[PolicyMeasureQuery, Query()], dataset: Served, request: Request
) -> Response:
    """Policy measures in force, agreed, paused or proposed, and which answers which."""
    return find(dataset, query, request)


@router.get("/v1/policy-measures/{id}", response_model=One[models.PolicyMeasure])
async def get_policy_measure(
    record_id: RecordId, query: Annotated[PolicyMeasureInclude, Query()], dataset: Served
) -> Response:
    """One policy measure."""
    return get(dataset, query, record_id)
