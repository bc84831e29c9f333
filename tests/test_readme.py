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
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
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


def clean() -> dict[str, str]:
    """The environment without settings of whoever runs the tests."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    return environment | {"PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"}


def run(
    *command: str, cwd: Path, text: str | None = None, environment: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a program to its end, whatever its exit code."""
    return subprocess.run(
        command,
        cwd=cwd,
        env=clean() | dict(environment or {}),
        input=text,
        capture_output=True,
        encoding="utf-8",
        timeout=DEADLINE,
        check=False,
    )


@contextmanager
def serving_process(database: Path, folders: pytest.TempPathFactory, cwd: Path) -> Iterator[str]:
    """Where `article-facts serve` serves a dataset, in a process of its own."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    log = folders.mktemp("server") / "log"
    command = [sys.executable, "-m", "app", "serve", "--port", str(port), "--database", str(database)]
    with log.open("w") as out, subprocess.Popen(command, cwd=cwd, env=clean(), stdout=out, stderr=out) as process:
        try:
            url = f"http://127.0.0.1:{port}"
            wait_until_ready(url, process, log)
            yield url
        finally:
            process.terminate()


@pytest.fixture(scope="module")
def served(database: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where the committed seeds are served."""
    with serving_process(database, tmp_path_factory, ROOT) as url:
        yield url


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
CURL_LINE = r"(?:\(cd \S+ \S+ && )?curl .*"
CURL_LINES = re.findall(rf"^{CURL_LINE}$", SHELL, re.MULTILINE)
SHOWN = [
    r'^\{"data":\[\{"kind":"statements",.*"speaker":\{"id":"howard-lutnick"',
    r'^\{"data":\{"kind":"rounds","id":"london",.*"included":\{"delegates":\[\{.*"statements":\[\{',
    r'"said_on":\{"edtf":"2025-06-10".*"said_on":\{"edtf":"2025-06-09"',
    r'^\{"data":\[\{"kind":"delegates","id":"howard-lutnick-geneva",.*"start":3308,"end":3351,',
    r'"when":\{"edtf":"2025-05.*"when":\{"edtf":"2025-06-02.*"when":\{"edtf":"2025-06-10".*"when":null',
    r'"id":"rare-earths".*"matches":\[\{"field":"name","snippet":"rare earths","ranges":\[\{"start":0,"end":4\},\{',
    r'"facets":\{"speaker":\[\{"value":"kevin-hassett".*"said_on:month":\[\{"value":"2025-06".*"search":\{"matches":',
    r'"buckets":\[\{"start":"2025-04-28".*"start":"2025-06-09","end":"2025-06-15","count":13,.*"count":',
    r"^kind,id,href,name,type,.*\npolicy-measures,china-rare-earth-export-restrictions,",
    r'"status":422,.*"did_you_mean":\["speaker"',
    r'"status":404,.*"did_you_mean":\["howard-lutnick"\]',
    r"^HTTP/1\.1 304 .*\n\n$",
    r"^US-China trade negotiations enter second day, Lighthizer discusses progress\n",
    r"^Lutnick did not attend the talks in Geneva\.\n$",
    r'^\{"data":\[\{"number":13,.*"start":1398,"end":1454,.*"facts":\[\{"kind":"statements",',
    r'^\{"result":"differs",.*"op":"replace","given":"Russia","article":"China"',
    r'"exact":"“We want to open up China\.',
    r'"@type":"Claim".*"Kevin Hassett"',
    r'^\{"data":\{"version":"[0-9a-f]{16}","schema_revision":.*"seeds":\[\{"article":\{"id":"us-china-london-2025-06-10"',
    r"^article-facts-[0-9a-f]{16}\.db: OK\n$",
    r'"status":409,.*"code":"dataset_changed"',
    r'^\{"data":\{"since":"[0-9a-f]{16}".*"counts":\{"added":0,"changed":0,"removed":0\}',
]


@pytest.mark.parametrize(("line", "shown"), list(zip(CURL_LINES, SHOWN, strict=True)), ids=CURL_LINES)
def test_curl_line_shows_what_it_says(line: str, shown: str, served: str, tmp_path: Path) -> None:
    for program in ("bash", "curl", "python3", "sha256sum"):
        if shutil.which(program) is None:
            missing(program)
    done = run("bash", "-o", "pipefail", "-c", line.replace(ADDRESS, served), cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert re.search(shown, done.stdout, re.DOTALL), done.stdout


def test_every_curl_line_has_a_sentence_and_the_address_of_make_serve() -> None:
    explained = re.findall(rf"^# .+[.?].*\.\n({CURL_LINE})$|^# .+\.\n({CURL_LINE})$", SHELL, re.MULTILINE)
    assert [first or second for first, second in explained] == CURL_LINES
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


NEEDS_A_QUESTION = {"/v1/search": "/v1/search?q=talks", "/v1/quotes/check": "/v1/quotes/check?text=talks"}
NEEDS_A_QUESTION |= {"/v1/changes": "/v1/changes?since={version}"}


def test_every_path_that_the_readme_names_answers(served: str) -> None:
    paths = set(re.findall(r"`(/[a-z0-9/.-]+)`", README)) - NEEDS_A_QUESTION.keys() | set(NEEDS_A_QUESTION.values())
    version = httpx.get(f"{served}/v1", timeout=DEADLINE).json()["dataset"]
    urls = {path: served + path.format(version=version) for path in paths}
    assert {path: httpx.get(url, timeout=DEADLINE).status_code for path, url in urls.items()} == dict.fromkeys(
        paths, 200
    )


def test_every_resource_is_in_the_readme() -> None:
    named = re.findall(r"^\| `/v1/([a-z-]+)` \|", README, re.MULTILINE)
    assert named == [*Kind, "facts", "search", "timeline", "dataset", "changes"]


# ------------------------------------------------------------------------------------------------ adding an article

ARTICLE_ID = only(re.findall(r"article-facts new ([a-z-]+)\.txt", README))


@pytest.fixture
def workplace(tmp_path: Path) -> Path:
    """A folder with the committed seeds and the README's article, as a reader has it who has just begun."""
    shutil.copytree(SEEDS, tmp_path / "seeds")
    (tmp_path / f"{ARTICLE_ID}.txt").write_text(only(fences(README, "text")), "utf-8")
    command = tmp_path / ".venv" / "bin" / "article-facts"
    command.parent.mkdir(parents=True)
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m app "$@"\n')
    command.chmod(0o755)
    return tmp_path


@pytest.fixture
def written(workplace: Path) -> Path:
    """The same when the article was read, and its facts file written."""
    folder = workplace / "seeds" / ARTICLE_ID
    folder.mkdir()
    (folder / "article.txt").write_text(only(fences(README, "text")), "utf-8")
    (folder / "facts.yaml").write_text(only(fences(README, "yaml")), "utf-8")
    return workplace


def test_an_article_comes_into_the_api_as_the_readme_says(
    workplace: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    for program in ("bash", "curl"):
        if shutil.which(program) is None:
            missing(program)
    commands = only(fences(README, "shell")).splitlines()
    assert len(commands) <= 8
    start = commands.index("make serve")
    begin, end = commands[:start], commands[start + 1 :]
    (workplace / "read.yaml").write_text(only(fences(README, "yaml")), "utf-8")
    editor = {"EDITOR": "cp read.yaml"}  # who has read the article
    said = dict[str, str]()
    for command in begin:
        done = run("bash", "-c", command, cwd=workplace, environment=editor)
        assert done.returncode == 0, done.stdout + done.stderr
        said[command] = done.stdout
    # In the place of `make serve`, which installs what is installed here already.
    with serving_process(workplace / "build" / "facts.db", tmp_path_factory, workplace) as url:
        for command in end:
            done = run("bash", "-c", command.replace(ADDRESS, url), cwd=workplace)
            assert done.returncode == 0, done.stdout + done.stderr
            said[command] = done.stdout
    assert '"text":"We are close,"' in said[end[0]]
    assert said[end[-1]].strip() in README
    assert said[end[-1]].strip().endswith("100 % read")


def test_the_scaffold_has_every_quote_that_the_readme_uses(workplace: Path) -> None:
    done = run("bash", "-c", only(fences(README, "shell")).splitlines()[0], cwd=workplace)
    assert done.returncode == 0, done.stderr
    facts = (workplace / "seeds" / ARTICLE_ID / "facts.yaml").read_text("utf-8")
    for quote in ("Mackerel talks resume in Bergen", "“We are close,”", "Rain is expected tomorrow."):
        assert quote in facts
    # What remains to be done is all that there is to complain of.
    done = run(sys.executable, "-m", "app", "check", cwd=workplace)
    assert {line.split(": ")[1] for line in done.stdout.splitlines() if ": " in line} <= {
        "missing-field",
        "uncovered-sentence",
    }


def test_the_article_added_in_the_readme_is_in_order_and_is_built(written: Path) -> None:
    for command in ("check", "build"):
        done = run(sys.executable, "-m", "app", command, cwd=written)
        assert (done.returncode, done.stdout) == (0, ""), done.stderr
    with closing(sqlite3.connect(written / "build" / "facts.db")) as connection:
        found = connection.execute("SELECT kind FROM facts WHERE id = 'nes-close'").fetchall()
    assert found == [("statements",)]


def test_check_prints_what_the_readme_says_it_does(written: Path) -> None:
    wrong, record = re.findall(r"With `([^`]+)` as the quote of `([^`]+)`", README)[0]
    facts = next(written.glob("seeds/*bergen/facts.yaml"))
    before, after = facts.read_text("utf-8").split(f"- id: {record}\n")
    facts.write_text(f"{before}- id: {record}\n" + re.sub("quote: .*", f"quote: {wrong}", after, count=1), "utf-8")
    done = run(sys.executable, "-m", "app", "check", cwd=written)
    assert (done.returncode, done.stdout + done.stderr) == (1, only(fences(README, "console")))


SECOND = """\
Mackerel talks stall

Nes of the Norwegian ministry spoke to reporters on Wednesday, 4 March 2026. “We are close,” she had said on Monday.
"""
SECOND_FACTS = """\
article:
  name: Mackerel talks stall
  title: Mackerel talks stall
  language: en
  evidence:
    - quote: Mackerel talks stall
      fields: [name, title]
  inferred:
    language: It is written in English.

"""


def test_another_article_adds_to_a_record_and_disputes_it_as_the_readme_shows(written: Path) -> None:
    folder = written / "seeds" / "mackerel-talks-stall"
    folder.mkdir()
    (folder / "article.txt").write_text(SECOND, "utf-8")
    (folder / "facts.yaml").write_text(SECOND_FACTS + only(fences(README, "yml")), "utf-8")
    done = run(sys.executable, "-m", "app", "build", cwd=written)
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    with closing(sqlite3.connect(written / "build" / "facts.db")) as connection:
        found = connection.execute("SELECT id FROM facts WHERE sources >= 2 OR disputed ORDER BY id").fetchall()
    assert found == [("kari-nes",), ("nes-close",)]


# ------------------------------------------------------------------------------------------- tables, names, versions


def test_every_setting_is_in_the_readme_with_its_default() -> None:
    rows = re.findall(rf"^\| `{PREFIX}([A-Z_]+)` \| `(.*)` \| .+ \|$", README, re.MULTILINE)
    assert [(name.lower(), default) for name, default in rows] == [
        (name, str(field.default)) for name, field in Settings.model_fields.items()
    ]


def test_every_make_target_that_is_named_exists_and_has_a_sentence() -> None:
    code = re.findall(r"`+([^`]+)`+", README + CONTRIBUTING + CHANGELOG)
    named = {target for span in code for target in re.findall(r"\bmake ([a-z-]+)", span)}
    explained = set(re.findall(r"^([a-z-]+):.*## .+\.$", MAKEFILE, re.MULTILINE))
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
    script.write_text(only(fences(CONTRIBUTING, "python")).replace('rev_id="0009"', 'rev_id="next"'), "utf-8")
    done = run(sys.executable, script.name, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "migrations" / "versions" / "next_a_few_words.py").exists()
