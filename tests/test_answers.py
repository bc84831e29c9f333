"""Answers that are kept: the same bytes as if they were not, within their bounds, and no longer than the dataset."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.answers import OVERHEAD, SHARE, Answer, Answers, AnswersKept
from app.main import Application, create_app, in_front
from app.seeding.build import build
from app.settings import Settings
from tests.asking import statements
from tests.conftest import running
from tests.seeding.test_changes import write_seed

LIST = "/v1/statements?limit=3"


@pytest.fixture
def kept(database: Path) -> Iterator[tuple[Application, httpx.Client]]:
    """An application that nobody has asked yet, and a client of it."""
    app = create_app(Settings(database=database, port=0))
    with running(app) as url, httpx.Client(base_url=url, timeout=30) as client:
        yield app, client


def test_what_was_asked_before_is_answered_without_the_application(kept: tuple[Application, httpx.Client]) -> None:
    app, client = kept
    first = client.get(LIST)
    with statements(app) as asked:
        again = client.get(LIST)
    assert asked == []
    assert (again.status_code, again.content) == (200, first.content)
    differ = {name for name in first.headers if first.headers[name] != again.headers.get(name)}
    assert differ <= {"date", "x-request-id"}
    assert first.headers["x-request-id"] != again.headers["x-request-id"]
    assert list(first.headers) == list(again.headers)


@pytest.mark.parametrize(
    ("url", "headers", "status"),
    [
        (LIST, {}, 200),
        (LIST, {"Accept-Encoding": "identity"}, 200),
        (LIST, {"Range": "bytes=0-1"}, 200),
        (LIST, {"If-None-Match": "*"}, 304),
        (LIST, {"If-None-Match": '"other"'}, 200),
        (LIST, {"Content-Length": "0"}, 200),
        (LIST, {"Host": "a b"}, 400),
        (LIST, {"X-Long": "a" * 33_000}, 431),
        (f"{LIST}&dataset=0123456789abcdef", {}, 409),
        (f"{LIST}&x=1", {}, 422),
        ("/v1/statements?limit=3&limit=3", {}, 422),
        ("/v1/statements?limit=%33", {}, 200),
        ("/v1/statements/", {}, 404),
    ],
)
def test_a_kept_answer_is_for_its_own_request_alone(
    kept: tuple[Application, httpx.Client], url: str, headers: dict[str, str], status: int
) -> None:
    _, client = kept
    client.get(LIST).raise_for_status()
    client.get(LIST, headers={"Accept-Encoding": "identity"}).raise_for_status()
    for _ in range(2):
        assert client.get(url, headers=headers).status_code == status


@pytest.mark.parametrize("coding", ["identity", "gzip", "zstd", "br"])
def test_each_encoding_has_its_own(kept: tuple[Application, httpx.Client], coding: str) -> None:
    app, client = kept
    others = [client.get(LIST, headers={"Accept-Encoding": it}) for it in ("identity", "gzip", "zstd", "br")]
    with statements(app) as asked:
        answer = client.get(LIST, headers={"Accept-Encoding": coding})
        head = client.head(LIST, headers={"Accept-Encoding": coding})
    assert asked == []
    assert answer.headers.get("content-encoding", "identity") == coding
    assert {it.content for it in others} == {answer.content}
    assert (head.content, head.headers["content-length"]) == (b"", answer.headers["content-length"])


def test_a_validator_is_enough(kept: tuple[Application, httpx.Client]) -> None:
    app, client = kept
    etag = client.get(LIST).headers["etag"]
    forgotten = client.get(LIST, headers={"If-None-Match": etag, "Accept-Encoding": "br"})
    with statements(app) as asked:
        answers = [client.get(LIST, headers={"If-None-Match": it}) for it in (etag, etag.removeprefix("W/"))]
    assert asked == []
    for answer in (forgotten, *answers):
        assert (answer.status_code, answer.content, answer.headers["etag"]) == (304, b"", etag)
        assert "content-type" not in answer.headers
    assert list(forgotten.headers) == list(answers[0].headers)


def test_what_is_unchanged_needs_no_answer_that_was_given(kept: tuple[Application, httpx.Client]) -> None:
    app, client = kept
    etag = client.get(LIST, headers={"Accept-Encoding": "br"}).headers["etag"]
    app.state.front.answers = Answers(1_000_000)
    first = client.get(LIST, headers={"If-None-Match": etag})
    with statements(app) as asked:
        again = client.get(LIST, headers={"If-None-Match": etag, "Accept-Encoding": "gzip"})
        assert client.get(LIST, headers={"If-None-Match": '"another"'}).status_code == 200
    assert len(asked) > 0
    assert [it.status_code for it in (first, again)] == [304, 304]
    assert list(first.headers) == list(again.headers)
    assert len(client.get(LIST).json()["data"]) == 3


def test_they_go_with_the_dataset(tmp_path: Path) -> None:
    seeds, file = tmp_path / "seeds", tmp_path / "facts.db"
    write_seed(seeds / "one", {"parties": {"p1": "Party 1"}, "notes": {}})
    build(seeds, file)
    app = create_app(Settings(database=file, port=0, reload_seconds=0.05))
    with running(app) as url, httpx.Client(base_url=url, timeout=30) as client:
        first, again = (client.get("/v1/parties").json() for _ in range(2))
        write_seed(seeds / "one", {"parties": {"p1": "Party 1", "p2": "Party 2"}, "notes": {}})
        build(seeds, file)
        while client.get("/readyz").json()["dataset"] == first["dataset"]:
            pass
        second = client.get("/v1/parties").json()
    assert first == again
    assert second["dataset"] != first["dataset"]
    assert [it["page"]["total"] for it in (first, second)] == [1, 2]


# ----------------------------------------------------------------------------------------------------------- bounds


def answer(name: bytes, size: int = 1_000) -> Answer:
    return Answer((name, b""), [(b"content-length", b"%d" % size)], b"x" * size)


def asked(name: bytes) -> tuple[bytes, bytes]:
    return b"/v1/" + name, b""


def test_they_take_no_more_bytes_than_they_may() -> None:
    answers = Answers(100_000)
    for i in range(1_000):
        answers.keep(asked(b"%d" % i), answer(b"%d" % i))
        assert answers.size <= 100_000
    assert 20 < len(answers) < 100_000 / (1_000 + OVERHEAD)
    assert answers.get(asked(b"0")) is None
    assert answers.get(asked(b"999")) is not None


def test_where_there_is_no_room_only_what_is_asked_for_again_takes_it() -> None:
    answers = Answers(100_000)

    def ask(name: bytes) -> bool:
        if answers.get(asked(name)) is None and answers.wants(asked(name), 1_000):
            answers.keep(asked(name), answer(name))
        return answers.get(asked(name)) is not None

    room = [ask(b"once %d" % i) for i in range(20_000)].index(False)
    assert room > 20
    kept = len(answers)
    assert all(ask(b"once %d" % i) for i in range(room))
    assert [ask(b"twice") for _ in range(2)] == [False, True]
    assert len(answers) <= kept


def test_those_that_are_asked_for_stay() -> None:
    answers = Answers(100_000)
    answers.keep(asked(b"often"), answer(b"often"))
    for i in range(1_000):
        answers.keep(asked(b"%d" % i), answer(b"%d" % i))
        assert answers.get(asked(b"often")) is not None


def test_forms_of_one_request_share_an_answer_and_count_too() -> None:
    answers = Answers(100_000)
    for i in range(1_000):
        answers.keep(asked(b"%d" % i), answer(b"the same"))
        assert len(answers) == 1
        assert answers.size <= 100_000
    answers.keep(asked(b"other"), answer(b"other"))
    for i in range(1_000):
        answers.keep(asked(b"%d" % i), answer(b"other"))
    assert len(answers) == 1


def test_what_is_too_large_is_not_kept() -> None:
    answers = Answers(100_000)
    answers.keep(asked(b"large"), answer(b"large", 100_000 // SHARE))
    assert (len(answers), answers.size) == (0, 0)
    Answers(0).keep(asked(b"any"), answer(b"any"))


@pytest.mark.parametrize("capacity", [0, 1])
def test_none_are_kept_where_there_is_no_room_for_them(database: Path, capacity: int) -> None:
    front = in_front(create_app(Settings(database=database, cache_bytes=capacity)))
    for _ in range(2):
        assert front.sent(b"GET", b"/v1/people", HOST, b"")
        assert len(front.answers) == 0


HOST = [(b"host", b"facts.example")]
AT_ONCE = [
    b"/v1/people",
    b"/v1/people?limit=2&sort=-id&include=notes",
    b"/v1/people?name=%C3%A9",
    b"/v1/people/xi-jinping",
    b"/v1/people/nobody",
    b"/v1/statements?q=china&facet=speaker",
    b"/v1/statements?speker=xi-jinping",
    b"/v1/statements?q=%00",
    b"/v1/statements?q=%ff",
    b"/v1/facts?dataset=0123456789abcdef",
    b"/v1/search?q=trade",
    b"/v1",
    b"/healthz",
    b"/readyz",
    b"/v1/people?" + b"a" * 9_000,
]
"""Requests whose answers nobody has to wait for."""


@pytest.mark.parametrize("encodings", [b"", b"gzip", b"br", b"zstd"])
@pytest.mark.parametrize("target", AT_ONCE)
def test_what_is_answered_at_once_is_what_the_application_answers(
    app: Application, target: bytes, encodings: bytes
) -> None:
    front = AnswersKept(app, app.state.live, app.way_in, 0)
    headers = [*HOST, (b"accept-encoding", encodings)] if encodings else HOST
    sent = front.sent(b"GET", target, headers, b"date: today\r\n")
    assert sent is not None
    path, _, query = target.partition(b"?")
    scope: dict[str, Any] = {"type": "http", "http_version": "1.1", "method": "GET", "headers": headers, "state": {}}
    scope |= {"path": path.decode(), "raw_path": path, "query_string": query, "scheme": "http", "root_path": ""}
    told: list[Any] = []

    async def tell(message: Any) -> None:
        told.append(message)

    async def nothing() -> Any:
        raise AssertionError

    asyncio.run(front(scope, nothing, tell))
    start, body = told
    status, date, *lines = sent[0].removesuffix(b"\r\n\r\n").split(b"\r\n")
    assert (status.split(b" ")[1], date) == (b"%d" % start["status"], b"date: today")
    named = b"x-request-id: "
    expected = [b"%b: %b" % pair for pair in start["headers"]]
    own, others = (sorted(it for it in found if not it.startswith(named)) for found in (lines, expected))
    assert own == others
    assert sum(it.startswith(named) for it in lines) == 1
    assert sent[1] == body["body"]


@pytest.mark.parametrize(
    ("method", "target", "headers"),
    [
        (b"HEAD", b"/v1/people", []),
        (b"GET", b"/v1/people", [(b"if-none-match", b'W/"other"')]),
        (b"GET", b"/v1/people", [(b"content-length", b"3")]),
        (b"GET", b"/v1/people", [(b"host", b"another")]),
        (b"GET", b"/v1/people/xi%2djinping", []),
        (b"GET", b"/v1/people.csv", []),
        (b"GET", b"/v1/dataset", []),
        (b"GET", b"/v1/nothing", []),
        (b"GET", b"/docs", []),
        (b"GET", b"http://facts.example/v1/people", []),
    ],
)
def test_what_may_have_to_wait_is_left_to_the_server(
    app: Application, method: bytes, target: bytes, headers: list[tuple[bytes, bytes]]
) -> None:
    front = AnswersKept(app, app.state.live, app.way_in, 0)
    assert front.sent(method, target, [*HOST, *headers], b"") is None
