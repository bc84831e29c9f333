"""What the fields of records are made of: dates, clock times, amounts, evidence.

The shapes are the public ones; each field's sentence is its documentation in the API.
"""

import unicodedata
from datetime import UTC, datetime
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Annotated, Any, ClassVar
from zoneinfo import ZoneInfo

from pydantic import Field, model_validator

from app import edtf
from app.edtf import Precision
from app.references import Reference
from app.suggest import closest
from app.written import Computed, Figure, Flag, Reading, Text, Value, Words, problem

Day = Annotated[str, Field(json_schema_extra={"format": "date"})]


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
            span = edtf.parse(str(given.get("edtf", "")))
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
        if zone not in zones():
            near = closest(zone, zones(), limit=1)
            hint = f"; did you mean '{near[0]}'?" if near else ""
            raise problem("bad-date", f"there is no time zone {zone[:80]}{hint}")
        try:
            local = datetime.strptime(written, "%Y-%m-%dT%H:%M")
            moments = {local.replace(tzinfo=ZoneInfo(zone), fold=fold).astimezone(UTC) for fold in (0, 1)}
        except (ValueError, OSError, LookupError, OverflowError):
            raise problem("bad-date", f"there is no such time: {written[:80]} {zone}") from None
        if len(moments) > 1:
            raise problem("bad-date", "the clocks were changed at this time: it did not exist, or existed twice")
        return given | {"utc": moments.pop().replace(tzinfo=None).isoformat() + "Z"}


@cache
def zones() -> dict[str, None]:
    """The names of time zones, the same on every machine, and in order: so is what may have been meant."""
    names = dict.fromkeys(sorted((files("tzdata") / "zones").read_text("utf-8").split()))
    del names["Factory"]
    return names


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

    written_beside: ClassVar[tuple[str, ...]] = ("occurrence",)

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
    article: Annotated[Reference, Computed()]
    """The article from whose words it follows."""

    @classmethod
    def computed(cls, given: dict[str, Any], reading: Reading) -> dict[str, Any]:
        return given | {"article": reading.article()}

    @staticmethod
    def listed(written: object) -> object:
        """The list that a facts file's mapping of fields to reasons means."""
        if isinstance(written, dict):
            return [{"field": name, "why": why} for name, why in written.items()]
        return written


class Dispute(Value):
    """What another article says otherwise."""

    article: Reference
    """The article that says otherwise."""
    field: str
    """The field of the record that it says otherwise of."""
    value: Any
    """The value that it gives, in the form of that field."""
    evidence: Annotated[list[Evidence], Field(min_length=1)]
    """The words that this value rests on."""
    inferred: list[Inferred]
    """How the value follows, where the words do not state it outright."""


class Cite(Value):
    """How to cite a record."""

    text: str
    """A line for a footnote: the record's name, its articles, its path and the dataset's version."""
    href: str
    """The record's path on this server."""
    dataset: str
    """The version of the dataset that the record is cited from."""
    url: str | None
    """The first quote where it was published, as a link that opens the page at these words (a text fragment); null
    where no address of its article is known."""


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


ACCENT = 200
"""The lowest combining class that marks an accent; the ones below (virama, nukta, voicing) make other letters."""


def fold(text: str) -> str:
    """The form in which texts are compared: without case, accents and doubled white space, however composed."""
    if text.isascii():
        return " ".join(text.lower().split())
    decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    bare = "".join(char for char in decomposed if unicodedata.combining(char) < ACCENT)
    return " ".join(unicodedata.normalize("NFKC", bare).split())
