"""How the parameters of lists become SQL: relations between records, and filters by their values.

Nothing here is a JOIN: a relation is a list of ids, a filter is a WHERE or an EXISTS, so that a count is a count.
"""

import operator
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cache, cached_property, lru_cache
from typing import Any, ClassVar, Self, cast

from sqlalchemy import ColumnElement, Select, and_, exists, func, not_, or_, select, union_all

from app import edtf
from app.database import Dataset, unindexed
from app.models import Documents, Facts, NoteSubjects
from app.parameters import Date, Number
from app.periods import OPEN_BEGINNING, OPEN_END, REACHES
from app.references import Kind
from app.suggest import closest
from app.values import fold

MOST_INCLUDED = 1_000
"""How many records an include may bring."""
CANDIDATES = 5_000
"""How many ids are looked at for those that are like an unknown one."""
FACTS: Any = cast(Any, Facts).__table__
DOCUMENTS: Any = cast(Any, Documents).__table__
SERVED: Any = FACTS.join(DOCUMENTS, DOCUMENTS.c.key == FACTS.c.key)
"""All records, with what is served of each."""
Clause = ColumnElement[bool]
Terms = tuple[Any, ...]
"""What a value of a parameter is in SQL: its plain values, or the parameters of a statement that stand for them."""
COMPARISONS = {"gt": operator.gt, "gte": operator.ge, "lt": operator.lt, "lte": operator.le}


def kind_of(table: Any) -> Kind:
    """The kind of record that a table holds."""
    return Kind(table.name.replace("_", "-"))


def plain(attribute: Any) -> Any:
    """The column of a table's attribute."""
    return attribute.property.columns[0] if hasattr(attribute, "property") else attribute


@cache
def named_by(attribute: Any) -> Any:
    """The column of ids that a column's values are taken from: another table's, or the column itself."""
    return next((key.column for key in plain(attribute).foreign_keys), plain(attribute))


def _link_to(table: Any, links: Any) -> Any:
    """The column of a table of links, or of records, that names the records of another table."""
    return next(column for column in links.columns if column.foreign_keys and named_by(column).table is table)


# ------------------------------------------------------------------------------------------------------ relations


@dataclass(frozen=True)
class Relation:
    """Pairs of records, as rows of a table that names both, by key or by id: `source` relates to `target`."""

    source: Any
    target: Any

    @cached_property
    def kind(self) -> Kind | None:
        """The kind of record that it leads to; None where that varies."""
        # A record's own key names its row among all facts, but its table says which kind it is of.
        table = (self.target if self.target.name == "key" else named_by(self.target)).table
        return None if table is FACTS else kind_of(table)

    def documents(self, keys: Sequence[Any]) -> Select[Any]:
        """The records that those with these keys relate to."""
        own, named, columns = named_by(self.source), named_by(self.target), FACTS.c
        by_key = keys if own.name == "key" else select(own).where(own.table.c.key.in_(keys))
        found = columns[named.name].in_(select(self.target).where(self.source.in_(by_key)))
        if named.name == "id":
            found &= columns.kind == self.kind
        selected = select(columns.key, columns.kind, DOCUMENTS.c.document)
        return selected.select_from(SERVED).where(found).limit(MOST_INCLUDED + 1)


def to(column: Any) -> Relation:
    """To the record that a column of the resource's own table names."""
    return Relation(plain(column).table.c.key, plain(column))


def back(column: Any) -> Relation:
    """To the records of another table whose column names this one."""
    return Relation(plain(column), plain(column).table.c.key)


def through(column: Any) -> Relation:
    """To the records that a table of links names in this column."""
    (other,) = (item for item in plain(column).table.columns if item.foreign_keys and item is not plain(column))
    return Relation(other, plain(column))


NOTES = through(NoteSubjects.note_key)
"""To the notes on a record."""


# -------------------------------------------------------------------------------------------------------- filters


@dataclass(frozen=True)
class Filter:
    """One way to ask: a column, and what it means that a value satisfies an operator."""

    column: Any
    is_probe: bool = field(default=False, kw_only=True)
    """Whether records are looked at in their order, each held against the filter, rather than found by the filter."""
    operators: ClassVar[tuple[str, ...]] = ("ne",)
    ordered: ClassVar[Any] = None
    """The type of the values of `__gt` and the like."""
    facets: ClassVar[tuple[str, ...]] = ("",)
    """How its values can be counted: each as it is, or by units of the calendar."""

    def for_table(self, table: Any) -> Self:
        """The filter as it is for a table's records."""
        return self

    @property
    def own_column(self) -> Any:
        """The column, as clauses name it."""
        return unindexed(plain(self.column)) if self.is_probe else self.column

    @property
    def sort_columns(self) -> tuple[Any, ...]:
        return (self.column,)

    @property
    def nullable(self) -> bool:
        return bool(plain(self.column).nullable)

    def is_null(self) -> Clause:
        return cast(Clause, self.column.is_(None))

    def terms(self, value: Any) -> Terms:
        """A value as SQL knows it; what else is asked of a filter is asked with such terms."""
        return (str(value) if isinstance(value, str) else value,)

    def equals(self, values: Sequence[Terms], certain: bool) -> Clause:
        return among(self.own_column, values)

    def differs(self, values: Sequence[Terms], certain: bool) -> Clause:
        return and_(not_(self.is_null()), not_(self.equals(values, certain)))

    def compares(self, name: str, value: Terms, certain: bool) -> Clause:
        """What `__gt` and the like mean, where the filter has them."""
        raise NotImplementedError

    @property
    def names_records(self) -> bool:
        """Whether values are ids of records."""
        return False

    def exists(self, value: Terms) -> Clause:
        """Whether the record that a value names exists."""
        return exists().where(named_by(self.column) == value[0])

    def near(self, dataset: Dataset, value: Any) -> list[str]:
        """Names of records that are like one that does not exist."""
        return []


def among(column: Any, values: Sequence[Terms]) -> Clause:
    """Whether a column has one of the values."""
    terms = [term for (term,) in values]
    return cast(Clause, column == terms[0] if len(terms) == 1 else column.in_(terms))


class Choice(Filter):
    """A column of one of several words, or of true and false."""


class ById(Filter):
    """A column that holds the id of another record, or the record's own."""

    @property
    def names_records(self) -> bool:
        return True

    def near(self, dataset: Dataset, value: Any) -> list[str]:
        return near_ids(dataset, named_by(self.column), value)


class Folded(Filter):
    """Text, compared without regard to case and accents; the column holds it folded."""

    def terms(self, value: Any) -> Terms:
        return (fold(value),)


class Quantity(Filter):
    """A number."""

    operators = ("ne", *COMPARISONS)
    ordered = Number
    facets = ()

    def compares(self, name: str, value: Terms, certain: bool) -> Clause:
        return cast(Clause, COMPARISONS[name](self.own_column, value[0]))


class Dated(Filter):
    """A date, stored as the first day that it can mean (`x_earliest`), and beside it the last one (`x_latest`)."""

    operators = ("ne", *COMPARISONS)
    ordered = Date
    facets: ClassVar[tuple[str, ...]] = (":year", ":month", ":day")

    @property
    def latest(self) -> Any:
        return plain(self.column).table.c[plain(self.column).name.replace("_earliest", "_latest")]

    @property
    def reach(self) -> Any:
        """How far a date reaches: the first of REACHES that is enough."""
        return plain(self.column).table.c[plain(self.column).name.replace("_earliest", "_reach")]

    @property
    def sort_columns(self) -> tuple[Any, ...]:
        return (self.column, self.latest)

    def terms(self, value: Any) -> Terms:
        return bounds(value)

    def equals(self, values: Sequence[Terms], certain: bool) -> Clause:
        earliest = self.own_column
        if certain:
            return or_(*(and_(earliest >= first, self.latest <= last) for first, last in values))
        return or_(*(and_(earliest <= last, self.latest >= first) for first, last in values))

    def differs(self, values: Sequence[Terms], certain: bool) -> Clause:
        # What possibly differs is what does not certainly agree, and the other way round.
        return and_(not_(self.is_null()), not_(self.equals(values, not certain)))

    def within(self, key: Any, begin: Any, end: Any) -> Clause:
        """Whether a record possibly lies in a time: of use where few do, which are found by how far their dates reach.

        A date that reaches a month from its first day on begins no more than a month before the time; and so on.
        """
        dated = plain(self.column).table.alias("dated")
        earliest, latest, reach = (dated.c[plain(it).name] for it in (self.column, self.latest, self.reach))
        found = []
        for days in REACHES:
            lies = select(dated.c.key).where(reach == days, earliest <= end, latest >= begin)
            bound = earliest >= func.date(func.substr(begin, 1, 10), f"-{days} days")
            found.append(lies if days == REACHES[-1] else lies.where(bound))
        return cast(Clause, key.in_(union_all(*found)))

    def compares(self, name: str, value: Terms, certain: bool) -> Clause:
        first, last = value
        # What is certainly after a day is so with its first day, what is possibly with its last; before, in reverse.
        column = self.own_column if name.startswith("g") is certain else self.latest
        return cast(Clause, COMPARISONS[name](column, last if name in ("gt", "lte") else first))


@dataclass(frozen=True)
class Bounded(Dated):
    """A date from which, or up to which, another one has to lie: a filter of its own, without operators."""

    comparison: str = "gte"
    operators = ()
    facets = ()
    sort_columns = ()

    @property
    def nullable(self) -> bool:
        return False

    def equals(self, values: Sequence[Terms], certain: bool) -> Clause:
        return self.compares(self.comparison, values[0], certain)


@lru_cache(maxsize=10_000)
def bounds(value: str) -> tuple[str, str]:
    """The first and the last day of an EDTF expression, open ends as far away as dates go."""
    span = edtf.parse(value)
    return str(span.earliest or OPEN_BEGINNING), str(span.latest or OPEN_END)


@dataclass(frozen=True)
class Linked(ById):
    """Ids, or folded texts, in a table of links: a record satisfies it if one of its links does.

    With `via`, a column of the record, it is the record named there whose links (or whose own column) count.
    """

    source: Any = None
    own: Any = None
    via: Any = None
    always: bool = False
    """Whether every record has a link."""

    def for_table(self, table: Any) -> Self:
        links = plain(self.column).table
        if self.own is not None:
            return self
        if self.via is not None:
            return replace(self, source=links.c.id, own=plain(self.via))
        source = _link_to(table, links)
        return replace(self, source=source, own=named_by(source))

    @property
    def sort_columns(self) -> tuple[Any, ...]:
        return ()

    @property
    def leads(self) -> bool:
        """Whether the links of one value name its records in the order of their keys."""
        return self.via is None and self.is_once

    @cached_property
    def is_once(self) -> bool:
        """Whether a record has a value once at most."""
        keys = {column.name for column in plain(self.column).table.primary_key}
        return self.via is not None or keys == {plain(self.column).name, plain(self.source).name}

    @property
    def nullable(self) -> bool:
        return not self.always

    def is_null(self) -> Clause:
        return not_(exists().where(self.source == self.own))

    @property
    def _holds_ids(self) -> bool:
        return bool(plain(self.column).foreign_keys)

    def terms(self, value: Any) -> Terms:
        return (value if self._holds_ids else fold(value),)

    def equals(self, values: Sequence[Terms], certain: bool) -> Clause:
        linked = among(self.column, values)
        if self.is_probe:
            return exists().where(self.source == self.own, linked)
        return cast(Clause, self.own.in_(select(self.source).where(linked)))

    @property
    def names_records(self) -> bool:
        return self._holds_ids


def near_ids(dataset: Dataset, column: Any, wrong: str) -> list[str]:
    """Ids that are like a wrong one: looked for among those with the same beginning, then among all, up to a limit."""
    for start in (wrong[:1].lower(), ""):
        statement = select(column).where(column.startswith(start, autoescape=True)).order_by(column).limit(CANDIDATES)
        if near := closest(wrong.lower(), [row[0] for row in dataset.rows(statement)]):
            return near
    return []
