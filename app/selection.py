"""The records that a query asks for, in its order: what pages, facets and exports all begin with."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

from fastapi import Request
from sqlalchemy import Select, func, literal, or_, select

from app import filters
from app.database import Dataset
from app.errors import invalid, parameter_error
from app.filters import Clause
from app.queries import ListQuery
from app.search_index import INDEX, holds
from app.urls import changed

MOST_SUGGESTED = 5


@dataclass(frozen=True)
class SortKey:
    """A column to order by."""

    column: Any
    descending: bool

    def order(self, backward: bool) -> list[Any]:
        """The terms of ORDER BY: what is null comes last; or all of it the other way round."""
        descending = self.descending is not backward
        term = self.column.desc() if descending else self.column.asc()
        null = self.column.is_(None)
        return [null.desc() if backward else null.asc(), term] if filters.plain(self.column).nullable else [term]

    def same(self, value: Any) -> Clause:
        """Whether a record has this value."""
        return cast(Clause, self.column.is_(None) if value is None else self.column == value)

    def beyond(self, value: Any, backward: bool) -> Clause:
        """Whether a record comes after this value in the order, or before it."""
        if value is None:
            return cast(Clause, self.column.is_not(None) if backward else self.column.in_([]))
        # As a literal, since truth values have no order for SQLAlchemy, though they have one in the file.
        other = literal(value)
        further = self.column < other if self.descending is not backward else self.column > other
        return cast(Clause, further if backward else or_(further, self.column.is_(None)))


class Selection:
    """What one request asks for, of a list."""

    def __init__(self, dataset: Dataset, query: ListQuery, request: Request) -> None:
        self.dataset, self.query, self.path = dataset, query, request.url.path
        # In the order of their names: requests that mean the same get the same bytes.
        self.pairs = sorted(request.query_params.multi_items(), key=lambda pair: pair[0])
        self.search = query.search
        chosen = query.order()
        self.is_ranked = self.search is not None and not chosen
        self.keys = [SortKey(INDEX.c.rank, False)] if self.is_ranked else []
        self.keys += [
            SortKey(column, name.startswith("-"))
            for name in chosen
            for column in query.conditions[name.removeprefix("-")][0].sort_columns
        ]
        self.keys += [SortKey(query.table.id, False), SortKey(query.table.key, False)]
        self.known: Sequence[bool] = ()
        """For each word of the search, whether it stands anywhere; known with the total."""

    def select(self, *columns: Any) -> Select[Any]:
        """A query for columns of the records that the filters let through."""
        statement = select(*columns).select_from(self.query.table).where(*self.query.where())
        if self.is_ranked and self.search:
            # The same records as without, each with its rank.
            statement = statement.join(INDEX, INDEX.c.rowid == self.query.table.key).where(holds(self.search.phrases))
        return statement

    def order(self, backward: bool = False) -> list[Any]:
        """The terms of ORDER BY."""
        return [term for key in self.keys for term in key.order(backward)]

    def total(self) -> int:
        """How many records the filters let through; 422 where they name a record that does not exist."""
        named, words = list(self.query.named()), self.search.known() if self.search else []
        counted = select(func.count()).select_from(self.query.table).where(*self.query.where()).scalar_subquery()
        row = self.dataset.rows(select(counted, *(clause for *_, clause in named), *words))[0]
        total, found = row[0], list(row)[1:]
        self.known = [bool(is_there) for is_there in found[len(named) :]]
        missing = [item for item, is_there in zip(named, found[: len(named)], strict=True) if not is_there]
        # What is like a wrong id is looked for a few times only: a request may name more than a thousand.
        unknown = [
            parameter_error(name, value, "unknown_id", "There is no such record.", known=rule.near(self.dataset, value))
            for name, value, rule, _ in missing[:MOST_SUGGESTED]
        ]
        if unknown:
            raise invalid(unknown)
        return int(total)

    def url(self, but: Sequence[str] = (), **values: str) -> str:
        """The same request with some parameters changed or left out; without the place in the list."""
        return changed(self.path, self.pairs, but, **values)
