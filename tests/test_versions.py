"""Versions of the dataset: what one is made of, what changed, requests that insist on one, and all of it at once."""

import asyncio
import base64
import hashlib
import json
import re
import socket
import sqlite3
import time
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import select
from sqlmodel import col

import app.protocol
from app.database import Dataset
from app.dataset_file import changes_path, manifest_path, sha256_of
from app.main import create_app
from app.models import Facts
from app.queries import NoParameters
from app.references import Kind
from app.resources.dataset import get_bundle
from app.seeding.build import build
from app.settings import Settings
from tests.asking import statements
from tests.conftest import SEEDS, checked, running
from tests.contract import Contract
from tests.evaluate import Documents
from tests.seeding.test_changes import compared, documents, version_of, write_seed

Api = Callable[..., httpx.Response]
STATES = (
    {"parties": {f"p{n}": f"Party {n}" for n in range(10)}, "notes": {f"p{n}": "Note." for n in range(3)}},
    {"parties": {f"p{n}": f"Party {n}" for n in range(12)}, "notes": {f"p{n}": "Note." for n in range(3)}},
    {"parties": {f"p{n}": f"Party {n} {n % 2}" for n in range(1, 12)}, "notes": {"p1": "Note.", "p2": "Other."}},
)
UNKNOWN = "0123456789abcdef"


class Versions(NamedTuple):
    """A server of a dataset that was built three times."""

    api: Api
    http: httpx.Client
    versions: list[str]
    past: list[dict[str, Any]]

    @property
    def present(self) -> str:
        return self.versions[-1]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Versions]:
    folder = tmp_path_factory.mktemp("versions")
    file, versions, past = folder / "facts.db", [], []
    for state in STATES:
        write_seed(folder / "seeds" / "twelve", state)
        build(folder / "seeds", file)
        versions.append(version_of(file))
        past.append(documents(file))
    with running(create_app(Settings(database=file, port=0))) as url, httpx.Client(base_url=url, timeout=30) as client:
        yield Versions(checked(client, Contract(client.get("/openapi.json").json())), client, versions, past)


# --------------------------------------------------------------------------------------------- what it is made of


def test_the_dataset_says_what_it_is_made_of(api: Api, documents: Documents, database: Path) -> None:
    answer = api("/v1/dataset").json()
    data = answer["data"]
    assert answer["dataset"] == data["version"] == version_of(database)
    counts = {item["kind"]: item["records"] for item in data["records"]}
    assert list(counts) == [kind.value for kind in Kind]
    assert counts == {kind.value: len(documents[kind]) for kind in Kind}
    for seed in data["seeds"]:
        folder = SEEDS / seed["article"]["id"]
        assert seed["article_sha256"] == hashlib.sha256((folder / "article.txt").read_bytes()).hexdigest()
        assert seed["facts_sha256"] == hashlib.sha256((folder / "facts.yaml").read_bytes()).hexdigest()
        coverage = api(seed["article"]["href"]).json()["data"]["coverage"]
        assert seed["coverage"] == coverage | {"excused": len(coverage["excused"])}
        assert seed["coverage"]["covered"] + seed["coverage"]["excused"] == seed["coverage"]["sentences"]
    for name, total in data["coverage"].items():
        assert total == sum(seed["coverage"][name] for seed in data["seeds"])
    assert data["quotes"] == sum(len(fact["evidence"]) for fact in documents["facts"])
    for name, href in data["links"].items():
        assert api(href).status_code == (422 if name == "changes" else 200)


def test_of_several_articles_the_coverage_is_added_up(fisheries: Api) -> None:
    data = fisheries("/v1/dataset").json()["data"]
    assert len(data["seeds"]) == 3
    assert [seed["article"]["id"] for seed in data["seeds"]] == sorted(seed["article"]["id"] for seed in data["seeds"])
    assert data["coverage"]["sentences"] == sum(seed["coverage"]["sentences"] for seed in data["seeds"])


def test_it_takes_a_handful_of_statements(forgetful: tuple[FastAPI, httpx.Client]) -> None:
    app, client = forgetful
    with statements(app) as asked:
        client.get("/v1/dataset").raise_for_status()
    assert len(asked) == 3


# --------------------------------------------------------------------------------------------------- what changed


@pytest.mark.parametrize("since", [0, 1, 2])
@pytest.mark.parametrize("limit", [1, 4, 200])
def test_changes_are_those_of_a_plain_comparison(served: Versions, since: int, limit: int) -> None:
    found: dict[str, list[Any]] = {"added": [], "changed": [], "removed": []}
    url = f"/v1/changes?since={served.versions[since]}&limit={limit}"
    while url:
        response = served.api(url)
        answer = response.json()
        data, page = answer["data"], answer["page"]
        assert (data["since"], data["until"], answer["dataset"]) == (served.versions[since], *[served.present] * 2)
        assert page["returned"] == sum(len(data[name]) for name in found) <= limit
        assert page["total"] == sum(data["counts"].values()) == int(response.headers["x-total-count"])
        for name in found:
            found[name] += data[name]
        url = page["next"]
    expected = compared(served.past[since], served.past[-1])
    assert data["counts"] == {name: len(items) for name, items in expected.items()}
    assert [ref(item) for item in found["added"]] == expected["added"]
    assert [ref(item) for item in found["removed"]] == [ref for ref, _ in expected["removed"]]
    assert [item["name"] for item in found["removed"]] == [old["name"] for _, old in expected["removed"]]
    assert [ref(item) for item in found["changed"]] == [ref for ref, *_ in expected["changed"]]
    for item, (_, old, new) in zip(found["changed"], expected["changed"], strict=True):
        assert item["name"] == new["name"]
        assert {it["field"]: (it["old"], it["new"]) for it in item["fields"]} == {
            name: (old.get(name), new.get(name)) for name in old.keys() | new.keys() if old.get(name) != new.get(name)
        }
    assert since == 2 or found["removed"]


def ref(item: dict[str, str]) -> str:
    assert item["href"] == f"/v1/{item['kind']}/{item['id']}"
    return f"{item['kind']}/{item['id']}"


def test_the_way_back_leads_through_the_same_pages(served: Versions) -> None:
    first = served.api(f"/v1/changes?since={served.versions[0]}&limit=5")
    second = served.api(first.json()["page"]["next"])
    assert served.api(second.json()["page"]["prev"]).json()["data"] == first.json()["data"]
    beyond = served.api(f"/v1/changes?since={served.versions[0]}&limit=5&offset=1000000").json()
    assert beyond["page"]["returned"] == 0
    assert beyond["page"]["next"] is None
    assert beyond["page"]["prev"]


def test_of_an_unknown_version_the_known_ones_are_named(served: Versions) -> None:
    answer = served.api(f"/v1/changes?since={UNKNOWN}")
    problem = answer.json()
    assert (answer.status_code, problem["type"]) == (404, "/problems/unknown-version")
    assert served.present in problem["detail"]
    assert problem["errors"][0]["allowed"] == served.versions[::-1]
    near = served.versions[0][:-1] + ("0" if served.versions[0][-1] != "0" else "1")
    assert served.versions[0] in served.api(f"/v1/changes?since={near}").json()["did_you_mean"]


@pytest.mark.parametrize(
    "query", ["", "?since=", "?since=x", "?since=" + "A" * 16, f"?since={UNKNOWN}&since={UNKNOWN}"]
)
def test_since_has_to_be_a_version(served: Versions, query: str) -> None:
    answer = served.api(f"/v1/changes{query}")
    assert (answer.status_code, answer.json()["errors"][0]["parameter"]) == (422, "since")


def test_a_dataset_without_a_past_knows_itself_only(api: Api) -> None:
    version = api("/v1").json()["dataset"]
    assert api(f"/v1/changes?since={version}").json()["page"]["total"] == 0
    assert api(f"/v1/changes?since={UNKNOWN}").json()["errors"][0]["allowed"] == [version]


@pytest.mark.parametrize("content", [None, b"", b"changes\n", b"\xff" * 5_000, b'{"from":"x"}\n{"sha256":1}\n'])
def test_a_damaged_file_of_changes_does_not_stop_serving(content: bytes | None, tmp_path: Path) -> None:
    file, versions = tmp_path / "facts.db", []
    for state in STATES[:2]:
        write_seed(tmp_path / "seeds" / "twelve", state)
        build(tmp_path / "seeds", file)
        versions.append(version_of(file))
    changes_path(file).unlink()
    if content is not None:
        changes_path(file).write_bytes(content)
    with running(create_app(Settings(database=file, port=0))) as url, httpx.Client(base_url=url, timeout=30) as client:
        assert client.get("/readyz").json()["status"] == "ready"
        assert client.get(f"/v1/changes?since={versions[0]}").status_code == 404
        assert client.get(f"/v1/changes?since={versions[1]}").json()["page"]["total"] == 0


# ------------------------------------------------------------------------------------- requests that insist on one

PATHS = [
    *(
        "/v1",
        "/v1/dataset",
        "/v1/parties",
        "/v1/facts?limit=2&sort=-when",
        "/v1/parties/p1",
        "/v1/articles/twelve/text",
    ),
    *(
        "/v1/bundle.json",
        "/v1/dataset.sqlite",
        "/v1/dataset.sqlite.sha256",
        "/openapi.json",
        "/docs",
        "/static/page.css",
    ),
    *("/problems/unavailable", "/healthz", "/readyz"),
]


@pytest.mark.parametrize("path", PATHS)
def test_a_request_may_insist_on_a_version(served: Versions, path: str) -> None:
    url = f"{path}{'&' if '?' in path else '?'}dataset="
    holds = served.api(url + served.present)
    assert (holds.status_code, holds.headers["content-type"]) == (200, served.api(path).headers["content-type"])
    for version in (served.versions[0], UNKNOWN):
        for headers in ({}, {"If-None-Match": holds.headers.get("etag", "*")}, {"If-None-Match": "*"}):
            answer = served.api(url + version, headers=headers)
            problem = answer.json()
            assert (answer.status_code, problem["type"]) == (409, "/problems/dataset-changed")
            assert version in problem["detail"]
            assert served.present in problem["detail"]
            (error,) = problem["errors"]
            assert (error["parameter"], error["value"], error["allowed"]) == ("dataset", version, [served.present])
    for value in ("", "x", served.present.upper() + "0", f"{served.present}&dataset={served.present}"):
        answer = served.api(url + value)
        assert (answer.status_code, answer.json()["errors"][0]["parameter"]) == (422, "dataset")
    if "etag" in holds.headers:
        again = served.http.get(url + served.present, headers={"If-None-Match": holds.headers["etag"]})
        assert again.status_code == 304


def test_the_next_page_insists_as_well(served: Versions) -> None:
    seen = 0
    url = f"/v1/parties?limit=4&dataset={served.present}"
    while url:
        assert f"dataset={served.present}" in url
        answer = served.api(url).json()
        seen += len(answer["data"])
        url = answer["page"]["next"]
    assert seen == len(STATES[-1]["parties"])
    following = served.api(f"/v1/parties?limit=4&dataset={served.present}").json()["page"]["next"]
    assert served.api(following.replace(served.present, UNKNOWN)).status_code == 409


# --------------------------------------------------------------------------------------------------- to take away


def test_the_bundle_is_all_lists(api: Api, documents: Documents, database: Path) -> None:
    answer = api("/v1/bundle.json")
    assert answer.json()["dataset"] == version_of(database)
    assert list(answer.json()["data"]) == [kind.value for kind in Kind]
    assert answer.json()["data"] == {kind.value: documents[kind] for kind in Kind}
    compact = json.dumps(answer.json(), ensure_ascii=False, separators=(",", ":"))
    assert compact == answer.text
    assert answer.content == api("/v1/bundle.json").content


def test_a_bundle_without_some_kinds_has_empty_lists(served: Versions) -> None:
    data = served.api("/v1/bundle.json").json()["data"]
    assert {kind for kind, records in data.items() if records} == {"articles", "parties", "notes"}


@pytest.mark.parametrize("path", ["/v1/bundle.json", "/v1/dataset.sqlite", "/v1/facts.ndjson", "/v1/statements.csv"])
@pytest.mark.parametrize("coding", ["identity", "gzip", "zstd", "br"])
def test_head_has_the_headers_of_get_and_makes_no_body(
    app: FastAPI, http: httpx.Client, path: str, coding: str
) -> None:
    headers = {"Accept-Encoding": coding}
    get, head = http.get(path, headers=headers), http.head(path, headers=headers | {"Range": "bytes=0-9"})
    assert (head.status_code, head.content) == (200, b"")
    variable = ("date", "x-request-id")
    assert {k: v for k, v in head.headers.items() if k not in variable} == {
        k: v for k, v in get.headers.items() if k not in variable
    }
    most = {"/v1/bundle.json": 3, "/v1/dataset.sqlite": 0}.get(path, 4)
    with statements(app) as asked:
        http.head(path, headers=headers)
    assert len(asked) <= most
    assert http.get(path, headers={"If-None-Match": get.headers["etag"]}).status_code == 304


def test_the_file_is_the_dataset(api: Api, database: Path, tmp_path: Path) -> None:
    answer = api("/v1/dataset.sqlite")
    digest = sha256_of(database)
    assert answer.content == database.read_bytes()
    assert answer.headers["content-type"] == "application/vnd.sqlite3"
    assert answer.headers["content-length"] == str(database.stat().st_size)
    assert answer.headers["etag"] == f'"{digest}"'
    assert answer.headers["repr-digest"] == f"sha-256=:{base64.b64encode(bytes.fromhex(digest)).decode()}:"
    assert "content-encoding" not in answer.headers
    name = re.fullmatch(r'attachment; filename="([\w.-]+)"', answer.headers["content-disposition"])
    assert name
    assert api("/v1/dataset.sqlite.sha256").text == f"{digest}  {name[1]}\n"
    (tmp_path / name[1]).write_bytes(answer.content)
    with closing(sqlite3.connect(tmp_path / name[1])) as connection:
        assert connection.execute("SELECT count(*) FROM facts").fetchone()[0] > 50


def test_the_file_and_its_checksum_have_validators_of_their_own(api: Api) -> None:
    for path in ("/v1/dataset.sqlite", "/v1/dataset.sqlite.sha256"):
        etag = api(path).headers["etag"]
        for condition, status in ((etag, 304), (f"W/{etag}", 304), ("*", 304), ('"other"', 200), (f'"x", {etag}', 304)):
            answer = api(path, headers={"If-None-Match": condition})
            assert (answer.status_code, answer.headers["etag"]) == (status, etag)
            assert (answer.content == b"") == (status == 304)
        unchanged = api(path, headers={"If-None-Match": etag, "Range": "bytes=0-1"})
        assert (unchanged.status_code, "content-range" in unchanged.headers) == (304, False)


WHOLE = (200, 0, None)
RANGES: list[tuple[str, tuple[int, int, int | None]]] = [
    ("bytes=0-0", (206, 0, 1)),
    ("bytes=0-99", (206, 0, 100)),
    ("bytes=100-", (206, 100, None)),
    ("bytes=-100", (206, -100, None)),
    ("bytes=4096-8191", (206, 4096, 8192)),
    ("bytes=1-999999999999", (206, 1, None)),
    ("BYTES=0-1", (206, 0, 2)),
    ("bytes = 0 - 1", (206, 0, 2)),
    ("bytes=0-", WHOLE),
    ("bytes=-999999999999", WHOLE),
    ("bytes=-", WHOLE),
    ("bytes=", WHOLE),
    ("bytes=5-4", WHOLE),
    ("bytes=a-b", WHOLE),
    ("bytes=1_0-2_0", WHOLE),
    ("bytes=+1-2", WHOLE),
    ("bytes=٣-٤", WHOLE),
    ("bytes=" + "9" * 5000 + "-", WHOLE),
    ("items=0-1", WHOLE),
    ("0-1", WHOLE),
    ("", WHOLE),
    ("bytes=0-1,4-5", WHOLE),
    ("bytes=" + ",".join(f"{n}-{n}" for n in range(500)), WHOLE),
]


@pytest.mark.parametrize(("asked", "expected"), RANGES)
def test_a_part_of_the_file(api: Api, database: Path, asked: str, expected: tuple[int, int, int | None]) -> None:
    content, (status, start, end) = database.read_bytes(), expected
    answer = api("/v1/dataset.sqlite", headers={b"Range": asked.encode()})
    assert answer.status_code == status
    assert answer.content == content[start:end]
    assert answer.headers["content-length"] == str(len(answer.content))
    assert answer.headers["etag"] == f'"{sha256_of(database)}"'
    assert answer.headers["accept-ranges"] == "bytes"
    first = start % len(content)
    shown = f"bytes {first}-{first + len(answer.content) - 1}/{len(content)}"
    assert answer.headers.get("content-range") == (shown if status == 206 else None)


@pytest.mark.parametrize("asked", ["bytes=99999999-", "bytes=-0", "bytes={size}-", "bytes={size}-{size}"])
def test_bytes_that_are_not_there_are_a_problem(api: Api, database: Path, asked: str) -> None:
    size = database.stat().st_size
    answer = api("/v1/dataset.sqlite", headers={"Range": asked.format(size=size)})
    assert (answer.status_code, answer.json()["type"]) == (416, "/problems/range-not-satisfiable")
    assert answer.headers["content-range"] == f"bytes */{size}"


@pytest.mark.parametrize(
    ("condition", "status"),
    [("{etag}", 206), ("W/{etag}", 200), ('"other"', 200), ("Tue, 24 Nov 2026 15:26:51 GMT", 200), ("", 200)],
)
def test_a_part_is_given_only_of_the_file_that_the_rest_is_of(api: Api, condition: str, status: int) -> None:
    etag = api("/v1/dataset.sqlite").headers["etag"]
    headers = {"Range": "bytes=0-9", "If-Range": condition.format(etag=etag)}
    answer = api("/v1/dataset.sqlite", headers=headers)
    assert (answer.status_code, len(answer.content) == 10) == (status, status == 206)


def test_a_download_outlives_the_file(tmp_path: Path) -> None:
    file = tmp_path / "facts.db"
    write_seed(tmp_path / "seeds" / "twelve", STATES[0])
    build(tmp_path / "seeds", file)
    content = file.read_bytes()
    app = create_app(Settings(database=file, port=0, reload_seconds=0.02))
    with running(app) as url, httpx.Client(base_url=url, timeout=30) as client:
        with client.stream("GET", "/v1/dataset.sqlite") as answer:
            chunks = answer.iter_raw(10_000)
            received = next(chunks)
            write_seed(tmp_path / "seeds" / "twelve", STATES[1])
            build(tmp_path / "seeds", file)
            while client.get("/v1").json()["dataset"] != version_of(file):
                time.sleep(0.01)
            file.unlink()
            received += b"".join(chunks)
        assert received == content
        assert sha256_of_bytes(client.get("/v1/dataset.sqlite").content) != sha256_of_bytes(content)


def sha256_of_bytes(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


WITHHELD = """\
article:
  name: A headline
  title: Ministers meet
  language: en
  text: withheld
  withheld_because: Its publisher did not agree.
  evidence:
    - {quote: Ministers meet, fields: [name, title, language]}
no_facts:
  - {quote: Quokkas grazed beneath jacarandas., why: It is scenery.}
"""


def test_nothing_of_a_withheld_text_is_in_the_file_but_its_quotes(tmp_path: Path) -> None:
    file, seed = tmp_path / "facts.db", tmp_path / "seeds" / "ministers"
    seed.mkdir(parents=True)
    (seed / "article.txt").write_text("Ministers meet\n\nQuokkas grazed beneath jacarandas.\n", "utf-8")
    (seed / "facts.yaml").write_text(WITHHELD, "utf-8")
    build(seed.parent, file)
    content = file.read_bytes().lower()
    assert b"ministers meet" in content
    for word in ("quokka", "graze", "beneath", "jacaranda"):
        assert word.encode() not in content


# ----------------------------------------------------------------------------------------- much of it, and slowly


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A dataset with its records many times over."""
    folder = tmp_path_factory.mktemp("large")
    file = folder / "facts.db"
    build(SEEDS, file)
    with closing(sqlite3.connect(file)) as connection:
        for table in ("facts", "documents", "summaries"):
            columns = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
            names = ", ".join(columns)
            values = ", ".join({"key": "key + 1000 * n", "ref": "ref || '-' || n"}.get(name, name) for name in columns)
            connection.execute(
                f"WITH times(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM times WHERE n < 250) "
                f"INSERT INTO {table}({names}) SELECT {values} FROM {table}, times"
            )
        connection.commit()
    content = {"files": [{"name": file.name, "sha256": sha256_of(file)}]}
    manifest_path(file).write_text(json.dumps(content))
    return file


def test_a_large_bundle_takes_little_memory(large: Path) -> None:
    dataset = Dataset(large, query_seconds=1)

    async def taken() -> int:
        answer: Any = await get_bundle(query=NoParameters(), dataset=dataset)
        return sum([len(part) async for part in answer.body_iterator])

    asyncio.run(dataset.background(select(col(Facts.key)).limit(1)))
    tracemalloc.start()
    length = asyncio.run(taken())
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert length > 50_000_000
    assert peak < 10_000_000


def test_who_does_not_take_the_answer_is_cut_off(large: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app.protocol, "STALL_SECONDS", 0.3)
    with running(create_app(Settings(database=large, port=0))) as url:
        parts = urlsplit(url)
        with socket.socket() as lazy, httpx.Client(base_url=url, timeout=30) as client:
            lazy.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            lazy.connect((str(parts.hostname), int(parts.port or 0)))
            lazy.sendall(b"GET /v1/bundle.json HTTP/1.1\r\nHost: x\r\n\r\n")
            began = time.monotonic()
            while time.monotonic() < began + 2:
                asked = time.monotonic()
                assert client.get("/healthz").status_code == 200
                assert time.monotonic() - asked < 0.5
                time.sleep(0.02)
            received = b""
            with suppress(ConnectionError):
                while some := lazy.recv(65_536):
                    received += some
            assert b"200 OK" in received
            assert not received.endswith(b"0\r\n\r\n")
            assert len(received) < 20_000_000
            # Whoever takes it gets it whole.
            assert len(client.get("/v1/bundle.json").json()["data"]["notes"]) > 5_000
