"""The dataset as a whole: what it is made of, what changed since an earlier version, and all of it to take away."""

import asyncio
import base64
import re
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from functools import partial
from typing import Annotated, Any, cast

from fastapi import Query, Request
from pydantic import Field
from pydantic_core import from_json, to_json
from sqlalchemy import func, select
from starlette.responses import PlainTextResponse, Response, StreamingResponse

from app import __version__, models, paging, tallies
from app.changes import Change, Changes, fields_changed
from app.database import Dataset
from app.endpoints import Json, RawHeaders, Served, router_for, with_headers
from app.errors import ProblemError, parameter_error
from app.filters import DOCUMENTS, FACTS, SERVED
from app.models import SCHEMA_REVISION, Quotes, SeedFiles
from app.paging import PagedQuery
from app.parameters import WHOLE, Version
from app.queries import Nothing
from app.references import Kind, Reference
from app.written import Value

router = router_for("dataset")
SEEDS: Any = cast(Any, SeedFiles).__table__
BATCH, CHUNK = 100, 256 * 1024
"""How many records are read at a time, and how many bytes of the file."""
LARGEST_OFFSET = 1_000_000
RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})", re.ASCII | re.IGNORECASE)


def _json(value: Value, headers: RawHeaders | None = None) -> Response:
    return Json(value.model_dump_json(by_alias=True).encode(), headers or [])


# --------------------------------------------------------------------------------------------- what it is made of


class Covered(Value):
    """How much of the articles has been read into facts."""

    sentences: int
    """How many sentences there are."""
    covered: int
    """How many of them at least one fact rests on."""
    excused: int
    """How many carry no fact, for a reason that is given."""


class Seed(Value):
    """The two files that an article and its facts were read from."""

    article: Reference
    """The article."""
    article_sha256: str
    """SHA-256 of `article.txt`, byte for byte as received."""
    facts_sha256: str
    """SHA-256 of `facts.yaml`."""
    coverage: Covered
    """How much of the article has been read into facts."""


class KindCount(Value):
    """How many records of a kind there are."""

    kind: Kind
    """The resource's name."""
    href: str
    """The path of its list."""
    records: int
    """How many records it has."""


class DatasetLinks(Value):
    """Where the dataset is, as a whole."""

    bundle: str
    """All records in one JSON document."""
    file: str
    """The dataset as a SQLite file."""
    checksum: str
    """The SHA-256 of that file."""
    changes: str
    """What changed since an earlier version; it needs the parameter `since`."""


class DatasetDescription(Value):
    """What the dataset is made of."""

    version: str
    """The dataset's version: a digest of all its records, of the articles' sentences and of the seeds."""
    schema_revision: str
    """The revision of the tables that it is stored in."""
    program: str
    """The version of the program that serves it."""
    seeds: list[Seed]
    """What it was built from, in the order of the articles' ids."""
    records: list[KindCount]
    """How many records there are of each kind."""
    quotes: int
    """How many quotes the records rest on, or are disputed with."""
    coverage: Covered
    """How much of all articles has been read into facts."""
    links: DatasetLinks
    """Where it is, as a whole."""


class DatasetAnswer(Value):
    """The dataset as a whole."""

    data: DatasetDescription
    """What it is made of."""
    dataset: str
    """The version of the dataset that the answer was made from."""


@router.get("/v1/dataset", response_model=DatasetAnswer)
async def get_dataset(query: Nothing, dataset: Served) -> Response:
    """What the dataset is made of: its version, the seeds behind it, how much there is, and how much was read."""
    return Json(await dataset.in_background(partial(_described, dataset)))


def _described(dataset: Dataset) -> bytes:
    """A `DatasetAnswer`, as JSON: there may be very many seeds, of which each would become three objects."""
    (quotes,) = dataset.walk(select(func.count()).select_from(Quotes))[0]
    of_list = tallies.TALLIES
    counted = select(of_list.list, of_list.found).where(of_list.facet == tallies.TOTAL, of_list.value == "")
    records = dict(map(tuple, dataset.walk(counted.where(of_list.list.in_([*Kind])))))
    seeds = [*_seeds(dataset)]
    description = {
        "version": dataset.version,
        "schema_revision": SCHEMA_REVISION,
        "program": __version__,
        "seeds": seeds,
        "records": [{"kind": kind, "href": f"/v1/{kind}", "records": records[kind]} for kind in Kind],
        "quotes": quotes,
        "coverage": {name: sum(seed["coverage"][name] for seed in seeds) for name in Covered.model_fields},
        "links": {
            "bundle": "/v1/bundle.json",
            "file": "/v1/dataset.sqlite",
            "checksum": "/v1/dataset.sqlite.sha256",
            "changes": "/v1/changes",
        },
    }
    return to_json({"data": description, "dataset": dataset.version})


def _seeds(dataset: Dataset) -> Iterator[dict[str, Any]]:
    """What each `Seed` says."""
    articles: Any = cast(Any, models.Articles).__table__.c
    read = func.json_extract(DOCUMENTS.c.document, "$.coverage")
    found = select(articles.id, articles.name, SEEDS.c.article_sha256, SEEDS.c.facts_sha256, read).select_from(SEEDS)
    found = found.join(articles.id.table, articles.id == SEEDS.c.article_id)
    found = found.join(DOCUMENTS, DOCUMENTS.c.key == articles.key).order_by(SEEDS.c.article_id)
    for name, title, article_sha256, facts_sha256, coverage in map(tuple, dataset.walk(found)):
        counted = from_json(coverage)
        yield {
            "article": {"id": name, "name": title, "href": f"/v1/{Kind.ARTICLES}/{name}"},
            "article_sha256": article_sha256,
            "facts_sha256": facts_sha256,
            "coverage": counted | {"excused": len(counted["excused"])},
        }


# --------------------------------------------------------------------------------------------------- what changed


class ChangesQuery(PagedQuery):
    """Since when, and which page."""

    since: Version
    """An earlier version of the dataset, as it stood under `dataset` in an answer of then."""
    offset: Annotated[int, Field(ge=0, le=LARGEST_OFFSET), WHOLE] = 0
    """How many records to pass over: the added ones come first, then the changed ones, then the removed ones."""


class RecordEntry(Value):
    """A record that was added or removed."""

    kind: Kind
    """The resource that the record belongs to."""
    id: str
    """The record's id."""
    name: str
    """The record's short label; of a removed one, the last that it had."""
    href: str
    """The record's path on this server; a removed one is no longer there."""


class FieldChange(Value):
    """A field before and after."""

    field: str
    """The field."""
    old: Any
    """Its value in the earlier version; null where it was not stated, or where there was no such field."""
    new: Any
    """Its value now; null where it is not stated, or where there is no such field any more."""


class ChangedRecord(RecordEntry):
    """A record that is not what it was."""

    fields: list[FieldChange]
    """The fields that differ, each as a whole; how to cite the record is not compared."""


class ChangeCounts(Value):
    """How many records differ."""

    added: int
    """How many were added."""
    changed: int
    """How many changed."""
    removed: int
    """How many were removed."""


class ChangeList(Value):
    """What differs between two versions."""

    since: str
    """The earlier version."""
    until: str
    """The present version."""
    counts: ChangeCounts
    """How many records differ, on all pages together."""
    added: list[RecordEntry]
    """The records on this page that were added, by kind and id."""
    changed: list[ChangedRecord]
    """The records on this page that changed, by kind and id."""
    removed: list[RecordEntry]
    """The records on this page that were removed, by kind and id."""


class ChangesAnswer(Value):
    """One page of what changed."""

    data: ChangeList
    """What differs between the two versions."""
    page: models.Page
    """Where this page stands in the list of the records that differ."""
    dataset: str
    """The version of the dataset that the answer was made from."""


@router.get("/v1/changes", response_model=ChangesAnswer, responses={404: {}})
async def get_changes(query: Annotated[ChangesQuery, Query()], dataset: Served, request: Request) -> Response:
    """What changed since an earlier version of the dataset: records added, changed field by field, and removed."""
    found = await dataset.in_background(partial(_changes, dataset, query.since))
    if found is None:
        versions = await dataset.in_background(partial(dataset.history.versions, dataset.version))
        raise _unknown_version(query.since, versions)
    told = await dataset.in_background(partial(_page, dataset, found, query.offset, query.limit))
    page = paging.page(request, query, len(found), sum(map(len, told)), LARGEST_OFFSET)
    added, changed, removed = told
    changes = ChangeList(
        since=query.since,
        until=dataset.version,
        counts=ChangeCounts(added=len(found.added), changed=len(found.changed), removed=len(found.removed)),
        added=[RecordEntry(**_entry(item)) for item in added],
        changed=[ChangedRecord(**_entry(item), fields=_fields(item)) for item in changed],
        removed=[RecordEntry(**_entry(item)) for item in removed],
    )
    return _json(
        ChangesAnswer(data=changes, page=page, dataset=dataset.version),
        paging.headers(page.total, page.next, page.prev),
    )


def _changes(dataset: Dataset, since: str) -> Changes | None:
    return dataset.history.changes(since, dataset.version, partial(_current, dataset))


def _page(dataset: Dataset, changes: Changes, offset: int, limit: int) -> list[list[Change]]:
    """What is added, changed and removed, as far as it stands on a page."""
    told = []
    for places in (changes.added, changes.changed, changes.removed):
        start, end = (min(max(at, 0), len(places)) for at in (offset, offset + limit))
        told.append(dataset.history.told(places[start:end], partial(_current, dataset)))
        offset -= len(places)
    return told


def _current(dataset: Dataset, refs: Sequence[str]) -> Mapping[str, str]:
    """The documents of records as they are now, by kind and id."""
    found = select(FACTS.c.ref, DOCUMENTS.c.document).select_from(SERVED)
    rows = dataset.walk(found.where(FACTS.c.ref.in_(refs)))
    return {row.ref: row.document for row in rows}


def _entry(change: Change) -> dict[str, Any]:
    name = (change.new or change.old or {})["name"]
    return {"kind": change.kind, "id": change.id, "name": name, "href": f"/v1/{change.kind}/{change.id}"}


def _fields(change: Change) -> list[FieldChange]:
    old, new = change.old or {}, change.new or {}
    return [FieldChange(field=name, old=old.get(name), new=new.get(name)) for name in fields_changed(old, new)]


def _unknown_version(version: str, known: list[str]) -> ProblemError:
    detail = f"What changed since the version {version} is not known here; the present version is {known[0]}."
    versions = list(dict.fromkeys(known))
    error = parameter_error("since", version, "unknown_version", "It is not known here.", allowed=versions)
    return ProblemError("unknown-version", detail, [error], error.did_you_mean)


# --------------------------------------------------------------------------------------------------- to take away


class Everything(Value):
    """All records, by resource, each resource in the order of its list."""

    articles: list[models.Article]
    """The source texts."""
    parties: list[models.Party]
    """The sides."""
    people: list[models.Person]
    """Everybody the articles name."""
    topics: list[models.Topic]
    """The subjects."""
    negotiations: list[models.Negotiation]
    """The negotiations."""
    rounds: list[models.Round]
    """The rounds of negotiations."""
    delegates: list[models.Delegate]
    """The places in delegations."""
    statements: list[models.Statement]
    """What was said."""
    policy_measures: Annotated[list[models.PolicyMeasure], Field(alias="policy-measures")]
    """The policy measures."""
    positions: list[models.Position]
    """What the sides want."""
    indicators: list[models.Indicator]
    """The figures and trends."""
    events: list[models.Event]
    """What happened besides."""
    notes: list[models.Note]
    """What a careful reader must be told."""


class Bundle(Value):
    """The whole dataset in one document."""

    data: Everything
    """All records, by resource."""
    dataset: str
    """The version of the dataset that the answer was made from."""


@router.get("/v1/bundle.json", response_model=Bundle, responses={200: with_headers("Content-Disposition")})
async def get_bundle(query: Nothing, dataset: Served) -> Response:
    """All records of all kinds in one document, as they stand in the lists."""
    parts = _bundle(dataset)
    # What is wrong at the beginning can still be answered with a problem.
    first = await anext(parts)

    async def body() -> AsyncIterator[str]:
        yield first
        async for part in parts:
            yield part

    name = f"article-facts-{dataset.version}.json"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingResponse(body(), headers=headers, media_type="application/json")


async def _bundle(dataset: Dataset) -> AsyncIterator[str]:
    columns, opening = FACTS.c, '{"data":{'
    for kind in Kind:
        last, opening = 0, f'{opening}"{kind}":['
        found = select(columns.key, DOCUMENTS.c.document).select_from(SERVED).where(columns.kind == kind)
        records = found.order_by(columns.key).limit(BATCH)
        while rows := await dataset.background(records.where(columns.key > last)):
            yield opening + ",".join(row.document for row in rows)
            last, opening = rows[-1].key, ","
        opening = f"{'' if last else opening}],"
    yield f'{opening.removesuffix(",")}}},"dataset":"{dataset.version}"}}'


class SqliteResponse(StreamingResponse):
    media_type = "application/vnd.sqlite3"


FILE_HEADERS = with_headers("Accept-Ranges", "Content-Disposition", "Repr-Digest")
FILE_ANSWERS: dict[int | str, dict[str, Any]] = {200: FILE_HEADERS, 206: {}, 416: {}}


@router.get("/v1/dataset.sqlite", response_class=SqliteResponse, responses=FILE_ANSWERS)
async def get_dataset_file(query: Nothing, dataset: Served, request: Request) -> Response:
    """The dataset itself, a SQLite file that any tool for SQLite opens. One `Range` of it can be asked for."""
    file = dataset.file
    etag = f'"{file.sha256}"'
    start, end = _range(request, etag, file.size)
    headers = {
        "Accept-Ranges": "bytes",
        "Content-Disposition": f'attachment; filename="{_file_name(dataset)}"',
        "Content-Length": str(end - start),
        "ETag": etag,
        "Repr-Digest": f"sha-256=:{base64.b64encode(bytes.fromhex(file.sha256)).decode()}:",
    }
    if is_part := end - start < file.size:
        headers["Content-Range"] = f"bytes {start}-{end - 1}/{file.size}"

    async def body() -> AsyncIterator[bytes]:
        for at in range(start, end, CHUNK):
            yield await asyncio.to_thread(file.read, at, min(CHUNK, end - at))

    return SqliteResponse(body(), 206 if is_part else 200, headers)


@router.get("/v1/dataset.sqlite.sha256", response_class=PlainTextResponse)
def get_dataset_checksum(query: Nothing, dataset: Served) -> Response:
    """The SHA-256 of the file at `/v1/dataset.sqlite`, as `sha256sum --check` reads it."""
    text = f"{dataset.file.sha256}  {_file_name(dataset)}\n"
    return PlainTextResponse(text, headers={"ETag": f'"sha256-{dataset.file.sha256}"'})


def _file_name(dataset: Dataset) -> str:
    return f"article-facts-{dataset.version}.db"


def _range(request: Request, etag: str, size: int) -> tuple[int, int]:
    """The bytes that are asked for: all of them, unless it is one range, and of this very file."""
    asked = RANGE.fullmatch(request.headers.get("range", "").replace(" ", ""))
    if asked is None or request.headers.get("if-range", etag) != etag or not any(asked.groups()):
        return 0, size
    first, last = asked.groups()
    if not first:
        start, end = max(size - int(last), 0), size
    else:
        start, end = int(first), min(int(last) + 1, size) if last else size
        if last and int(last) < start:
            return 0, size
    if start >= size:
        detail = f"The file has {size:,} bytes."
        raise ProblemError("range-not-satisfiable", detail, headers={"Content-Range": f"bytes */{size}"})
    return start, end
