"""Dates as uncertain as their source: EDTF (ISO 8601-2) levels 0 and 1, and intervals.

Every expression is reduced to the first and the last day that it can mean. Two things of the standard are left out,
each with a message that says so: years outside 0001 to 9999 (no news article needs them, and every client's date type
knows the rest) and times of day (a clock is a value of its own).
"""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache


class Precision(StrEnum):
    """The finest unit that an expression pins down."""

    DAY = "day"
    MONTH = "month"
    SEASON = "season"
    YEAR = "year"
    DECADE = "decade"
    CENTURY = "century"
    INTERVAL = "interval"


@dataclass(frozen=True)
class Span:
    """The days that an expression can mean; None where an interval is open or its end unknown."""

    earliest: date | None
    latest: date | None
    precision: Precision


class EDTFError(ValueError):
    """What is wrong with an expression, in a sentence for the person who wrote it."""


DATE = re.compile(r"([0-9]{4}|[0-9]{3}X|[0-9]{2}XX)(?:-([0-9]{2}|XX)(?:-([0-9]{2}|XX))?)?[?~%]?", re.ASCII)
SPRING, AUTUMN, WINTER = 21, 23, 24


@lru_cache(maxsize=10_000)
def parse(text: str) -> Span:
    """Read one expression; EDTFError says what is wrong with it."""
    start, slash, end = text.partition("/")
    if not slash:
        return _parse_date(text)
    first = None if start in ("", "..") else _parse_date(start)
    last = None if end in ("", "..") else _parse_date(end)
    if first is None and last is None:
        raise EDTFError(f"'{text}' is an interval without a beginning or an end; leave the date out instead")
    span = Span(first.earliest if first else None, last.latest if last else None, Precision.INTERVAL)
    if span.earliest and span.latest and span.earliest > span.latest:
        raise EDTFError(f"'{text}' ends before it begins")
    return span


def _parse_date(text: str) -> Span:
    match = DATE.fullmatch(text)
    if match is None:
        raise EDTFError(f"'{text}' is no date such as 2025-06 or 2025-06-02/2025-06-08 (0001 to 9999, no time of day)")
    year, month, day = match.groups()
    if "X" in year and month is not None:
        raise EDTFError(f"'{text}' gives a month of an unspecified year, which says nothing; shorten it to {year}")
    first, last = int(year.replace("X", "0")), int(year.replace("X", "9"))
    if last == 0:
        raise EDTFError(f"'{text}' is outside the years 0001 to 9999")
    if "X" in year:
        precision = Precision.CENTURY if year.endswith("XX") else Precision.DECADE
        return Span(date(max(first, 1), 1, 1), date(last, 12, 31), precision)
    return _parse_in_year(text, first, month, day)


def _parse_in_year(text: str, year: int, month: str | None, day: str | None) -> Span:
    if month is None or month == "XX":
        if day not in (None, "XX"):
            raise EDTFError(f"'{text}' gives a day of an unspecified month, which is beyond level 1")
        return Span(date(year, 1, 1), date(year, 12, 31), Precision.YEAR)
    number = int(month)
    if SPRING <= number <= WINTER:
        if day is not None:
            raise EDTFError(f"'{text}' gives a day of a season")
        return _season(year, number)
    if not 1 <= number <= 12:
        raise EDTFError(f"'{text}' has no month {month}")
    length = monthrange(year, number)[1]
    if day is None or day == "XX":
        return Span(date(year, number, 1), date(year, number, length), Precision.MONTH)
    if not 1 <= int(day) <= length:
        raise EDTFError(f"'{text}' has no day {day}: that month has {length} days")
    return Span(date(year, number, int(day)), date(year, number, int(day)), Precision.DAY)


def _season(year: int, season: int) -> Span:
    """A season's bounds on either hemisphere, for EDTF does not say which is meant.

    Summer and winter reach over the turn of the year on one of the two; spring and autumn never do.
    """
    if season in (SPRING, AUTUMN):
        return Span(date(year, 3, 1), date(year, 11, 30), Precision.SEASON)
    first = date(year - 1, 12, 1) if year > 1 else date(1, 1, 1)
    last = date(year + 1, 2, monthrange(year + 1, 2)[1]) if year < 9999 else date(9999, 12, 31)
    return Span(first, last, Precision.SEASON)
