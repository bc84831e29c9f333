"""What the fields of records are made of: references, dates, clock times, amounts, evidence.

The shapes are the public ones; each field's sentence is its documentation in the API. The markers say, beside a field's
type, what the build has to hold it to.
"""

import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer

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


@dataclass(frozen=True)
class RefersTo:
    """Marks a reference's target; without a kind, it may point at any record (`kind/id` in a facts file)."""

    kind: Kind | None


class Computed:
    """Marks a field that the build computes; a facts file does not write it."""


class Verbatim:
    """Marks text that must be the article's own words, found in a quote that supports the field."""


class Value(BaseModel):
    """Base of everything shown: always complete (no defaults), never changed."""

    model_config = ConfigDict(use_attribute_docstrings=True, frozen=True)


Words = Annotated[str, Verbatim()]
Day = Annotated[str, Field(json_schema_extra={"format": "date"})]


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


class Clock(Value):
    """A time of day at a place."""

    local: Annotated[str, Field(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}$")]
    """Date and time on the clocks of the place, without an offset."""
    zone: str
    """The place's time zone, as the IANA names it."""
    utc: Annotated[str, Field(json_schema_extra={"format": "date-time"}), Computed()]
    """The same moment in UTC."""
    approximate: bool
    """Whether the article gives the time as approximate ("around 8 pm")."""
    stated: Words
    """The article's own words."""


class Comparator(StrEnum):
    """How an amount's value relates to the true figure."""

    EXACT = "exact"
    ABOUT = "about"
    MORE_THAN = "more_than"
    LESS_THAN = "less_than"
    UP_TO = "up_to"
    NONE = "none"


def shortest(figure: float) -> float:
    """6 rather than 6.0."""
    return int(figure) if figure.is_integer() else figure


class Amount(Value):
    """A figure with its unit and its hedge."""

    value: Annotated[float, PlainSerializer(shortest, return_type=float)] | None
    """The figure; null where the article gives a trend without one."""
    unit: str | None
    """The unit in the singular (`hour`, `percent`); null where there is no figure."""
    comparator: Comparator
    """How the figure is hedged; `none` where there is no figure."""
    stated: Words
    """The article's own words."""


class Evidence(Value):
    """Words of an article that a record rests on."""

    article: Reference
    """The article."""
    quote: str
    """The words, verbatim: `text[start:end]` of the article's served text."""
    start: int
    """Where the quote starts, in Unicode code points from the start of the text."""
    end: int
    """Where the quote ends (exclusive), in code points."""
    start_utf16: int
    """Where the quote starts in UTF-16 code units, as JavaScript counts."""
    end_utf16: int
    """Where the quote ends (exclusive) in UTF-16 code units."""
    paragraph: int
    """The paragraph in which the quote starts, counted from 1 (the headline)."""
    sentence: int
    """The sentence in which the quote starts, counted from 1 through the whole text."""
    fields: list[str]
    """The fields of the record that these words support."""
    href: str
    """The place in the served text, as an RFC 5147 text fragment."""


class Inferred(Value):
    """A field whose value the words do not state outright."""

    field: str
    """The field."""
    why: str
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


AnyRef = Annotated[Reference, RefersTo(None)]
ArticleRef = Annotated[Reference, RefersTo(Kind.ARTICLES)]
PartyRef = Annotated[Reference, RefersTo(Kind.PARTIES)]
PersonRef = Annotated[Reference, RefersTo(Kind.PEOPLE)]
TopicRef = Annotated[Reference, RefersTo(Kind.TOPICS)]
NegotiationRef = Annotated[Reference, RefersTo(Kind.NEGOTIATIONS)]
RoundRef = Annotated[Reference, RefersTo(Kind.ROUNDS)]
StatementRef = Annotated[Reference, RefersTo(Kind.STATEMENTS)]
MeasureRef = Annotated[Reference, RefersTo(Kind.POLICY_MEASURES)]


ACCENT = 200
"""The lowest combining class that marks an accent; the ones below (virama, nukta, voicing) make other letters."""


def fold(text: str) -> str:
    """The form in which texts are compared: without case, accents and doubled white space, however composed."""
    decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    bare = "".join(char for char in decomposed if unicodedata.combining(char) < ACCENT)
    return " ".join(unicodedata.normalize("NFKC", bare).split())
