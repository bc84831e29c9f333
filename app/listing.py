"""Lists and single records as they are sent: pages, with what was included, counted and found."""

import hashlib
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

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
from app.database import Dataset, several
from app.endpoints import Json, as_text
from app.errors import ProblemError, cut, invalid, parameter_error
from app.facets import facet_values
from app.filters import DOCUMENTS, FACTS, Relation
from app.paging import headers
from app.queries import LARGEST_OFFSET, IncludeQuery, ListQuery
from app.references import Kind
from app.search import SearchQuery, said
from app.selection import Asked, Part, SortKey

UNBOUND = ("cursor", "limit", "include", "offset", "facet", "facet_limit", "dataset")
"""Parameters that do not matter to what a cursor belongs to."""


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


class Listing(Asked):
    """One request for a page, on its way to an answer."""

    def __init__(self, dataset: Dataset, query: ListQuery, request: Request) -> None:
        super().__init__(dataset, query, request)
        if query.cursor is not None and query.offset is not None:
            detail = "A page begins at a cursor or at an offset, not at both."
            raise invalid([parameter_error("offset", str(query.offset), "conflicting_parameter", detail)])
        place = [False] if query.cursor is None else self._read_cursor(query.cursor)
        self.backward, self.beside = place[0], place[1:]

    def _write_cursor(self, backward: bool, row: Any) -> str:
        content = to_json([backward, *row[1 : len(self.form.keys) + 1]])
        return urlsafe_b64encode(self._checksum(content) + content).decode().rstrip("=")

    def _read_cursor(self, token: str) -> list[Any]:
        """The direction, and the sort values of the record beside which the page begins."""
        with suppress(ValueError, TypeError, RecursionError):
            content = urlsafe_b64decode(token + "=" * (-len(token) % 4))
            # Unused bits of the last character would let two tokens mean the same.
            genuine = urlsafe_b64encode(content).decode().rstrip("=") == token
            place = json.loads(content[12:]) if genuine and content[:12] == self._checksum(content[12:]) else None
            # Whoever computes the checksum themselves is still held to what a cursor of ours can say.
            if isinstance(place, list) and len(place) == len(self.form.keys) + 1 and isinstance(place[0], bool):
                fits = (value is None or isinstance(value, str) or abs(value) < 2**63 for value in place[1:])
                is_part = not self.form.is_ranked or place[1] in self.form.parts
                return place if all(fits) and is_part else self._read_cursor("")
        detail = "The cursor is not one of this list with these filters, this sort and this dataset version."
        raise ProblemError("invalid-cursor", detail)

    def _checksum(self, content: bytes) -> bytes:
        """What binds a cursor to the list, its filters and order, and the dataset."""
        bound = as_text([pair for pair in self.pairs if pair[0] not in UNBOUND])
        text = f"{self.dataset.version}\n{self.path}\n{bound}\n".encode()
        return hashlib.blake2b(text + content, digest_size=12).digest()

    def page(self, total: int) -> tuple[list[Any], bool]:
        """The rows of the page, and whether more follow in the direction of the cursor.

        A row is the document to be sent, the values of the sort keys (the last is the record's own key), and what a
        search looks into.
        """
        offset = passed = self.query.offset or 0
        rows = list[Any]()
        # How many come before a cursor is not known: one more is looked for.
        limit = self.query.limit + 1 if self.beside else min(self.query.limit, max(total - passed, 0))
        probe = self._is_shorter_to_probe(total)
        for part in self._parts_from_here():
            if len(rows) == limit:
                break
            found = self._part(part, probe, limit - len(rows), offset)
            rows += found
            if offset:
                # What a later part has to pass over is what the earlier ones did not have.
                offset = 0 if found else max(offset - self._size(part), 0)
        more = len(rows) > self.query.limit if self.beside else bool(rows) and total > passed + len(rows)
        return rows[: self.query.limit][:: -1 if self.backward else 1], more

    def _parts_from_here(self) -> Sequence[Part]:
        """The parts of the list from the cursor on, in its direction."""
        if not self.beside:
            return self.form.parts
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

    def _part(self, part: Part, probe: bool, limit: int, offset: int) -> Sequence[Any]:
        """The first rows of a part of the list, from the cursor on."""
        if not self.beside or part != self._begun:
            return self._rows(part, probe, None, limit, offset)
        keys, rows = self.form.keys_of(part), list[Any]()
        # What agrees with the cursor in what is ordered in one direction comes before what does not: each has an index.
        run = next((i for i, key in enumerate(keys) if key.descending is not keys[0].descending or key.nullable), 0)
        for same in (run, 0) if run else (0,):
            rows += self._rows(part, probe, same, limit - len(rows), offset)
            if len(rows) == limit:
                break
        return rows

    def _rows(self, part: Part, probe: bool, same: int | None, limit: int, offset: int) -> Sequence[Any]:
        """The first rows of a part; where the page begins at a cursor, those that agree with it in so many keys.

        With none, those that come after it in the keys of one direction, or in all where that is but one.
        """
        backward = self.backward
        beside = [] if same is None else self.beside[-len(self.form.keys_of(part)) :]

        def make() -> Executable:
            keys = self.form.keys_of(part)
            columns = [key.column.label(f"key_{i}") for i, key in enumerate(self.form.keys)]
            if isinstance(part, int):
                columns[0] = literal_column(str(part)).label("key_0")
            statement = self.select(part, *columns, probe=probe)
            if same is not None:
                statement = statement.where(*_beyond(keys, beside, backward, same))
            ordered = statement.order_by(*(term for key in keys for term in key.order(backward)))
            # First the keys, then what is to be sent: a sort never carries documents.
            found = ordered.limit(bindparam("limit", 0)).offset(bindparam("offset", 0)).subquery()
            values = [found.c[column.name] for column in columns]
            document = filters.plain(type(self.query).document)
            joined = [document.table]
            looked_into: list[Any] = []
            if self.search:
                # What is sent need not be fetched twice.
                is_whole = document.table is DOCUMENTS
                joined += [NAMED] if is_whole else [NAMED, DOCUMENTS]
                looked_into = [NAMED.c.ref, null() if is_whole else as_bytes(DOCUMENTS.c.document)]
            # An outer join goes through its left side in the order that it has: no sort carries documents here either.
            sent: Any = found
            for table in joined:
                sent = sent.outerjoin(table, table.c.key == values[-1])
            return select(as_bytes(document), *values, *looked_into).select_from(sent)

        form = ("page", backward, part, probe, same, tuple([value is None for value in beside]))
        given = {f"beside_{i}": value for i, value in enumerate(beside)}
        return self.run(form, make, limit=limit, offset=offset, **given)

    def _is_shorter_to_probe(self, total: int) -> bool:
        """Whether fewer records have to be looked at in their order than are let through and would have to be sorted.

        That is so if the filters let many through: then some are soon met. (The fewest are looked at if the number that
        is let through is the root of what is asked for, times all.)
        """
        query, wanted = self.query, self.query.limit + (self.query.offset or 0)
        if self.time is not None and self.form.chosen == (f"-{self.time.name}",) and total >= wanted:
            # From the time's end on downwards, nearly every record lies in it.
            return True
        if not query.given or self.search is not None or self.form.is_led or self.form.is_in_order:
            return False
        return total * total > wanted * self.whole > 0

    def included(self, rows: list[Any]) -> bytes:
        """What the records of a page bring along."""
        return _include(self.dataset, self.query, [row[len(self.form.keys)] for row in rows])

    def links(self, rows: list[Any], more: bool, total: int) -> tuple[str | None, str | None]:
        """The URLs of the next page and of the one before."""
        limit, offset = self.query.limit, self.query.offset
        if not rows:
            return None, self.url(offset=str(max(total - limit, 0))) if offset and total else None
        has_next, has_prev = (True, more) if self.backward else (more, bool(self.beside) or bool(offset))
        following = self.url(cursor=self._write_cursor(False, rows[-1])) if has_next else None
        if offset is not None and more and offset + limit <= LARGEST_OFFSET:
            # Beyond the largest offset, and back from any, cursors lead on.
            following = self.url(offset=str(offset + limit))
        return following, self.url(cursor=self._write_cursor(True, rows[0])) if has_prev else None

    def found(self, rows: list[Any], search: SearchQuery) -> str:
        """What a search found in the records of a page: a `Search`, as JSON."""
        found = search.matches([said(row[-1] or row[0]) for row in rows])
        matches = {f"/v1/{row[-2]}": own for row, own in zip(rows, found, strict=True)}
        hints = search.did_you_mean(self.dataset, self.known)
        return to_json({"matches": matches, "did_you_mean": hints}).decode()


def as_bytes(document: Any) -> Any:
    """Documents as they are sent: what is stored is UTF-8, and nobody reads it on its way."""
    return cast(document, LargeBinary)


def _include(dataset: Dataset, query: IncludeQuery, keys: list[int]) -> bytes:
    """The documents that the query's includes bring for records with these keys: by kind, each once."""
    found: dict[Kind, dict[int, bytes]] = {}
    for name in query.chosen("include"):
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
    rows, more = listing.page(total)
    following, before = listing.links(rows, more, total)
    page = {"total": total, "limit": query.limit, "returned": len(rows), "next": following, "prev": before}
    parts = {
        **members,
        "included": listing.included(rows).decode() if query.chosen("include") else "{}",
        "facets": _facets(listing, query) if query.chosen("facet") else "{}",
        "search": "null" if listing.search is None else listing.found(rows, listing.search),
        "page": to_json(page).decode(),
        "dataset": f'"{dataset.version}"',
    }
    rest = ",".join([f'"{name}":{value}' for name, value in parts.items()])
    # What is long is copied once: all of it stands between the commas of the list.
    documents = [row[0] for row in rows] or [b""]
    documents[0] = b'{"data":[' + documents[0]
    documents[-1] = b"%b],%b}" % (documents[-1], rest.encode())
    return Json(b",".join(documents), headers(total, following, before))


def _facets(selection: Asked, query: ListQuery) -> str:
    """The facets that the query asks for."""
    return to_json({name: facet_values(selection, name) for name in query.chosen("facet")}).decode()


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
