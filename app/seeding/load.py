"""From rendered records to the rows of the tables."""

import json
from collections.abc import Iterable, Iterator
from itertools import count, groupby
from typing import Any

from sqlalchemy import Connection, Table, insert
from sqlmodel import SQLModel

from app.models import RESOURCES, SCHEMA_REVISION, DatasetRow, EvidenceRow, FactRow, Record
from app.seeding.render import Rendered, version
from app.values import Amount, Kind, Reference, When, fold

OPEN_BEGINNING, OPEN_END = "0001-01-01", "9999-12-31"
"""What an open end of an interval is compared as."""


def load(connection: Connection, rendered: list[Rendered]) -> str:
    """Fill the empty tables; the dataset's version. Foreign keys are deferred: the caller checks them."""
    keys = dict(zip((item.record.href for item in rendered), count(1), strict=False))
    evidence_keys = count(1)
    this = version(item.document for item in rendered)
    _insert(connection, DatasetRow, [{"version": this, "schema_revision": SCHEMA_REVISION}])
    _insert(connection, FactRow, [_fact(item, keys[item.record.href]) for item in rendered])
    for kind, group in groupby(rendered, key=lambda item: item.draft.kind):
        items = list(group)
        resource = RESOURCES[kind]
        _insert(connection, resource.row, [_row(item, resource.row, keys[item.record.href]) for item in items])
        for field, table in resource.lists.items():
            _insert(connection, table, [row for item in items for row in _list(item.record, field, table)])
    evidence = [row for item in rendered for row in _evidence(item.record, keys[item.record.href], evidence_keys)]
    _insert(connection, EvidenceRow, evidence)
    return this


def _insert(connection: Connection, model: type[SQLModel], rows: list[dict[str, Any]]) -> None:
    if rows:
        connection.execute(insert(_table(model)), rows)


def _table(model: type[SQLModel]) -> Table:
    table: Table = model.__table__  # type: ignore[attr-defined]
    return table


def _fact(item: Rendered, key: int) -> dict[str, Any]:
    record = item.record
    when = getattr(record, record.happened) if record.happened else None
    return {
        "key": key,
        "kind": record.kind,
        "id": record.id,
        "name": record.name,
        "name_folded": fold(record.name),
        "when_earliest": _bound(when, "earliest"),
        "when_latest": _bound(when, "latest"),
        "summary": item.summary,
        "document": item.document,
    }


def _row(item: Rendered, model: type[SQLModel], key: int) -> dict[str, Any]:
    row = {
        column.name: _column(item.record, column.name)
        for column in _table(model).columns
        if column.name not in ("key", "text")
    }
    row["key"] = key
    if "text" in _table(model).columns:
        # An article's text is its source's; it is no field of the record.
        row["text"] = item.draft.source.text.text if item.draft.kind is Kind.ARTICLES else item.record.text  # type: ignore[attr-defined]
    return row


def _column(record: Record, name: str) -> Any:
    """A column's value, found by the column's name: see the opening of `app.models`."""
    if name in type(record).model_fields:
        return getattr(record, name)
    field, _, part = name.rpartition("_")
    value = getattr(record, field)
    if part in ("earliest", "latest"):
        return _bound(value, part)
    if value is None:
        return None
    if part == "id" and isinstance(value, Reference):
        return value.id
    if part == "folded" and isinstance(value, str):
        return fold(value)
    if part == "value" and isinstance(value, Amount):
        return value.value
    raise LookupError(f"no field of {type(record).__name__} fills the column {name}")


def _bound(when: When | None, part: str) -> str | None:
    if when is None:
        return None
    return when.earliest or OPEN_BEGINNING if part == "earliest" else when.latest or OPEN_END


def _list(record: Record, field: str, model: type[SQLModel]) -> Iterator[dict[str, Any]]:
    """The rows of a list: the record's id, then each item's id or text (and its kind, or its folded form)."""
    owner, *columns = [column.name for column in _table(model).columns]
    for item in getattr(record, field):
        row = {owner: record.id}
        for name in columns:
            if isinstance(item, Reference):
                row[name] = item.href.split("/")[2] if name == "kind" else item.id
            else:
                row[name] = fold(item) if name.endswith("_folded") else item
        yield row


def _evidence(record: Record, fact_key: int, keys: Iterable[int]) -> Iterator[dict[str, Any]]:
    for item, key in zip(record.evidence, keys, strict=False):
        yield {
            "key": key,
            "fact_key": fact_key,
            "article_id": item.article.id,
            "quote": item.quote,
            "start": item.start,
            "end": item.end,
            "paragraph": item.paragraph,
            "sentence": item.sentence,
            "fields": json.dumps(item.fields),
        }
