"""Dates as articles give them: printed, meant by a weekday, vague, or not at all."""

from collections.abc import Callable
from datetime import date, timedelta
from random import Random
from typing import NamedTuple

FIRST_DAY, LAST_DAY = date(2005, 1, 3), date(2025, 12, 19)
"""Between these days the articles are dated."""


class Day(NamedTuple):
    """A day in the words in which it can be given."""

    number: int
    iso: str
    long: str
    weekday: str
    month: str
    year: str


class Stated(NamedTuple):
    """A date in an article's words, as YAML, and how it follows where the words do not state all of it."""

    words: str
    value: str
    why: str | None


def _day(number: int) -> Day:
    day = FIRST_DAY + timedelta(days=number)
    return Day(number, str(day), f"{day.day} {day:%B %Y}", f"{day:%A}", f"{day:%B}", str(day.year))


LAST = (LAST_DAY - FIRST_DAY).days
_DAYS = [_day(number) for number in range(-800, LAST + 400)]


def day(number: int) -> Day:
    """The day so many days after the first one."""
    return _DAYS[number + 800]


def when(edtf: str, stated: str) -> str:
    """A date as YAML."""
    return f'{{edtf: "{edtf}", stated: "{stated}"}}'


def printed(it: Day) -> Stated:
    """A day with its year."""
    return Stated(f"on {it.long}", when(it.iso, it.long), None)


def on_weekday(it: Day, published: Day) -> Stated:
    """A day of the last week, by its name."""
    words = f"on {it.weekday}"
    why = f"The article is of {published.long}, a {published.weekday}, and “{words}” is the last one up to that day."
    return Stated(words, when(it.iso, words), why)


def in_month(it: Day, is_year_printed: bool) -> Stated:
    """A month, with its year or without."""
    words = f"in {it.month} {it.year}" if is_year_printed else f"in {it.month}"
    why = f"The year is not printed; “{words}” is read as the last {it.month} before the article."
    return Stated(words, when(it.iso[:7], words[3:]), None if is_year_printed else why)


def in_year(it: Day) -> Stated:
    """A year."""
    return Stated(f"in {it.year}", when(it.year, it.year), None)


def last_week(published: Day) -> Stated:
    """The seven days of the week before."""
    monday = day(published.number - published.number % 7 - 7)
    span = f"{monday.iso}/{day(monday.number + 6).iso}"
    why = f"The article is of {published.long}, a {published.weekday}; the week before begins on {monday.long}."
    return Stated("last week", when(span, "last week"), why)


def between(first: Day, last: Day) -> Stated:
    """A span of days with their years."""
    words = f"between {first.long} and {last.long}"
    return Stated(words, when(f"{first.iso}/{last.iso}", words), None)


def ever_since(it: Day) -> Stated:
    """From a year on."""
    return Stated(f"since {it.year}", when(f"{it.year}/..", f"since {it.year}"), None)


def so_far(published: Day) -> Stated:
    """Up to the day of the article, from whenever."""
    why = f"“so far” reaches up to the day of the article, {published.long}, from a beginning that it does not give."
    return Stated("so far", when(f"../{published.iso}", "so far"), why)


def in_spring(it: Day) -> Stated:
    """A season."""
    words = f"in the spring of {it.year}"
    return Stated(words, when(f"{it.year}-21", words), None)


def in_decade() -> Stated:
    """Ten years."""
    why = "“the 1990s” are the years from 1990 to 1999."
    return Stated("in the 1990s", when("199X", "the 1990s"), why)


NOWHERE = Stated("", "", None)
"""No date."""


def recently(rng: Random, published: Day, is_dated: bool) -> Stated:
    """When something was said or done that an article reports; a weekday says something only where the article has a
    date itself."""
    chance = rng.random()
    it = day(published.number - int(4 * rng.random()))
    if chance < 0.26:
        return NOWHERE
    if chance < 0.62 and is_dated:
        return on_weekday(it, published)
    if chance < 0.90:
        return printed(it)
    if chance < 0.95 and is_dated:
        return last_week(published)
    return in_month(day(max(published.number - 20, -700)), chance < 0.98 or not is_dated)


LONGER: list[Callable[[Day], Stated]] = [
    in_year,
    lambda it: in_month(it, True),
    lambda it: in_month(it, True),
    lambda it: between(day(it.number - 90), it),
    in_spring,
    ever_since,
]


def period(rng: Random, published: Day, is_dated: bool) -> Stated:
    """The time that a figure describes."""
    chance = rng.random()
    if chance < 0.2:
        return NOWHERE
    if chance < 0.3 and is_dated:
        return so_far(published)
    if chance < 0.32:
        return in_decade()
    it = day(published.number - 30 - int(500 * rng.random()))
    return LONGER[int(rng.random() * len(LONGER))](it)
