"""The records that a query asks for, in its order: what pages, facets and exports all begin with."""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from typing import Any, NamedTuple, Protocol, cast

from fastapi import Request
from sqlalchemy import Executable, Select, bindparam, func, or_, select

from app import filters, tallies
from app.database import Dataset
from app.endpoints import pairs_of, path_of
from app.errors import ProblemError, invalid, parameter_error
from app.filters import Clause
from app.models import Facts
from app.periods import OPEN_BEGINNING, OPEN_END
from app.queries import Given, ListQuery, Once, Shape
from app.search_index import INDEX, RANKS, has_rank
from app.urls import changed

MOST_SUGGESTED = 5
MOST_REMEMBERED = 600
"""Characters of the values of filters beyond which a total is not remembered."""


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


@cache
def _name(query: type[ListQuery]) -> str:
    return str(query.kind_asked() or tallies.ALL)


def _before(day: str) -> str:
    """A text that comes after all days before this one, and before this one."""
    return day[:-1] + chr(ord(day[-1]) - 1) + "x" if day else ""


class Form:
    """What queries have in common that differ in the values of their filters only."""

    def __init__(self, query: type[ListQuery], shape: Shape, chosen: tuple[str, ...]) -> None:
        (given, _, words), self.chosen = shape, chosen
        self.is_ranked = words is not None and not chosen
        self.keys = _keys(query, chosen, self.is_ranked)
        rules = {name: query.conditions[name] for name, number in given if number == 1}
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
        self.form = form_of(type(query), query.shape, tuple(query.order()))
        self.known: Sequence[bool] = ()
        """For each word of the search, whether it stands anywhere; known with the total."""

    @property
    def list(self) -> str:
        """The list's name in the tallies."""
        return _name(type(self.query))

    def run(self, form: Hashable, make: Callable[[], Executable], **values: Any) -> Sequence[tuple[Any, ...]]:
        """The rows of a statement on this selection, which is made once for all queries of a form."""
        if self.is_brief and self.time is not None:
            values |= self.time.values()
        return self._source.run((self.form, self.is_brief, form), make, self.query.values | values)

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

    @Once
    def time(self) -> Time | None:
        """The time that is asked for, where nothing else is."""
        query, begin, end = self.query, OPEN_BEGINNING, OPEN_END
        rules = [it.rule for it in query.given] or [query.conditions[it][0] for it in [query.dated] if it]
        if not rules or not isinstance(rules[0], filters.Dated) or self.search is not None or query.is_certain:
            return None
        for given in query.given:
            operator = given.rule.comparison if isinstance(given.rule, filters.Bounded) else given.operator
            is_of_it = given.rule.column is rules[0].column and len(given.terms) == 1
            if not is_of_it or operator not in ("eq", *filters.COMPARISONS):
                return None
            first, last = given.terms[0]
            if operator in ("eq", "gt", "gte"):
                # After a time is from the next day on.
                begin = max(begin, last + "x" if operator == "gt" else first)
            if operator in ("eq", "lt", "lte"):
                end = min(end, last if operator != "lt" else _before(first))
        return Time(rules[0], _tallied(type(query), rules[0].column), begin, end) if begin <= end else None

    @property
    def size(self) -> int:
        """How many records the list has in all."""
        return self.tallied(tallies.TOTAL, "") or 0

    def tallied(self, facet: str, value: str) -> int | None:
        """How many records have a value, where that was counted when the dataset was built."""
        rows = self._source.run("tally", tallies.one, {"list": self.list, "facet": facet, "value": value})
        return rows[0][0] if rows else None

    def _total_tallied(self) -> int | None:
        """How many records the filters let through, where that was counted: for none, or one value, or a time."""
        given = self.query.given
        word = self.search.only_word if self.search else None
        if self.time is not None:
            return self._total_of_time(self.time)
        if self.query.dated or (self.search and (given or not word)):
            return None
        if not given:
            return self.tallied(tallies.SEARCH, word) if word else self.size
        first = given[0]
        if len(given) == 1 and first.operator == "eq" and len(first.terms) == 1 and "" in first.rule.facets:
            return self.tallied(first.name, tallies.spoken(first.terms[0][0]))
        return None

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
        super().__init__(dataset, query, path_of(request), pairs_of(request))
        self.dataset = dataset
        self.asked = type(query), query.shape, tuple(query.values.values())
        """What is asked for, whichever page of it."""

    @property
    def is_short(self) -> bool:
        """Whether so little is asked for that it may be remembered what was counted."""
        return len(str(self.asked[2])) <= MOST_REMEMBERED

    def total(self) -> int:
        """How many records the filters let through; 422 where they name a record that does not exist."""
        kept = self.dataset.totals.get(self.asked)
        if kept is None:
            total = self._total_tallied()
            # What is counted exists.
            kept = (total, [True]) if total else self._counted()
            if self.is_short:
                self.dataset.totals.keep(self.asked, kept)
        total, self.known = kept
        self.is_brief = self.time is not None and total * BRIEF <= self.whole
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
        kept = self.dataset.totals.get(self.list)
        if kept is None:
            kept = self.size, ()
            self.dataset.totals.keep(self.list, kept)
        return kept[0]

    def _counted(self) -> tuple[int, Sequence[bool]]:
        """How many records the filters let through, and which words of the search stand anywhere."""
        named = self.query.named

        def make() -> Executable:
            counted = self.select("all", func.count()).scalar_subquery()
            words = self.search.known() if self.search else ()
            exist = (item.rule.exists(item.parameters()[place]) for item, place in named)
            return select(counted, *exist, *words)

        total, *found = self.run("total", make)[0]
        if all(found):
            return total, [True] * (len(found) - len(named))
        missing = [item for item, is_there in zip(named, found[: len(named)], strict=True) if not is_there]
        if missing:
            raise self._unknown(missing)
        return total, [bool(is_there) for is_there in found[len(named) :]]

    def _unknown(self, missing: Sequence[tuple[Given, int]]) -> ProblemError:
        # What is like a wrong id is looked for a few times only: a request may name more than a thousand.
        detail, unknown = "There is no such record.", []
        for given, place in missing[:MOST_SUGGESTED]:
            value = given.spoken[place]
            known = given.rule.near(self.dataset, value)
            unknown.append(parameter_error(given.name, value, "unknown_id", detail, known=known))
        return invalid(unknown)
