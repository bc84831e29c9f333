"""What all lists share: filters, sort, pages, includes. It names no resource's table.

A resource declares a query class. Each filter is a field whose metadata says, as a `Filter`, how a value becomes a WHERE
clause; the operators of its kind (`__ne`, `__gte`, …), the sort keys and the includes are added to the class as fields when
it is made, so that FastAPI validates and documents all of them. `find` turns a query into two statements (the total
and the page), and one more for each include.
"""

import hashlib
import json
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, StrEnum
from functools import cached_property
from typing import Annotated, Any, ClassVar, TypeVar, cast
from urllib.parse import urlencode

from fastapi import Path, Request
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic.fields import FieldInfo
from sqlalchemy import ColumnElement, Select, and_, exists, false, func, not_, or_, select, true, tuple_
from starlette.responses import Response

from app import edtf
from app.answers import Page
from app.database import Dataset
from app.errors import ProblemError, cut, invalid, parameter_error
from app.models import Facts, NoteSubjects, Row
from app.suggest import closest
from app.values import SLUG, SLUG_LENGTH, Kind, fold

DEFAULT_LIMIT, LARGEST_LIMIT, LARGEST_OFFSET = 50, 200, 10_000
MOST_VALUES, MOST_INCLUDED, LONGEST_VALUE = 100, 1_000, 300
CANDIDATES = 5_000
"""How many ids are looked at for those that are like an unknown one."""

# ------------------------------------------------------------------------------------------- values of parameters


def _split(given: object) -> object:
    """`a,b` and repeated parameters alike are lists; `\\,` is a comma within a value."""
    if not isinstance(given, list) or not all(isinstance(item, str) for item in given):
        return given
    values = [part.replace("\\,", ",") for item in given for part in re.split(r"(?<!\\),", item)]
    if len(values) > MOST_VALUES:
        raise ValueError(f"At most {MOST_VALUES} values can be given.")
    if "" in values:
        raise ValueError("A value is empty.")
    return values


def _whole_number(given: object) -> object:
    if isinstance(given, str) and not re.fullmatch(r"0|[1-9][0-9]{0,9}", given):
        raise ValueError("A whole number in plain digits is expected.")
    return given


def _decimal(given: object) -> object:
    if isinstance(given, str) and not re.fullmatch(r"-?(0|[1-9][0-9]{0,14})(\.[0-9]{1,15})?", given):
        raise ValueError("A number such as 34.5 is expected.")
    return given


def _truth(given: object) -> object:
    if isinstance(given, str) and given not in ("true", "false"):
        raise ValueError("true or false is expected.")
    return given == "true" if isinstance(given, str) else given


def _span(given: str) -> str:
    try:
        edtf.parse(given)
    except edtf.EDTFError as error:
        raise ValueError(f"{error}.") from None
    return given


def _id(given: str) -> str:
    if not re.fullmatch(SLUG, given) or len(given) > SLUG_LENGTH:
        raise ValueError("An id is made of a-z, 0-9 and hyphens.")
    return given


Id = Annotated[str, AfterValidator(_id), Field(json_schema_extra={"pattern": SLUG, "maxLength": SLUG_LENGTH})]
Date = Annotated[str, AfterValidator(_span), Field(json_schema_extra={"format": "edtf"})]
Number = Annotated[float, BeforeValidator(_decimal)]
Truth = Annotated[bool, BeforeValidator(_truth)]


def _printable(given: str) -> str:
    if any(ord(char) < 32 or 127 <= ord(char) < 160 for char in given):
        raise ValueError("A control character is not accepted.")
    return given


RecordId = Annotated[
    str,
    AfterValidator(_printable),
    Path(alias="id", description="The record's id.", json_schema_extra={"pattern": SLUG, "maxLength": SLUG_LENGTH}),
]
ShortText = Annotated[str, Field(min_length=1, max_length=LONGEST_VALUE)]
Whole = Annotated[int, BeforeValidator(_whole_number)]
T = TypeVar("T")
Many = Annotated[list[T], BeforeValidator(_split)]
"""Several values, of which one has to fit: repeated, or separated by commas."""
Ids = Many[Id]
Dates = Many[Date]
Numbers = Many[Number]
Wholes = Many[Whole]
Truths = Many[Truth]
Texts = Many[ShortText]


class DateMatch(StrEnum):
    """How an uncertain date is compared: whether it possibly, or certainly, satisfies a filter."""

    POSSIBLE = "possible"
    CERTAIN = "certain"


# ------------------------------------------------------------------------------------------------------- filters


@dataclass(frozen=True)
class Relation:
    """Pairs of records, as rows of a table that holds both their ids: `source` relates to `target`.

    The table may be the source's own, the target's own, or one of links.
    """

    source: Any
    target: Any
    target_kind_column: Any = None
    """Where the target's kind stands, if it varies."""
    only: ColumnElement[bool] | None = None
    """Which rows of the table count."""

    @property
    def target_kind(self) -> Kind | None:
        """The kind of record that it leads to; None where that varies."""
        return None if self.target_kind_column is not None else kind_of(_id_column(self.target).table.name)


def notes_about(kind: Kind) -> Relation:
    """The notes on records of a kind."""
    return Relation(NoteSubjects.subject_id, NoteSubjects.note_id, only=NoteSubjects.kind == kind)


def _id_column(column: Any) -> Any:
    """The column of ids that a column's values are taken from: another table's, or itself."""
    own = column.property.columns[0]
    return next((key.column for key in own.foreign_keys), own)


def kind_of(table: str) -> Kind:
    """The kind of record that a table holds."""
    return Kind(table.replace("_", "-"))


@dataclass(frozen=True)
class Filter:
    """One way to ask: a column, and what it means that a value satisfies an operator."""

    column: Any
    operators: ClassVar[tuple[str, ...]] = ("ne",)
    ordered_type: ClassVar[Any] = None
    """The type of the values of `__gt` and the like."""

    @property
    def sort_columns(self) -> tuple[Any, ...]:
        return (self.column,)

    @property
    def nullable(self) -> bool:
        return bool(self.column.property.columns[0].nullable)

    def is_null(self) -> ColumnElement[bool]:
        return cast(ColumnElement[bool], self.column.is_(None))

    def equals(self, values: Sequence[Any], certain: bool) -> ColumnElement[bool]:
        return cast(ColumnElement[bool], self.column.in_(values))

    def differs(self, values: Sequence[Any], certain: bool) -> ColumnElement[bool]:
        return and_(not_(self.is_null()), not_(self.equals(values, certain)))

    def compares(self, operator: str, value: Any, certain: bool) -> ColumnElement[bool]:
        """What `__gt` and the like mean, where the filter has them."""
        raise NotImplementedError

    def exists(self, value: Any) -> ColumnElement[bool] | None:
        """Whether the record that a value names exists; None where values name no records."""
        return None

    def near(self, dataset: Dataset, value: Any) -> list[str]:
        """Names of records that are like one that does not exist."""
        return []


@dataclass(frozen=True)
class Choice(Filter):
    """A column of one of several words, or of true and false."""


@dataclass(frozen=True)
class ById(Filter):
    """A column that holds the id of another record, or the record's own."""

    def exists(self, value: Any) -> ColumnElement[bool] | None:
        return exists().where(_id_column(self.column) == value)

    def near(self, dataset: Dataset, value: Any) -> list[str]:
        return near_ids(dataset, _id_column(self.column), value)


@dataclass(frozen=True)
class Folded(Filter):
    """Text, compared without regard to case and accents; the column holds it folded."""

    def equals(self, values: Sequence[Any], certain: bool) -> ColumnElement[bool]:
        return cast(ColumnElement[bool], self.column.in_([fold(value) for value in values]))


@dataclass(frozen=True)
class Quantity(Filter):
    """A number."""

    operators = ("ne", "gt", "gte", "lt", "lte")
    ordered_type = Number

    def compares(self, operator: str, value: Any, certain: bool) -> ColumnElement[bool]:
        column = self.column
        clauses = {"gt": column > value, "gte": column >= value, "lt": column < value, "lte": column <= value}
        return cast(ColumnElement[bool], clauses[operator])


@dataclass(frozen=True)
class Dated(Filter):
    """A date, stored as the first and the last day that it can mean."""

    latest: Any
    operators = ("ne", "gt", "gte", "lt", "lte")
    ordered_type = Date

    @property
    def sort_columns(self) -> tuple[Any, ...]:
        return (self.column, self.latest)

    def equals(self, values: Sequence[Any], certain: bool) -> ColumnElement[bool]:
        return or_(*(self._equals(value, certain) for value in values))

    def _equals(self, value: str, certain: bool) -> ColumnElement[bool]:
        first, last = bounds(value)
        if certain:
            return and_(self.column >= first, self.latest <= last)
        return and_(self.column <= last, self.latest >= first)

    def differs(self, values: Sequence[Any], certain: bool) -> ColumnElement[bool]:
        # What possibly differs is what does not certainly agree, and the other way round.
        return and_(not_(self.is_null()), not_(self.equals(values, not certain)))

    def compares(self, operator: str, value: Any, certain: bool) -> ColumnElement[bool]:
        first, last = bounds(value)
        clauses = {
            "gt": (self.latest > last, self.column > last),
            "gte": (self.latest >= first, self.column >= first),
            "lt": (self.column < first, self.latest < first),
            "lte": (self.column <= last, self.latest <= last),
        }
        return cast(ColumnElement[bool], clauses[operator][certain])


def bounds(value: str) -> tuple[str, str]:
    """The first and the last day of an EDTF expression, open ends as far away as dates go."""
    span = edtf.parse(value)
    return str(span.earliest or "0001-01-01"), str(span.latest or "9999-12-31")


@dataclass(frozen=True)
class Linked(Filter):
    """Ids or texts in a table of links: a record satisfies it if one of its links does.

    `column` is the linked value, and `source` holds the id that the record has in its column `own`.
    """

    source: Any
    own: Any
    folded: bool = False

    @property
    def sort_columns(self) -> tuple[Any, ...]:
        return ()

    @property
    def nullable(self) -> bool:
        return False

    def equals(self, values: Sequence[Any], certain: bool) -> ColumnElement[bool]:
        wanted = [fold(value) for value in values] if self.folded else values
        return exists().where(self.source == self.own, self.column.in_(wanted))

    def differs(self, values: Sequence[Any], certain: bool) -> ColumnElement[bool]:
        return not_(self.equals(values, certain))

    def exists(self, value: Any) -> ColumnElement[bool] | None:
        return None if self.folded else ById(self.column).exists(value)

    def near(self, dataset: Dataset, value: Any) -> list[str]:
        return ById(self.column).near(dataset, value)


SENTENCES = {
    "ne": "All but these: {}",
    "gt": "After, or more than, this: {}",
    "gte": "From this on: {}",
    "lt": "Before, or less than, this: {}",
    "lte": "Up to this: {}",
    "isnull": "Whether the article leaves it open: {}",
}


# ------------------------------------------------------------------------------------------------- query classes


def _no_repetition(keys: list[Enum]) -> list[Enum]:
    names = [str(key.value).removeprefix("-") for key in keys]
    if len(set(names)) < len(names):
        raise ValueError("A name stands here twice.")
    return keys


def _enumerated(name: str, values: Sequence[str]) -> Any:
    """A list parameter of a named enumeration."""
    # The names of an Enum's members cannot be told from its methods unless they are given a prefix.
    members: Any = StrEnum(name, [(f"{'desc' if v.startswith('-') else 'by'}_{v.lstrip('-')}", v) for v in values])
    return Annotated[list[members], BeforeValidator(_split), AfterValidator(_no_repetition)]


class NoParameters(BaseModel):
    """What every set of parameters has: one that is not declared is refused."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)


class IncludeQuery(NoParameters):
    """The parameters of a single record."""

    table: ClassVar[type[Row]]
    relations: ClassVar[Mapping[str, Relation]] = {}

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        super().__pydantic_init_subclass__(**kwargs)
        if cls.relations and "include" not in cls.model_fields:
            resource = cls.__name__.removesuffix("Query").removesuffix("Include")
            names = _enumerated(f"{resource}Include", sorted(cls.relations))
            about = "Related records to send along in full, under `included`; several are separated by commas."
            add_field(cls, "include", names, about, [])
            cls.model_rebuild(force=True)

    def chosen(self, name: str) -> list[str]:
        """The values of an enumerated parameter that the class may or may not have."""
        return [str(item.value) for item in getattr(self, name, [])]


def add_field(cls: type[BaseModel], name: str, annotation: Any, about: str, default: Any) -> None:
    """Give a class one field more; `model_rebuild` makes it count."""
    field = FieldInfo.from_annotated_attribute(annotation, Field(default, description=about))
    cls.__pydantic_fields__[name] = cast(Any, field)


class ListQuery(IncludeQuery):
    """The parameters that every list has."""

    document: ClassVar[Any] = Facts.document
    conditions: ClassVar[Mapping[str, tuple[Filter, str]]] = {}
    """For each parameter that filters: how, and with which operator."""

    limit: Annotated[Whole, Field(ge=1, le=LARGEST_LIMIT)] = DEFAULT_LIMIT
    """How many records a page has at most."""
    offset: Annotated[Whole, Field(ge=0, le=LARGEST_OFFSET)] | None = None
    """How many records to pass over; not together with `cursor`."""
    cursor: Annotated[str, Field(min_length=1, max_length=2_000)] | None = None
    """Where a page begins: taken from `page.next` or `page.prev`, never made up."""

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        super().__pydantic_init_subclass__(**kwargs)
        conditions: dict[str, tuple[Filter, str]] = {}
        own: dict[str, tuple[Any, Filter, str]] = {
            "id": (Ids, ById(cls.table.id), "Its id."),
            "name": (Texts, Folded(cls.table.name_folded), "Its name."),
        }
        for name, (annotation, rule, about) in own.items():
            add_field(cls, name, Annotated[annotation, rule], about, [])
        for name, field in list(cls.model_fields.items()):
            for rule in field.metadata:
                if isinstance(rule, Filter):
                    conditions |= _add_operators(cls, name, field, rule)
        cls.conditions = conditions
        sortable = [n for n, (rule, operator) in conditions.items() if operator == "eq" and rule.sort_columns]
        if sortable:
            names = _enumerated(
                f"{cls.__name__.removesuffix('Query')}Sort", [s + n for n in sortable for s in ("", "-")]
            )
            about = "Order by these fields, `-` for descending; what is not stated comes last, and the id breaks ties."
            add_field(cls, "sort", names, about, [])
        if any(isinstance(rule, Dated) for rule, _ in conditions.values()):
            about = "Whether an uncertain date has to satisfy the filters possibly or certainly."
            add_field(cls, "date_match", DateMatch, about, DateMatch.POSSIBLE)
        last = [
            name for name in ("date_match", "sort", "include", "limit", "offset", "cursor") if name in cls.model_fields
        ]
        fields = cls.__pydantic_fields__
        first = [name for name in conditions if name.partition("__")[0] in own]
        middle = [name for name in fields if name not in first and name not in last]
        for name in (*first, *middle, *last):
            fields[name] = fields.pop(name)
        cls.model_rebuild(force=True)

    def where(self) -> list[ColumnElement[bool]]:
        """The filters that the query gives."""
        certain = getattr(self, "date_match", None) is DateMatch.CERTAIN
        clauses = []
        for name in self.model_fields_set & self.conditions.keys():
            rule, operator = self.conditions[name]
            value = getattr(self, name)
            if operator == "eq":
                clauses.append((name, rule.equals(value, certain)))
            elif operator == "ne":
                clauses.append((name, rule.differs(value, certain)))
            elif operator == "isnull":
                clauses.append((name, rule.is_null() if value else not_(rule.is_null())))
            else:
                clauses.append((name, rule.compares(operator, value, certain)))
        return [clause for _, clause in sorted(clauses, key=lambda item: item[0])]

    def named(self) -> Iterator[tuple[str, Any, Filter, ColumnElement[bool]]]:
        """Every record that the filters name: parameter, value, filter, and the clause that says whether it exists."""
        for name in sorted(self.model_fields_set & self.conditions.keys()):
            rule, operator = self.conditions[name]
            for value in getattr(self, name) if operator in ("eq", "ne") else ():
                if (clause := rule.exists(value)) is not None:
                    yield name, value, rule, clause


def _add_operators(cls: type[BaseModel], name: str, field: FieldInfo, rule: Filter) -> dict[str, tuple[Filter, str]]:
    """The fields `name__ne` and so on, as far as the filter has them."""
    conditions = {name: (rule, "eq")}
    many = Annotated[(field.annotation, *(m for m in field.metadata if not isinstance(m, Filter)))]
    for operator in (*rule.operators, *(["isnull"] if rule.nullable else [])):
        if operator == "ne":
            annotation, default = many, cast(Any, [])
        else:
            annotation, default = (Truth if operator == "isnull" else rule.ordered_type) | None, None
        parameter = f"{name}__{operator}"
        add_field(cls, parameter, annotation, SENTENCES[operator].format(field.description), default)
        conditions[parameter] = (rule, operator)
    return conditions


# ------------------------------------------------------------------------------------------------------- answers


@dataclass(frozen=True)
class SortKey:
    """A column to order by."""

    column: Any
    descending: bool


class Cursor(BaseModel):
    """Where a page begins: beside the record with these sort values, in one direction or the other."""

    model_config = ConfigDict(strict=True, extra="forbid")

    backward: bool
    values: list[str | int | float | bool | None]


class Listing:
    """One request for a list, on its way to an answer."""

    def __init__(self, dataset: Dataset, query: ListQuery, request: Request) -> None:
        self.dataset, self.query, self.path = dataset, query, request.url.path
        # In the order of their names: requests that mean the same get the same bytes.
        self.pairs = sorted(request.query_params.multi_items(), key=lambda pair: pair[0])
        self.keys = list(self._sort_keys())

    def _sort_keys(self) -> Iterator[SortKey]:
        for name in self.query.chosen("sort"):
            rule, _ = self.query.conditions[name.removeprefix("-")]
            for column in rule.sort_columns:
                yield SortKey(column, name.startswith("-"))
        yield SortKey(self.query.table.id, False)
        if self.query.table.__name__ == Facts.__name__:
            # Ids are unique within their kind; over all kinds it takes both.
            yield SortKey(Facts.kind, False)

    @cached_property
    def cursor(self) -> Cursor | None:
        """Where to begin, if the request says so."""
        if self.query.cursor is None:
            return None
        if self.query.offset is not None:
            detail = "A page begins at a cursor or at an offset, not at both."
            raise invalid([parameter_error("offset", str(self.query.offset), "conflicting_parameter", detail)])
        return self._read_cursor(self.query.cursor)

    def _fingerprint(self) -> bytes:
        """What a cursor is bound to: the list, its filters and order, and the dataset."""
        free = ("cursor", "limit", "include", "offset")
        bound = [self.dataset.version, self.path, [pair for pair in self.pairs if pair[0] not in free]]
        return json.dumps(bound).encode()

    def _write_cursor(self, backward: bool, row: Any) -> str:
        content = Cursor(backward=backward, values=list(row[2 : 2 + len(self.keys)])).model_dump_json().encode()
        return urlsafe_b64encode(self._checksum(content) + content).decode().rstrip("=")

    def _read_cursor(self, token: str) -> Cursor:
        try:
            content = urlsafe_b64decode(token + "=" * (-len(token) % 4))
            # Unused bits of the last character would let two tokens mean the same.
            if urlsafe_b64encode(content).decode().rstrip("=") == token and content[:12] == self._checksum(
                content[12:]
            ):
                return Cursor.model_validate_json(content[12:])
        except ValueError:
            pass
        detail = "The cursor is not one of this list with these filters, this sort and this dataset version."
        raise ProblemError("invalid-cursor", detail)

    def _checksum(self, content: bytes) -> bytes:
        return hashlib.blake2b(self._fingerprint() + b"\n" + content, digest_size=12).digest()

    # -------------------------------------------------------------------------------------------- statements

    def total(self) -> int:
        """How many records the filters let through; 422 where they name an id that does not exist."""
        named = list(self.query.named())
        counted = select(func.count()).select_from(self.query.table).where(*self.query.where()).scalar_subquery()
        row = self.dataset.rows(select(counted, *(clause for *_, clause in named)))[0]
        unknown = [
            parameter_error(
                name, value, "unknown_id", "There is no record with this id.", known=rule.near(self.dataset, value)
            )
            for (name, value, rule, _), found in zip(named, row[1:], strict=True)
            if not found
        ]
        if unknown:
            raise invalid(unknown)
        return int(row[0])

    def page(self) -> tuple[list[Any], bool]:
        """The rows of the page, and whether more follow in the direction of the cursor."""
        query, keys = self.query, self.keys
        columns = [key.column for key in keys]
        statement = select(query.table.key, type(query).document, *columns)
        if query.table is not Facts:
            statement = statement.join(Facts, Facts.key == query.table.key)
        backward = self.cursor is not None and self.cursor.backward
        if self.cursor is not None:
            statement = statement.where(_beyond(keys, self.cursor.values, backward))
        order = [part for key in keys for part in _ordering(key, backward)]
        statement = statement.where(*query.where()).order_by(*order).limit(query.limit + 1).offset(query.offset)
        rows = list(self.dataset.rows(statement))
        more = len(rows) > query.limit
        rows = rows[: query.limit]
        return (rows[::-1] if backward else rows), more

    def links(self, rows: list[Any], more: bool) -> tuple[str | None, str | None]:
        """The URLs of the next page and of the one before."""
        limit, offset = self.query.limit, self.query.offset
        if offset is not None:
            after = offset + limit
            following = self._url(offset=str(after)) if more and after <= LARGEST_OFFSET else None
            return following, self._url(offset=str(max(offset - limit, 0))) if offset else None
        if not rows:
            return None, None
        backward = self.cursor is not None and self.cursor.backward
        has_next, has_prev = (True, more) if backward else (more, self.cursor is not None)
        following = self._url(cursor=self._write_cursor(False, rows[-1])) if has_next else None
        return following, self._url(cursor=self._write_cursor(True, rows[0])) if has_prev else None

    def _url(self, **place: str) -> str:
        kept = [pair for pair in self.pairs if pair[0] not in ("cursor", "offset")]
        return f"{self.path}?{urlencode([*kept, *place.items()], safe=',:')}"


def _ordering(key: SortKey, backward: bool) -> list[ColumnElement[Any]]:
    """Order by a column, what is null last; or all of it the other way round."""
    descending = key.descending is not backward
    nulls = key.column.is_(None)
    order = [key.column.desc() if descending else key.column.asc()]
    if key.column.property.columns[0].nullable:
        order.insert(0, nulls.desc() if backward else nulls.asc())
    return order


def _beyond(keys: list[SortKey], values: Sequence[Any], backward: bool) -> ColumnElement[bool]:
    """What comes after a record in the order (before it, if backward): the keys before agree, and the next one is beyond."""
    clauses = []
    for depth, key in enumerate(keys):
        same = [_same(before.column, value) for before, value in zip(keys, values, strict=False)][:depth]
        clauses.append(and_(*same, _past(key, values[depth], backward)))
    return or_(*clauses)


def _same(column: Any, value: Any) -> ColumnElement[bool]:
    return cast(ColumnElement[bool], column.is_(None) if value is None else column == value)


def _past(key: SortKey, value: Any, backward: bool) -> ColumnElement[bool]:
    column = key.column
    if value is None:
        return cast(ColumnElement[bool], column.is_not(None)) if backward else false()
    further = column < value if key.descending is not backward else column > value
    return cast(ColumnElement[bool], further) if backward else or_(further, column.is_(None))


def near_ids(dataset: Dataset, column: Any, wrong: str) -> list[str]:
    """Ids that are like a wrong one: looked for among those with the same beginning, then among all, up to a limit."""
    for start in (wrong[:1], ""):
        like = column.startswith(start, autoescape=True) if start else true()
        ids = [row[0] for row in dataset.rows(select(column).where(like).order_by(column).limit(CANDIDATES))]
        if near := closest(wrong, ids):
            return near
    return []


def include(dataset: Dataset, query: IncludeQuery, ids: list[str]) -> dict[Kind, list[str]]:
    """The documents that the query's includes bring for records with these ids, by kind, each once."""
    found: dict[Kind, dict[int, str]] = {}
    for name in query.chosen("include"):
        relation = query.relations[name]
        if relation.target_kind is not None:
            found.setdefault(relation.target_kind, {})
        if not ids:
            continue
        rows = dataset.rows(_related(relation, ids))
        if len(rows) > MOST_INCLUDED:
            detail = f"include={name} would bring more than {MOST_INCLUDED} records; ask their own list, page by page."
            raise ProblemError("too-many-included", detail)
        for row in rows:
            found.setdefault(Kind(row.kind), {})[row.key] = row.document
    return {kind: [documents[key] for key in sorted(documents)] for kind, documents in sorted(found.items())}


def _related(relation: Relation, ids: list[str]) -> Select[Any]:
    statement = select(Facts.key, Facts.kind, Facts.document).limit(MOST_INCLUDED + 1).order_by(Facts.key)
    counts = [relation.source.in_(ids), *([] if relation.only is None else [relation.only])]
    if relation.target_kind_column is not None:
        pairs = select(relation.target_kind_column, relation.target).where(*counts)
        return statement.where(tuple_(Facts.kind, Facts.id).in_(pairs))
    targets = select(relation.target).where(*counts, relation.target.is_not(None))
    return statement.where(Facts.kind == relation.target_kind, Facts.id.in_(targets))


def find(dataset: Dataset, query: ListQuery, request: Request) -> Response:
    """The answer to a request for a list."""
    listing = Listing(dataset, query, request)
    listing.cursor  # noqa: B018  (a wrong cursor is refused before anything is counted)
    total = listing.total()
    rows, more = listing.page()
    following, before = listing.links(rows, more)
    page = Page(total=total, limit=query.limit, returned=len(rows), next=following, prev=before)
    data = f"[{','.join(row[1] for row in rows)}]"
    ids = [row[2 + len(listing.keys) - 1] for row in rows] if query.relations else []
    headers = {"X-Total-Count": str(total)}
    links = [f'<{url}>; rel="{rel}"' for url, rel in ((following, "next"), (before, "prev")) if url]
    if links:
        headers["Link"] = ", ".join(links)
    included = _included(include(dataset, query, ids))
    body = f'{{"data":{data},"included":{included},"facets":{{}},"page":{page.model_dump_json()},"dataset":"{dataset.version}"}}'
    return Response(body, headers=headers, media_type="application/json")


def get(dataset: Dataset, query: IncludeQuery, record_id: str) -> Response:
    """The answer to a request for one record; 404 with ids that are like an unknown one."""
    table = query.table
    rows = dataset.rows(select(Facts.document).join(table, table.key == Facts.key).where(table.id == record_id))
    if not rows:
        raise unknown_record(dataset, table, record_id)
    included = _included(include(dataset, query, [record_id]))
    body = f'{{"data":{rows[0][0]},"included":{included},"dataset":"{dataset.version}"}}'
    return Response(body, media_type="application/json")


def unknown_record(dataset: Dataset, table: type[Row], record_id: str) -> ProblemError:
    """The problem that no record of a table has an id."""
    near = near_ids(dataset, table.id, record_id)
    kind = kind_of(str(table.__tablename__))
    return ProblemError("unknown-record", f"None of the {kind} has the id '{cut(record_id)}'.", did_you_mean=near)


def _included(documents: dict[Kind, list[str]]) -> str:
    parts = (f'"{kind}":[{",".join(items)}]' for kind, items in documents.items())
    return "{" + ",".join(parts) + "}"
