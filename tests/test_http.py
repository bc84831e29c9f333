"""HTTP, down to its bytes: methods, conditional requests, encodings, headers, and what is refused before it is read."""

import json
import re
import socket
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from app.errors import PROBLEMS

LIST = "/v1/statements?limit=3"
LEAKS = re.compile(r"Traceback|sqlite|SELECT|File \"|/app/|\.py\b|\.db\b", re.IGNORECASE)


def raw(address: str, request: bytes) -> bytes:
    """The answer to bytes that no client library would send."""
    parts = urlsplit(address)
    with socket.create_connection((str(parts.hostname), int(parts.port or 0)), timeout=10) as connection:
        connection.sendall(request)
        answer = b""
        while received := connection.recv(65536):
            answer += received
    return answer


def raw_status(address: str, target: bytes, headers: bytes = b"Host: x\r\n") -> int:
    answer = raw(address, b"GET " + target + b" HTTP/1.1\r\n" + headers + b"Connection: close\r\n\r\n")
    return int(answer.split(b" ", 2)[1])


@pytest.mark.parametrize("path", [LIST, "/v1", "/v1/people/trump", "/docs", "/openapi.json", "/healthz", "/v1/facts"])
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND"])
def test_other_methods_are_not_allowed(http: httpx.Client, path: str, method: str) -> None:
    answer = http.request(method, path)
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD, OPTIONS")
    assert answer.json()["type"] == "/problems/method-not-allowed"


def test_other_methods_on_unknown_paths_find_nothing(http: httpx.Client) -> None:
    assert http.post("/v1/nothing").status_code == 404


@pytest.mark.parametrize("path", [LIST, "/v1/people/trump", "/docs", "/healthz"])
def test_options_says_what_is_allowed_and_opens_reading_to_other_sites(http: httpx.Client, path: str) -> None:
    preflight = {"Origin": "https://dashboard.example", "Access-Control-Request-Method": "GET"}
    for headers in ({}, preflight):
        answer = http.options(path, headers=headers)
        assert (answer.status_code, answer.content, answer.headers["allow"]) == (204, b"", "GET, HEAD, OPTIONS")
        assert answer.headers["access-control-allow-origin"] == "*"
        assert answer.headers["access-control-allow-methods"] == "GET, HEAD, OPTIONS"
    assert http.options("/v1/nothing").status_code == 404


def test_every_answer_may_be_read_by_other_sites_without_credentials(http: httpx.Client) -> None:
    for url in (LIST, "/v1/nothing", "/v1/statements?x=1", "/healthz"):
        headers = http.get(url, headers={"Origin": "https://dashboard.example"}).headers
        assert headers["access-control-allow-origin"] == "*"
        assert {"ETag", "Link", "X-Total-Count"} <= set(headers["access-control-expose-headers"].split(", "))
        assert "access-control-allow-credentials" not in headers


@pytest.mark.parametrize(
    ("condition", "status"),
    [
        ("{weak}", 304),
        ("{strong}", 304),
        ('"other", {weak}', 304),
        ('W/"other",{strong}', 304),
        ("*", 304),
        ('"other"', 200),
        ("garbage", 200),
        ('W/"', 200),
        ("", 200),
        ("💥", 200),
    ],
)
@pytest.mark.parametrize("url", [LIST, "/v1/people/trump", "/v1", "/openapi.json", "/docs", "/v1/facts?sort=-when"])
def test_if_none_match(http: httpx.Client, url: str, condition: str, status: int) -> None:
    first = http.get(url)
    weak = first.headers["etag"]
    assert re.fullmatch(r'W/"[0-9a-f]{24}"', weak)
    wanted = condition.format(weak=weak, strong=weak.removeprefix("W/")).encode()
    answer = http.get(url, headers={b"If-None-Match": wanted})
    assert answer.status_code == status
    assert answer.headers["etag"] == weak
    assert answer.headers["vary"] == "Accept-Encoding"
    assert answer.headers["cache-control"].startswith("public")
    assert (answer.content == b"") == (status == 304)
    if status == 304:
        assert "content-length" not in answer.headers or answer.headers["content-length"] == "0"


def test_what_does_not_exist_is_never_unchanged(http: httpx.Client) -> None:
    for url, status in (("/v1/people/nobody", 404), ("/v1/statements?x=1", 422), ("/v1/facts?cursor=x", 400)):
        answer = http.get(url, headers={"If-None-Match": "*"})
        assert (answer.status_code, "etag" in answer.headers) == (status, False)


@pytest.mark.parametrize("path", [LIST, "/v1/facts.csv", "/v1/facts.ndjson", "/v1/bundle.json"])
@pytest.mark.parametrize("coding", ["zstd", "br", "gzip", "identity", "deflate", "gzip;q=0, br"])
def test_answers_are_compressed_as_asked_and_mean_the_same(http: httpx.Client, path: str, coding: str) -> None:
    plain = http.get(path, headers={"Accept-Encoding": "identity"})
    answer = http.get(path, headers={"Accept-Encoding": coding})
    expected = {"identity": None, "deflate": None, "gzip;q=0, br": "br"}.get(coding, coding)
    assert answer.headers.get("content-encoding") == expected
    assert answer.content == plain.content
    assert answer.headers["etag"] == plain.headers["etag"]
    assert "Accept-Encoding" in answer.headers["vary"]
    revalidation = {"Accept-Encoding": coding, "If-None-Match": plain.headers["etag"]}
    assert http.get(path, headers=revalidation).status_code == 304
    assert http.head(path, headers={"Accept-Encoding": coding}).headers.get("content-encoding") == expected


@pytest.mark.parametrize("path", [LIST, "/v1/statements?x=1", "/v1/facts.csv"])
def test_gzip_does_not_tell_the_time(address: str, path: str) -> None:
    asked = f"GET {path} HTTP/1.0\r\nHost: x\r\nAccept-Encoding: gzip\r\n\r\n".encode()
    head, _, body = raw(address, asked).partition(b"\r\n\r\n")
    # The header of the format: what it is, how it is compressed, no flags, and the time, which is none.
    assert body[:8] == b"\x1f\x8b\x08\x00" + bytes(4), head


def test_short_answers_are_not_compressed(http: httpx.Client) -> None:
    assert "content-encoding" not in http.get("/healthz", headers={"Accept-Encoding": "gzip"}).headers


@pytest.mark.parametrize("url", [LIST, "/v1/nothing", "/v1/statements?x=1", "/docs", "/healthz", "/static/docs.js"])
def test_headers_that_protect(http: httpx.Client, url: str) -> None:
    answer = http.get(url, headers={"X-Request-ID": "forged"})
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert re.fullmatch(r"[0-9a-f]{16}", answer.headers["x-request-id"])
    assert "server" not in answer.headers


def test_list_headers_say_what_the_page_says(http: httpx.Client) -> None:
    answer = http.get("/v1/facts?limit=5")
    page = answer.json()["page"]
    assert answer.headers["x-total-count"] == str(page["total"])
    assert answer.headers["link"] == f'<{page["next"]}>; rel="next"'
    second = http.get(page["next"])
    page = second.json()["page"]
    assert second.headers["link"] == f'<{page["next"]}>; rel="next", <{page["prev"]}>; rel="prev"'


@pytest.mark.parametrize(
    ("target", "status"),
    [
        ("/v1/rounds/", 404),
        ("//v1/rounds", 404),
        ("/v1//rounds", 404),
        ("//evil.example/..", 404),
        ("/v1/%2e%2e/v1/rounds", 404),
        ("/v1/../v1/rounds", 404),
        ("/v1/./rounds", 404),
        ("/v1%2Frounds", 404),
        ("/V1/rounds", 404),
        ("/v1/Rounds", 404),
        ("/v1/rounds/%6Condon", 200),
        ("/v1/rounds/%zz", 400),
        ("/v1/rounds/%ff", 400),
        ("/v1/rounds/%ed%a0%80", 400),
        ("/v1/rounds/%", 400),
        ("/v1/rounds?city=%ff", 400),
        ("/v1/rounds?city=%zz", 400),
        ("/v1/rounds?city=%ed%a0%80", 400),
        ("/v1/rounds?%ff=1", 400),
        ("/v1/rounds/%00", 422),
        ("/v1/rounds/a%0Ab", 422),
        ("/v1/rounds?city=%00", 422),
        ("/v1/rounds?city=", 422),
        ("/v1/rounds?city", 422),
        ("/v1/rounds?", 200),
        ("/v1/rounds?&&", 200),
        ("/v1/rounds?city=London&city=Geneva", 200),
        ("/v1/rounds?" + "x" * 8300, 414),
        ("/v1/" + "x" * 8300, 414),
    ],
)
def test_targets_are_read_to_the_letter(address: str, target: str, status: int) -> None:
    answer = raw(address, f"GET {target} HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n".encode())
    assert int(answer.split(b" ", 2)[1]) == status
    assert b"evil.example" not in answer.split(b"\r\n\r\n", 1)[0]
    assert not LEAKS.search(answer.decode("utf-8", "replace"))


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        (b"", 400),
        (b"Host: a\r\nHost: b\r\n", 400),
        (b"Host: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n", 400),
        (b"Host: x\r\nContent-Length: 5\r\n", 413),
        (b"Host: x\r\nContent-Length: 99999999999\r\n", 413),
        (b"Host: x\r\nContent-Length: 0\r\n", 200),
        (b"Host: x\r\nX-Long: " + b"a" * 33_000 + b"\r\n", 431),
        (b"Host: x\r\nRange: bytes=0-10\r\n", 200),
        (b"Host: x\r\nRange: bytes=" + b",".join(b"%d-%d" % (i, i) for i in range(101)) + b"\r\n", 200),
    ],
)
def test_headers_are_refused_or_ignored_deliberately(address: str, headers: bytes, status: int) -> None:
    for target in (b"/v1/rounds", b"/static/page.css"):
        found = raw_status(address, target, headers)
        # Lengths that contradict each other are answered by the parser, or as a body that should not be there.
        assert found == status or (b"Transfer" in headers and found == 413)


@pytest.mark.parametrize(
    "request_", [b"GET /v1 HTTP/1.1\r\n\r\n", b"garbage\r\n\r\n", b"GET /v1\xff HTTP/1.1\r\nHost: x\r\n\r\n"]
)
def test_what_is_not_http_is_a_problem_too(address: str, request_: bytes) -> None:
    head, _, body = raw(address, request_).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 400")
    assert b"application/problem+json" in head
    assert b"x-content-type-options: nosniff" in head
    assert b"referrer-policy: no-referrer" in head
    assert json.loads(body)["type"] == "/problems/malformed-request"


@pytest.mark.parametrize(
    ("request_", "status", "said"),
    [
        (b"FOO /v1 HTTP/1.1\r\nHost: x\r\n\r\n", 405, "FOO is not answered"),
        (b"get /v1 HTTP/1.1\r\nHost: x\r\n\r\n", 405, "get is not answered"),
        (b"CONNECT x:80 HTTP/1.1\r\nHost: x\r\n\r\n", 405, "CONNECT is not answered"),
        (b"GET /v1#top HTTP/1.1\r\nHost: x\r\n\r\n", 400, "fragment"),
        ("GET /v1/rounds?city=Genève HTTP/1.1\r\nHost: x\r\n\r\n".encode(), 400, "ASCII characters only"),
        (b"GET /v1 HTTP/1.2\r\nHost: x\r\n\r\n", 400, "not HTTP"),
    ],
)
def test_what_the_parser_refuses_is_called_by_its_name(address: str, request_: bytes, status: int, said: str) -> None:
    head, _, body = raw(address, request_).partition(b"\r\n\r\n")
    problem = json.loads(body)
    assert (int(head.split(b" ", 2)[1]), problem["status"]) == (status, status)
    assert said in problem["detail"]
    assert (b"\r\nallow: GET, HEAD, OPTIONS" in head) == (status == 405)


def test_after_an_answer_that_closes_the_connection_nothing_is_answered(address: str) -> None:
    # It returns only because the server closes: nothing in these requests asks for that.
    for long in (b"GET /v1?" + b"a" * 9_000, b"GET /v1/" + b"a" * 9_000):
        following = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
        answers = raw(address, long + b" HTTP/1.1\r\nHost: x\r\n\r\n" + following)
        assert answers.count(b"HTTP/1.1 ") == answers.count(b"HTTP/1.1 414") == 1


@pytest.mark.parametrize("path", ["/v1/topics.csv", "/v1/facts.ndjson", "/v1/bundle.json", "/v1/topics", "/v1?x=1"])
def test_http_1_0_gets_no_chunks(address: str, http: httpx.Client, path: str) -> None:
    head, _, body = raw(address, f"GET {path} HTTP/1.0\r\nHost: x\r\n\r\n".encode()).partition(b"\r\n\r\n")
    assert b"transfer-encoding" not in head
    assert body == http.get(path, headers={"Accept-Encoding": "identity"}).content
    head, _, body = raw(address, f"HEAD {path} HTTP/1.0\r\nHost: x\r\n\r\n".encode()).partition(b"\r\n\r\n")
    assert b"transfer-encoding" not in head
    assert body == b""


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("[", 400),
        ("<script>", 400),
        ("x/evil", 400),
        ("a@b", 400),
        ("", 400),
        ("[::1]:80", 200),
        ("a-b.example:8000", 200),
    ],
)
def test_a_host_is_a_host(address: str, host: str, status: int) -> None:
    assert raw_status(address, b"/v1", f"Host: {host}\r\n".encode()) == status


def test_an_absolute_target_is_a_target(address: str) -> None:
    assert raw_status(address, b"http://x/v1/rounds?limit=1") == 200
    assert raw_status(address, b"/v1/rounds%0A") == 404


def test_many_unknown_ids_cost_no_more_than_a_few(http: httpx.Client) -> None:
    names = ("id", "speaker", "party", "round", "topic", "measure", "negotiation")
    query = "&".join(f"{name}__ne={','.join(f'x{i}' for i in range(100))}" for name in names)
    answer = http.get(f"/v1/statements?{query}")
    assert (answer.status_code, len(answer.json()["errors"])) == (422, 5)


def test_problems_are_compressed(http: httpx.Client) -> None:
    assert http.get("/v1/statements?x=1", headers={"Accept-Encoding": "gzip"}).headers["content-encoding"] == "gzip"


def test_static_files_ignore_ranges(http: httpx.Client) -> None:
    answer = http.get("/static/page.css", headers={"Range": "bytes=0-1"})
    assert (answer.status_code, "content-range" in answer.headers) == (200, False)


@pytest.mark.parametrize("name", PROBLEMS)
def test_every_problem_has_a_page(http: httpx.Client, name: str) -> None:
    answer = http.get(f"/problems/{name}")
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert PROBLEMS[name].title in answer.text


def test_problems_say_what_where_and_what_was_meant(api: Callable[..., httpx.Response]) -> None:
    problem: dict[str, Any] = api("/v1/statements?speaker=howard-lutnik&mode=directt&limt=3").json()
    assert problem["type"] == "/problems/invalid-parameters"
    assert problem["instance"] == "/v1/statements"
    assert "limt: There is no such parameter. Did you mean limit?" in problem["detail"]
    suggestions = {error["parameter"]: error["did_you_mean"][:1] for error in problem["errors"]}
    assert suggestions == {"mode": ["direct"], "limt": ["limit"]}
    problem = api("/v1/statements?speaker=howard-lutnik").json()
    assert problem["errors"][0]["did_you_mean"] == ["howard-lutnick"]
    assert api("/v1/peple").json()["did_you_mean"][0] == "/v1/people"
    assert api("/v1/people/lutnick").json()["did_you_mean"] == ["howard-lutnick"]


def test_echoed_values_are_short_and_harmless(api: Callable[..., httpx.Response]) -> None:
    error = api("/v1/statements", params={"limit": "9" * 5000}).json()["errors"][0]
    assert error["value"] == "9" * 63 + "…"
    text = api("/v1/statements", params={"mode": "<script>\u202ealert"}).text
    assert "\u202e" not in text


def test_a_failure_of_ours_is_a_problem_without_details(app: Any, http: httpx.Client) -> None:
    live = app.state.live
    dataset = live.current
    live.current = object()
    try:
        answer = http.get("/v1/statements")
    finally:
        live.current = dataset
    assert answer.status_code == 500
    assert answer.json()["type"] == "/problems/internal-error"
    assert not LEAKS.search(answer.text)


@pytest.mark.parametrize(
    "url", ["/", "/docs", "/openapi.json", "/static/page.css", "/problems/unavailable", "/v1", "/readyz"]
)
def test_nothing_is_ignored_where_there_is_nothing_to_ask(http: httpx.Client, url: str) -> None:
    answer = http.get(f"{url}?limit=1")
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "unknown_parameter")


def test_home_leads_to_the_documentation(http: httpx.Client) -> None:
    assert http.get("/").headers["location"] == "/docs"
