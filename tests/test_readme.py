"""What the documents show is executed: README, CONTRIBUTING and CHANGELOG say what is so."""

import os
import re
import shutil
import socket
import sqlite3
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import httpx
import pytest

from app import __version__
from app.references import Kind
from app.settings import PREFIX, Settings
from tests.conftest import ROOT, SEEDS, missing

README, CONTRIBUTING, CHANGELOG, MAKEFILE = (
    (ROOT / name).read_text("utf-8") for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "Makefile")
)
ADDRESS = "http://127.0.0.1:8000"
"""The server that the examples speak to."""
DEADLINE = 60
"""Seconds that a process has to start or to finish."""


def fences(document: str, language: str) -> list[str]:
    """The blocks of code of a language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", document, re.MULTILINE | re.DOTALL)


def only(found: list[str]) -> str:
    """The one thing that was found."""
    (one,) = found
    return one


def run(*command: str, cwd: Path, text: str | None = None) -> subprocess.CompletedProcess[str]:
    """Run a program to its end, whatever its exit code."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    environment |= {"PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"}
    return subprocess.run(
        command,
        cwd=cwd,
        env=environment,
        input=text,
        capture_output=True,
        encoding="utf-8",
        timeout=DEADLINE,
        check=False,
    )


@pytest.fixture(scope="module")
def served(database: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where `article-facts serve` serves the committed seeds, in a process of its own."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    log = tmp_path_factory.mktemp("server") / "log"
    command = [sys.executable, "-m", "app", "serve", "--port", str(port), "--database", str(database)]
    with log.open("w") as output, subprocess.Popen(command, cwd=ROOT, stdout=output, stderr=output) as process:
        try:
            url = f"http://127.0.0.1:{port}"
            wait_until_ready(url, process, log)
            yield url
        finally:
            process.terminate()


def wait_until_ready(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    """Ask for /readyz until it answers."""
    deadline = time.monotonic() + DEADLINE
    while time.monotonic() < deadline:
        assert process.poll() is None, log.read_text()
        try:
            if httpx.get(f"{url}/readyz", timeout=DEADLINE).is_success:
                return
        except httpx.TransportError:
            time.sleep(0.05)
    pytest.fail(f"the server was not ready in time: {log.read_text()}")


# ------------------------------------------------------------------------------------------------ asking the server

SHELL = "\n".join(fences(README, "sh"))
CURL_LINES = re.findall(r"^curl .*$", SHELL, re.MULTILINE)
SHOWN = [
    r'^\{"data":\[\{"kind":"statements",.*"speaker":\{"id":"howard-lutnick"',
    r'^\{"data":\{"kind":"rounds","id":"london",.*"included":\{"delegates":\[\{.*"statements":\[\{',
    r'"said_on":\{"edtf":"2025-06-10".*"said_on":\{"edtf":"2025-06-09"',
    r'^\{"data":\[\{"kind":"delegates","id":"howard-lutnick-geneva",.*"start":3308,"end":3351,',
    r'"when":\{"edtf":"2025-05.*"when":\{"edtf":"2025-06-02.*"when":\{"edtf":"2025-06-10".*"when":null',
    r'"status":422,.*"did_you_mean":\["speaker"',
    r'"status":404,.*"did_you_mean":\["howard-lutnick"\]',
    r"^HTTP/1\.1 304 .*\n\n$",
    r"^US-China trade negotiations enter second day, Lighthizer discusses progress\n",
    r"^Lutnick did not attend the talks in Geneva\.\n$",
]


@pytest.mark.parametrize(("line", "shown"), list(zip(CURL_LINES, SHOWN, strict=True)), ids=CURL_LINES)
def test_curl_line_shows_what_it_says(line: str, shown: str, served: str, tmp_path: Path) -> None:
    for program in ("bash", "curl", "python3"):
        if shutil.which(program) is None:
            missing(program)
    done = run("bash", "-o", "pipefail", "-c", line.replace(ADDRESS, served), cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert re.search(shown, done.stdout, re.DOTALL), done.stdout


def test_every_curl_line_has_a_sentence_and_the_address_of_make_serve() -> None:
    explained = re.findall(r"^# .+\.\n(curl .*)$", SHELL, re.MULTILINE)
    assert explained == CURL_LINES
    assert all(ADDRESS in line for line in CURL_LINES)


def test_python_example_finds_every_quote_in_its_text(served: str, tmp_path: Path) -> None:
    example = only(fences(README, "python"))
    assert ADDRESS in example
    done = run(sys.executable, "-", cwd=tmp_path, text=example.replace(ADDRESS, served))
    assert (done.returncode, done.stderr) == (0, "")
    assert "Howard Lutnick: the trade negotiations with China are progressing smoothly\n" in done.stdout


def test_browser_example_finds_every_quote_in_its_text(served: str, tmp_path: Path) -> None:
    node = shutil.which("node")
    if node is None:
        missing("node")
        return
    example = only(fences(README, "js"))
    assert ADDRESS in example
    done = run(node, "--input-type=module", cwd=tmp_path, text=example.replace(ADDRESS, served))
    assert (done.returncode, done.stderr) == (0, "")
    found = {line.split()[0] for line in done.stdout.splitlines()}
    assert found == {"true"}


def test_every_path_that_the_readme_names_answers(served: str) -> None:
    paths = set(re.findall(r"`(/[a-z0-9/.-]+)`", README))
    assert {path: httpx.get(served + path, timeout=DEADLINE).status_code for path in paths} == dict.fromkeys(paths, 200)


def test_every_resource_is_in_the_readme() -> None:
    assert re.findall(r"^\| `/v1/([a-z-]+)` \|", README, re.MULTILINE) == [*Kind, "facts"]


# ------------------------------------------------------------------------------------------------ adding an article


@pytest.fixture
def workplace(tmp_path: Path) -> Path:
    """A folder with the committed seeds and the README's article, as a reader of the README would have it."""
    shutil.copytree(SEEDS, tmp_path / "seeds")
    for name, language in (("article.txt", "text"), ("facts.yaml", "yaml")):
        file = tmp_path / only(re.findall(rf"`(seeds/[a-z-]+/{re.escape(name)})`", README))
        file.parent.mkdir(exist_ok=True)
        file.write_text(only(fences(README, language)), "utf-8")
    return tmp_path


def test_the_article_added_in_the_readme_is_in_order_and_is_built(workplace: Path) -> None:
    for command in ("check", "build"):
        done = run(sys.executable, "-m", "app", command, cwd=workplace)
        assert (done.returncode, done.stdout) == (0, ""), done.stderr
    with closing(sqlite3.connect(workplace / "build" / "facts.db")) as connection:
        found = connection.execute("SELECT kind FROM facts WHERE id = 'nes-close'").fetchall()
    assert found == [("statements",)]


def test_check_prints_what_the_readme_says_it_does(workplace: Path) -> None:
    wrong, record = re.findall(r"With `([^`]+)` as the quote of `([^`]+)`", README)[0]
    facts = next(workplace.glob("seeds/*bergen/facts.yaml"))
    before, after = facts.read_text("utf-8").split(f"- id: {record}\n")
    facts.write_text(f"{before}- id: {record}\n" + re.sub("quote: .*", f"quote: {wrong}", after, count=1), "utf-8")
    done = run(sys.executable, "-m", "app", "check", cwd=workplace)
    assert (done.returncode, done.stdout + done.stderr) == (1, only(fences(README, "console")))


# ------------------------------------------------------------------------------------------- tables, names, versions


def test_every_setting_is_in_the_readme_with_its_default() -> None:
    rows = re.findall(rf"^\| `{PREFIX}([A-Z_]+)` \| `(.*)` \| .+ \|$", README, re.MULTILINE)
    assert [(name.lower(), default) for name, default in rows] == [
        (name, str(field.default)) for name, field in Settings.model_fields.items()
    ]


def test_every_make_target_that_is_named_exists_and_has_a_sentence() -> None:
    code = re.findall(r"`+([^`]+)`+", README + CONTRIBUTING + CHANGELOG)
    named = {target for span in code for target in re.findall(r"\bmake ([a-z]+)", span)}
    explained = set(re.findall(r"^([a-z]+):.*## .+\.$", MAKEFILE, re.MULTILINE))
    assert named
    assert named <= explained
    assert explained == set(only(re.findall(r"^\.PHONY: (.*) FORCE$", MAKEFILE, re.MULTILINE)).split())


def test_links_within_the_repository_lead_somewhere() -> None:
    links = re.findall(r"\]\((?!https?:)([^)#]+)", README + CONTRIBUTING + CHANGELOG)
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_the_newest_version_in_the_changelog_is_this_one() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    newest = re.findall(r"^## \[([0-9.]+)\] - [0-9]{4}-[0-9]{2}-[0-9]{2}$", CHANGELOG, re.MULTILINE)[0]
    assert newest == __version__ == project["version"]


def test_a_migration_is_made_as_contributing_says(tmp_path: Path) -> None:
    for name in ("app", "migrations"):
        shutil.copytree(ROOT / name, tmp_path / name)
    script = tmp_path / "migration.py"
    script.write_text(only(fences(CONTRIBUTING, "python")).replace('rev_id="0002"', 'rev_id="next"'), "utf-8")
    done = run(sys.executable, script.name, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "migrations" / "versions" / "next_a_few_words.py").exists()
