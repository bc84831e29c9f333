"""A build takes as long as there are facts, and keeps little of each in mind; counted, since clocks differ."""

import errno
import gc
import json
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import tracemalloc
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event

from app.models import RESOURCES, Fact
from app.references import Kind
from app.seeding import crew, load, spool
from app.seeding.build import build
from tests.conftest import ROOT
from tests.seeding.conftest import Outcome

ARTICLE = """\
Talks {n} resume in Bergen

Kari Nes {n} of Norway said that she hoped for “a good end” to case {n}.

Landings of cod fell by {percent} percent, the Directorate reported.
"""
FACTS = """\
article:
  name: "Talks {n} resume in Bergen"
  title: "Talks {n} resume in Bergen"
  language: en
  evidence: [{{quote: "Talks {n} resume in Bergen", fields: [name, title]}}]
  inferred: {{language: "It is written in English."}}
parties:
  - id: norway-{tens}
    name: Norway
    evidence: [{{quote: "of Norway", fields: [name]}}]
people:
  - id: nes-{n}
    name: "Kari Nes {n}"
    party: norway-{tens}
    evidence: [{{quote: "Kari Nes {n} of Norway", fields: [name, party]}}]
statements:
  - id: good-end-{n}
    name: "A good end to case {n}"
    speaker: nes-{n}
    mode: mixed
    text: "she hoped for “a good end” to case {n}"
    is_conditional: false
    evidence:
      - quote: "Kari Nes {n} of Norway said that she hoped for “a good end” to case {n}."
        fields: [name, speaker, mode, text, is_conditional]
indicators:
  - id: landings-{n}
    name: "Landings of cod"
    metric: landings
    amount: {{value: {percent}, unit: percent, comparator: exact, stated: "{percent} percent"}}
    direction: down
    evidence: [{{quote: "Landings of cod fell by {percent} percent", fields: [name, metric, amount, direction]}}]
corroborates:
  - record: people/nes-{other}
    evidence: [{{quote: "Kari Nes {n} of Norway", fields: [name]}}]
"""


def corpus(folder: Path, articles: int) -> Path:
    """Articles with four facts each, one that ten share, and one that is added to another article's."""
    chance = random.Random(1)
    for n in range(articles):
        seed = folder / f"talks-{n:05}"
        seed.mkdir(parents=True)
        values = {"n": n, "other": (n + 1) % articles, "percent": chance.randint(1, 99), "tens": n // 10}
        (seed / "article.txt").write_text(ARTICLE.format_map(values), "utf-8")
        (seed / "facts.yaml").write_text(FACTS.format_map(values), "utf-8")
    return folder


@pytest.fixture
def on_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing that is set aside stays in memory."""
    monkeypatch.setattr(spool, "KEPT_IN_MIND", 1)


def calls_of(work: Callable[[], Any]) -> int:
    """How many functions of Python are called."""
    count = 0

    def called(_frame: Any, what: str, _argument: Any) -> None:
        nonlocal count
        count += what == "call"

    sys.setprofile(called)
    try:
        work()
    finally:
        sys.setprofile(None)
    return count


def test_the_work_grows_with_the_facts_and_no_faster(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    statements: list[str] = []

    def remember(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        statements.append(statement)

    monkeypatch.setattr(crew, "processes", lambda: 1)
    counts = []
    event.listen(Engine, "before_cursor_execute", remember)
    try:
        # The first one pays for the statements, which are made once.
        for articles in (150, 100, 200, 400):
            seeds = corpus(tmp_path / str(articles), articles)
            statements.clear()
            calls = calls_of(lambda seeds=seeds: build(seeds, seeds.with_suffix(".db")))  # type: ignore[misc]
            counts.append((calls, len(statements)))
    finally:
        event.remove(Engine, "before_cursor_execute", remember)
    (_, few), (some, _), (more, _), (most, many) = counts
    assert most - more < 2.1 * (more - some)
    # Names of a facet's values are asked for by the hundred.
    assert many <= few + 100


def peaks_of(folder: Path, sizes: Iterable[int]) -> Iterator[tuple[int, int]]:
    """The most bytes that Python held while it built a corpus of so many articles, and how many facts it has."""
    for articles in sizes:
        seeds = corpus(folder / str(articles), articles)
        gc.collect()
        tracemalloc.start()
        built = build(seeds, seeds.with_suffix(".db"))
        yield tracemalloc.get_traced_memory()[1], built.records
        tracemalloc.stop()


@pytest.mark.parametrize("processes", [1, 2])
def test_memory_grows_by_less_than_two_kilobytes_a_fact(processes: int, tmp_path: Path) -> None:
    # In a process of its own: tables that all of Python shares may grow meanwhile, with what else was loaded.
    script = f"""
from pathlib import Path
from app.seeding import crew, load, spool
from tests.seeding.test_large_builds import peaks_of
load.BATCH, spool.KEPT_IN_MIND, crew.processes = 10, 1, lambda: {processes}
print(*(number for pair in peaks_of(Path({str(tmp_path)!r}), (100, 200, 400)) for number in pair))
"""
    run = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    # The first one pays for what is made once.
    _, _, more, facts, most, more_facts = map(int, run.stdout.split())
    assert (most - more) / (more_facts - facts) < 2_000


SHARED_OUT = """
import os, signal, sys
from app import cli
from app.seeding import across, check, crew, load, spool
crew.processes, crew.WORTH_IT, spool.KEPT_IN_MIND, load.BATCH = (lambda: {processes}), 5, {in_mind}, 5
here, remember, hold = os.getpid(), across.Across.remember, check.check_file
def remembering(*given):
    {remembering}
    return remember(*given)
def holding(reading, *given):
    {holding}
    return hold(reading, *given)
across.Across.remember, check.check_file = remembering, holding
code = cli.main(sys.argv[1:])
try:
    os.waitpid(-1, os.WNOHANG)
except ChildProcessError:
    sys.exit(code)
sys.exit("a process is left")
"""


def shared_out(
    command: str, folder: Path, processes: int = 3, in_mind: int = 2**20, remembering: str = "", holding: str = ""
) -> Outcome:
    """The command line in a process of its own that has others to help; it ends when all of them have."""
    code = {"remembering": remembering or "pass", "holding": holding or "pass"}
    script = SHARED_OUT.format(processes=processes, in_mind=in_mind, **code)
    arguments = [command, "--seeds", str(folder / "seeds")]
    arguments += ["--database", str(folder / "new" / "facts.db")] if command == "build" else []
    run = [sys.executable, "-W", "error", "-c", script, *arguments]
    # Whoever works has the same output, which ends when the last of them does.
    done = subprocess.run(run, cwd=ROOT, capture_output=True, text=True, timeout=60, start_new_session=True)
    return Outcome(done.returncode, done.stdout, done.stderr)


@pytest.mark.parametrize(("articles", "processes", "in_mind"), [(9, 2, 1), (10, 2, 2**30), (41, 5, 1)])
def test_however_many_processes_work_the_bytes_are_the_same(
    articles: int, processes: int, in_mind: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(crew, "processes", lambda: 1)
    monkeypatch.setattr(load, "BATCH", 5)
    build(corpus(tmp_path / "seeds", articles), tmp_path / "facts.db")
    assert shared_out("build", tmp_path, processes, in_mind).code == 0
    assert (tmp_path / "new" / "facts.db").read_bytes() == (tmp_path / "facts.db").read_bytes()


def test_however_many_processes_work_the_problems_are_the_same(tmp_path: Path) -> None:
    seeds = corpus(tmp_path / "seeds", 40)
    for n, (wrong, right) in enumerate(
        (
            ("speaker: nes-", "speaker: nobody-"),
            ("mode: mixed", "mode: indirect"),
            ("metric: landings", "mteric: landings"),
            ("record: people/nes-", "record: people/nessie-"),
            ("language: en\n", "language: en\n  - x\n"),
            ('name: "Kari Nes', 'name: "Kari Nes 7'),
        )
    ):
        for seed in sorted(seeds.iterdir())[n::9]:
            file = seed / "facts.yaml"
            file.write_text(file.read_text("utf-8").replace(wrong, right), "utf-8")
    (seeds / "talks-00013" / "article.txt").write_bytes(b"\xff\xfe")
    alone, *together = (shared_out(command, tmp_path, n) for command, n in (("check", 1), ("check", 2), ("build", 5)))
    assert alone.code == 1
    assert len({line.split(": ")[1] for line in alone.out.splitlines()}) > 6
    assert {outcome.out for outcome in together} == {alone.out}
    assert not (tmp_path / "new").exists()


def test_where_no_process_can_be_started_one_does_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, dataset: Path, real_seed: Path
) -> None:
    forks: list[str] = []

    def fork() -> int:
        forks.append("refused")
        raise BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN))

    monkeypatch.setattr(os, "fork", fork)
    monkeypatch.setattr(crew, "processes", lambda: 4)
    monkeypatch.setattr(crew, "WORTH_IT", 0.1)
    build(real_seed.parent, tmp_path / "facts.db")
    assert forks
    assert (tmp_path / "facts.db").read_bytes() == dataset.read_bytes()


ENDS = {
    "a process that works is killed": (
        {"holding": "os.getpid() != here and reading.source.article_id[-1] == '7' and os.kill(os.getpid(), 9)"},
        (2, "article-facts: a process that worked on the articles ended by signal 9; nothing was built\n"),
    ),
    "a process that works gives up": (
        {"holding": "os.getpid() != here and reading.source.article_id[-1] == '7' and os._exit(3)"},
        (2, "article-facts: a process that worked on the articles ended with code 3; nothing was built\n"),
    ),
    "all are interrupted": ({"remembering": "os.killpg(0, signal.SIGINT)"}, (130, "")),
    "the one that waits is killed": ({"remembering": "os.kill(here, 9)"}, (-9, "")),
}


@pytest.mark.parametrize("what", ENDS)
def test_a_build_by_several_that_does_not_come_to_its_end_leaves_nothing(
    what: str, tmp_path: Path, old_dataset: Path, snapshot: Callable[[Path], dict[str, bytes]]
) -> None:
    corpus(tmp_path / "seeds", 40)
    old_dataset.parent.rename(tmp_path / "new")
    before = snapshot(tmp_path / "new")
    moment, outcome = ENDS[what]
    done = shared_out("build", tmp_path, in_mind=1, **moment)  # type: ignore[arg-type]
    assert (done.code, done.err) == outcome
    assert snapshot(tmp_path / "new") == before


def test_a_few_files_are_built_by_one_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, dataset: Path, real_seed: Path
) -> None:
    monkeypatch.setattr(crew, "processes", lambda: 64)
    monkeypatch.setattr(crew, "_start", None)
    build(real_seed.parent, tmp_path / "facts.db")
    assert (tmp_path / "facts.db").read_bytes() == dataset.read_bytes()


def test_what_is_set_aside_on_disk_makes_the_same_bytes(
    tmp_path: Path, dataset: Path, real_seed: Path, on_disk: None
) -> None:
    build(real_seed.parent, tmp_path / "facts.db")
    assert (tmp_path / "facts.db").read_bytes() == dataset.read_bytes()


def test_files_that_are_written_in_any_order_make_the_same_bytes(tmp_path: Path) -> None:
    seeds = corpus(tmp_path / "seeds", 40)
    build(seeds, tmp_path / "facts.db")
    shuffled = sorted(seeds.iterdir())
    random.Random(2).shuffle(shuffled)
    for seed in shuffled:
        shutil.copytree(seed, tmp_path / "shuffled" / seed.name)
    build(tmp_path / "shuffled", tmp_path / "other.db")
    assert (tmp_path / "facts.db").read_bytes() == (tmp_path / "other.db").read_bytes()


def test_a_file_that_changes_while_it_is_checked_is_built_as_it_was_read(seed: Path, dataset: Path) -> None:
    def spoil(phase: str, *_: int) -> None:
        if phase == "reading":
            (seed / "facts.yaml").write_text("spoilt: true", "utf-8")
            (seed / "article.txt").write_text("Spoilt.", "utf-8")

    build(seed.parent, Path("facts.db"), spoil)
    assert Path("facts.db").read_bytes() == dataset.read_bytes()


def test_documents_and_summaries_have_the_fields_of_their_models_in_order(dataset: Path) -> None:
    with closing(sqlite3.connect(dataset)) as connection:
        rows = connection.execute(
            "SELECT kind, document, summary FROM facts JOIN documents USING (key) JOIN summaries USING (key)"
        ).fetchall()
    assert rows
    for kind, document, summary in rows:
        record = RESOURCES[Kind(kind)].record
        for model, text in ((record, document), (Fact, summary)):
            fields = json.loads(text)
            assert model.model_validate(fields).model_dump(mode="json") == fields
            assert sorted(fields) == sorted(model.model_fields)
            assert text == json.dumps(fields, ensure_ascii=False, separators=(",", ":"))
        assert list(json.loads(summary)) == list(Fact.model_fields)
