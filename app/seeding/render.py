"""From records to what is stored of them, set aside until all are there: only then their order is known."""

import marshal
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache, lru_cache
from operator import itemgetter
from pathlib import Path
from typing import Any, NamedTuple, cast

from pydantic_core import to_json

from app.models import RESOURCES, SUPPORT, Article, Fact, QuoteRole, Record, TextAccess
from app.periods import OPEN_BEGINNING, OPEN_END, reach
from app.references import Kind
from app.search_index import entry, is_choice
from app.seeding.citation import Described, described
from app.seeding.records import Written
from app.seeding.spool import Spool
from app.values import When, fold
from app.words import indexed

Row = tuple[Any, ...]
HEAD = [*Fact.model_fields][: [*Fact.model_fields].index("when")]
SUPPORTING = {*SUPPORT}
SUPPORTS, DISPUTES = (role.value for role in QuoteRole)
PLACE = ("quote", "start", "end", "start_utf16", "end_utf16", "paragraph", "sentence")
SHARED_COLUMNS = (
    "ref",
    "kind",
    "id",
    "name",
    "name_folded",
    "when_earliest",
    "when_latest",
    "when_reach",
    "sources",
    "disputed",
)
QUOTE_COLUMNS = ("article_id", "role", *PLACE, "fields")


class Stored(NamedTuple):
    """What is stored of a record beside its document; rows lack the key that its place among all gives it."""

    summary: bytes
    """All of the summary but how to cite it."""
    shared: Row
    """What the row of all facts relates, filters and sorts by."""
    row: Row
    lists: list[list[Row]]
    quotes: list[Row]
    words: tuple[str, ...]
    """The record's row in the index of search."""


class Text(NamedTuple):
    """What is stored of an article's text."""

    article_text: str | None
    sentences: list[Row]
    files: Row
    words: list[str]
    """Those of each sentence."""


class Batch(NamedTuple):
    """Some of the records of a kind, or of the texts."""

    kind: Kind | None
    places: range
    """Their places among those of the kind, by id."""
    key: int
    """The key of the first row: that of the record, or of the text's first sentence."""


class Rendered:
    """All records and texts. Each is asked for as often as is needed; nothing is added after the first is asked for."""

    def __init__(self, spare: Path | None) -> None:
        """What does not fit into memory lies in the folder."""
        self._spool = Spool(spare)
        self._records: dict[Kind, list[tuple[str, int]]] = {kind: [] for kind in Kind}
        self._texts: list[tuple[str, int, int]] = []
        self.described: dict[str, Described] = {}
        """What citations say of the articles."""
        self.quotes = 0

    def __len__(self) -> int:
        return sum(map(len, self._records.values()))

    def rendered(self, records: list[Written], article: Written | None = None) -> Any:
        return [_record(item) for item in records], article and _text(article)

    def keep(self, rendered: Any) -> None:
        records, text = rendered
        for kind, record_id, quotes, *pieces in records:
            self.quotes += quotes
            self._records[kind].append((record_id, self._put(pieces)))
        if text is not None:
            article_id, self.described[article_id], sentences, *pieces = text
            self._texts.append((article_id, self._put(pieces), sentences))

    def _put(self, pieces: Iterable[bytes]) -> int:
        """Set pieces aside; the number of the first."""
        first, *_ = [self._spool.put(piece) for piece in pieces]
        return first

    def contents(self) -> Iterator[bytes]:
        """All that is served, in the order of the dataset: the records by kind and id, sentences, and what was read."""
        for kind in Kind:
            self._records[kind].sort()
            for _, number in self._records[kind]:
                yield self._spool[number]
        self._texts.sort()
        for place in (0, 1):
            yield from filter(None, (self._spool[number + place] for _, number, _ in self._texts))

    def batches(self, size: int) -> Iterator[Batch]:
        """All records, and then all texts, in pieces."""
        key = 1
        for kind in (*Kind, None):
            rows = [sentences for *_, sentences in self._texts] if kind is None else [1] * len(self._records[kind])
            key = 1 if kind is None else key
            for first in range(0, len(rows), size):
                some = rows[first : first + size]
                yield Batch(kind, range(first, first + len(some)), key)
                key += sum(some)

    def record(self, kind: Kind, place: int) -> tuple[bytes, Stored]:
        """A record of a kind, by its place among them: the document but for how to cite it, and what else is stored."""
        number = self._records[kind][place][1]
        return self._spool[number], Stored(*marshal.loads(self._spool[number + 1]))  # noqa: S302

    def text(self, place: int) -> Text:
        """The text of an article, by its place among them."""
        return Text(*marshal.loads(self._spool[self._texts[place][1] + 2]))  # noqa: S302

    def close(self) -> None:
        """Give the room back."""
        self._spool.close()


def _record(item: Written) -> tuple[Kind, str, int, bytes, bytes]:
    """What is kept of a record: its kind, its id, the number of its quotes, its document, and what else is stored."""
    record = item.record
    body, summary = _documents(record)
    stored = Stored(
        summary=summary,
        shared=_shared(record),
        row=_row(record),
        lists=[_list(record, field, columns) for _, field, columns in list_columns(record.kind)],
        quotes=list(_quotes(record)),
        words=entry(record),
    )
    return record.kind, record.id, len(record.evidence), body, marshal.dumps(tuple(stored))


def _text(article: Written) -> tuple[str, Described, int, bytes, bytes, bytes]:
    """What is kept of an article's text: what is served of it, what it was read from, and what is stored."""
    record, source = cast(Article, article.record), article.source
    text = None if record.text is TextAccess.WITHHELD else source.text.text
    sentences = [] if text is None else list(_sentences(article))
    files = {"article_id": record.id, "article_sha256": source.digests[0], "facts_sha256": source.digests[1]}
    words = [indexed(row["text"]) for row in sentences]
    stored = Text(text, [tuple(row.values()) for row in sentences], tuple(files.values()), words)
    pieces = b"\n".join(map(to_json, sentences)), to_json(files), marshal.dumps(tuple(stored))
    return record.id, described(record), len(sentences), *pieces


def _documents(record: Record) -> tuple[bytes, bytes]:
    """A record as it is served, and its summary; both without how to cite it."""
    shown = record.__pydantic_serializer__.to_json(record, exclude=SUPPORTING)
    evidence, inferred, disputed_by = map(to_json, (record.evidence, record.inferred, record.disputed_by))
    head = {name: getattr(record, name) for name in HEAD} | {"when": _when(record)}
    standing = b'"sources":%d,"disputed":%b' % (record.sources, b"true" if record.disputed else b"false")
    body = b'%b,"evidence":%b,"inferred":%b,%b,"disputed_by":%b}'
    summary = b'%b,"evidence":%b,%b}' % (to_json(head)[:-1], evidence, standing)
    return body % (shown[:-1], evidence, inferred, standing, disputed_by), summary


def _when(record: Record) -> When | None:
    return getattr(record, record.happened) if record.happened else None


def _shared(record: Record) -> Row:
    when, ref = _when(record), record.href.removeprefix("/v1/")
    named = record.kind.value, record.id, record.name, _folded(record.name)
    time = [PARTS[part](when) for part in ("earliest", "latest", "reach")]
    return ref, *named, *time, record.sources, record.disputed


# The same offices, cities and goods are told of again and again.
_folded = lru_cache(maxsize=20_000)(fold)
PARTS: dict[str, Callable[[Any], Any]] = {
    "earliest": lambda when: when and (when.earliest or OPEN_BEGINNING),
    "latest": lambda when: when and (when.latest or OPEN_END),
    "reach": lambda when: when and reach(when.earliest or OPEN_BEGINNING, when.latest or OPEN_END),
    "folded": lambda text: text and _folded(text),
    "id": lambda reference: reference and reference.id,
    "value": lambda item: item and item.value,
}
"""What a column holds of the field that it is named after, by the end of its name: see the opening of `app.models`."""


@cache
def row_columns(kind: Kind) -> dict[str, tuple[str, Callable[[Any], Any] | None]]:
    """The columns of a kind's table that a record fills, each with its field and what it holds of it."""
    record, names = RESOURCES[kind].record, RESOURCES[kind].row.__table__.columns.keys()
    found: dict[str, tuple[str, Callable[[Any], Any] | None]] = {}
    for name in names:
        field, _, part = name.rpartition("_")
        if name in record.model_fields:
            found[name] = name, PARTS["value"] if is_choice(record.model_fields[name].annotation) else None
        elif field in record.model_fields and part in PARTS:
            found[name] = field, PARTS[part]
        elif name not in ("key", "article_text"):
            raise LookupError(f"no field of {record.__name__} fills the column {name}")
    return found


@cache
def list_columns(kind: Kind) -> list[tuple[Any, str, tuple[str, ...]]]:
    """The tables of a kind's lists, each with its field and its columns."""
    lists = RESOURCES[kind].lists.items()
    return [(model, field, tuple(model.__table__.columns.keys())) for field, model in lists]


def _row(record: Record) -> Row:
    columns, fields = row_columns(record.kind).values(), vars(record)
    return tuple(fields[field] if convert is None else convert(fields[field]) for field, convert in columns)


def _list(record: Record, field: str, columns: Sequence[str]) -> list[Row]:
    """The rows of a list, but for the record's key: each item's id, or its folded text and the text itself."""
    _, column, *plain = columns
    rows: dict[str, Row] = {}
    for item in getattr(record, field):
        if isinstance(item, str):
            value = _folded(item)
        else:
            value = item.href.removeprefix("/v1/") if column.endswith("_ref") else item.id
        # Two texts that differ only in case or accents are one when folded.
        rows.setdefault(value, (value, *(item for _ in plain)))
    return [*rows.values()]


_place = itemgetter(*PLACE)


def _quotes(record: Record) -> Iterator[Row]:
    """The rows of all quotes of a record: those that it rests on, then those that dispute it."""
    disputing = (item for dispute in record.disputed_by for item in dispute.evidence)
    for role, items in ((SUPPORTS, record.evidence), (DISPUTES, disputing)):
        for item in items:
            yield item.article.id, role, *_place(vars(item)), ",".join(item.fields)


def _sentences(article: Written) -> Iterator[dict[str, Any]]:
    """The rows of an article's sentences."""
    record, text = article.record, article.source.text
    why = {item.sentence: item.why for item in record.coverage.excused} if isinstance(record, Article) else {}
    for number, start, end in text.sentences:
        row = {"article_id": record.id, "number": number, "paragraph": text.paragraph_at(start)}
        row |= {"start": start, "end": end, "start_utf16": text.utf16(start), "end_utf16": text.utf16(end)}
        yield row | {"text": text.text[start:end], "excused_because": why.get(number)}
