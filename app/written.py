"""What a facts file may write, and how it becomes a complete value.

A facts file writes less than what is shown (an id for a reference, a quote without its offsets): the build validates it
with a `Reading` as context, which knows the rest. Without one, only complete values are valid.
"""

import re
from collections.abc import Callable
from functools import cache
from types import NoneType
from typing import Annotated, Any, ClassVar, Protocol, get_args, get_origin

from pydantic import BeforeValidator, ConfigDict, Field, PlainSerializer, ValidationInfo, model_validator
from pydantic_core import PydanticCustomError

from app.documented import Documented


class Reading(Protocol):
    """What the build knows while it reads a facts file."""

    has_unwritable: bool
    """Whether anything was written that may not be."""

    def reference(self, kind: str | None, written: object) -> object:
        """The complete reference that an id (or `kind/id`, where any kind may stand) means."""

    def article(self) -> object:
        """The complete reference to the article whose facts file it is."""

    def evidence(self, written: dict[str, Any], is_excuse: bool = False) -> dict[str, Any]:
        """A quote with its place in the article."""

    def text_facts(self) -> dict[str, Any]:
        """What there is to say of the article's text as a whole."""


class Plain(str):
    """A scalar that stands in YAML without quotation marks."""

    __slots__ = ()


class Computed:
    """Marks a field that the build computes; a facts file does not write it."""


class Editorial:
    """Marks a field that says how a record is treated: it is not read out of the article, and rests on no quote."""


class Verbatim:
    """Marks text that must be the article's own words, found in a quote that supports the field."""


NUMBER = re.compile(r"-?(?:0|[1-9][0-9]{0,14})(?:\.[0-9]{0,14}[1-9])?")
TYPED_ELSEWHERE = re.compile(
    r"true|false|yes|no|on|off|y|n|0x[0-9a-f_]+|[-+.]?\d[\d_.,:eE+xob-]*|[-+]?\.inf|\.nan|\d{4}-\d{2}-\d{2}.*",
    re.IGNORECASE | re.ASCII,
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

    expression = re.compile(pattern)

    def read(given: object) -> object:
        if not isinstance(given, str):
            return given
        if not isinstance(given, Plain) or not expression.fullmatch(given):
            raise problem("bad-value", f"{str(given)[:80]!r} is not {expected}")
        return convert(given)

    return BeforeValidator(read)


def problem(rule: str, message: str) -> PydanticCustomError:
    """The error that a value breaks a rule of seeds."""
    return PydanticCustomError(rule, "{message}", {"message": message})


Text = Annotated[str, Field(min_length=1), BeforeValidator(_text)]
Words = Annotated[Text, Verbatim()]
Flag = Annotated[bool, _scalar("true|false", lambda text: text == "true", "true or false")]
WHOLE = _scalar("0|[1-9][0-9]{0,14}", int, "a whole number such as 2")
NUMERIC = _scalar(NUMBER, float, "a number such as 34.5, without leading or trailing zeros")
Figure = Annotated[
    float, NUMERIC, PlainSerializer(lambda value: int(value) if value.is_integer() else value, return_type=int | float)
]


class Value(Documented):
    """Base of everything shown: always complete (no defaults), never changed."""

    # Built when it is first used: a server that starts needs few of these classes, and many only for its documentation.
    model_config = ConfigDict(frozen=True, defer_build=True)

    written_beside: ClassVar[tuple[str, ...]] = ()
    """What a facts file may write of it that is no field."""

    @model_validator(mode="before")
    @classmethod
    def complete(cls, given: Any, info: ValidationInfo) -> Any:
        """What a facts file leaves out is not stated; what it does not write is computed."""
        if info.context is None or not isinstance(given, dict):
            return given
        if not given.keys() <= writable(cls).keys():
            info.context.has_unwritable = True
        stated = given if None not in given.values() else {k: v for k, v in given.items() if v is not None}
        return cls.computed(_empty(cls) | stated, info.context)

    @classmethod
    def computed(cls, given: dict[str, Any], reading: Reading) -> dict[str, Any]:
        """The fields as written, with those that the build computes of them."""
        return given


@cache
def writable(model: type[Value]) -> dict[str, None]:
    """What a facts file may write of a value, in order."""
    fields = model.model_fields.items()
    names = [name for name, info in fields if not any(isinstance(mark, Computed) for mark in info.metadata)]
    return dict.fromkeys([*names, *model.written_beside])


@cache
def _empty(model: type[Value]) -> dict[str, Any]:
    """What is not stated, as every field that may be left out says it."""
    types = {name: field.annotation for name, field in model.model_fields.items()}
    empty: dict[str, Any] = {name: None for name, kind in types.items() if NoneType in get_args(kind)}
    return empty | {name: [] for name, kind in types.items() if get_origin(kind) is list}
