"""Filling the tallies: what lists and facets will be asked for first, answered once when the dataset is built.

It is the lists' own code that counts, so that what was counted before and what is counted on request agree.
"""

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from importlib import import_module
from typing import Any, cast

from sqlalchemy import Connection, Executable, bindparam, func, select
from sqlmodel import col

from app import filters, tallies
from app.database import Prepared, prepared
from app.errors import ProblemError
from app.facets import Counted, counted, shown
from app.filters import Dated
from app.models import Facts, Tallies, Vocabulary
from app.queries import ListQuery
from app.references import Kind
from app.search_index import INDEX, Phrase, holds, match_values
from app.selection import Selection

FREQUENT = 1_000
"""In so many records and sentences a word has to stand to be counted; where it stands in fewer is soon counted."""


_Row = tuple[Any, ...]
INSERTED = (
    f"INSERT INTO tallies ({', '.join(Tallies.model_fields)}) VALUES (?{', ?' * (len(Tallies.model_fields) - 1)})"  # noqa: S608
)
"""Tallies are tuples: SQLAlchemy would take longer to ask a dict for their values than SQLite to write them."""


class _File:
    """A dataset in the making, asked as one that is served."""

    def __init__(self, connection: Connection) -> None:
        # Asked without SQLAlchemy, which would take longer over each of thousands of questions than their answers.
        self._raw: Any = connection.connection.driver_connection

    def run(
        self, form: Hashable, make: Callable[[], Executable], values: Mapping[str, Any]
    ) -> Sequence[tuple[Any, ...]]:
        return self.rows(prepared(form, make), values)

    def rows(self, statement: Prepared, values: Mapping[str, Any]) -> Sequence[tuple[Any, ...]]:
        """The rows of a statement with these values."""
        found: list[tuple[Any, ...]] = self._raw.execute(statement.sql, statement.arguments(values)).fetchall()
        return found


def fill_tallies(connection: Connection) -> None:
    """Count everything by everything that it can be counted by; the tables are full, and analysed."""
    file = _File(connection)
    for query in lists():
        selection = Selection(file, query())
        name = selection.list
        rows = [_row(name, tallies.TOTAL, 0, Counted("", _size(connection, query), 0))]
        for facet in query.countable:
            found = _first(selection, facet)
            places = (tallies.PLACE_OF_NONE if it.value is None else place for place, it in enumerate(found))
            rows += [_row(name, facet, place, it) for place, it in zip(places, found, strict=True)]
        rows += _days(selection, name, file)
        connection.exec_driver_sql(INSERTED, rows)
    if words := [*_words(connection, file)]:
        connection.exec_driver_sql(INSERTED, words)


def _days(selection: Selection, list_name: str, file: _File) -> Iterator[_Row]:
    """How many records begin, and end, up to each day that one begins or ends with."""
    for name, (rule, operator) in selection.query.conditions.items():
        if operator == "eq" and isinstance(rule, Dated) and rule.facets:
            for ending, column in zip(tallies.DAYS, (filters.plain(rule.column), rule.latest), strict=True):
                counted = select(column, func.count()).where(column.is_not(None)).group_by(column).order_by(column)
                up_to = 0
                for place, (day, number) in enumerate(file.rows(Prepared.of(counted), {})):
                    up_to += number
                    yield list_name, name + ending, place, day, None, up_to, up_to


def _words(connection: Connection, file: _File) -> Iterator[_Row]:
    """In how many records of each list the words stand that stand in many."""
    facts: Any = cast(Any, Facts).__table__.c
    spans = connection.execute(select(facts.kind, func.min(facts.key), func.max(facts.key)).group_by(facts.kind)).all()
    within = INDEX.c.rowid.between(bindparam("first"), bindparam("last"))
    number = Prepared.of(select(func.count()).select_from(INDEX).where(holds(()), within))
    frequent = select(col(Vocabulary.word)).where(col(Vocabulary.found) >= FREQUENT).order_by(col(Vocabulary.word))
    for place, (word,) in enumerate(connection.execute(frequent).all()):
        asked, found = match_values([Phrase((word,), False)]), dict[str, int]()
        for kind, first, last in spans:
            ((found[kind],),) = file.rows(number, asked | {"first": first, "last": last})
        for name, count in (found | {tallies.ALL: sum(found.values())}).items():
            yield _row(name, tallies.SEARCH, place, Counted(word, count, count, word))


def lists() -> Iterator[type[ListQuery]]:
    """The parameters of every list that counts all its records."""
    for name in (*(kind.replace("-", "_") for kind in Kind), "facts"):
        module = import_module(f"app.resources.{name}")
        for item in vars(module).values():
            is_own = isinstance(item, type) and item.__module__ == module.__name__
            if is_own and issubclass(item, ListQuery) and not item.without:
                yield item


def _size(connection: Connection, query: type[ListQuery]) -> int:
    return int(connection.execute(select(func.count()).select_from(query.table)).scalar_one())


def _first(selection: Selection, facet: str) -> list[Counted]:
    """The first values of a facet, and what is not stated."""
    try:
        first = counted(selection, facet, tallies.MOST_TALLIED)
    except ProblemError:
        # So many periods that whoever asks for them is told to take a larger unit.
        return []
    names = shown(selection, facet, first)
    return [Counted(it.value, it.found, it.certain, names[it.value]) for it in first]


def _row(name: str, facet: str, place: int, counted: Counted) -> _Row:
    return name, facet, place, counted.value, counted.shown, counted.found, counted.certain
