"""From records to the rows of the tables."""

import hashlib
import json
from collections.abc import Iterable
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, Table, insert

from app.models import RESOURCES, SCHEMA_REVISION, DatasetInfo, Fact, Facts, Record
from app.references import Kind, Reference
from app.seeding.records import Written
from app.values import Amount, When, fold

OPEN_BEGINNING, OPEN_END = "0001-01-01", "9999-12-31"
"""What an open end of an interval is compared as."""


def load(connection: Connection, written: list[Written]) -> str:
    """Fill the empty tables; the dataset's version. Foreign keys are deferred: the caller checks them."""
    documents = [document(item.record) for item in written]
    version = digest(documents)
    numbered = list(enumerate(written, 1))
    _insert(connection, DatasetInfo, [{"version": version, "schema_revision": SCHEMA_REVISION}])
    rows = zip(numbered, documents, strict=True)
    _insert(connection, Facts, [_fact(item.record, text) | {"key": key} for (key, item), text in rows])
    for kind, group in groupby(numbered, key=lambda pair: pair[1].record.kind):
        items, resource = list(group), RESOURCES[kind]
        _insert(connection, resource.row, [_row(item, resource.row.__table__) | {"key": key} for key, item in items])
        for field, model in resource.lists.items():
            _insert(connection, model, [row for _, i in items for row in _list(i.record, field, model.__table__)])
    return version


def document(record: Record) -> str:
    """A record as it is served."""
    fields = record.model_dump(mode="json")
    # What a record says comes before what it rests on.
    support = {name: fields.pop(name) for name in ("evidence", "inferred")}
    return _json(fields | support)


def digest(documents: Iterable[str]) -> str:
    """The dataset's version: it depends on its documents in order, and on the schema that they are stored in."""
    state = hashlib.sha256(SCHEMA_REVISION.encode())
    for text in documents:
        state.update(b"\n" + text.encode())
    return state.hexdigest()[:16]


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def _insert(connection: Connection, table: Any, rows: list[dict[str, Any]]) -> None:
    if rows:
        connection.execute(insert(table), rows)


def _fact(record: Record, text: str) -> dict[str, Any]:
    when = getattr(record, record.happened) if record.happened else None
    shared = {name: getattr(record, name) for name in Fact.model_fields if name != "when"}
    summary = _json(Fact(when=when, **shared).model_dump(mode="json"))
    row = {"ref": _ref(record), "kind": record.kind.value, "id": record.id, "summary": summary, "document": text}
    row |= {"name": record.name, "name_folded": fold(record.name)}
    return row | {f"when_{part}": _bound(when, part) for part in ("earliest", "latest")}


def _row(written: Written, table: Table) -> dict[str, Any]:
    row = {c.name: _column(written.record, c.name) for c in table.columns if c.name not in ("key", "article_text")}
    if written.record.kind is Kind.ARTICLES:
        row["article_text"] = written.source.text.text
    return row


def _column(record: Record, name: str) -> Any:
    """A column's value, found by the column's name: see the opening of `app.models`."""
    if name in type(record).model_fields:
        return getattr(record, name)
    field, _, part = name.rpartition("_")
    value = getattr(record, field)
    if part in ("earliest", "latest"):
        return _bound(value, part)
    if value is None or part == "folded":
        return value and fold(value)
    if part == "id" and isinstance(value, Reference):
        return value.id
    if part == "value" and isinstance(value, Amount):
        return value.value
    raise LookupError(f"no field of {type(record).__name__} fills the column {name}")


def _bound(when: When | None, part: str) -> str | None:
    if when is None:
        return None
    return when.earliest or OPEN_BEGINNING if part == "earliest" else when.latest or OPEN_END


def _list(record: Record, field: str, table: Table) -> list[dict[str, Any]]:
    """The rows of a list: the record's id, then each item's id, or its folded text."""
    owner, column = [column.name for column in table.columns]
    rows: list[dict[str, Any]] = []
    for item in getattr(record, field):
        value = fold(item) if isinstance(item, str) else _ref(item) if column.endswith("_ref") else item.id
        # Two texts that differ only in case or accents are one when folded.
        rows += [row] if (row := {owner: record.id, column: value}) not in rows else []
    return rows


def _ref(item: Record | Reference) -> str:
    """The kind and the id of a record: `people/xi-jinping`."""
    return item.href.removeprefix("/v1/")
