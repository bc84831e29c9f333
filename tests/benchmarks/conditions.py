"""Conditions of the compared list, no two of them equal, and how each server is asked for them.

Each condition is a party, a range of days and a direction. They are numbered, and the order of the numbers mixes wide
and narrow ranges; all servers get the same conditions in the same order.
"""

import json
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from math import gcd
from pathlib import Path
from typing import NamedTuple

PAGE = 20
"""How many statements each server is asked for."""
FEWEST_DAYS = 1_000
MOST = 80_000_000
"""Products of two numbers below this are exact in Lua, whose numbers are floating point."""


class Condition(NamedTuple):
    """What the statements of one request have in common, and how they are ordered."""

    party: str
    start: str
    end: str
    descending: bool


@dataclass(frozen=True)
class Template:
    """How a server is asked: a path with {party}, {start}, {end} and {order}, and the two orders by day."""

    path: str
    ascending: str
    descending: str

    def url(self, condition: Condition) -> str:
        """The path and query that ask for a condition."""
        order = self.descending if condition.descending else self.ascending
        named = {"party": condition.party, "start": condition.start, "end": condition.end}
        return self.path.format(**named, order=order)


@dataclass(frozen=True)
class Conditions:
    """All combinations of parties, first and last days, and two orders."""

    parties: tuple[str, ...]
    starts: tuple[str, ...]
    ends: tuple[str, ...]

    @cached_property
    def size(self) -> int:
        """How many there are."""
        return len(self.parties) * len(self.starts) * len(self.ends) * 2

    @cached_property
    def step(self) -> int:
        """How far the next one lies: near the golden section, and such that each comes once before any comes again."""
        step = int(self.size * 0.618) | 1
        while gcd(step, self.size) > 1:
            step += 2
        return step

    def nth(self, number: int) -> Condition:
        """The condition with a number; below `size`, no two are equal."""
        rest, party = divmod(number * self.step % self.size, len(self.parties))
        rest, order = divmod(rest, 2)
        end, start = divmod(rest, len(self.starts))
        return Condition(self.parties[party], self.starts[start], self.ends[end], order == 1)

    def script(self, template: Template, first: int, count: int) -> str:
        """A script for wrk that asks for the conditions from `first` on, and says whether it needed more than `count`.

        It computes the same as `nth`. Of several threads, each takes every so-manieth number.
        """
        return _SCRIPT % {
            "path": json.dumps(template.path),
            "orders": _lua((template.ascending, template.descending)),
            "parties": _lua(self.parties),
            "starts": _lua(self.starts),
            "ends": _lua(self.ends),
            "size": self.size,
            "step": self.step,
            "first": first,
            "count": count,
        }


def _lua(texts: tuple[str, ...]) -> str:
    return "{" + ",".join(json.dumps(text) for text in texts) + "}"


_SCRIPT = """
local parties, starts, ends, orders = %(parties)s, %(starts)s, %(ends)s, %(orders)s
local template, size, step, first, count = %(path)s, %(size)d, %(step)d, %(first)d, %(count)d
local threads = {}

function setup(thread)
  table.insert(threads, thread)
  thread:set("place", #threads - 1)
end

function init(args)
  stride = tonumber(args[1])
  issued = 0
end

function request()
  local rest = ((first + place + stride * issued) * step) %% size
  issued = issued + 1
  local given = {}
  given.party = parties[rest %% #parties + 1]
  rest = math.floor(rest / #parties)
  given.order = orders[rest %% 2 + 1]
  rest = math.floor(rest / 2)
  given.start = starts[rest %% #starts + 1]
  given["end"] = ends[math.floor(rest / #starts) + 1]
  return wrk.format("GET", (template:gsub("{(%%w+)}", given)))
end

function done()
  local most = 0
  for _, thread in ipairs(threads) do most = math.max(most, thread:get("issued")) end
  io.write(string.format("distinct: %%s\\n", most * #threads <= count and "yes" or "no"))
end
"""


def conditions_of(database: Path) -> Conditions:
    """Conditions that at least twenty statements of a dataset meet, as a rule."""
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        asked = "SELECT said_on_earliest FROM statements WHERE said_on_earliest IS NOT NULL ORDER BY 1"
        days = [row[0] for row in connection.execute(asked)]
        inner = days[len(days) * 2 // 5], days[len(days) * 3 // 5]
        asked = """
            SELECT party_id, sum(said_on_earliest BETWEEN ? AND ?) AS known FROM statements WHERE party_id IS NOT NULL
            GROUP BY party_id ORDER BY known DESC, party_id LIMIT 6"""
        counted = connection.execute(asked, inner).fetchall()
    parties = tuple(name for name, known in counted if known >= PAGE) or (counted[0][0],)
    middle_start, middle_end = (date.fromisoformat(day) for day in inner)
    # A range may begin before the first statement and end after the last one: it is a condition like any other.
    before = max((middle_start - date.fromisoformat(days[0])).days, FEWEST_DAYS)
    after = max((date.fromisoformat(days[-1]) - middle_end).days, FEWEST_DAYS)
    fitting = int((MOST / 2 / len(parties)) ** 0.5)
    starts = tuple(str(middle_start - timedelta(days=back)) for back in range(min(before, fitting)))
    ends = tuple(str(middle_end + timedelta(days=on)) for on in range(min(after, fitting)))
    return Conditions(parties, starts, ends)
