"""Which dataset is served: a whole new file at once, and never a bad one."""

import asyncio
import gc
import json
import os
import re
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from queue import Queue

import httpx
import pytest
from sqlalchemy import text

from app import dataset_file
from app.database import Dataset, LiveDataset
from app.dataset_file import DatasetError, manifest_path
from app.errors import ProblemError
from app.main import create_app
from app.seeding.build import build
from app.settings import Settings
from tests.conftest import ROOT, SEEDS, running


@pytest.fixture
def other_seeds(tmp_path: Path) -> Path:
    """The seeds with one name changed."""
    folder = tmp_path / "other"
    shutil.copytree(SEEDS, folder)
    facts = next(folder.glob("*/facts.yaml"))
    changed = facts.read_text("utf-8").replace('name: "Tariffs"', 'name: "Tariffs in general"')
    facts.write_text(changed, "utf-8")
    return folder


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A dataset of one's own."""
    build(SEEDS, tmp_path / "facts.db")
    return tmp_path / "facts.db"


def test_a_new_file_is_served_and_a_bad_one_is_not(file: Path, other_seeds: Path) -> None:
    live = LiveDataset(file, query_seconds=1, reload_seconds=1)
    first = live.current.version
    asyncio.run(live.refresh())
    assert live.current.version == first
    build(other_seeds, file)
    asyncio.run(live.refresh())
    second = live.current.version
    assert second != first
    whole = file.read_bytes()
    for bad in (b"", b"text", whole[:-4096], whole[:5000] + bytes([whole[5000] ^ 1]) + whole[5001:]):
        file.write_bytes(bad)
        asyncio.run(live.refresh())
        assert live.current.version == second
        assert live.trouble
        assert "article-facts build" in live.trouble
    file.unlink()
    asyncio.run(live.refresh())
    assert live.current.version == second
    assert live.trouble
    build(SEEDS, file)
    asyncio.run(live.refresh())
    assert (live.current.version, live.trouble or "none") == (first, "none")


def test_the_served_dataset_changes_under_a_running_server(file: Path, other_seeds: Path) -> None:
    app = create_app(Settings(database=file, reload_seconds=0.02, port=0))
    with running(app) as url, httpx.Client(base_url=url, timeout=30) as client:
        before = client.get("/v1/policy-measures/tariffs")
        build(other_seeds, file)
        for _ in range(2_000):
            after = client.get("/v1/policy-measures/tariffs")
            if after.json()["dataset"] != before.json()["dataset"]:
                break
            # Every answer is of one version, its ETag and its body alike.
            assert (after.content, after.headers["etag"]) == (before.content, before.headers["etag"])
        assert after.json()["data"]["name"] == "Tariffs in general"
        assert after.headers["etag"] != before.headers["etag"]
        file.unlink()
        for _ in range(2_000):
            if client.get("/readyz").json()["status"] == "degraded":
                break
        assert "there is no dataset" in client.get("/readyz").json()["detail"]
        assert client.get("/v1/policy-measures/tariffs").content == after.content


def test_a_query_that_takes_too_long_is_given_up(database: Path) -> None:
    dataset = Dataset(database, query_seconds=0.01)
    with pytest.raises(ProblemError, match="took too long"):
        dataset.rows(ENDLESS)
    assert dataset.rows(text("SELECT count(*) FROM facts"))[0][0] > 0


ENDLESS = text("WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c) SELECT count(*) FROM c")


def test_what_takes_its_time_does_so_beside_the_others_and_not_for_ever(database: Path) -> None:
    dataset = Dataset(database, query_seconds=1, export_seconds=0.5)
    count = text("SELECT count(*) FROM facts")

    async def both() -> float:
        late = asyncio.create_task(dataset.background(ENDLESS))
        await asyncio.sleep(0.05)
        began = time.monotonic()
        assert dataset.rows(count)[0][0] > 0
        taken = time.monotonic() - began
        with pytest.raises(ProblemError, match="took too long"):
            await late
        assert [rows[0] for rows in await asyncio.gather(*(dataset.background(count) for _ in range(20)))]
        return taken

    assert asyncio.run(both()) < 0.2


def test_a_dataset_that_is_no_longer_served_leaves_nothing(file: Path) -> None:
    def descriptors() -> int:
        names = [f"/dev/fd/{number}" for number in os.listdir("/dev/fd")]
        return len([name for name in names if os.path.islink(name) and os.readlink(name) == str(file)])

    others = set(threading.enumerate())
    dataset: Dataset | None = Dataset(file, query_seconds=1)
    assert dataset
    asyncio.run(dataset.background(text("SELECT 1")))
    (thread,) = set(threading.enumerate()) - others
    assert descriptors() == 3
    dataset = None
    gc.collect()
    thread.join(timeout=10)
    assert not thread.is_alive()
    assert descriptors() == 0


def test_nothing_is_written_beside_a_large_sort(database: Path) -> None:
    dataset = Dataset(database, query_seconds=1)
    assert dataset.rows(text("PRAGMA temp_store"))[0][0] == 2
    assert asyncio.run(dataset.background(text("PRAGMA temp_store")))[0][0] == 2


@pytest.mark.parametrize(
    "statement",
    ["DELETE FROM facts", "ATTACH 'file:x.db?mode=rwc' AS other", "CREATE TABLE t (x)", "PRAGMA user_version=2"],
)
def test_the_dataset_cannot_be_written_to(database: Path, statement: str) -> None:
    before = sorted(path.name for path in database.parent.iterdir()), database.read_bytes()
    dataset = Dataset(database, query_seconds=1)
    with pytest.raises(Exception, match=r"readonly|read-only|too many attached|does not return rows"):
        dataset.rows(text(statement))
    assert (sorted(path.name for path in database.parent.iterdir()), database.read_bytes()) == before


def test_a_dataset_without_its_manifest_is_refused(file: Path) -> None:
    manifest_path(file).unlink()
    with pytest.raises(DatasetError, match="has no manifest"):
        Dataset(file, query_seconds=1)


# ------------------------------------------------------------------------------------------- served before it is read


@pytest.fixture
def sealed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A dataset that counts as large."""
    monkeypatch.setattr(dataset_file, "LARGE", 1)
    build(SEEDS, tmp_path / "facts.db")
    return tmp_path / "facts.db"


def spoil(file: Path) -> None:
    with file.open("r+b") as stream:
        stream.seek(5_000)
        byte = stream.read(1)[0]
        stream.seek(5_000)
        stream.write(bytes([byte ^ 1]))


def seal_anew(file: Path) -> None:
    """What only the hardware can do: other bytes in a file that the system takes for the same."""
    manifest = json.loads(manifest_path(file).read_text())
    manifest["as_built"] = dataset_file.seal_of(file)
    manifest_path(file).write_text(json.dumps(manifest))


def test_a_large_file_is_not_read_before_it_is_served(sealed: Path) -> None:
    dataset = Dataset(sealed, query_seconds=1)
    before = dataset.file.is_verified
    dataset.verify()
    assert (before, dataset.file.is_verified) == (False, True)
    assert dataset.file.sha256 == dataset_file.sha256_of(sealed)


@pytest.mark.parametrize("change", [spoil, lambda file: os.chmod(file, 0o600), lambda file: os.utime(file)])
def test_a_large_file_that_anything_happened_to_is_read_first(sealed: Path, change: Callable[[Path], None]) -> None:
    whole = sealed.read_bytes()
    change(sealed)
    if sealed.read_bytes() == whole:
        assert Dataset(sealed, query_seconds=1).file.is_verified
    else:
        with pytest.raises(DatasetError, match="SHA-256 differs"):
            Dataset(sealed, query_seconds=1)


def test_a_copy_of_a_large_file_is_read_first(sealed: Path, tmp_path: Path) -> None:
    for source in (sealed, manifest_path(sealed)):
        shutil.copy2(source, tmp_path / source.name.replace("facts", "copy"))
    assert Dataset(tmp_path / "copy.db", query_seconds=1).file.is_verified


def test_a_file_that_turns_out_to_be_damaged_is_withdrawn(sealed: Path) -> None:
    spoil(sealed)
    seal_anew(sealed)
    app = create_app(Settings(database=sealed, reload_seconds=0.05, port=0))
    with running(app) as url, httpx.Client(base_url=url, timeout=30) as client:
        while client.get("/readyz").status_code == 200:
            pass
        for path in ("/v1/facts", "/v1/facts", "/readyz", "/openapi.json"):
            answer = client.get(path)
            assert (answer.status_code, answer.json()["type"]) == (503, "/problems/unavailable")
            assert "etag" not in answer.headers
        assert client.get("/healthz").status_code == 200
        build(SEEDS, sealed)
        while client.get("/readyz").status_code == 503:
            pass
        assert client.get("/v1/facts").status_code == 200


@pytest.mark.skipif(sys.platform != "linux", reason="only there a thread has an urgency of its own")
def test_requests_do_not_wait_for_the_reading_of_the_file(sealed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen, before = Queue[int](), os.getpriority(os.PRIO_PROCESS, 0)
    monkeypatch.setattr(
        Dataset, "verify", lambda _: seen.put(os.getpriority(os.PRIO_PROCESS, threading.get_native_id()))
    )
    with running(create_app(Settings(database=sealed, port=0))):
        assert seen.get(timeout=30) == min(before + 10, 19)
    assert os.getpriority(os.PRIO_PROCESS, os.getpid()) == before


def test_several_processes_serve_at_one_address(database: Path, tmp_path: Path) -> None:
    log = tmp_path / "stderr"
    command = [sys.executable, "-m", "app", "serve", "--port", "0", "--workers", "2", "--database", str(database)]
    with log.open("w") as stderr, subprocess.Popen(command, cwd=ROOT, stderr=stderr) as process:
        try:
            while not (said := re.search(r"serving (http://\S+:\d+)", log.read_text())):
                assert process.poll() is None, log.read_text()
            answers = [httpx.get(f"{said[1]}/v1/facts?limit=3", timeout=60) for _ in range(20)]
            children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
            serving = len(children.read_text().split()) if children.exists() else 3
        finally:
            process.terminate()
    assert {(it.status_code, it.content) for it in answers} == {(200, answers[0].content)}
    # The third looks after what they share.
    assert serving >= 2
    assert process.returncode == 0, log.read_text()
