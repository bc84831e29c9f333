"""Copies of the real seed to spoil, and the command line to run on them."""

import multiprocessing
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import NamedTuple

import pytest

from app import cli
from app.seeding.build import build

ROOT = Path(__file__).parents[2]
ARTICLE_ID = "us-china-london-2025-06-10"


class Outcome(NamedTuple):
    """What a run of the command line left."""

    code: int
    out: str
    err: str


Run = Callable[..., Outcome]


@pytest.fixture(autouse=True)
def _no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever runs the tests may have settings of their own."""
    for name in list(os.environ):
        if name.upper().startswith("FACTS_"):
            monkeypatch.delenv(name)


@pytest.fixture(scope="session")
def root() -> Path:
    return ROOT


@pytest.fixture(scope="session")
def real_seed() -> Path:
    """The folder of the real article; not to be written to."""
    return ROOT / "seeds" / ARTICLE_ID


@pytest.fixture
def seed(tmp_path: Path, real_seed: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the real seed to spoil. The working directory is changed, so that `seeds` is its folder of seeds."""
    monkeypatch.chdir(tmp_path)
    copy = Path("seeds", ARTICLE_ID)
    shutil.copytree(real_seed, copy)
    return copy


@pytest.fixture
def fisheries(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of three articles on the same talks. The working directory is changed, so that `seeds` is their folder."""
    monkeypatch.chdir(tmp_path)
    shutil.copytree(ROOT / "tests" / "articles" / "fisheries", "seeds")
    return Path("seeds")


@pytest.fixture(scope="session")
def dataset(tmp_path_factory: pytest.TempPathFactory, real_seed: Path) -> Path:
    """The dataset of the real seed; not to be written to."""
    folder = tmp_path_factory.mktemp("dataset")
    shutil.copytree(real_seed, folder / "seeds" / real_seed.name)
    build(folder / "seeds", folder / "facts.db")
    return folder / "facts.db"


@pytest.fixture
def old_dataset(dataset: Path, tmp_path: Path) -> Path:
    """A copy of the dataset and its manifest, alone in a folder, for a build to replace or to leave alone."""
    folder = tmp_path / "old"
    folder.mkdir()
    for file in dataset.parent.glob("facts.db*"):
        shutil.copyfile(file, folder / file.name)
    return folder / dataset.name


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """The command line, in this process."""

    def call(*arguments: str | Path) -> Outcome:
        capsys.readouterr()
        code = cli.main([str(argument) for argument in arguments])
        return Outcome(code, *capsys.readouterr())

    return call


@pytest.fixture(scope="session")
def run_process() -> Run:
    """The command line, in a process of its own that must end within 20 seconds."""

    def call(*arguments: str | Path, cwd: Path | None = None, timeout: float = 20, **env: str) -> Outcome:
        command = [sys.executable, "-W", "error", "-m", "app", *map(str, arguments)]
        environment = os.environ | {"PYTHONPATH": str(ROOT)} | env
        done = subprocess.run(command, capture_output=True, cwd=cwd, env=environment, timeout=timeout, check=False)
        return Outcome(done.returncode, done.stdout.decode(), done.stderr.decode())

    return call


@pytest.fixture
def run_forked(tmp_path: Path) -> Run:
    """The command line, in a fork of this process that must end within 20 seconds: it may crash or hang."""

    def child(arguments: list[str]) -> None:
        with open(tmp_path / "out", "w") as out, open(tmp_path / "err", "w") as err:  # noqa: SIM117
            with redirect_stdout(out), redirect_stderr(err):
                code = cli.main(arguments)
        os._exit(code)

    def call(*arguments: str | Path) -> Outcome:
        process = multiprocessing.get_context("fork").Process(target=child, args=([*map(str, arguments)],))
        process.start()
        process.join(20)
        is_late = process.is_alive()
        process.kill()
        process.join()
        assert not is_late, "it took more than 20 seconds"
        assert process.exitcode is not None
        return Outcome(process.exitcode, (tmp_path / "out").read_text(), (tmp_path / "err").read_text())

    return call


@pytest.fixture
def snapshot() -> Callable[[Path], dict[str, bytes]]:
    """Every file of a folder with its bytes."""

    def take(folder: Path) -> dict[str, bytes]:
        return {
            str(file.relative_to(folder)): file.read_bytes() for file in sorted(folder.rglob("*")) if file.is_file()
        }

    return take


@pytest.fixture
def untouched(old_dataset: Path, snapshot: Callable[[Path], dict[str, bytes]]) -> Iterator[Path]:
    """A dataset that the test must leave byte for byte as it is, with no other file beside it."""
    before = snapshot(old_dataset.parent)
    yield old_dataset
    assert snapshot(old_dataset.parent) == before
