"""`article-facts export`: what the API exports, from the shell, held to the API's own rules."""

import csv
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from app.ask import AnswerError, ask
from app.main import create_app
from app.references import Kind
from app.settings import Settings
from tests.authoring.conftest import Run
from tests.conftest import ROOT


@pytest.mark.parametrize("resource", [*Kind, "facts"])
@pytest.mark.parametrize("form", ["csv", "ndjson"])
def test_it_prints_what_the_api_answers(
    resource: str, form: str, database: Path, http: httpx.Client, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    from app.cli import main

    assert main(["export", resource, "--format", form, "--database", str(database), "sort=-id"]) == 0
    out, err = capfdbinary.readouterr()
    assert (out, err) == (http.get(f"/v1/{resource}.{form}", params={"sort": "-id"}).content, b"")


def test_filters_stand_before_and_after_options(database: Path, run: Run) -> None:
    first = run("export", "statements", "speaker=trump", "sort=-said_on", "--database", database)
    assert first == run("export", "statements", "speaker=trump", "--database", database, "sort=-said_on")
    rows = list(csv.DictReader(io.StringIO(first.out)))
    assert len(rows) > 3
    assert {row["speaker.id"] for row in rows} == {"trump"}
    several = run("export", "statements", "speaker=trump", "speaker=howard-lutnick", "--database", database)
    assert len(several.out) > len(first.out)


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["statements", "speeker=trump"], 1, "speeker: There is no such parameter. Did you mean speaker?"),
        (["statements", "zzz=1", "mode=derect"], 1, "mode: Allowed: direct, indirect, mixed. Did you mean direct?"),
        (["statements", "zzz=1"], 1, "zzz: There is no such parameter. Allowed: id, "),
        (["statements", "said_on__gte=2025-13"], 1, "said_on__gte: "),
        (["statements", "limit=5"], 1, "limit: There is no such parameter."),
        (["statements", "speaker=\udcff"], 1, "article-facts: "),
        (["statements", "q=" + "x" * 9_000], 1, "article-facts: The URL has more than"),
        (["statements", "speaker"], 2, "'speaker' is no parameter; one is written as name=value"),
        (["statments"], 2, "there is no resource 'statments'; did you mean 'statements'?"),
        (["zzz"], 2, "there is no resource 'zzz'; there are articles, "),
        (["statements", "--format", "json"], 2, "statements can be exported as csv or ndjson, not as json"),
        (["bundle", "--format", "csv"], 2, "bundle can be exported as json, not as csv"),
        (["facts", "--output", "none/facts.csv"], 2, "cannot write none/facts.csv: no such file or directory"),
        (["facts", "--output", "."], 2, "cannot write .: not a regular file"),
        (["facts", "--output", os.devnull], 2, "cannot write /dev/null: not a regular file"),
    ],
)
def test_what_is_wrong_is_said(
    arguments: list[str], code: int, said: str, place: Path, database: Path, run: Run
) -> None:
    ended, out, err = run("export", *arguments, "--database", database)
    assert (ended, out) == (code, "")
    assert said in err
    assert err.startswith("article-facts: ")
    assert list(place.iterdir()) == []


def test_a_dataset_that_is_missing_is_an_error_of_the_environment(place: Path, run: Run) -> None:
    assert run("export", "facts", "--database", "none.db", "--output", "facts.csv")[::2] == (
        2,
        "article-facts: there is no dataset none.db; build it anew with 'article-facts build'\n",
    )
    assert list(place.iterdir()) == []


def test_a_file_is_exchanged_once_all_is_written(place: Path, database: Path, run: Run) -> None:
    file = place / "statements.ndjson"
    file.write_text("old", "utf-8")
    assert (
        run("export", "statements", "speeker=x", "--format", "ndjson", "--output", file, "--database", database)[0] == 1
    )
    assert file.read_text("utf-8") == "old"
    done = run("export", "statements", "--format", "ndjson", "--output", file, "--database", database)
    assert done == (0, "", "")
    assert all(json.loads(line)["kind"] == "statements" for line in file.read_text("utf-8").splitlines())
    assert [item.name for item in place.iterdir()] == [file.name]


def test_the_bundle_and_the_dataset_are_exported_as_they_are_served(
    place: Path, database: Path, http: httpx.Client, run: Run
) -> None:
    for name, form in (("bundle", "json"), ("dataset", "sqlite")):
        file = place / f"all.{form}"
        answer = http.get(f"/v1/{name}.{form}")
        code, out, err = run("export", name, "--output", file, "--database", database)
        if answer.status_code == 404:
            assert (code, out) == (1, "")
            assert err.startswith("article-facts: There is nothing here.")
        else:
            assert (code, out, err) == (0, "", "")
            assert file.read_bytes() == answer.content


def test_a_closed_pipe_ends_it_quietly(database: Path) -> None:
    command = [sys.executable, "-W", "error", "-m", "app", "export", "facts", "--format", "ndjson"]
    with subprocess.Popen(
        [*command, "--database", str(database)], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, bufsize=0
    ) as process:
        assert process.stdout
        assert process.stderr
        assert process.stdout.read(10) == b'{"kind":"t'
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(20) == 0


def test_a_write_that_fails_stops_the_application(database: Path) -> None:
    written: list[bytes] = []

    def write(piece: bytes) -> None:
        written.append(piece)
        raise OSError(28, "no space left on device")

    with pytest.raises(OSError, match="no space left"):
        ask(create_app(Settings(database=database)), "/v1/facts.ndjson", [], write)
    assert len(written) == 1


def test_a_question_that_has_no_answer_is_told_from_one_that_could_not_be_answered(database: Path) -> None:
    with pytest.raises(AnswerError) as refused:
        ask(create_app(Settings(database=database)), "/v1/nothing", [], print)
    assert refused.value.is_of_the_question
    assert not AnswerError({"status": 503, "detail": "x"}).is_of_the_question
    assert AnswerError({"status": 503, "detail": "The query took too long."}).lines() == ["The query took too long."]
