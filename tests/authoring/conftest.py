"""A folder to add articles in, and the command line to do it with."""

import shutil
from pathlib import Path

import pytest

from tests.conftest import SEEDS
from tests.seeding.conftest import Run, _no_settings, run, run_process, snapshot

__all__ = ["Run", "_no_settings", "run", "run_process", "snapshot"]

BERGEN = """\
Mackerel talks resume in Bergen

BERGEN, 3 March 2026. Norway and Iceland resumed their mackerel talks. “We are close,” Kari Nes of Norway said on \
Tuesday. Rain is expected tomorrow.
"""


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory: an empty folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def bergen(place: Path) -> Path:
    """The text of a short article, in no folder of seeds yet."""
    file = place / "Mackerel Talks, Bergen.txt"
    file.write_text(BERGEN, "utf-8")
    return file


@pytest.fixture
def with_seed(place: Path) -> Path:
    """The working directory with a copy of the committed seeds in it."""
    shutil.copytree(SEEDS, place / "seeds")
    return place
