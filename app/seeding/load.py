"""From records to the rows of the tables."""

import hashlib
import json
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, Table, insert

from app import search_index
from app.models import (
    RESOURCES,
    SCHEMA_REVISION,
    SUPPORT,
    Article,
    DatasetInfo,
    Fact,
    Facts,
    QuoteRole,
    Quotes,
    Record,
    SeedFiles,
    Sentences,
    TextAccess,
)
from app.periods import OPEN_BEGINNING, OPEN_END
from app.references import Reference
from app.seeding.citation import cite
from app.seeding.read import Source
from app.seeding.records import Written
from app.values import Amount, Cite, When, fold
from app.written import Value


def load(connection: Connection, written: list[Written]) -> str:
    """Fill the empty tables; the dataset's version. Foreign keys are deferred: the caller checks them."""
    articles = [item for item in written if isinstance(item.record, Article)]
    shown = {item.record.id: item.record for item in written if isinstance(item.record, Article)}
    bodies = [body(item.record) for item in written]
    sentences = [row for item in articles for row in _sentences(item)]
    files = [_seed_files(item.source) for item in articles]
    version = digest([*bodies, *map(_json, sentences), *map(_json, files)])
    citations = [cite(item.record, shown, version) for item in written]
    documents = [f'{text[:-1]},"cite":{_shown(it)}}}' for text, it in zip(bodies, citations, strict=True)]
    numbered = list(enumerate(written, 1))
    _insert(connection, DatasetInfo, [{"version": version, "schema_revision": SCHEMA_REVISION}])
    rows = zip(numbered, documents, citations, strict=True)
    _insert(connection, Facts, [_fact(*row) for row in rows])
    for kind, group in groupby(numbered, key=lambda pair: pair[1].record.kind):
        items, resource = list(group), RESOURCES[kind]
        _insert(connection, resource.row, [_row(item, resource.row.__table__) | {"key": key} for key, item in items])
        for field, model in resource.lists.items():
            _insert(connection, model, [row for _, i in items for row in _list(i.record, field, model.__table__)])
    quotes = (row for key, item in numbered for row in _quotes(key, item.record))
    _insert(connection, Quotes, [row | {"key": key} for key, row in enumerate(quotes, 1)])
    _insert(connection, Sentences, [row | {"key": key} for key, row in enumerate(sentences, 1)])
    _insert(connection, SeedFiles, files)
    spoken = ((key, json.loads(text)) for key, text in enumerate(documents, 1))
    search_index.fill(connection, spoken, [(key, row["text"]) for key, row in enumerate(sentences, 1)])
    return version


def body(record: Record) -> str:
    """A record as it is served, but for how to cite it: that names the version, which depends on all bodies."""
    fields = record.model_dump(mode="json", exclude={"cite"})
    support = {name: fields.pop(name) for name in SUPPORT if name in fields}
    return _json(fields | support)


def digest(contents: Iterable[str]) -> str:
    """The dataset's version: it depends on all that is served of it, in order, and on the schema that it has."""
    state = hashlib.sha256(SCHEMA_REVISION.encode())
    for text in contents:
        state.update(b"\n" + text.encode())
    return state.hexdigest()[:16]


def _quotes(key: int, record: Record) -> Iterator[dict[str, Any]]:
    """The rows of all quotes of a record: those that it rests on, then those that dispute it."""
    support = [(QuoteRole.SUPPORTS, item) for item in record.evidence]
    for role, item in [*support, *((QuoteRole.DISPUTES, e) for d in record.disputed_by for e in d.evidence)]:
        row = {name: getattr(item, name) for name in Quotes.model_fields if hasattr(item, name)}
        yield row | {"fact_key": key, "article_id": item.article.id, "role": role, "fields": ",".join(item.fields)}


def _sentences(article: Written) -> Iterator[dict[str, Any]]:
    """The rows of an article's sentences; none where its text is withheld."""
    record, text = article.record, article.source.text
    if not isinstance(record, Article) or record.text is TextAccess.WITHHELD:
        return
    why = {item.sentence: item.why for item in record.coverage.excused}
    for number, start, end in ((it.number, it.start, it.end) for it in text.sentences):
        row = {"article_id": record.id, "number": number, "paragraph": text.paragraph_at(start)}
        row |= {"start": start, "end": end, "start_utf16": text.utf16(start), "end_utf16": text.utf16(end)}
        yield row | {"text": text.text[start:end], "excused_because": why.get(number)}


def _seed_files(source: Source) -> dict[str, str]:
    article, facts = source.digests
    return {"article_id": source.article_id, "article_sha256": article, "facts_sha256": facts}


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def _insert(connection: Connection, table: Any, rows: list[dict[str, Any]]) -> None:
    if rows:
        connection.execute(insert(table), rows)


def _shown(value: Value) -> str:
    return _json(value.model_dump(mode="json"))


def _fact(numbered: tuple[int, Written], document: str, citation: Cite) -> dict[str, Any]:
    key, record = numbered[0], numbered[1].record
    when = getattr(record, record.happened) if record.happened else None
    shared = {name: getattr(record, name) for name in Fact.model_fields if name not in ("when", "cite")}
    row: dict[str, Any] = {"key": key, "ref": _ref(record), "kind": record.kind.value, "id": record.id}
    row |= {"summary": _shown(Fact(when=when, cite=citation, **shared)), "document": document}
    row |= {"name": record.name, "name_folded": fold(record.name)}
    row |= {"sources": record.sources, "disputed": record.disputed}
    return row | {f"when_{part}": _bound(when, part) for part in ("earliest", "latest")}


def _row(written: Written, table: Table) -> dict[str, Any]:
    row = {c.name: _column(written.record, c.name) for c in table.columns if c.name not in ("key", "article_text")}
    if isinstance(written.record, Article):
        is_served = written.record.text is TextAccess.SERVED
        row["article_text"] = written.source.text.text if is_served else None
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
    """The rows of a list: the record's id, then each item's id, or its folded text and the text itself."""
    owner, column, *plain = [column.name for column in table.columns]
    rows: dict[str, dict[str, Any]] = {}
    for item in getattr(record, field):
        value = fold(item) if isinstance(item, str) else _ref(item) if column.endswith("_ref") else item.id
        # Two texts that differ only in case or accents are one when folded.
        rows.setdefault(value, {owner: record.id, column: value} | dict.fromkeys(plain, item))
    return [*rows.values()]


def _ref(item: Record | Reference) -> str:
    """The kind and the id of a record: `people/xi-jinping`."""
    return item.href.removeprefix("/v1/")
