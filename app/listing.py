"""Lists and single records as they are sent: pages, with what was included, counted and found."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import b2a_base64
from collections.abc import Hashable, Sequence
from contextlib import suppress
from dataclasses import replace
from hashlib import blake2b
from itertools import chain
from operator import itemgetter
from typing import Any, NamedTuple, Self

from fastapi import Request
from pydantic_core import to_json
from sqlalchemy import (
    Executable,
    LargeBinary,
    Select,
    and_,
    bindparam,
    cast,
    func,
    literal_column,
    null,
    or_,
    select,
    tuple_,
)
from starlette.responses import Response

from app import filters
from app.database import Dataset, several, unindexed
from app.endpoints import Json
from app.errors import ProblemError, cut, invalid, parameter_error
from app.facets import facet_values
from app.filters import DOCUMENTS, FACTS, Linked, Relation
from app.paging import headers
from app.queries import LARGEST_OFFSET, IncludeQuery, ListQuery
from app.references import Kind
from app.search import SearchQuery, said
from app.selection import Asked, Part, SortKey
from app.urls import whole

NO_CURSOR = "The cursor is not one of this list with these filters, this sort and this dataset version."
URL_SAFE = bytes.maketrans(b"+/", b"-_")
COMMA: Any = literal_column("','")
DOCUMENT = itemgetter(0)
"""Of a row of a page, what is sent."""


def _beyond(keys: Sequence[SortKey], values: Sequence[Any], backward: bool, same: int) -> list[Any]:
    """Which records agree in the first keys with these values, and come after them in the others, or before them.

    Of the others, those in one direction count; where they are not all, what agrees in them is asked for by itself.
    """
    named = ((f"beside_{i}", value) for i, value in enumerate(values))
    stands_for: list[Any] = [None if value is None else bindparam(name, value) for name, value in named]
    agree = [key.same(value) for key, value in zip(keys[:same], stands_for[:same], strict=True)]
    rest, after = keys[same:], stands_for[same:]
    run = next((i for i, key in enumerate(rest) if key.descending is not rest[0].descending or key.nullable), None)
    if run is None or (run and not same):
        # All in one direction, and all stated: an index leads to the place.
        own, other = tuple_(*(key.column for key in rest[:run])), tuple_(*after[:run])
        return [*agree, own < other if rest[0].descending is not backward else own > other]
    equal = [key.same(value) for key, value in zip(rest, after, strict=True)]
    beyond = [key.beyond(value, backward) for key, value in zip(rest, after, strict=True)]
    return [*agree, or_(*(and_(*equal[:i], clause) for i, clause in enumerate(beyond)))]


NAMED = FACTS.alias("named")
"""What the records of a page are called: the list itself may be that of all facts."""


class Cursor(NamedTuple):
    """A place in a list: behind a record, or before it."""

    backward: bool
    """Whether a page ends there, rather than begin."""
    position: int
    """How many records come before the place."""
    key: int
    """The record's key."""
    rank: int | None = None
    """The part that it is in, in the order of a search."""


class Piece(NamedTuple):
    """Records that follow each other."""

    documents: Sequence[bytes] = ()
    """What is sent of them: of each by itself, or of several with commas between."""
    keys: Sequence[str] = ()
    rows: Sequence[Any] = ()
    """What a search has of each: document, key, its rank where that is the order, its name, what is looked into."""

    @classmethod
    def of(cls, pieces: Sequence[Self]) -> Self:
        """One made of several."""
        return pieces[0] if len(pieces) == 1 else cls(*([*chain.from_iterable(it)] for it in zip(*pieces, strict=True)))


class Listing(Asked):
    """One request for a page, on its way to an answer."""

    backward = False
    beside: Sequence[Any] = ()
    """The sort values of the record that the cursor names."""

    def __init__(self, dataset: Dataset, query: ListQuery, request: Request) -> None:
        super().__init__(dataset, query, request)
        self.place = query.offset or 0
        """How many records come before the page; before its end, if that is what a cursor names."""
        if query.cursor is not None:
            if query.offset is not None:
                detail = "A page begins at a cursor or at an offset, not at both."
                raise invalid([parameter_error("offset", str(query.offset), "conflicting_parameter", detail)])
            cursor = self._read_cursor(query.cursor)
            self.backward, self.place, self.beside = cursor.backward, cursor.position, self._sort_values(cursor)

    def _cursor(self, backward: bool, position: int, piece: Piece) -> str:
        """The place before a piece, or behind it."""
        end = 0 if backward else -1
        rank = f",{piece.rows[end][2]}" if self.form.is_ranked else ""
        content = f"[{'true' if backward else 'false'},{position},{piece.keys[end]}{rank}]".encode()
        return b2a_base64(self._checksum(content) + content, newline=False).translate(URL_SAFE, b"=").decode()

    def _read_cursor(self, token: str) -> Cursor:
        with suppress(ValueError, TypeError, RecursionError):
            content = urlsafe_b64decode(token + "=" * (-len(token) % 4))
            # Unused bits of the last character would let two tokens mean the same.
            genuine = urlsafe_b64encode(content).decode().rstrip("=") == token
            place = json.loads(content[12:]) if genuine and content[:12] == self._checksum(content[12:]) else []
            # Whoever computes the checksum themselves is still held to what a cursor of ours can say.
            if isinstance(place, list) and len(place) == 3 + self.form.is_ranked and type(place[0]) is bool:
                fits = all(type(it) is int and 0 <= it < 2**63 for it in place[1:])
                if fits and (not self.form.is_ranked or place[3] in self.form.parts):
                    return Cursor(*place)
        raise ProblemError("invalid-cursor", NO_CURSOR)

    def _checksum(self, content: bytes) -> bytes:
        """What binds a cursor to the list, its filters and order, and the dataset."""
        bound = f"{self.dataset.version}\n{self.path}\n{self.form.name}\n{self.query.terms}\n".encode()
        return blake2b(bound + content, digest_size=12).digest()

    def _sort_values(self, cursor: Cursor) -> Sequence[Any]:
        """What the record of a cursor is ordered by."""
        if self.form.is_ranked:
            return cursor.rank, cursor.key
        if len(self.form.keys) == 1:
            return (cursor.key,)
        columns, table = [it.column for it in self.form.keys], self.query.table
        found = self.run("beside", lambda: select(*columns).where(table.key == bindparam("key", 0)), key=cursor.key)
        if not found:
            raise ProblemError("invalid-cursor", NO_CURSOR)
        return found[0]

    def page(self, total: int) -> tuple[int, Piece]:
        """How many records come before the page, and those that are on it."""
        limit = wanted = min(self.query.limit, self.place if self.backward else max(total - self.place, 0))
        # A cursor leads to its place; an offset is passed over.
        offset, pieces = 0 if self.beside else self.place, list[Piece]()
        probe = self._is_shorter_to_probe(total)
        for part in self._parts_from_here() if self.beside else self.form.parts:
            if not wanted:
                break
            if self.beside and part == self._begun:
                found = self._piece_beside(part, probe, wanted)
            else:
                found = self._piece(part, probe, wanted, offset)
            pieces.append(found)
            wanted -= len(found.keys)
            if offset:
                # What a later part has to pass over is what the earlier ones did not have.
                offset = 0 if found.keys else max(offset - self._size(part), 0)
        return self.place - limit if self.backward else self.place, self._joined(pieces)

    def _joined(self, pieces: list[Piece]) -> Piece:
        """Pieces as they were found, in the order of the list."""
        return Piece.of(pieces[::-1] if self.backward else pieces) if pieces else Piece()

    def _parts_from_here(self) -> Sequence[Part]:
        """The parts of the list from the cursor on, in its direction."""
        parts = [*self.form.parts][:: -1 if self.backward else 1]
        return parts[parts.index(self._begun) :]

    @property
    def _begun(self) -> Part:
        """The part that the cursor is in."""
        if self.form.is_ranked:
            return int(self.beside[0])
        return "all" if not self.form.keys[0].nullable else "unstated" if self.beside[0] is None else "stated"

    def _size(self, part: Part) -> int:
        return int(self.run(("size", part), lambda: self.select(part, func.count()))[0][0])

    def _piece_beside(self, part: Part, probe: bool, limit: int) -> Piece:
        """The first records of a part of the list, from the cursor on."""
        keys, pieces = self.form.keys_of(part), list[Piece]()
        # What agrees with the cursor in what is ordered in one direction comes before what does not: each has an index.
        run = next((i for i, key in enumerate(keys) if key.descending is not keys[0].descending or key.nullable), 0)
        for same in (run, 0) if run else (0,):
            if left := limit - sum(len(it.keys) for it in pieces):
                pieces.append(self._piece(part, probe, left, 0, same))
        return self._joined(pieces)

    def _piece(self, part: Part, probe: bool, limit: int, offset: int, same: int | None = None) -> Piece:
        """The first records of a part; where the page begins at a cursor, those that agree with it in so many keys.

        With none, those that come after it in the keys of one direction, or in all where that is but one.
        """
        form: tuple[Hashable, ...] = ("page", self.backward, part, probe)
        beside: Sequence[Any] = ()
        if same is not None:
            beside = self.beside[-len(self.form.keys_of(part)) :]
            form += (same, *[value is None for value in beside])
        given = {f"beside_{i}": value for i, value in enumerate(beside)} if beside else {}
        rows = self.run(form, lambda: self._statement(part, probe, same, beside), limit=limit, offset=offset, **given)
        if self.search is not None:
            return Piece([*map(DOCUMENT, rows)], [str(row[1]) for row in rows], rows)
        ((documents, keys),) = rows
        return Piece((documents,), keys.split(",")) if keys else Piece()

    def _is_by_keys(self, probe: bool) -> bool:
        """Whether records are looked for by a list of their keys: that of a search, of a time, or of links."""
        others = (it for it in self.query.given if it.name != self.form.lead)
        by_link = any(isinstance(it.rule, Linked) for it in others)
        return not probe and (self.search is not None or self.is_brief or by_link)

    def _statement(self, part: Part, probe: bool, same: int | None, beside: Sequence[Any]) -> Executable:
        form = self.form
        keys, backward = form.keys_of(part), self.backward
        rank: list[Any] = [literal_column(str(part)).label("rank")] if isinstance(part, int) else []
        columns = [key.column.label(f"key_{i}") for i, key in enumerate(keys)] if backward else []
        statement = self.select(part, form.keys[-1].column.label("key"), *rank, *columns, probe=probe)
        if same is not None:
            after = [*keys]
            if self._is_by_keys(probe):
                # Where SQLite (3.40) looks for records by a list of keys, it may pass over a bound of the same keys.
                after[-1] = replace(after[-1], column=unindexed(after[-1].column))
            statement = statement.where(*_beyond(after, beside, backward, same))
        ordered = statement.order_by(*(term for key in keys for term in key.order(backward)))
        # First the keys, then what is to be sent: a sort never carries documents.
        found = ordered.limit(bindparam("limit", 0)).offset(bindparam("offset", 0)).subquery()
        if backward:
            # What was found from its end on stands in the order of the list.
            order = [replace(key, column=found.c[f"key_{i}"]) for i, key in enumerate(keys)]
            turned = select(found.c.key, *(found.c[it.name] for it in rank))
            terms = [term for key in order for term in key.order(False)]
            found = turned.order_by(*terms).limit(bindparam("limit", 0)).subquery()
        document = filters.plain(type(self.query).document)
        # An outer join goes through its left side in the order that it has: no sort carries documents here either.
        sent: Any = found.outerjoin(document.table, document.table.c.key == found.c.key)
        if self.search is None:
            # All of them at once: each row that SQLite hands over takes longer than to put its document to the others.
            documents, own = (func.aggregate_strings(it, COMMA) for it in (document, found.c.key))
            return select(as_bytes(documents), own).select_from(sent)
        sent = sent.outerjoin(NAMED, NAMED.c.key == found.c.key)
        # What is sent need not be fetched twice.
        is_whole = document.table is DOCUMENTS
        looked_into = null() if is_whole else as_bytes(DOCUMENTS.c.document)
        sent = sent if is_whole else sent.outerjoin(DOCUMENTS, DOCUMENTS.c.key == found.c.key)
        return select(as_bytes(document), *found.c, NAMED.c.ref, looked_into).select_from(sent)

    def _is_shorter_to_probe(self, total: int) -> bool:
        """Whether fewer records have to be looked at in their order than are let through and would have to be sorted.

        That is so if the filters let many through: then some are soon met. (The fewest are looked at if the number that
        is let through is the root of what is asked for, times all.)
        """
        wanted = self.query.limit + (self.query.offset or 0)
        if self.time is not None and self.form.chosen == (f"-{self.time.name}",) and total >= wanted:
            # From the time's end on downwards, nearly every record lies in it.
            return True
        return self.form.may_probe and total * total > wanted * self.whole > 0

    def included(self, piece: Piece) -> bytes:
        """What the records of a page bring along."""
        return _include(self.dataset, self.query, [*map(int, piece.keys)])

    def links(self, begin: int, piece: Piece, total: int) -> tuple[str | None, str | None]:
        """The URLs of the next page and of the one before."""
        limit, offset, end = self.query.limit, self.query.offset, begin + len(piece.keys)
        if not piece.keys:
            return None, self.url(offset=str(max(total - limit, 0))) if offset and total else None
        has_place = self.beside or offset is not None
        place = self.url() if has_place else whole(self.path, self.written)
        # A cursor stands for itself in a URL.
        place += "&cursor=" if "?" in place else "?cursor="
        following = place + self._cursor(False, end, piece) if end < total else None
        if offset is not None and following and offset + limit <= LARGEST_OFFSET:
            # Beyond the largest offset, and back from any, cursors lead on.
            following = self.url(offset=str(offset + limit))
        return following, place + self._cursor(True, begin, piece) if begin else None

    def found(self, piece: Piece, search: SearchQuery) -> str:
        """What a search found in the records of a page: a `Search`, as JSON."""
        found = search.matches([said(row[-1] or row[0]) for row in piece.rows])
        matches = {f"/v1/{row[-2]}": own for row, own in zip(piece.rows, found, strict=True)}
        hints = search.did_you_mean(self.dataset, self.known)
        return to_json({"matches": matches, "did_you_mean": hints}).decode()


def as_bytes(document: Any) -> Any:
    """Documents as they are sent: what is stored is UTF-8, and nobody reads it on its way."""
    return cast(document, LargeBinary)


def _include(dataset: Dataset, query: IncludeQuery, keys: list[int]) -> bytes:
    """The documents that the query's includes bring for records with these keys: by kind, each once."""
    found: dict[Kind, dict[int, bytes]] = {}
    for name in query.includes:
        relation = query.relations[name]
        if (kind := relation.kind) is not None:
            found.setdefault(kind, {})
        rows = _related(dataset, relation, keys) if keys else []
        if len(rows) > filters.MOST_INCLUDED:
            detail = f"include={name} would bring more than {filters.MOST_INCLUDED} records; ask for them page by page."
            raise ProblemError("too-many-included", detail)
        for key, of_kind, document in rows:
            found.setdefault(Kind(of_kind), {})[key] = document
    parts = (
        b'"%b":[%b]' % (kind.encode(), b",".join(it for _, it in sorted(found[kind].items()))) for kind in sorted(found)
    )
    return b"{%b}" % b",".join(parts)


def _related(dataset: Dataset, relation: Relation, keys: list[int]) -> Sequence[Any]:
    """The key, the kind and the document of each record that those with these keys relate to."""
    values = several(keys)

    def make() -> Select[Any]:
        found = relation.documents([bindparam(*item) for item in values.items()])
        key, kind, document = found.selected_columns
        return found.with_only_columns(key, kind, as_bytes(document))

    return dataset.run((relation, len(values)), make, values)


def find(dataset: Dataset, query: ListQuery, request: Request, **members: str) -> Response:
    """The answer to a request for a list; `members` are what it has besides, each as JSON."""
    listing = Listing(dataset, query, request)
    total = listing.total()
    begin, piece = listing.page(total)
    following, before = listing.links(begin, piece, total)
    # A URL has no character that JSON would write in another way.
    links = [f'"{url}"' if url else "null" for url in (following, before)]
    page = f'{{"total":{total},"limit":{query.limit},"returned":{len(piece.keys)},"next":{links[0]},"prev":{links[1]}}}'
    own = "".join([f'"{name}":{value},' for name, value in members.items()]) if members else ""
    included = listing.included(piece).decode() if query.includes else "{}"
    facets = _facets(listing, query) if query.facets else "{}"
    found = "null" if listing.search is None else listing.found(piece, listing.search)
    rest = f'{own}"included":{included},"facets":{facets},"search":{found},"page":{page},"dataset":"{dataset.version}"'
    # What is long is copied once.
    body = b"".join((b'{"data":[', b",".join(piece.documents), b"],", rest.encode(), b"}"))
    return Json(body, headers(total, following, before))


def _facets(selection: Asked, query: ListQuery) -> str:
    """The facets that the query asks for."""
    facets = [f'"{name}":{facet_values(selection, name)}' for name in query.facets]
    return f"{{{','.join(facets)}}}"


def get(dataset: Dataset, query: IncludeQuery, record_id: str) -> Response:
    """The answer to a request for one record; 404 with ids that are like an unknown one."""
    table, documents = query.table, DOCUMENTS.c

    def make() -> Select[Any]:
        wanted = select(as_bytes(documents.document), documents.key).join(table, table.key == documents.key)
        return wanted.where(table.id == bindparam("id", record_id))

    rows = dataset.run((table, "one"), make, {"id": record_id})
    if not rows:
        raise unknown_record(dataset, table, record_id)
    answer = b'{"data":%b,"included":%b,"dataset":"%b"}'
    body = answer % (rows[0][0], _include(dataset, query, [rows[0][1]]), dataset.version.encode())
    return Json(body)


def unknown_record(dataset: Dataset, table: Any, record_id: str) -> ProblemError:
    """The problem that no record of a table has an id."""
    detail = f"None of the {filters.kind_of(table.__table__)} has the id '{cut(record_id)}'."
    return ProblemError("unknown-record", detail, did_you_mean=filters.near_ids(dataset, table.id, record_id))
