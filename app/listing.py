"""What all lists share: filters, sort, pages, includes. It names no resource's table.

A resource declares a query class. Each filter is a field whose metadata says, as a `Filter`, how a value becomes a
WHERE clause; the operators of its kind (`__ne`, `__gte`, …), the sort keys and the includes are added to the class as
fields when it is made, so that FastAPI validates and documents all of them. `find` turns a query into two statements
(the total and the page), and one more for each include.
"""

import hashlib
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any, ClassVar, cast
from urllib.parse import urlencode

from fastapi import Query, Request
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic.fields import FieldInfo
from sqlalchemy import and_, func, literal, not_, or_, select
from starlette.responses import Response

from app import filters
from app.database import Dataset
from app.errors import ProblemError, cut, invalid, parameter_error
from app.filters import Clause, Filter, Relation
from app.models import RESOURCES, Facts, Page
from app.parameters import WHOLE, DateMatch, Ids, Texts, Truth, distinct, split
from app.references import Kind

DEFAULT_LIMIT, LARGEST_LIMIT, LARGEST_OFFSET, MOST_SUGGESTED = 50, 200, 10_000, 5
# -------------------------------------------------------------------------------------------------- query classes

SENTENCES = {"ne": "All but these. {}", "isnull": "Whether the article leaves it open. {}"}
SENTENCES |= {"gt": "After, or more than, this. {}", "gte": "From this on. {}"}
SENTENCES |= {"lt": "Before, or less than, this. {}", "lte": "Up to this. {}"}


class NoParameters(BaseModel):
    """What every set of parameters has: one that is not declared is refused."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)

    @classmethod
    def add(cls, name: str, annotation: Any, about: str, default: Any) -> None:
        """Give the class one field more; `model_rebuild` makes it count."""
        described = Field(default, description=about)
        cls.__pydantic_fields__[name] = FieldInfo.from_annotated_attribute(annotation, described)

    @classmethod
    def add_names(cls, name: str, values: Sequence[str], about: str) -> None:
        """The same for a list of names out of an enumeration, which is called after the resource."""
        called = f"{RESOURCES[kind].record.__name__ if (kind := cls._kind()) else 'Fact'}{name.title()}"
        # A member's name must not be that of a method of text; its value is what counts.
        names: Any = cast(Any, StrEnum)(called, [(f"{value}_", value) for value in values])
        cls.add(name, Annotated[list[names], BeforeValidator(split), AfterValidator(distinct)], about, [])

    @classmethod
    def _kind(cls) -> Kind | None:
        """The kind of record that is asked for; None for all."""
        table = getattr(cls, "table", Facts)
        return None if table is Facts else filters.kind_of(cast(Any, table).__table__)

    def chosen(self, name: str) -> list[str]:
        """The values of a list of names that the class may or may not have."""
        return [str(item) for item in getattr(self, name, [])]


Nothing = Annotated[NoParameters, Query()]


class IncludeQuery(NoParameters):
    """The parameters of a single record."""

    table: ClassVar[Any]
    relations: ClassVar[Mapping[str, Relation]] = {}

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        super().__pydantic_init_subclass__(**kwargs)
        kind = cls._kind()
        if kind is not None and "include" not in cls.model_fields:
            cls.relations = {**cls.relations, "notes": filters.notes_on(kind)}
            about = "Related records to send along in full, under `included`; several are separated by commas."
            cls.add_names("include", sorted(cls.relations), about)
            cls.model_rebuild(force=True)


class ListQuery(IncludeQuery):
    """The parameters that every list has."""

    document: ClassVar[Any] = Facts.document
    conditions: ClassVar[Mapping[str, tuple[Filter, str]]] = {}
    """For each parameter that filters: how, and with which operator."""

    limit: Annotated[int, Field(ge=1, le=LARGEST_LIMIT), WHOLE] = DEFAULT_LIMIT
    """How many records a page has at most."""
    offset: Annotated[int, Field(ge=0, le=LARGEST_OFFSET), WHOLE] | None = None
    """How many records to pass over; not together with `cursor`."""
    cursor: str | None = None
    """Where a page begins: taken from `page.next` or `page.prev`, never made up."""

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        super().__pydantic_init_subclass__(**kwargs)
        declared = [name for name in cls.model_fields if name not in ListQuery.model_fields and name != "include"]
        cls.add("id", Annotated[Ids, filters.ById(cls.table.id)], "Its id.", [])
        cls.add("name", Annotated[Texts, filters.Folded(cls.table.name_folded)], "Its name.", [])
        cls.conditions = dict(item for name in ("id", "name", *declared) for item in cls._operators(name))
        sortable = [n for n, (rule, name) in cls.conditions.items() if name == "eq" and rule.sort_columns]
        about = "Order by these fields, `-` for descending; what is not stated comes last, and the id breaks ties."
        cls.add_names("sort", [sign + name for name in sortable for sign in ("", "-")], about)
        if any(isinstance(rule, filters.Dated) for rule, _ in cls.conditions.values()):
            about = "Whether an uncertain date has to satisfy the filters possibly or certainly."
            cls.add("date_match", DateMatch, about, DateMatch.POSSIBLE)
        fields = cls.__pydantic_fields__
        order = [*cls.conditions, "date_match", "sort", "include", "limit", "offset", "cursor"]
        cls.__pydantic_fields__ = {name: fields[name] for name in order if name in fields}
        cls.model_rebuild(force=True)

    @classmethod
    def _operators(cls, name: str) -> Iterator[tuple[str, tuple[Filter, str]]]:
        """A declared filter's condition, and those of its operators, which become fields of their own."""
        field = cls.model_fields[name]
        (rule,) = (item.for_table(cls.table.__table__) for item in field.metadata if isinstance(item, Filter))
        kind = cls._kind()
        if field.description is None and kind is not None:
            field.description = RESOURCES[kind].record.model_fields[name].description
        yield name, (rule, "eq")
        for suffix in (*rule.operators, *(["isnull"] if rule.nullable else [])):
            if suffix == "ne":
                # The rule itself stays behind: it belongs to the field that it was declared on.
                metadata = [item for item in field.metadata if not isinstance(item, Filter)]
                annotation: Any = Annotated[(field.annotation, *metadata)]
                default: Any = []
            else:
                annotation, default = (Truth if suffix == "isnull" else rule.ordered) | None, None
            cls.add(f"{name}__{suffix}", annotation, SENTENCES[suffix].format(field.description), default)
            yield f"{name}__{suffix}", (rule, suffix)

    def where(self) -> list[Clause]:
        """The filters that the query gives, in an order that does not depend on it."""
        certain = getattr(self, "date_match", None) is DateMatch.CERTAIN
        return [self._clause(*self.conditions[name], getattr(self, name), certain) for name in self._given()]

    def _given(self) -> list[str]:
        return sorted(self.model_fields_set & self.conditions.keys())

    @staticmethod
    def _clause(rule: Filter, name: str, value: Any, certain: bool) -> Clause:
        if name == "isnull":
            return rule.is_null() if value else not_(rule.is_null())
        if name in filters.COMPARISONS:
            return rule.compares(name, value, certain)
        return rule.equals(value, certain) if name == "eq" else rule.differs(value, certain)

    def named(self) -> Iterator[tuple[str, Any, Filter, Clause]]:
        """Every record that the filters name: parameter, value, filter, and the clause that says whether it exists."""
        for name in self._given():
            rule, suffix = self.conditions[name]
            for value in getattr(self, name) if suffix in ("eq", "ne") else ():
                if (clause := rule.exists(value)) is not None:
                    yield name, value, rule, clause


# -------------------------------------------------------------------------------------------------------- answers


@dataclass(frozen=True)
class SortKey:
    """A column to order by."""

    column: Any
    descending: bool

    def order(self, backward: bool) -> list[Any]:
        """The terms of ORDER BY: what is null comes last; or all of it the other way round."""
        descending = self.descending is not backward
        term = self.column.desc() if descending else self.column.asc()
        null = self.column.is_(None)
        return [null.desc() if backward else null.asc(), term] if filters.plain(self.column).nullable else [term]

    def same(self, value: Any) -> Clause:
        """Whether a record has this value."""
        return cast(Clause, self.column.is_(None) if value is None else self.column == value)

    def beyond(self, value: Any, backward: bool) -> Clause:
        """Whether a record comes after this value in the order, or before it."""
        if value is None:
            return cast(Clause, self.column.is_not(None) if backward else self.column.in_([]))
        # As a literal, since truth values have no order for SQLAlchemy, though they have one in the file.
        other = literal(value)
        further = self.column < other if self.descending is not backward else self.column > other
        return cast(Clause, further if backward else or_(further, self.column.is_(None)))


class Listing:
    """One request for a list, on its way to an answer."""

    def __init__(self, dataset: Dataset, query: ListQuery, request: Request) -> None:
        self.dataset, self.query, self.path = dataset, query, request.url.path
        # In the order of their names: requests that mean the same get the same bytes.
        self.pairs = sorted(request.query_params.multi_items(), key=lambda pair: pair[0])
        self.keys = [
            SortKey(column, name.startswith("-"))
            for name in query.chosen("sort")
            for column in query.conditions[name.removeprefix("-")][0].sort_columns
        ]
        self.keys += [SortKey(query.table.id, False), SortKey(query.table.key, False)]
        if query.cursor is not None and query.offset is not None:
            detail = "A page begins at a cursor or at an offset, not at both."
            raise invalid([parameter_error("offset", str(query.offset), "conflicting_parameter", detail)])
        place = [False] if query.cursor is None else self._read_cursor(query.cursor)
        self.backward, self.beside = place[0], place[1:]

    def _write_cursor(self, backward: bool, row: Any) -> str:
        content = json.dumps([backward, *row[1:]]).encode()
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
        bound = [pair for pair in self.pairs if pair[0] not in ("cursor", "limit", "include", "offset")]
        text = json.dumps([self.dataset.version, self.path, bound]).encode()
        return hashlib.blake2b(text + b"\n" + content, digest_size=12).digest()

    def total(self) -> int:
        """How many records the filters let through; 422 where they name a record that does not exist."""
        named = list(self.query.named())
        counted = select(func.count()).select_from(self.query.table).where(*self.query.where()).scalar_subquery()
        row = self.dataset.rows(select(counted, *(clause for *_, clause in named)))[0]
        missing = [item for item, is_there in zip(named, list(row)[1:], strict=True) if not is_there]
        # What is like a wrong id is looked for a few times only: a request may name more than a thousand.
        unknown = [
            parameter_error(name, value, "unknown_id", "There is no such record.", known=rule.near(self.dataset, value))
            for name, value, rule, _ in missing[:MOST_SUGGESTED]
        ]
        if unknown:
            raise invalid(unknown)
        return int(row[0])

    def page(self) -> tuple[list[Any], bool]:
        """The rows of the page, and whether more follow in the direction of the cursor."""
        query, keys = self.query, self.keys
        statement = select(type(query).document, *(key.column for key in keys)).where(*query.where())
        if query.table is not Facts:
            statement = statement.join(Facts, Facts.key == query.table.key)
        if self.beside:
            # The keys before agree, and the next one is beyond.
            same = [key.same(value) for key, value in zip(keys, self.beside, strict=True)]
            beyond = [key.beyond(value, self.backward) for key, value in zip(keys, self.beside, strict=True)]
            statement = statement.where(or_(*(and_(*same[:i], clause) for i, clause in enumerate(beyond))))
        order = [term for key in keys for term in key.order(self.backward)]
        rows = list(self.dataset.rows(statement.order_by(*order).limit(query.limit + 1).offset(query.offset)))
        return rows[: query.limit][:: -1 if self.backward else 1], len(rows) > query.limit

    def links(self, rows: list[Any], more: bool, total: int) -> tuple[str | None, str | None]:
        """The URLs of the next page and of the one before."""
        limit, offset = self.query.limit, self.query.offset
        if not rows:
            return None, self._url(offset=str(max(total - limit, 0))) if offset and total else None
        has_next, has_prev = (True, more) if self.backward else (more, bool(self.beside) or bool(offset))
        following = self._url(cursor=self._write_cursor(False, rows[-1])) if has_next else None
        if offset is not None and more and offset + limit <= LARGEST_OFFSET:
            # Beyond the largest offset, and back from any, cursors lead on.
            following = self._url(offset=str(offset + limit))
        return following, self._url(cursor=self._write_cursor(True, rows[0])) if has_prev else None

    def _url(self, **place: str) -> str:
        kept = [pair for pair in self.pairs if pair[0] not in ("cursor", "offset")]
        return f"{self.path}?{urlencode([*kept, *place.items()], safe=',:')}"


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


def find(dataset: Dataset, query: ListQuery, request: Request) -> Response:
    """The answer to a request for a list."""
    listing = Listing(dataset, query, request)
    total = listing.total()
    rows, more = listing.page()
    following, before = listing.links(rows, more, total)
    page = Page(total=total, limit=query.limit, returned=len(rows), next=following, prev=before)
    links = ", ".join(f'<{url}>; rel="{rel}"' for url, rel in ((following, "next"), (before, "prev")) if url)
    headers = {"X-Total-Count": str(total)} | ({"Link": links} if links else {})
    included = _include(dataset, query, [row[-2] for row in rows])
    body = f'{{"data":[{",".join(row[0] for row in rows)}],"included":{included},"facets":{{}}'
    body += f',"page":{page.model_dump_json()},"dataset":"{dataset.version}"}}'
    return Response(body, headers=headers, media_type="application/json")


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
