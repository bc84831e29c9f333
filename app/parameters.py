"""The values that parameters can have: each read in one way only, and never guessed at."""

import re
from enum import StrEnum
from typing import Annotated, TypeVar

from fastapi import Path
from pydantic import AfterValidator, BeforeValidator, Field

from app import edtf
from app.values import SLUG, SLUG_LENGTH

MOST_VALUES, LONGEST_TEXT = 100, 300
CONTROL = re.compile("[\x00-\x1f\x7f-\x9f]")


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


def _whole(given: object) -> object:
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


def _date(given: str) -> str:
    try:
        edtf.parse(given)
    except edtf.EDTFError as error:
        raise ValueError(f"{error}.") from None
    return given


def _id(given: str) -> str:
    if not re.fullmatch(SLUG, given) or len(given) > SLUG_LENGTH:
        raise ValueError("An id is made of a-z, 0-9 and hyphens.")
    return given


def _printable(given: str) -> str:
    if CONTROL.search(given):
        raise ValueError("A control character is not accepted.")
    return given


class DateMatch(StrEnum):
    """How an uncertain date is compared: whether it possibly, or certainly, satisfies a filter."""

    POSSIBLE = "possible"
    CERTAIN = "certain"


ID_SCHEMA = {"pattern": SLUG, "maxLength": SLUG_LENGTH}
RecordId = Annotated[
    str, AfterValidator(_printable), Path(alias="id", description="The record's id.", json_schema_extra=ID_SCHEMA)
]
Id = Annotated[str, AfterValidator(_id), Field(json_schema_extra=ID_SCHEMA)]
Date = Annotated[str, AfterValidator(_date), Field(json_schema_extra={"format": "edtf"})]
Number = Annotated[float, BeforeValidator(_decimal)]
WHOLE = BeforeValidator(_whole)
Truth = Annotated[bool, BeforeValidator(_truth)]
ShortText = Annotated[str, Field(min_length=1, max_length=LONGEST_TEXT)]

T = TypeVar("T")
Many = Annotated[list[T], BeforeValidator(split)]
"""Several values, of which one has to fit: repeated, or separated by commas."""
Ids = Many[Id]
Dates = Many[Date]
Numbers = Many[Number]
Wholes = Many[Annotated[int, WHOLE]]
Truths = Many[Truth]
Texts = Many[ShortText]
