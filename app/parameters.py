"""The values that parameters can have: each read in one way only, and never guessed at."""

import re
from enum import StrEnum
from typing import Annotated, TypeVar

from pydantic import AfterValidator, BeforeValidator, Field

from app import dataset_file, edtf
from app.references import SLUG, SLUG_LENGTH, Kind

MOST_VALUES, LONGEST_TEXT, LONGEST_DATE = 100, 300, 40
MOST_READ = 5_000
"""Parameters of which it is remembered what they mean."""


def split(given: object) -> object:
    """`a,b` and repeated parameters alike are lists; `\\,` is a comma within a value."""
    if not isinstance(given, list) or not all(isinstance(item, str) for item in given):
        return given
    values = [part.replace("\\,", ",") for item in given for part in re.split(r"(?<!\\),", item)]
    if len(values) > MOST_VALUES:
        raise ValueError(f"At most {MOST_VALUES} values can be given.")
    if "" in values:
        raise ValueError("A value is empty.")
    return values


def distinct(names: list[str]) -> list[str]:
    """A list in which no name stands twice, be it in another direction."""
    if len({name.removeprefix("-") for name in names}) < len(names):
        raise ValueError("A name stands here twice.")
    return names


def _reads(pattern: str, expected: str) -> BeforeValidator:
    """Text that is written in one way only; Pydantic would take others for the same."""

    def read(given: object) -> object:
        if isinstance(given, str) and not re.fullmatch(pattern, given, re.ASCII):
            raise ValueError(f"{expected} is expected.")
        return given

    return BeforeValidator(read)


def _date(given: str) -> str:
    if len(given) > LONGEST_DATE:
        raise ValueError(f"A date has at most {LONGEST_DATE} characters.")
    try:
        edtf.parse(given)
    except edtf.EDTFError as error:
        raise ValueError(f"{error}.") from None
    return given


def _id(given: str) -> str:
    if not re.fullmatch(SLUG, given) or len(given) > SLUG_LENGTH:
        raise ValueError("An id is made of a-z, 0-9 and hyphens.")
    return given


def _version(given: str) -> str:
    if not re.fullmatch(dataset_file.VERSION, given):
        raise ValueError("A version of the dataset is 16 hexadecimal digits.")
    return given


KIND_AND_ID = rf"^({'|'.join(Kind)})/{SLUG[1:-1]}$"


def _kind_and_id(given: str) -> str:
    if not re.fullmatch(KIND_AND_ID, given):
        raise ValueError("A kind and an id are expected, such as statements/trump-open-up-china.")
    return given


class DateMatch(StrEnum):
    """How an uncertain date is compared: whether it possibly, or certainly, satisfies a filter."""

    POSSIBLE = "possible"
    CERTAIN = "certain"


ID_SCHEMA = {"pattern": SLUG, "maxLength": SLUG_LENGTH}
Id = Annotated[str, AfterValidator(_id), Field(json_schema_extra=ID_SCHEMA)]
Version = Annotated[str, AfterValidator(_version), Field(json_schema_extra={"pattern": dataset_file.VERSION})]
KIND_AND_ID_SCHEMA = {"pattern": KIND_AND_ID, "examples": ["statements/trump-open-up-china"]}
KindAndId = Annotated[str, AfterValidator(_kind_and_id), Field(json_schema_extra=KIND_AND_ID_SCHEMA)]
Date = Annotated[str, AfterValidator(_date), Field(json_schema_extra={"x-format": "edtf"})]
Number = Annotated[float, _reads(r"-?(0|[1-9]\d{0,14})(\.\d{1,15})?", "A number such as 34.5")]
WHOLE = _reads(r"0|[1-9]\d{0,9}", "A whole number in plain digits")
Truth = Annotated[bool, _reads("true|false", "true or false")]
ShortText = Annotated[str, Field(min_length=1, max_length=LONGEST_TEXT)]

T = TypeVar("T")
Many = Annotated[list[T], BeforeValidator(split)]
"""Several values, of which one has to fit: repeated, or separated by commas."""
Ids = Many[Id]
Dates = Many[Date]
Texts = Many[ShortText]
