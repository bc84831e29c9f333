"""The work that a request takes, in numbers that do not depend on the machine: statements, plans, steps and calls.

Two corpora of the same making, one fifteen times as large as the other, show what grows with the dataset.
"""

import asyncio
import json
import re
import sys
from collections.abc import Callable, Iterator
from itertools import product
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from starlette.types import ASGIApp, Message, Scope

from app import selection
from app.main import Application, create_app, in_front
from app.seeding.build import build
from app.settings import Settings
from tests.asking import LISTS, statements
from tests.benchmarks.corpus import write_corpus
from tests.contract import Contract

SMALL, LARGE = 20, 300
ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def sizes(tmp_path_factory: pytest.TempPathFactory) -> dict[int, Application]:
    """Applications on a small and a larger corpus, by their number of articles."""
    apps = dict[int, Application]()
    for articles in (SMALL, LARGE):
        folder = tmp_path_factory.mktemp(f"corpus-{articles}")
        write_corpus(folder / "seeds", articles)
        build(folder / "seeds", folder / "facts.db")
        apps[articles] = create_app(Settings(database=folder / "facts.db", query_seconds=60))
    return apps


class Asker:
    """Puts requests to an application, in this process."""

    def __init__(self, app: ASGIApp) -> None:
        self.app, self.status, self.headers, self.body = app, 0, dict[bytes, bytes](), b""

    def get(self, url: str, *headers: tuple[bytes, bytes]) -> None:
        """Ask for a URL, once."""
        asyncio.run(self._ask(url, list(headers)))

    async def _ask(self, url: str, headers: list[tuple[bytes, bytes]]) -> None:
        path, _, query = url.partition("?")
        scope: Scope = {"type": "http", "http_version": "1.1", "method": "GET", "scheme": "http", "root_path": ""}
        scope.update(path=path, raw_path=path.encode(), query_string=query.encode(), state={})
        scope["headers"] = [(b"host", b"localhost"), *headers]
        self.body = b""
        await self.app(scope, self._receive, self._send)

    async def _receive(self) -> Message:
        await asyncio.Event().wait()
        raise AssertionError

    async def _send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status, self.headers = message["status"], dict(message["headers"])
        else:
            self.body += message.get("body", b"")


# -------------------------------------------------------------------------------------------------------- statements


def counted(contract: Contract, path: str) -> list[str]:
    """The facets of a list; where its dates lie centuries apart, there are too many days."""
    refused = {"/v1/facts": "when:day", "/v1/indicators": "period:day"}
    return [facet for facet in contract.enumeration(path, "facet") if facet != refused.get(path)]


@pytest.mark.parametrize("path", LISTS)
def test_a_list_takes_two_statements_and_a_few_more_for_what_is_asked_besides(
    sizes: dict[int, Application], contract: Contract, path: str
) -> None:
    app = sizes[LARGE]
    includes, facets = contract.enumeration(path, "include"), counted(contract, path)
    # Counting by units of the calendar is a query of its own.
    least = 2 + any(parameter.name == "bucket" for parameter in contract.parameters(path))
    taken: Callable[[str], int] = lambda query: _statements(app, f"{path}?{query}")  # noqa: E731
    # The total, which is remembered, and the size of the list, which is too.
    assert taken("limit=1") <= least + 1
    assert taken("limit=2") <= least - 1
    # A search has three ranks, and its total may have been counted before; a list that is sorted by what need not be
    # stated has two parts.
    assert taken("q=tariffs&limit=200") <= least + 3
    for name in contract.enumeration(path, "sort"):
        assert taken(f"sort={name}&limit=200") <= least, name
    for facet in facets:
        assert taken(f"limit=3&facet={facet}") <= least, facet
    for include in includes:
        assert taken(f"limit=3&include={include}") <= least, include


def test_a_record_takes_one_statement_and_one_for_each_include(
    sizes: dict[int, Application], contract: Contract
) -> None:
    asker = Asker(sizes[LARGE])
    for path in LISTS:
        includes = contract.enumeration(path, "include")
        asker.get(f"{path}?limit=1")
        if found := re.search(rb'"href":"(/v1/[a-z-]+/[a-z0-9-]+)"', asker.body):
            record = found[1].decode()
            assert _statements(sizes[LARGE], record) == 1
            if includes:
                assert _statements(sizes[LARGE], f"{record}?include={','.join(includes)}") <= 1 + len(includes)


def _statements(app: Application, url: str) -> int:
    asker = Asker(app)
    with statements(app) as asked:
        asker.get(url)
    assert asker.status == 200, asker.body
    return len(asked)


# -------------------------------------------------------------------------------------------------------------- plans


def requests(contract: Contract, path: str) -> Iterator[str]:
    """A request for each filter, sort, facet and include of a list."""
    yield path
    for name in ("sort", "include"):
        yield from (f"{path}?limit=3&{name}={value}" for value in contract.enumeration(path, name))
    yield from (f"{path}?limit=3&facet={value}" for value in counted(contract, path))
    for parameter in contract.parameters(path):
        if parameter.example is not None:
            value = str(parameter.example).lower() if isinstance(parameter.example, bool) else parameter.example
            yield f"{path}?{urlencode({parameter.name: value})}"


WALK = re.compile(r"^SCAN (\w+)$")
"""A walk through a table without the help of an index."""
OF_SQLITE_ITSELF = ("anon_1", "anon_2", "search", "CONSTANT")


@pytest.mark.parametrize("path", LISTS)
def test_no_request_walks_through_a_whole_table(sizes: dict[int, Application], path: str) -> None:
    app = sizes[LARGE]
    asker = Asker(app)
    asker.get("/openapi.json")
    contract = Contract(json.loads(asker.body))
    connection = app.state.live.current.walker._raw
    walked = {}
    for url in requests(contract, path):
        if path == "/v1/timeline" and "__ne=" in url:
            # All but a few, of those that have a date.
            continue
        with statements(app) as asked:
            asker.get(url)
        assert asker.status == 200, (url, asker.body)
        for statement in asked:
            steps = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {statement}")]
            walks = [step for step in steps if (it := WALK.match(step)) and it[1] not in OF_SQLITE_ITSELF]
            # In the order of the keys, a page's worth is soon there.
            is_short = "LIMIT" in statement and not any("ORDER BY" in step for step in steps[:-1])
            if walks and not is_short:
                walked[url] = walks, statement
    assert not walked


@pytest.mark.parametrize(
    "url",
    [
        "/v1/facts?sort=-when",
        "/v1/facts?kind=events&sort=-when",
        "/v1/statements?sort=-said_on",
        "/v1/statements?speaker={speaker}&sort=-said_on",
        "/v1/statements?party={party}&said_on__gte=2020&said_on__lte=2024&sort=-said_on",
    ],
)
def test_dates_are_sorted_neither_upwards_nor_downwards(sizes: dict[int, Application], url: str) -> None:
    app = sizes[LARGE]
    asker, filled = Asker(app), _filled(app, url)
    for each in (filled, filled.replace("=-", "=")):
        with statements(app) as asked:
            asker.get(each)
        plans = [
            row[3] for it in asked for row in app.state.live.current.walker._raw.execute(f"EXPLAIN QUERY PLAN {it}")
        ]
        assert not any("TEMP B-TREE" in step for step in plans), (each, plans)


# -------------------------------------------------------------------------------------------------------------- steps

FLAT = (
    "/v1/statements?limit=20",
    "/v1/statements?limit=20&sort=-said_on",
    "/v1/statements?limit=20&sort=said_on,id",
    "/v1/statements?limit=20&speaker={speaker}",
    "/v1/statements?limit=20&speaker={speaker}&sort=-said_on",
    "/v1/statements?limit=20&party={party}&sort=-said_on",
    "/v1/statements?limit=20&topic={topic}",
    "/v1/statements?limit=20&include=speaker,party,round,topics,measures",
    "/v1/statements?limit=1&facet_limit=10&facet=speaker,party,topic,mode,said_on:month,article",
    "/v1/facts?limit=20",
    "/v1/facts?limit=20&kind=events",
    "/v1/facts?limit=20&sort=-when",
    "/v1/facts?limit=20&sort=-sources",
    "/v1/statements?limit=20&sort=-disputed",
    "/v1/statements?limit=20&said_on__gte=2015",
    "/v1/policy-measures?limit=20&status=in_force&sort=-since",
    "/v1/indicators?limit=20&sort=-period",
    "/v1/search?q=tariffs&limit=20",
    "/v1/statements?q=tariffs&limit=20",
    "{record}",
)
"""Requests that take no more of a large dataset than of a small one; the values are those that most records have."""


SORTED = (
    "/v1/statements?limit=20&topic={topic}&sort=-said_on",
    "/v1/statements?limit=20&said_on=2018",
    "/v1/statements?limit=20&said_on__gte=2015&sort=-said_on",
    "/v1/facts?limit=20&kind=statements&sort=-sources",
    "/v1/facts?limit=20&when=2018",
    "/v1/facts?limit=20&when=2018&sort=-sources",
    "/v1/facts?limit=20&when__gte=2018-03&when__lt=2018-06&sort=-when",
)
"""Requests for what is found first and then put in order: as long as that is quicker than to meet a page of it."""


@pytest.mark.parametrize("url", FLAT)
def test_a_larger_dataset_takes_no_more_steps(sizes: dict[int, Application], url: str) -> None:
    small, large = (_steps(app, _filled(app, url)) for app in sizes.values())
    assert large <= 1.5 * small, (small, large)


@pytest.mark.parametrize("url", SORTED)
def test_what_is_found_and_sorted_takes_steps_like_the_root_of_the_dataset(
    sizes: dict[int, Application], url: str
) -> None:
    small, large = (_steps(app, _filled(app, url)) for app in sizes.values())
    assert large <= 1.5 * small * (LARGE / SMALL) ** 0.5, (small, large)


TIMES = (
    "when=2018-05-14",
    "when__gt=2018-05-30&when__lt=2018-06",
    "when=2018-05",
    "when__gte=2018-05-20&when__lte=2018-06-10",
)


@pytest.mark.parametrize("more", ["", "&sort=-sources", "&sort=when", "&facet=kind,disputed"])
@pytest.mark.parametrize("time", TIMES)
def test_what_is_found_by_how_far_dates_reach_is_what_a_walk_finds(
    sizes: dict[int, Application], monkeypatch: pytest.MonkeyPatch, time: str, more: str
) -> None:
    app, url, bodies = sizes[LARGE], f"/v1/facts?limit=200&{time}{more}", []
    for least, is_brief in ((selection.BRIEF, True), (10**9, False)):
        monkeypatch.setattr(selection, "BRIEF", least)
        app.state.live.current.forget()
        asker = Asker(app)
        with statements(app) as asked:
            asker.get(url)
        assert any("AS dated" in it for it in asked) is is_brief
        bodies.append(json.loads(asker.body))
    assert bodies[0] == bodies[1]
    assert bodies[0]["page"]["total"] > 0


@pytest.mark.parametrize("path", LISTS)
def test_cursors_lead_where_offsets_do(sizes: dict[int, Application], contract: Contract, path: str) -> None:
    asker, limit = Asker(sizes[LARGE]), 3

    def page(url: str) -> Any:
        asker.get(url)
        assert asker.status == 200, (url, asker.body)
        return json.loads(asker.body)

    article = page("/v1/facts?limit=1&facet=article&facet_limit=1")["facets"]["article"][0]["value"]
    # What is found by a list of keys (an article's, or of a search), in every order that begins with what may be open.
    for found, order in product(("", f"article={article}", "q=tariffs"), ("", *contract.enumeration(path, "sort"))):
        url = f"{path}?limit={limit}&{found}&sort={order}".removesuffix("&sort=").replace("&&", "&")
        forwards = here = page(url)
        total = here["page"]["total"]
        for begin in range(limit, min(total, 4 * limit), limit):
            forwards = page(forwards["page"]["next"])
            assert forwards["data"] == page(f"{url}&offset={begin}")["data"], (url, begin)
        begin = max(total - 2, 0)
        backwards = page(f"{url}&offset={begin}")
        while begin and begin > total - 5 * limit:
            begin, end = max(begin - limit, 0), begin
            backwards = page(backwards["page"]["prev"])
            expected = page(f"{url}&offset={begin}".replace(f"limit={limit}", f"limit={end - begin}"))
            assert backwards["data"] == expected["data"], (url, begin)
        assert (backwards["page"]["prev"] is None) is (begin == 0), url


def test_the_last_page_takes_no_more_steps_than_the_first(sizes: dict[int, Application]) -> None:
    app = sizes[LARGE]
    asker, url, first, last = Asker(app), "/v1/facts?limit=200&sort=-when", 0, 0
    while url:
        steps = _steps(app, url)
        first, before, last = first or steps, last, steps
        asker.get(url)
        url = json.loads(asker.body)["page"]["next"]
    # The very last one has fewer records.
    assert max(before, last) <= 1.5 * first


def _filled(app: Application, url: str) -> str:
    """A request with values that most records have."""
    asker, values = Asker(app), {}
    asker.get("/v1/statements?limit=1&facet=speaker,party,topic")
    answer = json.loads(asker.body)
    for name, found in answer["facets"].items():
        values[name] = found[0]["value"]
    return url.format(record=answer["data"][0]["href"], **values)


def _steps(app: Application, url: str) -> int:
    """How many steps of SQLite's machine a request takes, in tens."""
    dataset, taken = app.state.live.current, 0

    def note() -> int:
        nonlocal taken
        taken += 1
        return 0

    # What is remembered of earlier requests does not count.
    dataset.forget()
    connection = dataset._reader._raw
    connection.set_progress_handler(note, 10)
    asker = Asker(app)
    try:
        asker.get(url)
    finally:
        connection.set_progress_handler(None, 0)
    assert asker.status == 200, asker.body
    return taken


# -------------------------------------------------------------------------------------------------------------- calls

CALLS = {"the first time": 4_400, "again": 28, "unchanged": 30, "like another": 290}
"""How many calls of functions a request may take, those of libraries too: a fifth more than it takes now."""


def test_requests_take_few_calls(sizes: dict[int, Application]) -> None:
    app = sizes[LARGE]
    front = in_front(app)
    asker = Asker(front)
    # What is built when a list is first asked for does not count.
    asker.get("/v1/statements?limit=1")
    url = "/v1/statements?mode=direct&said_on__gte={}-01-02&sort=-said_on&limit=20"
    taken = {"the first time": _calls(asker, url.format(2010)), "again": _calls(asker, url.format(2010))}
    taken["unchanged"] = _calls(asker, url.format(2010), (b"if-none-match", asker.headers[b"etag"]))
    assert asker.status == 304
    taken["like another"] = _calls(asker, url.format(2011))
    assert {name: number for name, number in taken.items() if number > CALLS[name]} == {}, taken


def _calls(asker: Asker, url: str, *headers: tuple[bytes, bytes]) -> int:
    taken = 0

    def note(frame: Any, event: str, argument: Any) -> None:
        nonlocal taken
        taken += event in ("call", "c_call")

    async def ask() -> None:
        sys.setprofile(note)
        try:
            await asker._ask(url, list(headers))
        finally:
            sys.setprofile(None)

    asyncio.run(ask())
    return taken
