"""The pages, in a real browser: drawn whole, from this server alone, on narrow and wide screens."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.conftest import missing

FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync --enable-logging=stderr --v=0 --virtual-time-budget=20000"
)
COMPLAINTS = re.compile(r"CONSOLE.*(violates|refused|uncaught|net::ERR|could not)", re.IGNORECASE)
WIDTH = "--window-size={},900"


@pytest.fixture(scope="module")
def profile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One browser profile for all visits, so that later ones find what earlier ones stored."""
    return tmp_path_factory.mktemp("profile")


def visit(url: str, profile: Path, width: int) -> str:
    """The page's document after its scripts have run; the browser must have nothing to complain of."""
    browser = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if browser is None:
        missing("chromium")
    command = [str(browser), *FLAGS.split(), WIDTH.format(width), f"--user-data-dir={profile}", "--dump-dom", url]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    complaints = [line for line in done.stderr.splitlines() if COMPLAINTS.search(line)]
    assert not complaints, complaints
    return done.stdout


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("visits", ["first", "again"])
def test_documentation_lists_every_operation(address: str, profile: Path, width: int, visits: str) -> None:
    dom = visit(f"{address}/docs", profile, width)
    assert dom.count("opblock-summary-path") >= 31
    assert "/v1/policy-measures" in dom.replace("\u200b", "").replace("<wbr>", "")


def test_an_operation_can_be_linked_to(address: str, profile: Path) -> None:
    dom = visit(f"{address}/docs#/statements/list_statements", profile, 1280)
    assert "said_on__gte" in dom
    assert "Who said it." in dom
    # The form is empty: every filter filled in at once would find nothing.
    assert 'value="howard-lutnick"' not in dom


def test_a_problem_page_is_drawn(address: str, profile: Path) -> None:
    for _ in range(2):
        assert "<h1>The cursor is not valid here</h1>" in visit(f"{address}/problems/invalid-cursor", profile, 390)
