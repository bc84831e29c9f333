"""Figures and trends."""

from typing import Annotated

from fastapi import Query, Request, Response

from app import filters, models
from app.endpoints import RecordId, Served, router_for
from app.export import add_exports
from app.listing import find, get
from app.parameters import Dates, Many, Number, Texts
from app.queries import IncludeQuery, ListQuery

router = router_for("indicators")


class IndicatorInclude(IncludeQuery):
    table = models.Indicators


class IndicatorQuery(IndicatorInclude, ListQuery):
    metric: Annotated[Texts, filters.Folded(models.Indicators.metric_folded)] = []
    amount: Annotated[Many[Number], filters.Quantity(models.Indicators.amount_value)] = []
    """The figure as printed, whatever its unit and its hedge."""
    direction: Annotated[Many[models.Direction], filters.Choice(models.Indicators.direction)] = []
    period: Annotated[Dates, filters.Dated(models.Indicators.period_earliest)] = []
    publisher: Annotated[Texts, filters.Folded(models.Indicators.publisher_folded)] = []


@router.get("/v1/indicators", response_model=models.ListOf[models.Indicator])
def list_indicators(query: Annotated[IndicatorQuery, Query()], dataset: Served, request: Request) -> Response:
    """Figures and trends, each with its unit, its hedge and what it is compared with."""
    return find(dataset, query, request)


@router.get("/v1/indicators/{id}", response_model=models.One[models.Indicator])
def get_indicator(record_id: RecordId, query: Annotated[IndicatorInclude, Query()], dataset: Served) -> Response:
    """One indicator."""
    return get(dataset, query, record_id)


add_exports(router, IndicatorQuery)
