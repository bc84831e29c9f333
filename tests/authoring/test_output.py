"""What commands write: plain lines in a pipe, colours at a terminal, JSON on demand; never a traceback."""

import json
import os
import pty
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest

from app import terminal
from app.seeding.accounts import problem
from app.seeding.problems import Position, Problem
from tests.authoring.conftest import Run
from tests.conftest import ROOT

STYLED = re.compile(r"\x1b\[[0-9;]*m")
ARTICLE = "A [bold]headline[/bold] :fish: \\[x]\n\nNorway " + "and Iceland " * 30 + "resumed [link=x]talks[/link].\n"


@pytest.fixture
def markup(place: Path, run: Run) -> Path:
    """An article whose words look like markup, and are long."""
    Path("markup.txt").write_text(ARTICLE, "utf-8")
    run("new", "markup.txt")
    return place


def at_a_terminal(*arguments: str, cwd: Path, **variables: str) -> tuple[int, str]:
    """What a command writes to a terminal of 80 columns, standard error included."""
    ours, its = pty.openpty()
    environment = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "FORCE_COLOR")}
    environment |= {"PYTHONPATH": str(ROOT), "TERM": "xterm-256color", "COLUMNS": "80"} | variables
    command = [sys.executable, "-W", "error", "-m", "app", *arguments]
    with subprocess.Popen(command, cwd=cwd, env=environment, stdin=its, stdout=its, stderr=its) as process:
        os.close(its)
        pieces: list[bytes] = []
        try:
            while piece := os.read(ours, 65536):
                pieces.append(piece)
        except OSError:
            pass  # Linux says in this way that the other end was closed.
    os.close(ours)
    return process.returncode, b"".join(pieces).decode().replace("\r\n", "\n")


@pytest.mark.parametrize(
    "arguments",
    [
        ("check",),
        ("build",),
        ("locate", "and Iceland"),
        ("locate", "[link=x]talks[/link]"),
        ("locate", "Norway and Greenland and Iceland and Iceland"),
        ("schema",),
        ("new", "markup.txt", "--id", "another"),
    ],
    ids=" ".join,
)
def test_a_terminal_shows_the_same_words_in_colours_and_wraps_nothing(
    arguments: tuple[str, ...], markup: Path, run: Run
) -> None:
    code, shown = at_a_terminal(*arguments, cwd=markup)
    if arguments[0] == "new":
        for file in (markup / "seeds" / "another").iterdir():
            file.unlink()
    plain = run(*arguments)
    assert code == plain.code
    assert STYLED.sub("", shown) == plain.out + plain.err
    assert not STYLED.search(plain.out)
    if arguments[0] not in ("schema",):
        assert STYLED.search(shown)


def test_places_are_one_word_so_that_they_can_be_clicked(markup: Path) -> None:
    _, shown = at_a_terminal("check", cwd=markup)
    places = re.findall(r"\x1b\[[0-9;]+m(seeds/markup/[a-z]+\.[a-z]+:\d+:\d+:)\x1b\[0m", shown)
    assert len(places) == len(re.findall(r"seeds/markup/", shown)) == 2


def test_coverage_at_a_terminal_is_a_table_and_the_unread_sentences(markup: Path, run: Run) -> None:
    code, shown = at_a_terminal("coverage", cwd=markup)
    words = STYLED.sub("", shown)
    assert code == 1
    assert re.search(r"(?m)^article +sentences +with facts +excused +unread +read$", words)
    assert re.search(r"(?m)^markup +2 +1 +0 +1 +50 %$", words)
    assert run("coverage").out.splitlines()[1] in words.splitlines()


@pytest.mark.parametrize("variables", [{"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_who_wants_no_colours_gets_none(variables: dict[str, str], markup: Path) -> None:
    _, shown = at_a_terminal("check", cwd=markup, **variables)
    codes = {part for code in STYLED.findall(shown) for part in code[2:-1].split(";")}
    assert codes <= {"0", "1"}, "bold is no colour"


def test_forced_colours_do_not_reach_a_pipe(markup: Path, run_process: Run) -> None:
    assert "\x1b" not in run_process("check", cwd=markup, FORCE_COLOR="1").out


def test_a_problem_is_the_same_line_wherever_it_is_written() -> None:
    item = Problem(Position(Path("a\x1b[31m", "b"), 3, 4), "bad-value", "what [b]is[/b] wrong")
    assert "".join(words for words, _ in problem(item)) == str(item)


def test_json_is_one_document(markup: Path, run: Run) -> None:
    code, out, _ = run("check", "--format", "json")
    listed = json.loads(out)
    assert code == 1
    assert ["{file}:{line}:{column}: {rule}: {message}".format(**item) for item in listed] == run(
        "check"
    ).out.splitlines()
    assert set(listed[0]) == {"file", "line", "column", "rule", "message"}
    assert json.loads(run("build", "--format", "json").out) == listed
    code, out, _ = run("new", "markup.txt", "--id", "another", "--format", "json")
    begun = {"article": "seeds/another/article.txt", "facts": "seeds/another/facts.yaml"}
    assert (code, json.loads(out)) == (0, {"id": "another", **begun, "sentences": 2})
    code, out, _ = run("new", "none.txt", "--format", "json")
    assert (code, [item["rule"] for item in json.loads(out)]) == (1, ["missing-file"])


def test_json_of_what_is_in_order(with_seed: Path, run: Run) -> None:
    assert run("check", "--format", "json") == (0, "[]\n", "The seeds are in order.\n")
    built = json.loads(run("build", "--format", "json", "--database", "facts.db").out)
    assert (built["database"], len(built["dataset"])) == ("facts.db", 16)
    assert built["records"] < built["quotes"]


@pytest.mark.parametrize("arguments", [("check",), ("coverage",), ("locate", "’"), ("openapi",)])
@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
def test_a_terminal_of_another_encoding_is_no_error(
    arguments: tuple[str, ...], encoding: str, with_seed: Path, database: Path
) -> None:
    facts = next(Path("seeds").glob("*/facts.yaml"))
    facts.write_text(facts.read_text("utf-8").split("\nstatements:")[0], "utf-8")
    given = [*arguments, "--database", str(database)] if arguments == ("openapi",) else arguments
    environment = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONIOENCODING": encoding}
    done = subprocess.run([sys.executable, "-m", "app", *given], cwd=with_seed, env=environment, capture_output=True)
    assert done.returncode in (0, 1)
    assert b"Traceback" not in done.stderr


@pytest.mark.parametrize("arguments", ["check", "coverage", "schema", "locate e", "check --format json"])
def test_a_closed_pipe_changes_nothing_of_the_verdict(arguments: str, markup: Path) -> None:
    script = f'"{sys.executable}" -m app {arguments} | true; echo "${{PIPESTATUS[0]}}"'
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(["bash", "-c", script], cwd=markup, env=environment, capture_output=True, text=True)
    assert done.stdout == ("0\n" if arguments.split()[0] in ("schema", "locate") else "1\n")
    assert "Traceback" not in done.stderr
    assert "Broken" not in done.stderr


PROGRESS = """
import sys, time
from app.terminal import progress
with progress() as on_progress:
    begin = time.monotonic()
    while time.monotonic() - begin < {seconds}:
        on_progress("checking", 1, 3)
    on_progress("checking", 3, 3)
    print("rich" in sys.modules)
"""


@pytest.mark.parametrize(
    ("seconds", "is_terminal", "shown"), [(0, True, False), (1.2, True, True), (1.2, False, False)]
)
def test_a_progress_bar_comes_after_a_second_and_only_at_a_terminal(
    seconds: float, is_terminal: bool, shown: bool, tmp_path: Path
) -> None:
    script = tmp_path / "slow.py"
    script.write_text(PROGRESS.format(seconds=seconds), "utf-8")
    ours, its = pty.openpty()
    environment = os.environ | {"PYTHONPATH": str(ROOT), "TERM": "xterm-256color"}
    errors = its if is_terminal else subprocess.DEVNULL
    done = subprocess.run([sys.executable, script], env=environment, stdout=subprocess.PIPE, stderr=errors, check=True)
    os.write(its, b"\n")
    written = os.read(ours, 65536).decode()
    os.close(its)
    os.close(ours)
    assert ("checking" in written) == shown
    assert done.stdout.decode() == f"{shown}\n"


def test_a_progress_bar_of_nothing_costs_nothing() -> None:
    begin = time.perf_counter()
    with terminal.progress() as on_progress:
        for done in range(100_000):
            on_progress("checking", done, 100_000)
    assert time.perf_counter() - begin < 1


def test_a_server_that_finds_its_dataset_imports_nothing_of_seeds_yaml_or_terminals(database: Path) -> None:
    command = [sys.executable, "-X", "importtime", "-m", "app", "serve", "--port", "0", "--database", str(database)]
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr
        lines: list[str] = []
        for line in process.stderr:
            lines.append(line)
            if "serving http" in line:
                break
        process.terminate()
        lines += process.stderr
    imported = {line.rpartition("|")[2].strip() for line in lines if line.startswith("import time:")}
    assert "app.main" in imported
    assert [name for name in imported if re.match(r"app\.seeding|yaml|rich", name)] == []
