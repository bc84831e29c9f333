"""From what is stored of the records to the rows of the tables."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from pydantic_core import to_json
from sqlalchemy import Connection, text

from app import search_index
from app.models import RESOURCES, SCHEMA_REVISION, DatasetInfo, Facts, QuoteRole, Quotes, SeedFiles, Sentences
from app.references import Kind
from app.seeding.citation import cite
from app.seeding.render import QUOTE_COLUMNS, SHARED_COLUMNS, Rendered, Row, Stored, list_columns, row_columns

BATCH = 10_000
"""Rows that are kept in mind before they are written."""


def load(connection: Connection, rendered: Rendered) -> str:
    """Fill the empty tables; the dataset's version. Foreign keys are deferred: the caller checks them."""
    version = digest(rendered.contents())
    rows = _Rows(connection)
    rows.add(_insert(DatasetInfo, "version", "schema_revision"), (version, SCHEMA_REVISION))
    with _indexes_last(connection):
        _load_records(rows, rendered, version)
        _load_texts(rows, rendered)
        rows.write()
    search_index.finish(connection)
    return version


def digest(contents: Iterable[bytes]) -> str:
    """The dataset's version: it depends on all that is served of it, in order, and on the schema that it has."""
    state = hashlib.sha256(SCHEMA_REVISION.encode())
    for content in contents:
        state.update(b"\n" + content)
    return state.hexdigest()[:16]


class _Rows:
    """Rows on their way into the tables, many at a time."""

    def __init__(self, connection: Connection) -> None:
        self._connection, self._waiting, self._count = connection, defaultdict[str, list[Row]](list), 0

    def add(self, statement: str, *rows: Row) -> None:
        """Rows, each a list of values for the statement."""
        self._waiting[statement].extend(rows)
        self._count += len(rows)
        if self._count >= BATCH:
            self.write()

    def write(self) -> None:
        """Write what waits."""
        for statement, rows in self._waiting.items():
            # SQLAlchemy would ask each row for its values by their names, which takes longer than to write them.
            if rows:
                self._connection.exec_driver_sql(statement, rows)
        self._waiting.clear()
        self._count = 0


def _insert(model: Any, *columns: str) -> str:
    names = ", ".join(f'"{name}"' for name in columns)
    return f"INSERT INTO {model.__table__.name} ({names}) VALUES ({', '.join('?' * len(columns))})"  # noqa: S608


INTO_FACTS = _insert(Facts, "key", *SHARED_COLUMNS, "summary", "document")
INTO_QUOTES = _insert(Quotes, "key", "fact_key", *QUOTE_COLUMNS)
INTO_SENTENCES = _insert(Sentences, *Sentences.model_fields)
INTO_FILES = _insert(SeedFiles, *SeedFiles.model_fields)


@contextmanager
def _indexes_last(connection: Connection) -> Iterator[None]:
    """While tables are filled they have no indexes but those of their keys: sorted once is faster than kept sorted."""
    found = "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL ORDER BY rowid"
    indexes = connection.execute(text(found)).all()
    for name, _ in indexes:
        connection.exec_driver_sql(f'DROP INDEX "{name}"')
    yield
    for _, statement in indexes:
        connection.exec_driver_sql(statement)


def _load_records(rows: _Rows, rendered: Rendered, version: str) -> None:
    texts, key, quotes = rendered.texts(), 0, 0
    for kind in Kind:
        text = ["article_text"] if kind is Kind.ARTICLES else []
        into_table = _insert(RESOURCES[kind].row, "key", *row_columns(kind), *text)
        into_lists = [_insert(model, *columns) for model, _, columns in list_columns(kind)]
        for body, stored in rendered.records(kind):
            key += 1
            rows.add(INTO_FACTS, (key, *stored.shared, *_cited(body, stored, rendered, version)))
            rows.add(into_table, (key, *stored.row, *(next(texts).article_text for _ in text)))
            for statement, items in zip(into_lists, stored.lists, strict=True):
                rows.add(statement, *items)
            for quotes, row in enumerate(stored.quotes, quotes + 1):  # noqa: B020
                rows.add(INTO_QUOTES, (quotes, key, *row))
            rows.add(search_index.INSERTED, (key, *stored.words))


def _cited(body: str, stored: Stored, rendered: Rendered, version: str) -> tuple[str, str]:
    """The summary and the document, with how to cite them."""
    ref, name = stored.shared[0], stored.shared[3]
    quotes = [(row[0], row[2]) for row in stored.quotes if row[1] == QuoteRole.SUPPORTS.value]
    citation = f',"cite":{to_json(cite(name, f"/v1/{ref}", quotes, rendered.described, version)).decode()}}}'
    return stored.summary[:-1] + citation, body[:-1] + citation


def _load_texts(rows: _Rows, rendered: Rendered) -> None:
    key = 0
    for stored in rendered.texts():
        for sentence in stored.sentences:
            key += 1
            rows.add(INTO_SENTENCES, (key, *sentence))
            rows.add(search_index.INSERTED, search_index.sentence(key, sentence[-2]))
        rows.add(INTO_FILES, stored.files)
