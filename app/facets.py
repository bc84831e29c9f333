"""Facets: how many records have each value of a field, whatever the field's own filter asks for."""

from collections.abc import Iterator
from typing import Any, cast

from sqlalchemy import JSON, distinct, func, select, type_coerce

from app import filters
from app.errors import invalid, parameter_error
from app.filters import Dated, Filter, Linked
from app.models import FacetValue, Facts
from app.periods import Spans, Tally, Unit, limits
from app.selection import Selection

MOST_PERIODS = 10_000
"""How many units of the calendar are looked at for one facet."""
Counted = Iterator[tuple[str | None, str | None, int]]
"""Values, what to show for them, and their counts."""


def facet_values(selection: Selection, facet: str) -> list[FacetValue]:
    """The values of a facet, such as `speaker` or `said_on:month`."""
    name, _, unit = facet.partition(":")
    query = selection.query
    rule, _ = query.conditions[name]
    # What is not stated is one of the values, so that the filter which asks for it is the facet's own, too.
    where = query.where(but=(name, f"{name}__isnull"))
    selected = {_spoken(value) for value in getattr(query, name)}
    if isinstance(rule, Dated):
        counted = list(_by_period(selection, rule, Unit(unit), where, facet))
    else:
        own = _by_link(selection, rule, where) if isinstance(rule, Linked) else _by_value(selection, rule, where, name)
        counted = sorted(own, key=lambda item: (item[0] is None, -item[2], item[1], item[0]))
    wants_null = getattr(query, f"{name}__isnull", None) is True
    kept = [it for place, it in enumerate(counted) if place < query.facet_limit or it[0] is None or it[0] in selected]
    return [
        FacetValue(
            value=value,
            name=shown,
            count=count,
            selected=wants_null if value is None else value in selected,
            href=_toggled(selection, name, value, wants_null),
        )
        for value, shown, count in kept
    ]


def _spoken(value: Any) -> str:
    """A value as a parameter has it."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _toggled(selection: Selection, name: str, value: str | None, wants_null: bool) -> str:
    """The request with a value asked for, or no longer."""
    if value is None:
        return selection.url(but=(name,), **{f"{name}__isnull": "" if wants_null else "true"})
    given = [_spoken(item) for item in getattr(selection.query, name)]
    values = [item for item in given if item != value] if value in given else [*given, value]
    written = ",".join(item.replace(",", "\\,") for item in values)
    return selection.url(but=(f"{name}__isnull",), **{name: written})


def _by_value(selection: Selection, rule: Filter, where: list[Any], name: str) -> Counted:
    """By a column of the record's own table."""
    table, column = selection.query.table, filters.plain(rule.column)
    named_by = _names(column)
    statement = select(column, func.count()).where(*where).group_by(column)
    if isinstance(rule, filters.Folded):
        shown = func.min(type_coerce(cast(Any, Facts.document), JSON)[name].as_string())
        statement = statement.join(Facts, Facts.key == table.key)
    elif named_by is not None:
        shown = func.min(named_by.table.c.name)
        statement = statement.outerjoin(named_by.table, named_by == column)
    else:
        shown = func.min(column)
    for value, count, label in map(tuple, selection.dataset.rows(statement.add_columns(shown))):
        spoken = None if value is None else _spoken(value)
        yield spoken, spoken if isinstance(value, bool) else label, count


def _names(column: Any) -> Any:
    """The ids of the table that names what a column holds ids of (which may be the same table again), if it does."""
    ids = filters.named_by(column)
    return None if ids is column else ids.table.alias().c[ids.name]


def _by_link(selection: Selection, rule: Linked, where: list[Any]) -> Counted:
    """By a column of a table of links, of which a record may have several."""
    table, given = selection.query.table, filters.plain(rule.column)
    # Under another name: the filters look into the same table of links.
    links = given.table.alias()
    column, source = links.c[given.name], links.c[filters.plain(rule.source).name]
    named_by = _names(given)
    # A text is compared folded; beside it, it stands as it is.
    shown = func.min(links.c[given.name.removesuffix("_folded")] if named_by is None else named_by.table.c.name)
    counted = select(column, shown, func.count(distinct(table.key))).select_from(table)
    statement = counted.join(links, source == rule.own)
    if named_by is not None:
        statement = statement.join(named_by.table, named_by == column)
    yield from map(tuple, selection.dataset.rows(statement.where(*where).group_by(column)))
    without = select(func.count()).select_from(table).where(*where, rule.is_null())
    if missing := selection.dataset.rows(without)[0][0]:
        yield None, None, missing


def _by_period(selection: Selection, rule: Dated, unit: Unit, where: list[Any], facet: str) -> Counted:
    """By units of the calendar: an uncertain date counts in each in which it possibly (or certainly) lies."""
    columns = rule.column, rule.latest
    statement = select(*columns, func.count()).where(*where).group_by(*columns)
    rows = [tuple(row) for row in selection.dataset.rows(statement)]
    spans = tuple(Spans(first, last, "", count) for first, last, count in rows if first is not None)
    if reach := limits(spans):
        tally = Tally(unit, unit.number(reach[0]), unit.number(reach[1]), spans)
        if tally.last - tally.first > MOST_PERIODS:
            detail = f"There would be more than {MOST_PERIODS:,} values; a larger unit has fewer."
            raise invalid([parameter_error("facet", facet, "too_many_values", detail)])
        for number, possible, certain in tally:
            if count := certain if selection.query.is_certain else possible.total():
                yield unit.edtf(number), unit.edtf(number), count
    if missing := sum(count for first, _, count in rows if first is None):
        yield None, None, missing
