"""Policy measures."""

from typing import Annotated

from fastapi import Query, Request, Response

from app import filters, models
from app.endpoints import RecordId, Served, router_for
from app.export import add_exports
from app.listing import find, get
from app.parameters import Dates, Ids, Many, Texts
from app.queries import IncludeQuery, ListQuery

router = router_for("policy-measures")


class PolicyMeasureInclude(IncludeQuery):
    table = models.PolicyMeasures
    relations = {
        "imposed_by": filters.through(models.MeasureImposers.party_id),
        "target": filters.to(models.PolicyMeasures.target_id),
        "in_response_to": filters.to(models.PolicyMeasures.in_response_to_id),
        "responses": filters.back(models.PolicyMeasures.in_response_to_id),
        "proposed_in": filters.to(models.PolicyMeasures.proposed_in_id),
        "statements": filters.through(models.StatementMeasures.statement_key),
    }


class PolicyMeasureQuery(PolicyMeasureInclude, ListQuery):
    type: Annotated[Many[models.MeasureType], filters.Choice(models.PolicyMeasures.type)] = []
    imposed_by: Annotated[Ids, filters.Linked(models.MeasureImposers.party_id)] = []
    target: Annotated[Ids, filters.ById(models.PolicyMeasures.target_id)] = []
    goods: Annotated[Texts, filters.Linked(models.MeasureGoods.goods_folded)] = []
    status: Annotated[Many[models.MeasureStatus], filters.Choice(models.PolicyMeasures.status)] = []
    effect: Annotated[Many[models.MeasureEffect], filters.Choice(models.PolicyMeasures.effect)] = []
    in_response_to: Annotated[Ids, filters.ById(models.PolicyMeasures.in_response_to_id)] = []
    proposed_in: Annotated[Ids, filters.ById(models.PolicyMeasures.proposed_in_id)] = []
    since: Annotated[Dates, filters.Dated(models.PolicyMeasures.since_earliest)] = []


@router.get("/v1/policy-measures", response_model=models.ListOf[models.PolicyMeasure])
def list_policy_measures(query: Annotated[PolicyMeasureQuery, Query()], dataset: Served, request: Request) -> Response:
    """Policy measures in force, agreed, paused or proposed, and which answers which."""
    return find(dataset, query, request)


@router.get("/v1/policy-measures/{id}", response_model=models.One[models.PolicyMeasure])
def get_policy_measure(
    record_id: RecordId, query: Annotated[PolicyMeasureInclude, Query()], dataset: Served
) -> Response:
    """One policy measure."""
    return get(dataset, query, record_id)


add_exports(router, PolicyMeasureQuery)
