"""From what is stored of the records to the rows of the tables."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import count
from typing import Any

from pydantic_core import to_json
from sqlalchemy import Connection, text

from app import search_index
from app.models import (
    RESOURCES,
    SCHEMA_REVISION,
    DatasetInfo,
    Documents,
    Facts,
    QuoteRole,
    Quotes,
    SeedFiles,
    Sentences,
    Summaries,
)
from app.references import Kind
from app.seeding.citation import cite
from app.seeding.render import QUOTE_COLUMNS, SHARED_COLUMNS, Batch, Rendered, Row, Stored, list_columns, row_columns

SUPPORTS = QuoteRole.SUPPORTS.value
BATCH = 500
"""Records, or texts, whose rows are kept in mind before they are written."""
Rows = dict[str, list[Row]]
"""Rows, each a list of values for the statement that writes it."""


def load(connection: Connection, rendered: Rendered) -> str:
    """Fill the empty tables; the dataset's version. Foreign keys are deferred: the caller checks them."""
    version = digest(rendered.contents())
    connection.exec_driver_sql(_insert(DatasetInfo, "version", "schema_revision"), (version, SCHEMA_REVISION))
    search_index.begin(connection)
    with _indexes_last(connection):
        for batch in rendered.batches(BATCH):
            for statement, values in _rows(batch, rendered, version).items():
                # SQLAlchemy would ask each row for its values by their names, which takes longer than to write them.
                if values:
                    connection.exec_driver_sql(statement, values)
    search_index.finish(connection)
    return version


def digest(contents: Iterable[bytes]) -> str:
    """The dataset's version: it depends on all that is served of it, in order, and on the schema that it has."""
    state = hashlib.sha256(SCHEMA_REVISION.encode())
    for content in contents:
        state.update(b"\n" + content)
    return state.hexdigest()[:16]


def _insert(model: Any, *columns: str, encoded: Sequence[str] = ()) -> str:
    """What writes a row; the columns named last take text that is UTF-8 already."""
    names = ", ".join(f'"{name}"' for name in (*columns, *encoded))
    values = ", ".join(["?"] * len(columns) + ["CAST(? AS TEXT)"] * len(encoded))
    return f"INSERT INTO {model.__table__.name} ({names}) VALUES ({values})"  # noqa: S608


INTO_FACTS = _insert(Facts, "key", *SHARED_COLUMNS)
INTO_DOCUMENTS = _insert(Documents, "key", encoded=("document",))
INTO_SUMMARIES = _insert(Summaries, "key", encoded=("summary",))
INTO_QUOTES = _insert(Quotes, "fact_key", *QUOTE_COLUMNS)
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


def _rows(batch: Batch, rendered: Rendered, version: str) -> Rows:
    """What is written of some records, or of some texts."""
    rows: Rows = defaultdict(list)
    if batch.kind is None:
        _add_texts(rows, batch, rendered)
    else:
        _add_records(rows, batch, batch.kind, rendered, version)
    return rows


def _add_records(rows: Rows, batch: Batch, kind: Kind, rendered: Rendered, version: str) -> None:
    is_text = kind is Kind.ARTICLES
    into_table = _insert(RESOURCES[kind].row, "key", *row_columns(kind), *["article_text"] * is_text)
    into_lists = [_insert(model, *columns) for model, _, columns in list_columns(kind)]
    for key, place in enumerate(batch.places, batch.key):
        body, stored = rendered.record(kind, place)
        rows[INTO_FACTS].append((key, *stored.shared))
        summary, document = _cited(body, stored, rendered, version)
        rows[INTO_DOCUMENTS].append((key, document))
        rows[INTO_SUMMARIES].append((key, summary))
        rows[into_table].append((key, *stored.row, *[rendered.text(place).article_text for _ in range(is_text)]))
        for statement, items in zip(into_lists, stored.lists, strict=True):
            rows[statement] += [(key, *row) for row in items]
        # Their keys are numbers that SQLite gives, one after the other.
        rows[INTO_QUOTES] += [(key, *row) for row in stored.quotes]
        rows[search_index.INSERTED].append((key, *stored.words))


def _add_texts(rows: Rows, batch: Batch, rendered: Rendered) -> None:
    keys = count(batch.key)
    for stored in map(rendered.text, batch.places):
        for sentence, words, key in zip(stored.sentences, stored.words, keys, strict=False):
            rows[INTO_SENTENCES].append((key, *sentence))
            rows[search_index.INSERTED].append(search_index.sentence(key, words))
        rows[INTO_FILES].append(stored.files)


def _cited(body: bytes, stored: Stored, rendered: Rendered, version: str) -> tuple[bytes, bytes]:
    """The summary and the document, with how to cite them, as they are written: decoded they would be encoded again."""
    ref, name = stored.shared[0], stored.shared[3]
    quotes = [(row[0], row[2]) for row in stored.quotes if row[1] == SUPPORTS]
    citation = to_json(cite(name, f"/v1/{ref}", quotes, rendered.described, version))
    return b'%b,"cite":%b}' % (stored.summary[:-1], citation), b'%b,"cite":%b}' % (body[:-1], citation)
