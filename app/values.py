"""What the fields of records are made of: references, dates, clock times, amounts, evidence.

The shapes are the public ones; each field's sentence is its documentation in the API. A facts file writes less than
what is shown (an id for a reference, a quote without its offsets): the build validates it with a `Reading` as context,
which knows the rest. Without one, only complete values are valid.
"""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from types import NoneType
from typing import Annotated, Any, Protocol, get_args, get_origin
from zoneinfo import ZoneInfo

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, ValidationInfo, model_validator
from pydantic_core import PydanticCustomError

from app import edtf
from app.edtf import Precision

SLUG = r"^[a-z0-9]+(-[a-z0-9]+)*$"
SLUG_LENGTH = 80
Slug = Annotated[str, Field(pattern=SLUG, max_length=SLUG_LENGTH)]


class Kind(StrEnum):
    """The kinds of records: the names of the resources."""

    ARTICLES = "articles"
    PARTIES = "parties"
    PEOPLE = "people"
    TOPICS = "topics"
    NEGOTIATIONS = "negotiations"
    ROUNDS = "rounds"
    DELEGATES = "delegates"
    STATEMENTS = "statements"
    POLICY_MEASURES = "policy-measures"
    POSITIONS = "positions"
    INDICATORS = "indicators"
    EVENTS = "events"
    NOTES = "notes"


# ------------------------------------------------------------------------------------- what a facts file may write


class Reading(Protocol):
    """What the build knows while it reads a facts file."""

    def reference(self, kind: Kind | None, written: object) -> object:
        """The complete reference that an id (or `kind/id`, where any kind may stand) means."""

    def evidence(self, written: dict[str, Any]) -> dict[str, Any]:
        """A quote with its place in the article."""

    def text_facts(self) -> dict[str, Any]:
        """What there is to say of the article's text as a whole."""


class Plain(str):
    """A scalar that stands in YAML without quotation marks."""

    __slots__ = ()


@dataclass(frozen=True)
class Computed:
    """Marks a field that the build computes; a facts file does not write it."""


@dataclass(frozen=True)
class Verbatim:
    """Marks text that must be the article's own words, found in a quote that supports the field."""


NUMBER = re.compile(r"-?(?:0|[1-9][0-9]{0,14})(?:\.[0-9]{0,14}[1-9])?")
TYPED_ELSEWHERE = re.compile(
    r"true|false|yes|no|on|off|y|n|[-+.]?[0-9][0-9_.,:eE+xob-]*|[-+]?\.inf|\.nan|[0-9]{4}-[0-9]{2}-[0-9]{2}.*", re.I
)
"""Plain scalars that one YAML version or another reads as a truth value, a number or a date."""


def _text(given: object) -> object:
    if isinstance(given, Plain) and TYPED_ELSEWHERE.fullmatch(given):
        raise problem("ambiguous-scalar", f"{given} is text here: put it in quotation marks")
    if isinstance(given, str) and given != given.strip():
        raise problem("bad-value", "the text begins or ends with white space")
    return given


def _scalar(pattern: str | re.Pattern[str], convert: Callable[[str], object], expected: str) -> BeforeValidator:
    """A value of a type that YAML knows: written in one way only, and without quotation marks."""

    def read(given: object) -> object:
        if not isinstance(given, str):
            return given
        if not isinstance(given, Plain) or not re.fullmatch(pattern, given):
            raise problem("bad-value", f"{str(given)[:80]!r} is not {expected}")
        return convert(given)

    return BeforeValidator(read)


def problem(rule: str, message: str) -> PydanticCustomError:
    """The error that a value breaks a rule of seeds."""
    return PydanticCustomError(rule, "{message}", {"message": message})


def refers_to(kind: Kind | None) -> BeforeValidator:
    """What a facts file writes as an id (with its kind, where any may stand)."""

    def resolve(given: object, info: ValidationInfo) -> object:
        return info.context.reference(kind, given) if info.context is not None else given

    return BeforeValidator(resolve)


def shortest(figure: float) -> float:
    """6 rather than 6.0."""
    return int(figure) if figure.is_integer() else figure


Text = Annotated[str, Field(min_length=1), BeforeValidator(_text)]
Words = Annotated[Text, Verbatim()]
Flag = Annotated[bool, _scalar("true|false", lambda text: text == "true", "true or false")]
WHOLE = _scalar("0|[1-9][0-9]{0,14}", int, "a whole number such as 2")
Figure = Annotated[
    float,
    _scalar(NUMBER, float, "a number such as 34.5, without leading or trailing zeros"),
    PlainSerializer(shortest, return_type=float),
]
Day = Annotated[str, Field(json_schema_extra={"format": "date"})]


class Value(BaseModel):
    """Base of everything shown: always complete (no defaults), never changed."""

    model_config = ConfigDict(use_attribute_docstrings=True, frozen=True)

    @model_validator(mode="before")
    @classmethod
    def complete(cls, given: Any, info: ValidationInfo) -> Any:
        """What a facts file leaves out is not stated; what it does not write is computed."""
        if info.context is None or not isinstance(given, dict):
            return given
        empty: dict[str, Any] = {}
        for name, field in cls.model_fields.items():
            if get_origin(field.annotation) is list:
                empty[name] = []
            elif NoneType in get_args(field.annotation):
                empty[name] = None
        return cls.computed(empty | {k: v for k, v in given.items() if v is not None}, info.context)

    @classmethod
    def computed(cls, given: dict[str, Any], reading: Reading) -> dict[str, Any]:
        """The fields as written, with those that the build computes of them."""
        return given


# --------------------------------------------------------------------------------------------------------- values


class Reference(Value):
    """A link to another record."""

    id: Slug
    """The record's id, unique within its resource."""
    name: str
    """The record's short label."""
    href: str
    """The record's path on this server."""


class When(Value):
    """A date as precise, or as vague, as the article gives it."""

    edtf: str
    """The date in EDTF (ISO 8601-2), levels 0 and 1 and intervals."""
    earliest: Annotated[Day | None, Computed()]
    """The first day it can mean; null where an interval has no known beginning."""
    latest: Annotated[Day | None, Computed()]
    """The last day it can mean; null where an interval has no known end."""
    precision: Annotated[Precision, Computed()]
    """The finest unit that the date pins down."""
    stated: Words | None
    """The article's own words for it; null where it has none."""

    @classmethod
    def computed(cls, given: dict[str, Any], reading: Reading) -> dict[str, Any]:
        try:
            span = edtf.parse(given.get("edtf", ""))
        except edtf.EDTFError as error:
            raise problem("bad-date", str(error)) from None
        bounds = {"earliest": span.earliest and str(span.earliest), "latest": span.latest and str(span.latest)}
        return given | bounds | {"precision": span.precision}


class Clock(Value):
    """A time of day at a place."""

    local: Annotated[str, Field(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}$")]
    """Date and time on the clocks of the place, without an offset."""
    zone: str
    """The place's time zone, as the IANA names it."""
    utc: Annotated[str, Field(json_schema_extra={"format": "date-time"}), Computed()]
    """The same moment in UTC."""
    approximate: Flag
    """Whether the article gives the time as approximate ("around 8 pm")."""
    stated: Words
    """The article's own words."""

    @classmethod
    def computed(cls, given: dict[str, Any], reading: Reading) -> dict[str, Any]:
        written, zone = str(given.get("local")), str(given.get("zone"))
        try:
            local = datetime.strptime(written, "%Y-%m-%dT%H:%M")
            moments = {local.replace(tzinfo=ZoneInfo(zone), fold=fold).astimezone(UTC) for fold in (0, 1)}
        except (ValueError, OSError, LookupError, OverflowError):
            raise problem("bad-date", f"there is no such time, or no such zone: {written} {zone}") from None
        if len(moments) > 1:
            raise problem("bad-date", "the clocks were changed at this time: it did not exist, or existed twice")
        return given | {"utc": moments.pop().strftime("%Y-%m-%dT%H:%M:%SZ")}


class Comparator(StrEnum):
    """How an amount's value relates to the true figure."""

    EXACT = "exact"
    ABOUT = "about"
    MORE_THAN = "more_than"
    LESS_THAN = "less_than"
    UP_TO = "up_to"
    NONE = "none"


class Amount(Value):
    """A figure with its unit and its hedge."""

    value: Figure | None
    """The figure; null where the article gives a trend without one."""
    unit: Text | None
    """The unit in the singular (`hour`, `percent`); null where there is no figure."""
    comparator: Comparator
    """How the figure is hedged; `none` where there is no figure."""
    stated: Words
    """The article's own words."""

    @model_validator(mode="after")
    def hedge_fits(self) -> "Amount":
        """`none` means that there is no figure, and only that."""
        if (self.comparator is Comparator.NONE) != (self.value is None):
            raise problem("bad-value", "the comparator 'none' and an amount without a value go together")
        return self


class Evidence(Value):
    """Words of an article that a record rests on."""

    article: Annotated[Reference, Computed()]
    """The article."""
    quote: str
    """The words, verbatim: `text[start:end]` of the article's served text."""
    start: Annotated[int, Computed()]
    """Where the quote starts, in Unicode code points from the start of the text."""
    end: Annotated[int, Computed()]
    """Where the quote ends (exclusive), in code points."""
    start_utf16: Annotated[int, Computed()]
    """Where the quote starts in UTF-16 code units, as JavaScript counts."""
    end_utf16: Annotated[int, Computed()]
    """Where the quote ends (exclusive) in UTF-16 code units."""
    paragraph: Annotated[int, Computed()]
    """The paragraph in which the quote starts, counted from 1 (the headline)."""
    sentence: Annotated[int, Computed()]
    """The sentence in which the quote starts, counted from 1 through the whole text."""
    fields: Annotated[list[str], Field(min_length=1)]
    """The fields of the record that these words support."""
    href: Annotated[str, Computed()]
    """The place in the served text, as an RFC 5147 text fragment."""

    @classmethod
    def computed(cls, given: dict[str, Any], reading: Reading) -> dict[str, Any]:
        return given | reading.evidence(given)


class Inferred(Value):
    """A field whose value the words do not state outright."""

    field: str
    """The field."""
    why: Text
    """How its value follows from the article's words."""


class Uncovered(Value):
    """A sentence that carries no fact."""

    sentence: int
    """The sentence's number, counted from 1 through the whole text."""
    start: int
    """Where it starts, in code points."""
    end: int
    """Where it ends (exclusive), in code points."""
    why: str
    """Why it carries none."""


class Coverage(Value):
    """How much of an article has been read into facts."""

    sentences: int
    """How many sentences the article has, headline and credit line included."""
    covered: int
    """How many of them at least one fact rests on."""
    excused: list[Uncovered]
    """The others, each with the reason why it carries no fact."""


class Session(Value):
    """One day of talks."""

    date: When
    """The day."""
    starts: Clock | None
    """When the talks began that day; null where the article does not say."""
    ends: Clock | None
    """When they ended that day; null where the article does not say."""
    duration: Amount | None
    """How long they lasted; null where the article does not say."""


AnyRef = Annotated[Reference, refers_to(None)]
PartyRef = Annotated[Reference, refers_to(Kind.PARTIES)]
PersonRef = Annotated[Reference, refers_to(Kind.PEOPLE)]
TopicRef = Annotated[Reference, refers_to(Kind.TOPICS)]
NegotiationRef = Annotated[Reference, refers_to(Kind.NEGOTIATIONS)]
RoundRef = Annotated[Reference, refers_to(Kind.ROUNDS)]
StatementRef = Annotated[Reference, refers_to(Kind.STATEMENTS)]
MeasureRef = Annotated[Reference, refers_to(Kind.POLICY_MEASURES)]

ACCENT = 200
"""The lowest combining class that marks an accent; the ones below (virama, nukta, voicing) make other letters."""


def fold(text: str) -> str:
    """The form in which texts are compared: without case, accents and doubled white space, however composed."""
    decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    bare = "".join(char for char in decomposed if unicodedata.combining(char) < ACCENT)
    return " ".join(unicodedata.normalize("NFKC", bare).split())
