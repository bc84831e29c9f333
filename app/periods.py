"""Calendar units: which one a day is in, and how many of what may lie in each."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

OPEN_BEGINNING, OPEN_END = "0001-01-01", "9999-12-31"
"""What an open end of an interval is stored, and compared, as."""
REACHES = (0, 7, 31, 366, 4_000_000)
"""How many days after its first one the last day that a date can mean may lie: a day's, a week's, a month's, …"""


def reach(earliest: str, latest: str) -> int:
    """The first of the reaches that is enough for a date."""
    if earliest == latest:
        return 0
    days = (date.fromisoformat(latest) - date.fromisoformat(earliest)).days
    return next(it for it in REACHES if days <= it)


class Unit(StrEnum):
    """A unit of the calendar; a week begins on Monday."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"

    # Many things begin or end on the same day.
    @lru_cache(maxsize=20_000)
    def number(self, day: str) -> int:
        """The number of the unit that a day is in; units that follow each other have numbers that do."""
        when = date.fromisoformat(day)
        if self is Unit.MONTH:
            return when.year * 12 + when.month - 1
        if self is Unit.YEAR:
            return when.year
        return when.toordinal() if self is Unit.DAY else (when.toordinal() - 1) // 7

    def first_day(self, number: int) -> date:
        """The first day of the unit with a number."""
        if self is Unit.MONTH:
            return date(number // 12, number % 12 + 1, 1)
        if self is Unit.YEAR:
            return date(number, 1, 1)
        return date.fromordinal(number if self is Unit.DAY else number * 7 + 1)

    def last_day(self, number: int) -> date:
        """The last day of the unit with a number."""
        if self.number(OPEN_END) == number:
            return date.fromisoformat(OPEN_END)
        return self.first_day(number + 1) - timedelta(days=1)

    def edtf(self, number: int) -> str:
        """The unit with a number as a date of EDTF; a week is an interval."""
        first = str(self.first_day(number))
        if self is Unit.WEEK:
            return f"{first}/{self.last_day(number)}"
        return first if self is Unit.DAY else first[:7] if self is Unit.MONTH else first[:4]


class Spans(NamedTuple):
    """Things that lie between two days, the same for all of them."""

    earliest: str
    latest: str
    label: str
    number: int


@dataclass(frozen=True)
class Tally:
    """How many things lie in each unit between two: possibly, if a day of theirs does; certainly, if all do."""

    unit: Unit
    first: int
    last: int
    spans: tuple[Spans, ...]

    def __iter__(self) -> Iterator[tuple[int, Counter[str], int]]:
        """For each unit: its number, how many possibly lie in it by label, and how many certainly do."""
        begin, end, certain = Counter[tuple[int, str]](), Counter[tuple[int, str]](), Counter[int]()
        for span in self.spans:
            one, other = self.unit.number(span.earliest), self.unit.number(span.latest)
            if other < self.first or one > self.last:
                continue
            begin[max(one, self.first), span.label] += span.number
            end[other + 1, span.label] += span.number
            certain[one] += span.number if one == other else 0
        labels, both = sorted({span.label for span in self.spans}), begin.keys() | end.keys()
        possible, counted = Counter[str](), Counter[str]()
        for number in range(self.first, self.last + 1):
            # In most of many units nothing begins or ends.
            if changes := [(it, begin[place] - end[place]) for it in labels if (place := (number, it)) in both]:
                for label, change in changes:
                    possible[label] += change
                counted = +possible
            yield number, counted, certain[number]


def limits(spans: Iterable[Spans]) -> tuple[str, str] | None:
    """The first and the last day that any of them names; None where there is none."""
    days = {day for span in spans for day in (span.earliest, span.latest)} - {OPEN_BEGINNING, OPEN_END}
    return (min(days), max(days)) if days else None
