"""The records that a query asks for, in its order: what pages, facets and exports all begin with."""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from typing import Any, NamedTuple, Protocol, cast

from fastapi import Request
from sqlalchemy import Executable, Select, bindparam, func, or_, select

from app import filters, tallies
from app.database import Dataset
from app.errors import ProblemError, invalid, parameter_error
from app.filters import Clause
from app.models import Facts
from app.periods import OPEN_BEGINNING, OPEN_END
from app.queries import Given, ListQuery, Shape
from app.search_index import INDEX, RANKS, has_rank
from app.urls import changed

MOST_SUGGESTED = 5
MOST_REMEMBERED = 600
"""Bytes of a query beyond which it is not remembered what was counted for it."""
BRIEF = 20
"""A time is brief if no more than one of so many records lies in it."""
MOST_FORMS = 1_000
Part = str | int
"""A part of a list: which it is of those that state something and those that do not; or its rank in a search."""


class Source(Protocol):
    """What is asked: a dataset."""

    def run(
        self, form: Hashable, make: Callable[[], Executable], values: dict[str, Any]
    ) -> Sequence[tuple[Any, ...]]: ...


@dataclass(frozen=True)
class SortKey:
    """A column to order by."""

    column: Any
    descending: bool
    nullable: bool
    follows: bool = False
    """Whether it is stated where the one before is, and only there."""

    def order(self, backward: bool) -> list[Any]:
        """The terms of ORDER BY: what is null comes last; or all of it the other way round."""
        null = self.column.is_(None)
        terms = [null.desc() if backward else null.asc()] if self.nullable else []
        return [*terms, self.column.desc() if self.descending is not backward else self.column.asc()]

    def same(self, value: Any) -> Clause:
        """Whether a record has this value."""
        return cast(Clause, self.column.is_(None) if value is None else self.column == value)

    def beyond(self, value: Any, backward: bool) -> Clause:
        """Whether a record comes after this value in the order, or before it."""
        if value is None:
            return cast(Clause, self.column.is_not(None) if backward else self.column.in_([]))
        further = self.column < value if self.descending is not backward else self.column > value
        return cast(Clause, or_(further, self.column.is_(None)) if self.nullable and not backward else further)


def _keys(query: type[ListQuery], chosen: tuple[str, ...], is_ranked: bool) -> Sequence[SortKey]:
    """What the records are ordered by; the last of it is theirs alone."""
    table, keys = query.table, list[SortKey]()
    if is_ranked:
        # The rank is that of the part of the list.
        return [SortKey(INDEX.c.rank, False, nullable=False), SortKey(INDEX.c.rowid, False, nullable=False)]
    for name in chosen:
        if name.removeprefix("-") == "id" and table is not Facts:
            # Within a kind, the keys are in the order of the ids.
            return [*keys, SortKey(table.key, name.startswith("-"), nullable=False)]
        first, *others = query.conditions[name.removeprefix("-")][0].sort_columns
        keys.append(SortKey(first, name.startswith("-"), filters.plain(first).nullable))
        # The last day that a date can mean is stated where the first is.
        keys += [SortKey(it, name.startswith("-"), nullable=False, follows=True) for it in others]
    ids = [SortKey(cast(Any, Facts).id, False, nullable=False)] if table is Facts else []
    return [*keys, *ids, SortKey(table.key, False, nullable=False)]


def _before(day: str) -> str:
    """A text that comes after all days before this one, and before this one."""
    return day[:-1] + chr(ord(day[-1]) - 1) + "x" if day else ""


class Form:
    """What queries have in common that differ in the values of their filters only."""

    def __init__(self, shape: Shape, chosen: tuple[str, ...]) -> None:
        query, given, self.chosen = shape.query, [(*shape.query.conditions[it], n) for it, n in shape.given], chosen
        self.list = str(query.kind_asked() or tallies.ALL)
        """The list's name in the tallies."""
        self.is_ranked = shape.words is not None and not chosen
        self.keys = _keys(query, chosen, self.is_ranked)
        self.is_timed = _is_timed(shape)
        """Whether nothing but a time is asked for."""
        is_one = len(given) == 1 and given[0][1:] == ("eq", 1) and "" in given[0][0].facets
        self.is_tallied = not query.dated and (not given or (is_one and shape.words is None))
        """Whether it was counted when the dataset was built: all that there is, or what has one value, or word."""
        self.naming = sum(n for rule, operator, n in given if operator in ("eq", "ne") and rule.names_records)
        """How many records the filters name."""
        rules = {name: query.conditions[name] for name, number in shape.given if number == 1}
        single = {name: rule for name, (rule, operator) in rules.items() if operator == "eq"}
        # The links of one value name each of its records once: they lead there.
        leads = (name for name, rule in single.items() if isinstance(rule, filters.Linked) and rule.leads)
        self.lead = None if self.is_ranked else next(leads, None)
        self.is_led = self.lead is not None and len(self.keys) == 1
        """Whether they do so in the order that is asked for, which is that of the ids."""
        if self.lead is not None:
            # Under another name: other filters may look into the same links.
            rule = cast(filters.Linked, single[self.lead])
            self.links = filters.plain(rule.column).table.alias("lead")
            self.source = self.links.c[filters.plain(rule.source).name]
            self.keys = [replace(self.keys[0], column=self.source)] if self.is_led else self.keys
        own = [rule for rule in single.values() if not isinstance(rule, filters.Linked | filters.Dated)]
        self.is_in_order = not chosen and bool(own)
        """Whether the index of a filter by one value has its records in the order that is asked for."""
        if len(chosen) == 1 and isinstance(query.conditions[chosen[0].removeprefix("-")][0], filters.Dated):
            # The columns after which an index goes on with the date: see `app.indexes`.
            self.is_in_order = any(isinstance(it, filters.ById) or it.column is Facts.kind for it in own)
        self.may_probe = bool(given) and shape.words is None and not self.is_led and not self.is_in_order
        """Whether looking at records in their order may be shorter than finding them."""
        names = ",".join(f"{name}:{number}" for name, number in shape.given)
        self.name = f"{names}\n{shape.is_certain}\n{','.join(chosen)}"
        """What tells it from other forms of the same list."""
        self.parts: Sequence[Part] = ("stated", "unstated") if self.keys[0].nullable else ("all",)
        """The parts of the list, one after the other.

        What is found by a search comes in the order of its relevance. Else what states the first thing to order by
        comes before what does not: an index has it at the other end.
        """
        if self.is_ranked:
            self.parts = range(len(RANKS))

    def keys_of(self, part: Part) -> Sequence[SortKey]:
        """What a part is ordered by: the last of `keys`."""
        if part == "all":
            return self.keys
        if part == "stated":
            return [replace(self.keys[0], nullable=False), *self.keys[1:]]
        # What is the same for all does not order, nor does what follows from it.
        return self.keys[next(i for i, key in enumerate(self.keys) if i and not key.follows) :]


form_of = lru_cache(maxsize=MOST_FORMS)(Form)


def _is_timed(shape: Shape) -> bool:
    query = shape.query
    rules = [(*query.conditions[name], number) for name, number in shape.given]
    first = rules[0][0] if rules else query.conditions[query.dated][0] if query.dated else None
    if not isinstance(first, filters.Dated) or shape.words is not None or shape.is_certain:
        return False
    return all(
        rule.column is first.column and number == 1 and operator in ("eq", *filters.COMPARISONS)
        for rule, operator, number in rules
    )


class Time(NamedTuple):
    """A time in which records have to lie, at least possibly."""

    rule: filters.Dated
    name: str
    """The filter by whose values they are tallied."""
    begin: str
    end: str
    """The first and the last day; what stands for the moment before or after a day is none itself."""

    def values(self) -> dict[str, str]:
        """What stands for the days in statements."""
        return {"time_begin": self.begin, "time_end": self.end}


@cache
def _tallied(query: type[ListQuery], column: Any) -> str:
    """The filter by a date whose values are tallied."""
    rules = ((name, rule) for name, (rule, operator) in query.conditions.items() if operator == "eq" and rule.facets)
    return next(name for name, rule in rules if rule.column is column)


class Selection:
    """What one query asks for, of a list."""

    is_brief = False
    """Whether nothing but a time is asked for, in which so few records lie that they are found one by one."""

    def __init__(
        self, dataset: Source, query: ListQuery, path: str = "", pairs: Sequence[tuple[str, str]] = ()
    ) -> None:
        self._source, self.query, self.path, self.pairs = dataset, query, path, pairs
        self.search = query.search
        self.form = form_of(query.shape, query.order)
        self.time = self._time() if self.form.is_timed else None
        self.known: Sequence[bool] = ()
        """For each word of the search, whether it stands anywhere; known with the total."""

    @property
    def list(self) -> str:
        """The list's name in the tallies."""
        return self.form.list

    def run(self, form: Hashable, make: Callable[[], Executable], **values: Any) -> Sequence[tuple[Any, ...]]:
        """The rows of a statement on this selection, which is made once for all queries of a form."""
        if self.is_brief and self.time is not None:
            values.update(self.time.values())
        return self._source.run((self.form, self.is_brief, form), make, {**self.query.terms, **values})

    def tally(self, values: dict[str, Any]) -> Sequence[tuple[Any, ...]]:
        """The first values of a facet as they were counted when the dataset was built."""
        return self._source.run("tallies", tallies.first, values)

    def select(self, part: Part, *columns: Any, probe: bool = False) -> Select[Any]:
        """A query for what the records that are let through are ordered by, or their number, in a part of the list."""
        query, table, form = self.query, self.query.table, self.form
        walked = form.keys[0].column if probe else None
        if isinstance(part, int) and self.search is not None:
            statement = select(*columns).select_from(INDEX).join(table, table.key == INDEX.c.rowid)
            first, last = (select(end(table.key)).correlate(None).scalar_subquery() for end in (func.min, func.max))
            among = INDEX.c.rowid.between(cast(Any, first), cast(Any, last))
            return statement.where(has_rank(self.search.phrases, part), among, *query.filtered())
        statement = select(*columns).select_from(table).where(*self.where(walked=walked))
        if form.lead is not None and not probe:
            (given,) = (it for it in query.given if it.name == form.lead)
            rule, others = cast(filters.Linked, given.rule), query.where(but=(form.lead,))
            column = form.links.c[filters.plain(rule.column).name]
            # Every link is that of a record, which is looked at only if something else is asked of it.
            is_enough = form.is_led and not others
            joined = form.links if is_enough else form.links.join(table, form.source == rule.own)
            statement = select(*columns).select_from(joined).where(filters.among(column, given.parameters()), *others)
        if part == "all":
            return statement
        if part == "stated":
            return statement.where(form.keys[0].column.is_not(None))
        without = form.keys[: len(form.keys) - len(form.keys_of(part))]
        return statement.where(*(key.column.is_(None) for key in without))

    def where(self, but: Sequence[str] = (), walked: Any = None) -> Sequence[Clause]:
        """What is asked for (but some filters): see `ListQuery.where`."""
        time = self.time if self.is_brief and walked is None else None
        if time is None or any(it.name in but for it in self.query.given):
            return self.query.where(but, walked)
        return [time.rule.within(self.query.table.key, *(bindparam(*item) for item in time.values().items()))]

    def _time(self) -> Time | None:
        """The time that is asked for, unless it is over before it begins."""
        query, begin, end = self.query, OPEN_BEGINNING, OPEN_END
        rule = cast(filters.Dated, query.given[0].rule if query.given else query.conditions[query.dated][0])
        for given in query.given:
            operator = given.rule.comparison if isinstance(given.rule, filters.Bounded) else given.operator
            first, last = given.terms[0]
            if operator in ("eq", "gt", "gte"):
                # After a time is from the next day on.
                begin = max(begin, last + "x" if operator == "gt" else first)
            if operator in ("eq", "lt", "lte"):
                end = min(end, last if operator != "lt" else _before(first))
        return Time(rule, _tallied(type(query), rule.column), begin, end) if begin <= end else None

    @property
    def size(self) -> int:
        """How many records the list has in all."""
        return self.tallied(tallies.TOTAL, "") or 0

    def tallied(self, facet: str, value: str) -> int | None:
        """How many records have a value, where that was counted when the dataset was built."""
        rows = self._source.run("tally", tallies.one, {"list": self.list, "facet": facet, "value": value})
        return rows[0][0] if rows else None

    def _total_tallied(self) -> int | None:
        """How many records are let through, where that was counted: by no filter, by one value or word, or a time."""
        if self.time is not None:
            return self._total_of_time(self.time)
        if self.search is not None:
            word = self.search.only_word
            return self.tallied(tallies.SEARCH, word) if word else None
        if not self.query.given:
            return self.size
        given = self.query.given[0]
        return self.tallied(given.name, tallies.spoken(given.terms[0][0]))

    def _total_of_time(self, time: Time) -> int:
        """How many records lie in a time: those that begin before its end, without those that end before it begins."""
        begun, ended = (time.name + ending for ending in tallies.DAYS)
        before = 0 if time.begin == OPEN_BEGINNING else self.up_to(ended, _before(time.begin))
        return self.up_to(begun, time.end) - before

    def up_to(self, facet: str, day: str) -> int:
        """How many records begin, or end, up to a day."""
        rows = self._source.run("up to", tallies.up_to, {"list": self.list, "facet": facet, "value": day})
        return int(rows[0][0]) if rows else 0

    def url(self, but: Sequence[str] = (), **values: str) -> str:
        """The same request with some parameters changed or left out; without the place in the list."""
        return changed(self.path, self.pairs, but, **values)


class Asked(Selection):
    """A selection that a request asks for."""

    def __init__(self, dataset: Dataset, query: ListQuery, request: Request) -> None:
        scope = request.scope
        super().__init__(dataset, query, scope["path"], scope["state"]["pairs"])
        self.dataset, self.written = dataset, scope["state"]["asked"]
        self.asked: Hashable = (query.shape, *query.terms.values())
        """What is asked for, whichever page of it."""
        self.is_short = len(scope["query_string"]) <= MOST_REMEMBERED
        """Whether so little is asked for that it may be remembered what was counted."""

    def total(self) -> int:
        """How many records the filters let through; 422 where they name a record that does not exist."""
        kept = self.dataset.totals.get(self.asked)
        if kept is None:
            total = self._total_tallied() if self.form.is_tallied or self.time is not None else None
            # What is counted exists.
            kept = (total, [True]) if total else self._counted()
            if self.is_short:
                self.dataset.totals.keep(self.asked, kept)
        total, self.known = kept
        if self.time is not None:
            self.is_brief = total * BRIEF <= self.whole
        return total

    def up_to(self, facet: str, day: str) -> int:
        """The same, which is remembered: of many times, one begins or ends with the same day as another."""
        asked = self.list, facet, day
        kept = self.dataset.days.get(asked)
        if kept is None:
            kept = super().up_to(facet, day)
            self.dataset.days.keep(asked, kept)
        return kept

    @property
    def whole(self) -> int:
        """How many records the list has in all, which is remembered."""
        kept = self.dataset.totals.get(self.form.list)
        if kept is None:
            kept = self.size, ()
            self.dataset.totals.keep(self.form.list, kept)
        return kept[0]

    def _counted(self) -> tuple[int, Sequence[bool]]:
        """How many records the filters let through, and which words of the search stand anywhere."""

        def make() -> Executable:
            counted = self.select("all", func.count()).scalar_subquery()
            words = self.search.known() if self.search else ()
            exist = (item.rule.exists(item.parameters()[place]) for item, place in self.query.named)
            return select(counted, *exist, *words)

        total, *found = self.run("total", make)[0]
        exist, known = found[: self.form.naming], found[self.form.naming :]
        if not all(exist):
            pairs = zip(self.query.named, exist, strict=True)
            raise self._unknown([item for item, is_there in pairs if not is_there])
        return total, known

    def _unknown(self, missing: Sequence[tuple[Given, int]]) -> ProblemError:
        # What is like a wrong id is looked for a few times only: a request may name more than a thousand.
        detail, unknown = "There is no such record.", []
        for given, place in missing[:MOST_SUGGESTED]:
            value = given.spoken[place]
            known = given.rule.near(self.dataset, value)
            unknown.append(parameter_error(given.name, value, "unknown_id", detail, known=known))
        return invalid(unknown)
