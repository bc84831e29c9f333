"""The command line: what it prints and how it ends."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from app import __version__
from app.cli import COMMANDS, main
from app.settings import Settings
from tests.conftest import ROOT, SEEDS


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no device that is always full")
@pytest.mark.parametrize("command", ["export facts", "locate Trump", "openapi"])
def test_output_that_cannot_be_written_is_said_in_a_line(command: str, database: Path) -> None:
    environment = {**os.environ, "FACTS_DATABASE": str(database), "FACTS_SEEDS": str(SEEDS)}
    with open("/dev/full", "wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "app", *command.split()],
            cwd=ROOT,
            env=environment,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
        )
    assert done.returncode == 2
    assert done.stderr == "article-facts: cannot write what was asked for: no space left on device\n"


@pytest.mark.parametrize(
    ("command", "options"),
    [
        ("serve", "FACTS_SEEDS FACTS_DATABASE FACTS_HOST FACTS_PORT FACTS_WORKERS"),
        ("new", "PATH --id FACTS_SEEDS --format"),
        ("locate", "WORDS --article FACTS_SEEDS --format"),
        ("coverage", "--article FACTS_SEEDS --format"),
        ("check", "FACTS_SEEDS --format"),
        ("build", "FACTS_SEEDS FACTS_DATABASE --format"),
        ("export", "RESOURCE PARAMETER=VALUE --format --output FACTS_DATABASE"),
        ("schema", "--output"),
        ("openapi", "FACTS_DATABASE"),
    ],
)
def test_help_tells_everything_of_the_command(command: str, options: str, capsys: pytest.CaptureFixture[str]) -> None:
    everything = {option for _, _, names in COMMANDS for option in names.split()}
    with pytest.raises(SystemExit) as ended:
        main([command, "--help"])
    text = capsys.readouterr().out
    assert ended.value.code == 0
    assert text.startswith(f"usage: article-facts {command}")
    assert all(option in text for option in options.split())
    for name in everything & Settings.model_fields.keys():
        assert (f"FACTS_{name.upper()}" in text) == (f"FACTS_{name.upper()}" in options)


def test_help_tells_of_every_command_in_a_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--help"])
    text = " ".join(capsys.readouterr().out.split())
    assert ended.value.code == 0
    assert text.startswith("usage: article-facts")
    assert "Exit codes" in text
    for run, about, _ in COMMANDS:
        assert f" {run.__name__} {about}" in text


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["--version"], 0),
        ([], 2),
        (["biuld"], 2),
        (["build", "--seed", "x", "--nonsense"], 2),
        (["serve", "--port", "x"], 2),
        (["check", "speaker=trump"], 2),
        (["new"], 2),
        (["locate"], 2),
        (["export"], 2),
        (["export", "statements", "speaker=trump", "--nonsense"], 2),
        (["export", "statements", "--format", "xml"], 2),
        (["check", "--format", "csv"], 2),
    ],
)
def test_wrong_calls_end_with_2(arguments: list[str], code: int, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == code
    captured = capsys.readouterr()
    assert __version__ in captured.out if code == 0 else "usage: article-facts" in captured.err


def test_options_are_held_to_the_limits_of_the_settings(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["serve", "--port", "99999"]) == 2
    assert "port (FACTS_PORT): Input should be less than or equal to 65535" in capsys.readouterr().err


def test_check_and_build_say_what_they_did(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--seeds", str(SEEDS)]) == 0
    assert capsys.readouterr() == ("", "The seeds are in order.\n")
    database = tmp_path / "facts.db"
    assert main(["build", "--seeds", str(SEEDS), "--database", str(database)]) == 0
    assert re.fullmatch(r".*facts\.db: dataset [0-9a-f]{16}, \d+ records on \d+ quotes\n", capsys.readouterr().err)


def test_seeds_that_are_not_there_are_a_problem_with_a_place(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", "--seeds", str(tmp_path / "none")]) == 1
    assert re.match(r".*none:1:1: no-seeds: ", capsys.readouterr().out)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("FACTS_DATABSE", "x", "did you mean FACTS_DATABASE?"),
        ("FACTS_PORT", "many", "port (FACTS_PORT): "),
        ("FACTS_PORT", "70000", "port (FACTS_PORT): "),
        ("FACTS_QUERY_SECONDS", "-1", "query_seconds (FACTS_QUERY_SECONDS): "),
    ],
)
def test_wrong_settings_end_with_2(
    name: str, value: str, said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(name, value)
    assert main(["check"]) == 2
    assert said in capsys.readouterr().err


def test_an_address_that_is_taken_ends_with_2_and_one_line(database: Path, address: str) -> None:
    port = address.rpartition(":")[2]
    command = [sys.executable, "-m", "app", "serve", "--database", str(database), "--port", port]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"article-facts: cannot listen on 127.0.0.1:{port}: address already in use\n"


def test_settings_and_command_line_know_the_same_defaults() -> None:
    defaults = Settings.model_construct()
    assert (str(defaults.database), str(defaults.seeds), defaults.host, defaults.port) == (
        "build/facts.db",
        "seeds",
        "127.0.0.1",
        8000,
    )
