"""Figures and trends."""

from typing import Annotated

from fastapi import Query, Request
from starlette.responses import Response

from app import models
from app.answers import ListOf, One
from app.database import Served
from app.http import router_for
from app.listing import Choice, Dated, Folded, IncludeQuery, ListQuery, Quantity, find, get
from app.parameters import Dates, Many, Numbers, RecordId, Texts

router = router_for("indicators")


class IndicatorInclude(IncludeQuery):
    table = models.Indicators


class IndicatorQuery(IndicatorInclude, ListQuery):
    metric: Annotated[Texts, Folded(models.Indicators.metric_folded)] = []
    amount: Annotated[Numbers, Quantity(models.Indicators.amount_value)] = []
    """The figure as printed, whatever its unit and its hedge."""
    direction: Annotated[Many[models.Direction], Choice(models.Indicators.direction)] = []
    period: Annotated[Dates, Dated(models.Indicators.period_earliest, models.Indicators.period_latest)] = []
    publisher: Annotated[Texts, Folded(models.Indicators.publisher_folded)] = []


@router.get("/v1/indicators", response_model=ListOf[models.Indicator])
async def list_indicators(query: Annotated[IndicatorQuery, Query()], dataset: Served, request: Request) -> Response:
    """Figures and trends, each with its unit, its hedge and what it is compared with."""
    return find(dataset, query, request)


@router.get("/v1/indicators/{id}", response_model=One[models.Indicator])
async def get_indicator(record_id: RecordId, query: Annotated[IndicatorInclude, Query()], dataset: Served) -> Response:
    """One indicator."""
    return get(dataset, query, record_id)
