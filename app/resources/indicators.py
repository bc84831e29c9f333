"""Figures and trends."""

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
    Folded,
    IncludeQuery,
    ListQuery,
    Many,
    Numbers,
    Quantity,
    RecordId,
    Texts,
    find,
    get,
    notes_about,
)
from app.models import Direction, Indicator, Indicators
from app.values import Kind

router = APIRouter(route_class=StrictRoute, tags=["indicators"])


class IndicatorInclude(IncludeQuery):
    table = Indicators
    relations = {"notes": notes_about(Kind.INDICATORS)}


class IndicatorQuery(IndicatorInclude, ListQuery):
    metric: Annotated[Texts, Folded(Indicators.metric_folded)] = []
    """What is measured."""
    amount: Annotated[Numbers, Quantity(Indicators.amount_value)] = []
    """The figure as printed, whatever its unit and its hedge."""
    direction: Annotated[Many[Direction], Choice(Indicators.direction)] = []
    """Which way it moved."""
    period: Annotated[Dates, Dated(Indicators.period_earliest, Indicators.period_latest)] = []
    """The time that it describes."""
    publisher: Annotated[Texts, Folded(Indicators.publisher_folded)] = []
    """Who published it."""


@router.get("/v1/indicators", response_model=ListOf[Indicator])
async def list_indicators(query: Annotated[IndicatorQuery, Query()], dataset: Served, request: Request) -> Response:
    """Figures and trends, each with its unit, its hedge and what it is compared with."""
    return find(dataset, query, request)


@router.get("/v1/indicators/{id}", response_model=One[Indicator])
async def get_indicator(record_id: RecordId, query: Annotated[IndicatorInclude, Query()], dataset: Served) -> Response:
    """One indicator."""
    return get(dataset, query, record_id)
