"""Links between records: the kinds that there are, and what a reference to one of them looks like."""

from enum import StrEnum
from typing import Annotated

from pydantic import BeforeValidator, Field, ValidationInfo

from app.written import Value

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


def refers_to(kind: Kind | None) -> BeforeValidator:
    """What a facts file writes as an id (with its kind, where any may stand)."""

    def resolve(given: object, info: ValidationInfo) -> object:
        return info.context.reference(kind, given) if info.context is not None else given

    return BeforeValidator(resolve)


class Reference(Value):
    """A link to another record."""

    id: Slug
    """The record's id, unique within its resource."""
    name: str
    """The record's short label."""
    href: str
    """The record's path on this server."""


AnyRef = Annotated[Reference, refers_to(None)]
PartyRef = Annotated[Reference, refers_to(Kind.PARTIES)]
PersonRef = Annotated[Reference, refers_to(Kind.PEOPLE)]
TopicRef = Annotated[Reference, refers_to(Kind.TOPICS)]
NegotiationRef = Annotated[Reference, refers_to(Kind.NEGOTIATIONS)]
RoundRef = Annotated[Reference, refers_to(Kind.ROUNDS)]
StatementRef = Annotated[Reference, refers_to(Kind.STATEMENTS)]
MeasureRef = Annotated[Reference, refers_to(Kind.POLICY_MEASURES)]
