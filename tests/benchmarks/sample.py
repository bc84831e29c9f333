"""Requests for the latency of lists, searches and records, with values as often as they occur in the dataset.

A record is drawn at random and its value is asked for: a speaker who said a tenth of everything is asked for in a
tenth of the requests.
"""

import json
import random
import re
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from tests.benchmarks.measure import Connection

LIMIT = 10
"""Records of a page, and values of a facet: one article has fewer of most that can be asked for."""
LOOKED_AT = 60
"""Answers that are looked at for how much one article has."""
WORD = re.compile(r"[^\W\d_]{4,}")


@dataclass(frozen=True)
class Kind:
    """A kind of request."""

    key: str
    what: str
    url: Callable[["Draw"], str]


class Draw:
    """Records of one dataset, drawn by a seeded generator."""

    def __init__(self, database: Path, connection: Connection, seed: int, records: int = 300) -> None:
        self.random = random.Random(seed)
        self.sizes: list[tuple[int, int]] = []
        """How many records and values of a facet an answer has at most, where that is to be as in others."""
        with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as opened:
            ids = [row[0] for row in opened.execute("SELECT id FROM statements")]
            last = opened.execute("SELECT max(key) FROM facts").fetchone()[0]
            asked = "SELECT kind, id FROM facts WHERE key >= ? ORDER BY key LIMIT 1"
            keys = (self.random.randint(1, last) for _ in range(records * 3))
            self._facts: list[tuple[str, str]] = [opened.execute(asked, (key,)).fetchone() for key in keys]
        chosen = self.random.sample(ids, min(records, len(ids)))
        self._statements = [json.loads(connection.body(f"/v1/statements/{it}"))["data"] for it in chosen]

    def statement(self, having: str = "id") -> Any:
        """A statement that has a field."""
        for _ in range(1_000):
            found = self.random.choice(self._statements)
            if found[having]:
                return found
        raise LookupError(f"no statement has {having}")

    def fact(self) -> tuple[str, str]:
        """Kind and id of any record."""
        return self.random.choice(self._facts)

    def word(self) -> str:
        """A word of a statement, in lower case."""
        while not (words := WORD.findall(self.statement("text")["text"])):
            pass
        return quote(self.random.choice(words).lower())

    def limit(self) -> int:
        """A number of records: with it, requests differ that have no value to vary."""
        return self.random.choice(self.sizes)[0] if self.sizes else self.random.randint(LIMIT - 2, LIMIT + 2)

    def values(self) -> int:
        """A number of values of a facet."""
        return self.random.choice(self.sizes)[1] if self.sizes else LIMIT


def _first_page(draw: Draw) -> str:
    path, order = draw.random.choice((("statements", "said_on"), ("facts", "when")))
    name = draw.random.choice(("", "id", "name", order))
    sort = f"&sort={draw.random.choice(('', '-'))}{name}" if name else ""
    return f"/v1/{path}?limit={draw.limit()}{sort}"


def _by_topic(draw: Draw) -> str:
    topic = draw.random.choice(draw.statement("topics")["topics"])["id"]
    return f"/v1/statements?topic={topic}&limit={draw.limit()}"


def _by_dates(draw: Draw) -> str:
    first, last = sorted(draw.statement("said_on")["said_on"]["earliest"] for _ in range(2))
    return f"/v1/statements?said_on__gte={first}&said_on__lte={last}&sort=-said_on&limit={draw.limit()}"


def _speaker(draw: Draw) -> str:
    return str(draw.statement("speaker")["speaker"]["id"])


EVERYTHING = (
    ("statements", "speaker"),
    ("statements", "topic"),
    ("statements", "party"),
    ("statements", "said_on:month"),
    ("facts", "kind"),
)


def _facets_of_everything(draw: Draw) -> str:
    path, facet = draw.random.choice(EVERYTHING)
    return f"/v1/{path}?facet={facet}&facet_limit={draw.values()}&limit={draw.limit()}"


KINDS: tuple[Kind, ...] = (
    Kind("first", "first page, unfiltered", _first_page),
    Kind("speaker", "page filtered by speaker", lambda it: f"/v1/statements?speaker={_speaker(it)}&limit={it.limit()}"),
    Kind("topic", "page filtered by topic", _by_topic),
    Kind("dates", "page filtered and ordered by date", _by_dates),
    Kind(
        "include",
        "page with included records",
        lambda it: f"/v1/statements?speaker={_speaker(it)}&include=speaker,round,measures&limit={it.limit()}",
    ),
    Kind(
        "facet",
        "facet within a filter",
        lambda it: f"/v1/statements?speaker={_speaker(it)}&facet=topic&facet_limit={it.values()}&limit={it.limit()}",
    ),
    Kind("facets", "facet over everything", _facets_of_everything),
    Kind("search", "search in everything", lambda it: f"/v1/search?q={it.word()}&limit={it.limit()}"),
    Kind("search-list", "search in one list", lambda it: f"/v1/statements?q={it.word()}&limit={it.limit()}"),
    Kind("detail", "one record", lambda it: "/v1/{}/{}".format(*it.fact())),
)


def sizes(paths: Sequence[str], connection: Connection) -> list[tuple[int, int]]:
    """How many records and values of a facet the answers to some requests have, at least one each."""
    answers = [json.loads(connection.body(path)) for path in paths[:LOOKED_AT]]
    values = [max(map(len, it.get("facets", {}).values()), default=0) for it in answers]
    records = [it["page"]["returned"] if "page" in it else 1 for it in answers]
    return [(max(one, 1), max(other, 1)) for one, other in zip(records, values, strict=True)]


def requests(kind: Kind, draw: Draw, count: int) -> list[str]:
    """Requests of a kind, no two of them equal as long as the dataset allows."""
    found: dict[str, None] = {}
    for _ in range(count * 5):
        if len(found) == count:
            break
        found[kind.url(draw)] = None
    distinct = list(found)
    return [distinct[place % len(distinct)] for place in range(count)]
