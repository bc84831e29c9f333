"""Lists and single records as they are sent: pages, with what was included, counted and found."""

import hashlib
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from contextlib import suppress
from typing import Any, cast

from fastapi import Request
from sqlalchemy import and_, or_, select
from starlette.responses import Response

from app import filters
from app.database import Dataset
from app.errors import ProblemError, cut, invalid, parameter_error
from app.facets import facet_values
from app.models import Facts, Page, Search
from app.paging import headers
from app.queries import LARGEST_OFFSET, IncludeQuery, ListQuery
from app.references import Kind
from app.selection import Selection

UNBOUND = ("cursor", "limit", "include", "offset", "facet", "facet_limit", "dataset")
"""Parameters that do not matter to what a cursor belongs to."""


class Listing(Selection):
    """One request for a page, on its way to an answer."""

    def __init__(self, dataset: Dataset, query: ListQuery, request: Request) -> None:
        super().__init__(dataset, query, request)
        if query.cursor is not None and query.offset is not None:
            detail = "A page begins at a cursor or at an offset, not at both."
            raise invalid([parameter_error("offset", str(query.offset), "conflicting_parameter", detail)])
        place = [False] if query.cursor is None else self._read_cursor(query.cursor)
        self.backward, self.beside = place[0], place[1:]

    def _write_cursor(self, backward: bool, row: Any) -> str:
        content = json.dumps([backward, *row[1 : len(self.keys) + 1]]).encode()
        return urlsafe_b64encode(self._checksum(content) + content).decode().rstrip("=")

    def _read_cursor(self, token: str) -> list[Any]:
        """The direction, and the sort values of the record beside which the page begins."""
        with suppress(ValueError, TypeError, RecursionError):
            content = urlsafe_b64decode(token + "=" * (-len(token) % 4))
            # Unused bits of the last character would let two tokens mean the same.
            genuine = urlsafe_b64encode(content).decode().rstrip("=") == token
            place = json.loads(content[12:]) if genuine and content[:12] == self._checksum(content[12:]) else None
            # Whoever computes the checksum themselves is still held to what a cursor of ours can say.
            if isinstance(place, list) and len(place) == len(self.keys) + 1 and isinstance(place[0], bool):
                fits = (value is None or isinstance(value, str) or abs(value) < 2**63 for value in place[1:])
                return place if all(fits) else self._read_cursor("")
        detail = "The cursor is not one of this list with these filters, this sort and this dataset version."
        raise ProblemError("invalid-cursor", detail)

    def _checksum(self, content: bytes) -> bytes:
        """What binds a cursor to the list, its filters and order, and the dataset."""
        bound = [pair for pair in self.pairs if pair[0] not in UNBOUND]
        text = json.dumps([self.dataset.version, self.path, bound]).encode()
        return hashlib.blake2b(text + b"\n" + content, digest_size=12).digest()

    def page(self) -> tuple[list[Any], bool]:
        """The rows of the page, and whether more follow in the direction of the cursor.

        A row is the document to be sent, the values of the sort keys, and what a search looks into.
        """
        query, keys = self.query, self.keys
        looked_into = [Facts.ref, Facts.document] if self.search else []
        statement = self.select(type(query).document, *(key.column for key in keys), *looked_into)
        if query.table is not Facts:
            statement = statement.join(Facts, Facts.key == query.table.key)
        if self.beside:
            # The keys before agree, and the next one is beyond.
            same = [key.same(value) for key, value in zip(keys, self.beside, strict=True)]
            beyond = [key.beyond(value, self.backward) for key, value in zip(keys, self.beside, strict=True)]
            statement = statement.where(or_(*(and_(*same[:i], clause) for i, clause in enumerate(beyond))))
        ordered = statement.order_by(*self.order(self.backward))
        rows = list(self.dataset.rows(ordered.limit(query.limit + 1).offset(query.offset)))
        return rows[: query.limit][:: -1 if self.backward else 1], len(rows) > query.limit

    def ids(self, rows: list[Any]) -> list[str]:
        """The ids of the records of a page."""
        return [row[len(self.keys) - 1] for row in rows]

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

    def found(self, rows: list[Any]) -> Search | None:
        """What the search found in the records of a page."""
        if self.search is None:
            return None
        matches = {f"/v1/{row.ref}": self.search.matches(json.loads(row[-1])) for row in rows}
        return Search(matches=matches, did_you_mean=self.search.did_you_mean(self.dataset, self.known))


def _include(dataset: Dataset, query: IncludeQuery, ids: list[str]) -> str:
    """The documents that the query's includes bring for records with these ids: by kind, each once."""
    found: dict[Kind, dict[int, str]] = {}
    for name in query.chosen("include"):
        relation = query.relations[name]
        if (kind := relation.kind) is not None:
            found.setdefault(kind, {})
        rows = dataset.rows(relation.documents(ids)) if ids else []
        if len(rows) > filters.MOST_INCLUDED:
            detail = f"include={name} would bring more than {filters.MOST_INCLUDED} records; ask for them page by page."
            raise ProblemError("too-many-included", detail)
        for row in rows:
            found.setdefault(Kind(row.kind), {})[row.key] = row.document
    parts = (f'"{kind}":[{",".join(found[kind][key] for key in sorted(found[kind]))}]' for kind in sorted(found))
    return "{" + ",".join(parts) + "}"


def find(dataset: Dataset, query: ListQuery, request: Request, **members: Callable[[Selection], str]) -> Response:
    """The answer to a request for a list; `members` are what it has besides, each as JSON."""
    listing = Listing(dataset, query, request)
    total = listing.total()
    rows, more = listing.page()
    following, before = listing.links(rows, more, total)
    page = Page(total=total, limit=query.limit, returned=len(rows), next=following, prev=before)
    parts = {
        "data": f"[{','.join(row[0] for row in rows)}]",
        **{name: write(listing) for name, write in members.items()},
        "included": _include(dataset, query, listing.ids(rows)),
        "facets": _facets(listing, query),
        "search": found.model_dump_json() if (found := listing.found(rows)) else "null",
        "page": page.model_dump_json(),
        "dataset": f'"{dataset.version}"',
    }
    body = ",".join(f'"{name}":{value}' for name, value in parts.items())
    return Response(f"{{{body}}}", headers=headers(page), media_type="application/json")


def _facets(selection: Selection, query: ListQuery) -> str:
    """The facets that the query asks for."""
    counted = (
        (name, [value.model_dump_json() for value in facet_values(selection, name)]) for name in query.chosen("facet")
    )
    return "{" + ",".join(f'"{name}":[{",".join(values)}]' for name, values in counted) + "}"


def get(dataset: Dataset, query: IncludeQuery, record_id: str) -> Response:
    """The answer to a request for one record; 404 with ids that are like an unknown one."""
    table, facts = query.table, cast(Any, Facts)
    rows = dataset.rows(select(facts.document).join(table, table.key == facts.key).where(table.id == record_id))
    if not rows:
        raise unknown_record(dataset, table, record_id)
    body = f'{{"data":{rows[0][0]},"included":{_include(dataset, query, [record_id])},"dataset":"{dataset.version}"}}'
    return Response(body, media_type="application/json")


def unknown_record(dataset: Dataset, table: Any, record_id: str) -> ProblemError:
    """The problem that no record of a table has an id."""
    detail = f"None of the {filters.kind_of(table.__table__)} has the id '{cut(record_id)}'."
    return ProblemError("unknown-record", detail, did_you_mean=filters.near_ids(dataset, table.id, record_id))
