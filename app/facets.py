"""Facets: how many records have each value of a field, whatever the field's own filter asks for."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from operator import itemgetter
from typing import Any, NamedTuple, Self

from pydantic_core import to_json
from sqlalchemy import JSON, Select, bindparam, distinct, func, select, type_coerce

from app import filters, tallies
from app.database import several
from app.errors import ProblemError, invalid, parameter_error
from app.filters import DOCUMENTS, Clause, Dated, Filter, Linked
from app.periods import Spans, Tally, Unit, limits
from app.selection import Asked, Selection
from app.tallies import spoken
from app.urls import encoded

MOST_KEPT = 100
"""So many values of a facet are remembered: whoever asks for fewer gets the first of them."""
MOST_PERIODS = 10_000
"""How many units of the calendar are looked at for one facet."""


Row = tuple[Any, ...]
"""What a `Counted` is made of: of many values only the first ones are needed."""


class Counted(NamedTuple):
    """A value, and how many records have it."""

    value: str | None
    """As a parameter has it; None where it is not stated."""
    found: int
    certain: int
    """How many certainly have it, where that may be uncertain."""
    shown: str | None = None
    """What to show for it, where that is known."""
    example: Any = None
    """The key of a record that has it."""


class Shown(NamedTuple):
    """A value, as it is sent."""

    value: str | None
    written: str
    """A `FacetValue` in JSON, up to the address in it: that alone depends on what else a request asks for."""
    asked: str
    """What asks for the value, if none is asked for."""

    @classmethod
    def of(cls, name: str, counted: Counted, count: int, is_selected: bool) -> Self:
        """What is sent of a value that was counted."""
        value = counted.value
        written = to_json({"value": value, "name": counted.shown, "count": count, "selected": is_selected}).decode()
        asked = f"{name}__isnull=true" if value is None else f"{name}={encoded(_listed(value))}"
        return cls(value, f'{written[:-1]},"href":', asked)


class Kept(NamedTuple):
    """A facet that was counted."""

    most: int
    """How many of its first values there are at most."""
    counted: Sequence[Counted]
    shown: dict[str | None, Shown]
    """Those of them that were sent."""


def facet_values(selection: Asked, facet: str) -> str:
    """The values of a facet, such as `speaker` or `said_on:month`: a list of `FacetValue`s, in JSON."""
    name, query = facet.partition(":")[0], selection.query
    rule, _ = query.conditions[name]
    # A text is found however it is written, and is one value.
    given = getattr(query, name) if name in query.model_fields_set else ()
    selected = [spoken(it if isinstance(rule, Dated) else rule.terms(it)[0]) for it in given]
    wants_null = f"{name}__isnull" in query.model_fields_set and getattr(query, f"{name}__isnull") is True
    first = _first_values(selection, facet, selected, wants_null)
    others = selection.url(but=(name, f"{name}__isnull"))
    begun = f"{others}{'&' if '?' in others else '?'}"
    # An address has no character that JSON would write in another way.
    if selected or wants_null:
        urls = [begun + asked if (asked := _toggled(it, name, selected, wants_null)) else others for it in first]
        values = [f'{it.written}"{url}"}}' for it, url in zip(first, urls, strict=True)]
    else:
        values = [f'{it.written}"{begun}{it.asked}"}}' for it in first]
    return f"[{','.join(values)}]"


def _toggled(value: Shown, name: str, selected: Sequence[str], wants_null: bool) -> str:
    """What asks for one more of the facet's values, or, where it is selected, for the others; nothing without any."""
    if value.value is None:
        return "" if wants_null else value.asked
    if not selected:
        return value.asked
    is_selected = value.value in selected
    chosen = [it for it in selected if it != value.value] if is_selected else [*selected, value.value]
    return f"{name}={encoded(','.join(map(_listed, chosen)))}" if chosen else ""


def _first_values(selection: Asked, facet: str, selected: list[str], wants_null: bool) -> Sequence[Shown]:
    """The values that are sent, those that are selected among them; they are the same on every page of a list."""
    query, name = selection.query, facet.partition(":")[0]
    # A month and its days are the same to a filter, and not the same value.
    asked, most = (selection.asked, facet, tuple(selected)), query.facet_limit
    kept: Kept | None = selection.dataset.facets.get(asked)
    if kept is None or kept.most < most:
        # What was tallied is read as far as it is asked for; what has to be counted is counted once.
        is_tallied = _is_tallied(selection, name)
        count, enough = (_tallied, most) if is_tallied else (counted, max(most, MOST_KEPT))
        kept = Kept(enough, count(selection, facet, enough, selected), {})
        if most <= MOST_KEPT and selection.is_short:
            selection.dataset.facets.keep(asked, kept)
    first = [it for i, it in enumerate(kept.counted) if i < most or it.value is None or it.value in selected]
    if bare := [it for it in first if it.value not in kept.shown]:
        names = shown(selection, facet, bare)
        for it in bare:
            is_selected = wants_null if it.value is None else it.value in selected
            number = it.certain if query.is_certain else it.found
            kept.shown[it.value] = Shown.of(name, it._replace(shown=names[it.value]), number, is_selected)
    return [kept.shown[it.value] for it in first]


def counted(selection: Selection, facet: str, most: int, also: Sequence[str] = ()) -> list[Counted]:
    """The first values of a facet, those that have to be there also, and what is not stated, which comes last.

    Periods are in the order of time, other values by the number of records that have them.
    """
    name, _, unit = facet.partition(":")
    rule, _ = selection.query.conditions[name]
    if isinstance(rule, Dated):
        rows = [*_by_period(selection, rule, Unit(unit), facet)]
        stated = [it for it in rows if it[0] is not None]
    else:
        rows = [*_by_column(selection, rule, name)]
        # Two sorts of what is compared as it is take less time than one by a key that has to be made.
        stated = sorted([it for it in rows if it[0] is not None])
        stated.sort(key=itemgetter(1), reverse=True)
    # Of what is counted, little is shown.
    first = [*stated[:most], *(it for it in stated[most:] if it[0] in also), *(it for it in rows if it[0] is None)]
    return [Counted(*it) for it in first]


def _by_column(selection: Selection, rule: Filter, name: str, value: Any = None) -> Iterable[Row]:
    """The values of a column that is no date, or one value alone."""
    if isinstance(rule, Linked):
        return _by_link(selection, rule, name, value)
    return _by_value(selection, rule, name, value)


def _of_one(selection: Selection, facet: str, value: str) -> Iterable[Row]:
    """How many records have one value, if any has it."""
    name = facet.partition(":")[0]
    rule, _ = selection.query.conditions[name]
    if isinstance(rule, Dated):
        return _in_period(selection, rule, value)
    return _by_column(selection, rule, name, value)


def shown(selection: Selection, facet: str, values: list[Counted]) -> dict[str | None, str | None]:
    """What is to be shown for each value: the name of the record, or the text as it is written."""
    found = {it.value: it.shown for it in values}
    bare = [it for it in values if it.shown is None and it.value is not None]
    if not bare:
        return found
    name = facet.partition(":")[0]
    rule, _ = selection.query.conditions[name]
    if (named_by := _names(filters.plain(rule.column))) is not None:
        names = _looked_up(selection, name, named_by, named_by.table.c.name, [it.value for it in bare])
        found |= {it.value: names[it.value] for it in bare}
    elif isinstance(rule, filters.Folded):
        text = type_coerce(DOCUMENTS.c.document, JSON)[name].as_string()
        texts = _looked_up(selection, name, DOCUMENTS.c.key, text, [it.example for it in bare])
        found |= {it.value: texts[it.example] for it in bare}
    else:
        found |= {it.value: str(it.value) for it in bare}
    return found


def _looked_up(selection: Selection, name: str, key: Any, shown: Any, wanted: Sequence[Any]) -> dict[Any, str]:
    """What is shown for each of some keys of a field of this name."""
    found: dict[Any, str] = {}
    for start in range(0, len(wanted), 128):
        values = several(wanted[start : start + 128])

        def make(values: dict[str, Any] = values) -> Select[Any]:
            return select(key, shown).where(key.in_([bindparam(*item) for item in values.items()]))

        rows = selection.run(("shown", name, len(values)), make, **values)
        found |= {row[0]: row[1] for row in rows}
    return found


def _is_tallied(selection: Selection, name: str) -> bool:
    """Whether the facet's own filter is all that is asked for."""
    query = selection.query
    others = [item for item in query.given if item.name not in (name, f"{name}__isnull")]
    return not others and selection.search is None and not query.always() and not query.is_certain


def _tallied(selection: Selection, facet: str, most: int, also: Sequence[str]) -> list[Counted]:
    """The same as it was counted when the dataset was built."""
    values = {"list": selection.list, "facet": facet, "limit": most}
    found = [Counted(value, number, certain, shown) for value, shown, number, certain in selection.tally(values)]
    if not found and any(number for *_, number, _ in selection.tally(values | {"facet": tallies.TOTAL})):
        # Every record has a value, or none stated: where there is neither, it was not counted.
        raise _too_many(facet)
    known = {it.value for it in found}
    wanted = [value for value in dict.fromkeys(also) if value not in known]
    others = [Counted(*it) for value in wanted for it in _of_one(selection, facet, value)]
    # In the order that they have among all, so that it does not depend on how many of these are read.
    is_dated = isinstance(selection.query.conditions[facet.partition(":")[0]][0], Dated)
    others.sort(key=lambda it: (0 if is_dated else -it.found, str(it.value)))
    own = sorted([*found, *others], key=lambda it: it.value is None)
    return [it for i, it in enumerate(own) if i < most or it.value is None or it.value in also]


def _listed(value: str) -> str:
    """A value as it stands among others."""
    return value.replace(",", "\\,")


def _where(selection: Selection, name: str) -> Sequence[Clause]:
    # What is not stated is one of the values, so that the filter which asks for it is the facet's own, too.
    return selection.where(but=(name, f"{name}__isnull"))


def _by_value(selection: Selection, rule: Filter, name: str, value: Any) -> Iterable[Row]:
    """By a column of the record's own table."""
    column, key = filters.plain(rule.column), selection.query.table.key

    def make() -> Select[Any]:
        only = [] if value is None else [column == bindparam("only", value)]
        return select(column, func.count(), func.min(key)).where(*_where(selection, name), *only).group_by(column)

    given = {} if value is None else {"only": rule.terms(value)[0]}
    is_truth = column.type.python_type is bool
    for found, number, example in selection.run(("facet", name, value is None), make, **given):
        yield None if found is None else spoken(bool(found) if is_truth else found), number, number, None, example


def _names(column: Any) -> Any:
    """The ids of the table that names what a column holds ids of, if it does."""
    ids = filters.named_by(column)
    return None if ids is column else ids


def _by_link(selection: Selection, rule: Linked, name: str, value: Any) -> Iterable[Row]:
    """By a column of a table of links, of which a record may have several."""
    table, given = selection.query.table, filters.plain(rule.column)
    # Ids, which have no commas, are counted in one text of all: to group them takes twice as long.
    is_text = value is None and rule.is_once and _names(given) is not None

    def make() -> Select[Any]:
        # Under another name: the filters look into the same table of links.
        links = given.table.alias()
        column, source = links.c[given.name], links.c[filters.plain(rule.source).name]
        # A text is compared folded; beside it, it stands as it is.
        shown = func.min(links.c[given.name.removesuffix("_folded")]) if _names(given) is None else func.min(None)
        number = func.count() if rule.is_once else func.count(distinct(table.key))
        only = [] if value is None else [column == bindparam("only", value)]
        columns: list[Any] = [func.aggregate_strings(column, ","), number] if is_text else [column, shown, number]
        # Where all values are counted, what has none is counted along.
        statement = select(*columns).select_from(table).join(links, source == rule.own, isouter=not only)
        statement = statement.where(*_where(selection, name), *only)
        return statement if is_text else statement.group_by(column)

    terms = {} if value is None else {"only": rule.terms(value)[0]}
    rows = selection.run(("facet", name, value is None), make, **terms)
    if not is_text:
        return [(found, number, number, text) for found, text, number in rows]
    ((ids, number),) = rows
    numbers = Counter[str | None](ids.split(",") if ids else [])
    numbers[None] = number - numbers.total()
    return [(found, number, number) for found, number in numbers.items() if number]


def _by_period(selection: Selection, rule: Dated, unit: Unit, facet: str) -> Iterator[Row]:
    """By units of the calendar: an uncertain date counts in each in which it possibly (or certainly) lies."""
    columns, name = (rule.column, rule.latest), facet.partition(":")[0]

    def make() -> Select[Any]:
        return select(*columns, func.count()).where(*_where(selection, name)).group_by(*columns)

    rows = selection.run(("facet", name), make)
    spans = tuple(Spans(first, last, "", count) for first, last, count in rows if first is not None)
    if reach := limits(spans):
        tally = Tally(unit, unit.number(reach[0]), unit.number(reach[1]), spans)
        if tally.last - tally.first > MOST_PERIODS:
            raise _too_many(facet)
        for number, possible, certain in tally:
            if certain if selection.query.is_certain else possible:
                yield (period := unit.edtf(number)), possible.total(), certain, period
    if missing := sum(count for first, _, count in rows if first is None):
        yield None, missing, missing


def _too_many(facet: str) -> ProblemError:
    detail = f"There would be more than {MOST_PERIODS:,} values; a larger unit has fewer."
    return invalid([parameter_error("facet", facet, "too_many_values", detail)])


def _in_period(selection: Selection, rule: Dated, value: str) -> Iterator[Row]:
    """How many records possibly lie in a period."""
    first, last = rule.terms(value)

    def make() -> Select[Any]:
        inside = rule.equals([(bindparam("first", first), bindparam("last", last))], certain=False)
        return select(func.count()).select_from(selection.query.table).where(inside)

    if number := selection.run(("in period", rule), make, first=first, last=last)[0][0]:
        yield value, number, number, value
