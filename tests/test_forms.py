"""Queries of a form: each is made like the one that came first, and is what it would be if it had been read alone."""

from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import ValidationError

from app.counting import lists
from app.filters import Dated, Quantity
from app.queries import ListQuery
from app.resources.statements import StatementInclude, StatementQuery

FOLLOWING = ("given", "terms", "shape", "order", "facets", "includes", "is_certain", "search")
"""What is worked out of a query."""
FIRST, OTHER = (
    {"date": "2024", "number": "2", "text": "some-thing"},
    {"date": "2025-05-31", "number": "30", "text": "x"},
)


def pairs(query: type[ListQuery], values: dict[str, str], limit: str) -> Iterator[list[tuple[str, str]]]:
    """A query for each filter of a list and each operator, and one for two filters at once."""
    for name, (rule, operator) in query.conditions.items():
        kind = "date" if isinstance(rule, Dated) else "number" if isinstance(rule, Quantity) else "text"
        field = query.model_fields[name]
        known: Any = getattr(field.annotation, "__args__", (str,))[0]
        given = next(iter(known)).value if hasattr(known, "__members__") else values[kind]
        truth = "true" if operator == "isnull" or known is bool else given
        yield [("date_match", "certain"), ("limit", limit), (field.alias or name, truth)]
        yield [("facet", query.countable[0]), ("limit", limit), (field.alias or name, truth), ("sort", "-name")]


@pytest.mark.parametrize("query", [*lists()])
def test_a_query_like_another_is_what_it_is_alone(query: type[ListQuery]) -> None:
    made = 0
    for first, other in zip(pairs(query, FIRST, "7"), pairs(query, OTHER, "8"), strict=True):
        if "date_match" not in query.model_fields:
            first, other = ([pair for pair in it if pair[0] != "date_match"] for it in (first, other))
        try:
            query.read(first)
        except ValidationError:
            # A word that is none of an enumeration, or an id with a capital.
            continue
        like, alone = query.read(other), query.validated(other)
        made += "example" in vars(like)
        assert same(like) == same(alone), other
    assert made > 10


def same(query: ListQuery) -> dict[str, object]:
    """All that can be asked of a query."""
    return {name: getattr(query, name) for name in (*type(query).model_fields, *FOLLOWING, "model_fields_set")}


def ask(*given: str) -> StatementQuery:
    return StatementQuery.read([(name, value) for name, _, value in (it.partition("=") for it in given)])


def test_what_is_not_given_is_not_that_of_another() -> None:
    ask("limit=3", "party=us", "q=rare")
    like = ask("limit=4", "party=china", "q=trade")
    assert (like.limit, like.party, like.q, like.speaker, like.offset) == (4, ["china"], "trade", [], None)
    assert like.search is not None
    assert like.search.text == "trade"
    with pytest.raises(AttributeError):
        like.nothing_of_the_kind  # type: ignore[attr-defined]  # noqa: B018


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("party=us",), ("party=us,china",)),
        (("party=us",), ("party__ne=us",)),
        (("party__isnull=true",), ("party__isnull=false",)),
        (("sort=name",), ("sort=-name",)),
        (("date_match=certain", "said_on=2025"), ("date_match=possible", "said_on=2025")),
        (("q=trade",), ("q=trade talks",)),
        (("include=speaker",), ("include=party",)),
        (("facet=speaker",), ("facet=party",)),
    ],
)
def test_what_differs_in_more_than_values_is_another_form(one: tuple[str, ...], other: tuple[str, ...]) -> None:
    for asked in (one, other, one):
        query = ask(*asked)
        alone = StatementQuery.validated([(name, value) for name, _, value in (it.partition("=") for it in asked)])
        assert same(query) == same(alone)
    assert vars(ask(*one))["example"] is not vars(ask(*other))["example"]


def test_what_is_given_twice_is_read_as_a_whole() -> None:
    twice = [("party", "us"), ("party", "china")]
    assert StatementQuery.read(twice).party == StatementQuery.read(twice).party == ["us", "china"]
    with pytest.raises(ValidationError):
        StatementQuery.read([("limit", "1"), ("limit", "2")])


def test_records_are_included_as_each_request_asks() -> None:
    for name in ("speaker", "party", "speaker"):
        assert StatementInclude.read([("include", name)]).includes == [name]
