"""Which dataset is served: a whole new file at once, and never a bad one."""

import asyncio
import gc
import os
import shutil
import threading
import time
from pathlib import Path

import httpx
import pytest
from sqlalchemy import text

from app.database import Dataset, LiveDataset
from app.dataset_file import DatasetError, manifest_path
from app.errors import ProblemError
from app.main import create_app
from app.seeding.build import build
from app.settings import Settings
from tests.conftest import SEEDS, running


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
