"""From the tree of a facts file to typed drafts of records, driven by the public models.

What a field may hold is read off its type; what a facts file does not write is what the model marks as computed.
References stay unresolved here, since they may point at any file.
"""

import re
from collections.abc import Mapping as Map
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin
from zoneinfo import ZoneInfo

from pydantic import TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

from app import edtf
from app.models import RESOURCES
from app.seeding.problems import Position, Report, nearest, printable
from app.seeding.read import Mapping, Node, Scalar, Sequence, Source
from app.values import (
    SLUG,
    SLUG_LENGTH,
    Amount,
    Clock,
    Comparator,
    Computed,
    Kind,
    Reference,
    RefersTo,
    Value,
    Verbatim,
    When,
)

OWN = ("id", "evidence", "inferred")
"""Keys of a record that are about it, not among what it says."""
EVIDENCE_KEYS = ("quote", "occurrence", "fields")
EXCUSE_KEYS = ("quote", "occurrence", "why")

NUMBER = re.compile(r"-?(?:0|[1-9][0-9]{0,14})(?:\.[0-9]{0,14}[1-9])?")
INTEGER = re.compile(r"-?(?:0|[1-9][0-9]{0,14})")
NULLS = ("", "~", "null", "Null", "NULL")
TYPED_ELSEWHERE = re.compile(
    r"~|null|true|false|yes|no|on|off|y|n|[-+.]?[0-9][0-9_.,:eE+xob-]*|[-+]?\.inf|\.nan|[0-9]{4}-[0-9]{2}-[0-9]{2}.*",
    re.IGNORECASE,
)
"""Plain scalars that one YAML version or another reads as null, a truth value, a number or a date."""
MINUTE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}")


@dataclass(frozen=True)
class Pending:
    """A reference as written: a kind, an id and where it stands."""

    kind: Kind
    id: str
    at: Position


@dataclass(frozen=True)
class Quote:
    """An evidence item as written, with its place in the article."""

    start: int
    end: int
    fields: Map[str, Position]


@dataclass(frozen=True)
class Excuse:
    """A sentence without facts, as written."""

    start: int
    end: int
    why: str
    at: Position


@dataclass(frozen=True)
class Spoken:
    """Words that a field claims to be the article's own."""

    field: str
    text: str
    at: Position


@dataclass(frozen=True)
class Dated:
    """A year that a field states, and the words that it goes with."""

    field: str
    year: str
    stated: str
    at: Position


@dataclass
class Draft:
    """A record as written: typed, but with references unresolved and nothing yet held against anything else."""

    kind: Kind
    id: str
    at: Position
    source: Source
    values: dict[str, Any] = field(default_factory=dict)
    written: dict[str, Position] = field(default_factory=dict)
    """The fields that say something, and where their values stand."""
    quotes: list[Quote] = field(default_factory=list)
    inferred: dict[str, tuple[str, Position]] = field(default_factory=dict)
    words: list[Spoken] = field(default_factory=list)
    dates: list[Dated] = field(default_factory=list)
    references: list[Pending] = field(default_factory=list)


@dataclass(frozen=True)
class Shape:
    """What a field may hold."""

    base: Any
    many: bool
    nullable: bool
    markers: tuple[Any, ...]

    def marked(self, marker: type) -> bool:
        return any(isinstance(item, marker) for item in self.markers)


@cache
def shapes(model: type[Value]) -> Map[str, Shape]:
    """Every field of a model, with what it may hold."""
    return {name: _shape(info) for name, info in model.model_fields.items()}


def _shape(info: FieldInfo) -> Shape:
    base: Any = info.annotation
    markers = list(info.metadata)
    many = nullable = False
    while True:
        origin, arguments = get_origin(base), get_args(base)
        if origin is Annotated:
            base, *more = arguments
            markers += more
        elif origin in (Union, UnionType):
            nullable = True
            (base,) = (argument for argument in arguments if argument is not NoneType)
        elif origin is list:
            many, base = True, arguments[0]
        else:
            return Shape(base, many, nullable, tuple(markers))


class _Refused(Exception):
    """A value is not what its field wants; the report has it already."""


def interpret(source: Source, report: Report) -> tuple[list[Draft], list[Excuse]]:
    """All records and excuses of a facts file."""
    reader = _Reader(source, report)
    drafts = []
    known = ["article", *(kind for kind in Kind if kind is not Kind.ARTICLES), "no_facts"]
    reader.refuse_unknown(source.facts, known, "kind of record")
    article = source.facts.entries.get("article")
    if article is None:
        report.add(source.facts.at, "missing-field", "the file lacks 'article', which describes the text itself")
    else:
        drafts.append(reader.record(Kind.ARTICLES, article, source.article_id))
    for kind in Kind:
        if kind is not Kind.ARTICLES and kind in source.facts.entries:
            drafts += [reader.record(kind, item) for item in reader.items(source.facts.entries[kind])]
    excuses = [reader.excuse(item) for item in reader.items(source.facts.entries.get("no_facts"))]
    return [draft for draft in drafts if draft], [excuse for excuse in excuses if excuse]


class _Reader:
    def __init__(self, source: Source, report: Report) -> None:
        self.source, self.report = source, report

    # ------------------------------------------------------------------ records

    def record(self, kind: Kind, node: Node, given_id: str | None = None) -> Draft | None:
        if not isinstance(node, Mapping):
            self.report.add(node.at, "wrong-shape", f"one of {kind} is a mapping of fields")
            return None
        try:
            record_id = given_id or self.own_id(node)
        except _Refused:
            return None
        model = RESOURCES[kind].record
        draft = Draft(kind, record_id, node.at, self.source)
        given = ("id",) if given_id else ()
        draft.values = self.fields(model, node, draft, top=None, known=[k for k in OWN if k not in given])
        draft.quotes = [quote for item in self.items(node.entries.get("evidence")) if (quote := self.quote(item))]
        if "evidence" not in node.entries:
            self.report.add(node.at, "missing-evidence", f"{kind}/{record_id} has no evidence")
        draft.inferred = self.inferred(node.entries.get("inferred"))
        return draft

    def own_id(self, node: Mapping) -> str:
        written = node.entries.get("id")
        if written is None:
            self.report.add(node.at, "missing-field", "the record lacks 'id'")
            raise _Refused
        return self.slug(written)

    def slug(self, node: Node) -> str:
        text = self.scalar(node).text
        if not re.fullmatch(SLUG, text) or len(text) > SLUG_LENGTH:
            self.report.add(
                node.at,
                "bad-id",
                f"'{printable(text)}' is not an id: a-z and 0-9, joined by hyphens, at most 80",
            )
            raise _Refused
        return text

    # ------------------------------------------------------------------- fields

    def fields(
        self, model: type[Value], node: Mapping, draft: Draft, top: str | None, known: list[str] | None = None
    ) -> dict[str, Any]:
        """The written fields of a mapping; `top` is the record's field that they belong to, None for its own."""
        writable = {n: s for n, s in shapes(model).items() if n not in OWN and not s.marked(Computed)}
        computed = [n for n, s in shapes(model).items() if s.marked(Computed)]
        self.refuse_unknown(node, [*(known or []), *writable], "field", computed)
        values: dict[str, Any] = {}
        for name, shape in writable.items():
            written = node.entries.get(name)
            if written is None or _is_null(written):
                if not shape.many and not shape.nullable:
                    self.report.add(written.at if written else node.at, "missing-field", f"'{name}' is missing")
                values[name] = [] if shape.many else None
                continue
            if top is None and not (isinstance(written, Sequence) and not written.items):
                draft.written[name] = node.keys[name]
            try:
                values[name] = self.value(shape, written, draft, top or name)
            except _Refused:
                continue
        return values

    def value(self, shape: Shape, node: Node, draft: Draft, top: str) -> Any:
        if not shape.many:
            return self.single(shape, node, draft, top)
        values, seen = [], set()
        for item in self.items(node):
            try:
                value = self.single(shape, item, draft, top)
            except _Refused:
                continue
            key = (value.kind, value.id) if isinstance(value, Pending) else str(value)
            if key in seen:
                self.report.add(item.at, "duplicate-item", f"'{top}' names this already")
                continue
            seen.add(key)
            values.append(value)
        return values

    def single(self, shape: Shape, node: Node, draft: Draft, top: str) -> Any:
        base = shape.base
        if base is Reference:
            (marker,) = (item for item in shape.markers if isinstance(item, RefersTo))
            pending = self.reference(node, marker.kind)
            draft.references.append(pending)
            return pending
        if isinstance(base, type) and issubclass(base, Value):
            return self.group(base, node, draft, top)
        if base is str:
            text = self.text(node)
            if shape.marked(Verbatim):
                draft.words.append(Spoken(top, text, node.at))
            return self.constrained(shape, text, node)
        return self.constrained(shape, self.token(base, self.scalar(node)), node)

    def constrained(self, shape: Shape, value: Any, node: Node) -> Any:
        """The value, if it keeps what the field's annotations say (patterns, limits)."""
        try:
            TypeAdapter(Annotated[(shape.base, *shape.markers)] if shape.markers else shape.base).validate_python(value)
        except ValidationError as error:
            self.report.add(node.at, "bad-value", f"'{printable(str(value))}': {error.errors()[0]['msg']}")
            raise _Refused from None
        return value

    def token(self, base: Any, node: Scalar) -> Any:
        if isinstance(base, type) and issubclass(base, StrEnum):
            if node.text not in list(base):
                allowed = ", ".join(base)
                hint = nearest(node.text, base)
                self.report.add(node.at, "bad-value", f"'{printable(node.text)}' is none of {allowed}{hint}")
                raise _Refused
            return base(node.text)
        readers: dict[Any, tuple[re.Pattern[str], Any, str]] = {
            bool: (re.compile("true|false"), lambda text: text == "true", "true or false"),
            int: (INTEGER, int, "a whole number such as 2"),
            float: (NUMBER, float, "a number such as 34.5, without leading or trailing zeros"),
        }
        pattern, convert, expected = readers[base]
        if not node.plain or not pattern.fullmatch(node.text):
            shown = printable(node.text) if node.plain else f'"{printable(node.text)}"'
            self.report.add(node.at, "bad-value", f"{shown} is not {expected}")
            raise _Refused
        return convert(node.text)

    def reference(self, node: Node, kind: Kind | None) -> Pending:
        if kind is not None:
            return Pending(kind, self.slug(node), node.at)
        written = self.scalar(node)
        name, slash, record_id = written.text.partition("/")
        if not slash or name not in list(Kind):
            hint = nearest(name, Kind) if slash else ""
            message = f"'{printable(written.text)}' is not kind/id, such as statements/trump-open-up-china{hint}"
            self.report.add(node.at, "bad-value", message)
            raise _Refused
        return Pending(Kind(name), self.slug(Scalar(node.at, record_id, True)), node.at)

    def group(self, model: type[Value], node: Node, draft: Draft, top: str) -> Value:
        """A value made of several fields, completed by what the build computes of them."""
        if not isinstance(node, Mapping):
            names = ", ".join(n for n, s in shapes(model).items() if not s.marked(Computed))
            self.report.add(node.at, "wrong-shape", f"a mapping of {names} is expected")
            raise _Refused
        problems = len(self.report)
        values = self.fields(model, node, draft, top)
        if len(self.report) > problems:
            raise _Refused
        if model is When:
            values |= self.bounds(values, node, draft, top)
        elif model is Clock:
            values |= self.moment(values, node, draft, top)
        elif model is Amount and (values["comparator"] is Comparator.NONE) != (values["value"] is None):
            self.report.add(node.at, "bad-value", "the comparator 'none' and an amount without a value go together")
            raise _Refused
        try:
            return model.model_validate(values)
        except ValidationError as error:
            first = error.errors()[0]
            self.report.add(node.at, "bad-value", f"{'.'.join(map(str, first['loc']))}: {first['msg']}")
            raise _Refused from None

    def bounds(self, values: dict[str, Any], node: Mapping, draft: Draft, top: str) -> dict[str, Any]:
        at = node.entries["edtf"].at
        try:
            span = edtf.parse(values["edtf"])
        except edtf.EDTFError as error:
            self.report.add(at, "bad-date", printable(str(error), 200))
            raise _Refused from None
        for year in re.findall(r"[0-9]{4}(?=-|/|$)|[0-9]{2}[0-9X]X", values["edtf"]):
            draft.dates.append(Dated(top, year, values["stated"] or "", at))
        earliest, latest = (
            span.earliest and span.earliest.isoformat(),
            span.latest and span.latest.isoformat(),
        )
        return {"earliest": earliest, "latest": latest, "precision": span.precision}

    def moment(self, values: dict[str, Any], node: Mapping, draft: Draft, top: str) -> dict[str, Any]:
        at = node.entries["local"].at
        try:
            local = datetime.fromisoformat(values["local"])
            zone = ZoneInfo(values["zone"])
        except ValueError as error:
            self.report.add(at, "bad-date", printable(str(error), 200))
            raise _Refused from None
        except (OSError, LookupError):
            self.report.add(node.entries["zone"].at, "bad-date", f"no time zone '{printable(values['zone'])}'")
            raise _Refused from None
        moments = {local.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1)}
        if len(moments) > 1:
            self.report.add(at, "bad-date", "the clocks were changed at this time: it did not exist, or existed twice")
            raise _Refused
        draft.dates.append(Dated(top, values["local"][:4], values["stated"], at))
        return {"utc": moments.pop().strftime("%Y-%m-%dT%H:%M:%SZ")}

    # -------------------------------------------------------- evidence and excuses

    def quote(self, node: Node) -> Quote | None:
        if not isinstance(node, Mapping):
            self.report.add(node.at, "wrong-shape", "an evidence item is a mapping of quote and fields")
            return None
        self.refuse_unknown(node, EVIDENCE_KEYS, "field")
        fields = {item.text: item.at for item in self.items(node.entries.get("fields")) if isinstance(item, Scalar)}
        if not fields:
            self.report.add(node.at, "missing-field", "'fields' is missing: which fields do these words support?")
        try:
            start, end = self.span(node)
        except _Refused:
            return Quote(0, 0, fields)
        return Quote(start, end, fields)

    def excuse(self, node: Node) -> Excuse | None:
        if not isinstance(node, Mapping):
            self.report.add(node.at, "wrong-shape", "an item of no_facts is a mapping of quote and why")
            return None
        self.refuse_unknown(node, EXCUSE_KEYS, "field")
        try:
            start, end = self.span(node)
            return Excuse(start, end, self.required_text(node, "why"), node.at)
        except _Refused:
            return None

    def inferred(self, node: Node | None) -> dict[str, tuple[str, Position]]:
        if node is None:
            return {}
        if not isinstance(node, Mapping):
            self.report.add(node.at, "wrong-shape", "'inferred' is a mapping of fields to reasons")
            return {}
        reasons = {}
        for name in node.entries:
            try:
                reasons[name] = (self.required_text(node, name), node.keys[name])
            except _Refused:
                continue
        return reasons

    def span(self, node: Mapping) -> tuple[int, int]:
        """Where a quote stands in the article."""
        quote = self.required_text(node, "quote")
        at = node.entries["quote"].at
        if "\n" in quote or "\r" in quote:
            self.report.add(at, "quote-not-found", "a quote stays within one paragraph")
            raise _Refused
        places = self.source.text.occurrences(quote)
        if not places:
            passage = self.source.text.nearest(quote)
            hint = f"; nearest passage: '{printable(passage, 200)}'" if passage else ""
            self.report.add(at, "quote-not-found", f"'{printable(quote)}' is not in article.txt{hint}")
            raise _Refused
        wanted = self.occurrence(node, at, len(places))
        return places[wanted - 1], places[wanted - 1] + len(quote)

    def occurrence(self, node: Mapping, at: Position, count: int) -> int:
        written = node.entries.get("occurrence")
        if written is None:
            if count > 1:
                self.report.add(
                    at, "quote-ambiguous", f"these words stand {count} times; say 'occurrence: 1' to {count}"
                )
                raise _Refused
            return 1
        number = self.token(int, self.scalar(written))
        if not 1 <= number <= count:
            self.report.add(
                written.at,
                "quote-ambiguous",
                f"there is no occurrence {number}; the words stand {count} times",
            )
            raise _Refused
        return int(number)

    # ------------------------------------------------------------------- basics

    def items(self, node: Node | None) -> list[Node]:
        if node is None or _is_null(node):
            return []
        if not isinstance(node, Sequence):
            self.report.add(node.at, "wrong-shape", "a list is expected")
            return []
        return node.items

    def scalar(self, node: Node) -> Scalar:
        if not isinstance(node, Scalar):
            self.report.add(node.at, "wrong-shape", "a single value is expected")
            raise _Refused
        return node

    def required_text(self, node: Mapping, name: str) -> str:
        if name not in node.entries:
            self.report.add(node.at, "missing-field", f"'{name}' is missing")
            raise _Refused
        return self.text(node.entries[name])

    def text(self, node: Node) -> str:
        scalar = self.scalar(node)
        if not scalar.text.strip():
            self.report.add(node.at, "bad-value", "the text is empty")
            raise _Refused
        if scalar.text != scalar.text.strip():
            self.report.add(node.at, "bad-value", "the text begins or ends with white space")
            raise _Refused
        is_date = MINUTE.fullmatch(scalar.text) or re.fullmatch(r"[0-9]{4}(-[0-9]{2}){0,2}", scalar.text)
        if scalar.plain and TYPED_ELSEWHERE.fullmatch(scalar.text) and not is_date:
            self.report.add(
                node.at,
                "ambiguous-scalar",
                f"{printable(scalar.text)} is text here: put it in quotation marks",
            )
            raise _Refused
        return scalar.text

    def refuse_unknown(
        self, node: Mapping, known: list[str] | tuple[str, ...], what: str, computed: list[str] | None = None
    ) -> None:
        for name, at in node.keys.items():
            if name in known:
                continue
            if name in (computed or []):
                self.report.add(at, "unknown-field", f"'{name}' is computed by the build; leave it out")
            else:
                hint = nearest(name, known) or f"; expected: {', '.join(known)}"
                self.report.add(at, "unknown-field", f"'{printable(name)}' is no {what}{hint}")


def _is_null(node: Node) -> bool:
    return isinstance(node, Scalar) and node.plain and node.text in NULLS
