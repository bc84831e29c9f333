"""All records, whatever their kind, in one shape: as a list, and in the order of time."""

from collections import Counter
from functools import partial
from typing import Annotated

from fastapi import Query, Request, Response
from pydantic import Field
from sqlalchemy import func, select
from sqlmodel import col

from app import filters
from app.endpoints import Served, router_for
from app.errors import invalid, parameter_error
from app.export import add_exports
from app.listing import find
from app.models import Fact, Facts, ListOf, Summaries
from app.parameters import Date, Dates, Many
from app.periods import Spans, Tally, Unit, limits
from app.queries import ListQuery
from app.references import Kind
from app.selection import Asked, Selection
from app.written import Value

router = router_for("facts")
MOST_BUCKETS = 1_000


class FactQuery(ListQuery):
    table = Facts
    document = Summaries.summary

    kind: Annotated[Many[Kind], filters.Choice(Facts.kind)] = []
    """The resource that the record belongs to."""
    when: Annotated[Dates, filters.Dated(Facts.when_earliest)] = []
    """When it happened, was said or was published."""


@router.get("/v1/facts", response_model=ListOf[Fact])
def list_facts(query: Annotated[FactQuery, Query()], dataset: Served, request: Request) -> Response:
    """All records of all kinds, in the one shape that they share."""
    return find(dataset, query, request)


add_exports(router, FactQuery)


# ------------------------------------------------------------------------------------------------------- timeline


class TimelineQuery(FactQuery):
    without = ("sort", "facet", "facet_limit")
    dated = "when"
    usual_order = ("when",)

    from_: Annotated[Date | None, filters.Bounded(Facts.when_earliest, "gte"), Field(alias="from")] = None
    """The first date to be looked at."""
    to: Annotated[Date | None, filters.Bounded(Facts.when_earliest, "lte")] = None
    """The last date to be looked at."""
    bucket: Unit = Unit.MONTH
    """The unit of the calendar by which to count; a week begins on Monday."""


class Bucket(Value):
    """A unit of the calendar, and how many of the records lie in it."""

    start: str
    """Its first day."""
    end: str
    """Its last day."""
    count: int
    """How many records possibly lie in it; an uncertain date counts in each bucket that it may lie in."""
    certain: int
    """How many of them certainly do."""
    kinds: dict[str, int]
    """How many there are of each kind, of those that possibly lie in it; kinds without any are left out."""


class Timeline(ListOf[Fact]):
    """Everything dated that was asked for, in order."""

    buckets: list[Bucket]
    """All units from the first to the last one asked for, or else that has records; empty ones too."""


@router.get("/v1/timeline", response_model=Timeline)
async def get_timeline(query: Annotated[TimelineQuery, Query()], dataset: Served, request: Request) -> Response:
    """Everything that is dated, in order, and for a chart how much of it lies in each day, week, month or year."""
    asked, walking = Asked(dataset, query, request), Selection(dataset.walker, query)
    # What is wrong with the request is said before all that it asks for is counted, for which others need not wait.
    asked.total()
    walking.is_brief = asked.is_brief
    buckets = await dataset.in_background(partial(_buckets, walking, query))
    return find(dataset, query, request, buckets=buckets)


def _buckets(selection: Selection, query: TimelineQuery) -> str:
    """The buckets as JSON."""
    columns = (col(Facts.when_earliest), col(Facts.when_latest), col(Facts.kind))
    rows = selection.run("buckets", lambda: select(*columns, func.count()).where(*selection.where()).group_by(*columns))
    spans = tuple(Spans(*row) for row in rows)
    found = limits(spans)
    first = filters.bounds(query.from_)[0] if query.from_ else found and found[0]
    last = filters.bounds(query.to)[1] if query.to else found and found[1]
    if first is None or last is None or first > last:
        return "[]"
    unit = query.bucket
    tally = Tally(unit, unit.number(first), unit.number(last), spans)
    if (size := tally.last - tally.first + 1) > MOST_BUCKETS:
        detail = (
            f"There would be {size:,} buckets, and {MOST_BUCKETS:,} are the most: take a larger unit, or from and to."
        )
        raise invalid([parameter_error("bucket", unit.value, "too_many_buckets", detail)])
    return "[" + ",".join(_bucket(unit, *item).model_dump_json() for item in tally) + "]"


def _bucket(unit: Unit, number: int, possible: Counter[str], certain: int) -> Bucket:
    days = {"start": str(unit.first_day(number)), "end": str(unit.last_day(number))}
    return Bucket(**days, count=possible.total(), certain=certain, kinds=dict(sorted(possible.items())))
