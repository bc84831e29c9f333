"""Exports of 200,000 records: they stream, and the server's memory does not grow with them."""

import json
import os
import re
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import httpx
import pytest

from app.dataset_file import manifest_path, sha256_of
from app.seeding.build import build
from tests.conftest import ROOT, SEEDS

RECORDS = 200_000
MOST_MEMORY = 50 * 1024
"""How many kB more the server may take than after a small export."""
DEADLINE = 60


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A dataset in which one topic stands 200,000 times more, each with an id of its own."""
    file = tmp_path_factory.mktemp("large") / "facts.db"
    build(SEEDS, file)
    with closing(sqlite3.connect(file)) as connection:
        only = {"topics": "id = 'magnets'"}
        only["facts"] = f"kind = 'topics' AND {only['topics']}"
        only["documents"] = only["summaries"] = f"key = (SELECT key FROM topics WHERE {only['topics']})"
        for table in ("facts", "documents", "summaries", "topics"):
            names = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
            changed = {"key": "1000000 + n", "id": "f.id || '-' || n", "ref": "f.ref || '-' || n"}
            changed["document"] = 'replace(f.document, \'"id":"magnets"\', \'"id":"magnets-\' || n || \'"\')'
            values = ", ".join(changed.get(name, f'f."{name}"') for name in names)
            connection.execute(
                "WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ?) "
                f"INSERT INTO {table} SELECT {values} FROM numbers, {table} AS f WHERE f.{only[table]}",
                [RECORDS],
            )
        # What was counted when it was built is no longer so.
        connection.execute("DELETE FROM tallies")
        connection.execute("ANALYZE")
        connection.commit()
    manifest = {"files": [{"name": file.name, "sha256": sha256_of(file)}]}
    manifest_path(file).write_text(json.dumps(manifest), "utf-8")
    return file


@pytest.fixture(scope="module")
def server(large: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, int]]:
    """Where it is served, and the server's process."""
    log = tmp_path_factory.mktemp("log") / "stderr"
    command = [sys.executable, "-m", "app", "serve", "--port", "0", "--database", str(large)]
    with log.open("w") as stderr, subprocess.Popen(command, cwd=ROOT, stderr=stderr) as process:
        try:
            deadline = time.monotonic() + DEADLINE
            while not (said := re.search(r"serving (http://\S+:\d+)", log.read_text())):
                assert process.poll() is None, log.read_text()
                assert time.monotonic() < deadline, log.read_text()
                time.sleep(0.05)
            yield said[1], process.pid
        finally:
            process.terminate()


def memory(process: int, what: str) -> int:
    """The memory of a process in kB: VmRSS, what it has now; VmHWM, the most that it had."""
    found = re.search(rf"^{what}:\s+(\d+) kB$", Path(f"/proc/{process}/status").read_text(), re.MULTILINE)
    assert found
    return int(found[1])


@pytest.mark.skipif(not os.path.exists("/proc/self/status"), reason="memory is measured as Linux tells it")
@pytest.mark.parametrize(
    ("path", "least"),
    [
        ("/v1/topics.ndjson", RECORDS),
        ("/v1/topics.csv", RECORDS),
        ("/v1/facts.ndjson?sort=-when", RECORDS),
        ("/v1/bundle.json", 0),
        ("/v1/dataset.sqlite", 0),
    ],
)
def test_memory_does_not_grow_with_the_number_of_records(server: tuple[str, int], path: str, least: int) -> None:
    address, process = server
    with httpx.Client(base_url=address, timeout=120) as client:
        for small in ("/v1/topics.csv?name=agreement", "/v1/statements.ndjson", "/v1/facts?limit=200"):
            client.get(small).raise_for_status()
        before = memory(process, "VmRSS")
        Path(f"/proc/{process}/clear_refs").write_text("5")  # forgets the most that it had
        ends = size = 0
        with client.stream("GET", path, headers={"Accept-Encoding": "identity"}) as answer:
            answer.raise_for_status()
            for chunk in answer.iter_raw():
                ends, size = ends + chunk.count(b"\n"), size + len(chunk)
                if size // 2**24 != (size - len(chunk)) // 2**24:
                    # Others are answered meanwhile.
                    assert client.get("/healthz").is_success
        assert ends >= least
        assert size > RECORDS * 500
        assert memory(process, "VmHWM") - before < MOST_MEMORY


def test_a_stream_that_nobody_wants_any_more_ends(server: tuple[str, int]) -> None:
    address, process = server
    for _ in range(20):
        with httpx.Client(base_url=address, timeout=60) as client, client.stream("GET", "/v1/topics.ndjson") as answer:
            next(answer.iter_raw())
    with httpx.Client(base_url=address, timeout=60) as client:
        assert client.get("/v1/topics/magnets-200000").json()["data"]["id"] == "magnets-200000"
        assert client.head("/v1/topics.ndjson").headers["x-total-count"] == str(RECORDS + 9)
    assert process
