"""The envelopes of answers, as they stand in the OpenAPI document; what is sent is put together from stored ones."""

from typing import Any, Generic, TypeVar

from app.models import Included
from app.values import Value

R = TypeVar("R")


class Page(Value):
    """Where a page stands in its list."""

    total: int
    """How many records the filters let through."""
    limit: int
    """How many records a page has at most."""
    returned: int
    """How many records this page has."""
    next: str | None
    """The URL of the next page; null on the last one."""
    prev: str | None
    """The URL of the page before; null on the first one."""


class NoFacets(Value):
    """Counts by value; empty, since none were asked for."""


class ListOf(Value, Generic[R]):
    """One page of a list."""

    data: list[R]
    """The records."""
    included: Included
    """The related records that `include` asked for; empty without it."""
    facets: NoFacets
    """Counts by value; empty where none were asked for."""
    page: Page
    """Where this page stands in the list."""
    dataset: str
    """The version of the dataset that the answer was made from."""

    @classmethod
    def model_parametrized_name(cls, params: tuple[Any, ...]) -> str:
        return f"{params[0].__name__}List"


class One(Value, Generic[R]):
    """One record."""

    data: R
    """The record."""
    included: Included
    """The related records that `include` asked for; empty without it."""
    dataset: str
    """The version of the dataset that the answer was made from."""

    @classmethod
    def model_parametrized_name(cls, params: tuple[Any, ...]) -> str:
        return f"{params[0].__name__}Answer"
