"""The datasets that are measured: articles generated, built by the application, and kept while nothing has changed."""

import hashlib
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self

from tests.benchmarks.peers import ROOT, Bench
from tests.benchmarks.progress import say
from tests.benchmarks.servers import NotMeasuredError, family, memory_of

IMPORTED = re.compile(r"^from tests\.benchmarks(?:\.(\w+) import|( import .+)$)", re.MULTILINE)
SECONDS_BETWEEN_LINES = 20
LARGER = 0.9
"""An article of a large corpus takes this part of the time that one of a small corpus does: more is told of twice."""


@dataclass(frozen=True)
class Build:
    """What it took to build a dataset."""

    seconds: float
    cpu_seconds: float
    """Of all its processes together."""
    peak_bytes: int
    """The most that all its processes held at a time."""


@dataclass(frozen=True)
class Dataset:
    """A dataset on disk."""

    name: str
    database: Path
    articles: int
    facts: int
    statements: int
    size: int
    """Of the file, in bytes."""
    build: Build

    @property
    def facts_per_core_second(self) -> float:
        """How many facts were built in a second of one core."""
        return self.facts / self.build.cpu_seconds


@dataclass
class Work:
    """A process that ran to its end, and what it used."""

    seconds: float
    cpu_seconds: float
    peak_bytes: int

    @classmethod
    def of(cls, what: str, command: Sequence[str], folder: Path, log: Path, limit: float) -> Self:
        """Run a command; NotMeasuredError where it fails or takes longer than the limit."""
        log.parent.mkdir(parents=True, exist_ok=True)
        environment = {name: value for name, value in os.environ.items() if not name.upper().startswith("FACTS_")}
        began, peak, told, looked = time.monotonic(), 0, time.monotonic(), 0.0
        with log.open("wb") as output:
            process = subprocess.Popen(
                command,
                cwd=folder,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
            try:
                while True:
                    ended, status, used = os.wait4(process.pid, os.WNOHANG)
                    now = time.monotonic()
                    if ended:
                        break
                    if now - began > limit:
                        raise NotMeasuredError(f"{what} took more than {limit:.0f} s and was given up")
                    if now - looked > (0.5 if now - began < 60 else 2):
                        peak, looked = max(peak, sum(memory_of(it).proportional for it in family(process.pid))), now
                    if now - told > SECONDS_BETWEEN_LINES:
                        say(f"  {what}: {now - began:.0f} s of at most {limit:.0f} s, {peak / 1e6:,.0f} MB")
                        told = now
                    time.sleep(0.01)
            except BaseException:
                os.killpg(process.pid, 9)
                process.wait()
                raise
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            said = log.read_text("utf-8", "replace").strip().splitlines()[-1:]
            raise NotMeasuredError(f"{what} failed: {said[0][-200:] if said else process.returncode}")
        return cls(now - began, used.ru_utime + used.ru_stime, max(peak, used.ru_maxrss * 1024))


def checksum(files: Iterable[Path]) -> str:
    """What files say, in a few characters."""
    digest = hashlib.sha256()
    for file in sorted(files):
        digest.update(file.name.encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()[:16]


def generator() -> list[Path]:
    """The modules that generate articles: `corpus` and what it imports from here."""
    folder, names = ROOT / "tests" / "benchmarks", ["corpus"]
    for name in names:
        file = folder / f"{name}.py"
        for module, listed in IMPORTED.findall(file.read_text("utf-8") if file.exists() else ""):
            imported = [module] if module else [it.split()[0] for it in listed.removeprefix(" import ").split(",")]
            names += [it for it in imported if it not in names]
    return [file for file in (folder / f"{name}.py" for name in names) if file.exists()]


def application_checksum(application: Path) -> str:
    """What the code that builds says."""
    files = [*(application / "app").rglob("*.py"), *(application / "migrations").rglob("*.py")]
    return checksum(files)


class Datasets:
    """Makes datasets in the work folder, and keeps them while their articles and the application are the same."""

    def __init__(self, bench: Bench, limit: float, fresh: bool) -> None:
        self.bench, self.limit, self.fresh = bench, limit, fresh
        self.application = application_checksum(bench.application)
        self.reused: list[str] = []
        self.generating: dict[str, float] = {}
        """Seconds that the generating took, by the corpus."""

    def one_article(self) -> Dataset:
        """The article that the repository brings along."""
        seeds = self.bench.application / "seeds"
        articles = sum(1 for _ in seeds.glob("*/facts.yaml"))
        return self._built("one", seeds, articles, checksum(seeds.glob("*/*")))

    def generated(self, name: str, articles: int) -> Dataset:
        """A number of generated articles."""
        folder = self.bench.work / name
        key, mark = self._key(articles), folder / "articles.made"
        kept, _, seconds = mark.read_text().partition("\n") if mark.exists() else ("", "", "")
        if self.fresh or kept != key:
            shutil.rmtree(folder, ignore_errors=True)
            say(f"{name}: generating {articles:,} articles")
            command = [sys.executable, "-m", "tests.benchmarks.corpus", "--articles", str(articles), "--seed", "1"]
            command += ["--output", str(folder / "seeds")]
            work = Work.of(f"generating {name}", command, ROOT, self.bench.log(f"corpus {name}"), self.limit)
            seconds = str(work.seconds)
            mark.write_text(f"{key}\n{seconds}")
        self.generating[name] = float(seconds)
        return self._built(name, folder / "seeds", articles, key)

    def fitting(self, name: str, wanted: int, small: Dataset, least: float, seconds: float) -> int:
        """How many articles can be made in some seconds, as long as a small corpus took; at most those that are wanted.

        `least` is how long any build takes.

        More are wanted where they are there already.
        """
        mark = self.bench.work / name / "articles.made"
        if not self.fresh and mark.exists() and mark.read_text().startswith(self._key(wanted)):
            return wanted
        of_one = (self.generating[small.name] + max(small.build.seconds - least, 0.1)) / small.articles * LARGER
        fitting = int(seconds / of_one) // 1_000 * 1_000
        return min(wanted, max(fitting, small.articles * 2))

    @staticmethod
    def _key(articles: int) -> str:
        return f"{articles} {checksum(generator())}"

    def _built(self, name: str, seeds: Path, articles: int, of: str) -> Dataset:
        folder = self.bench.work / name
        database, mark = folder / "facts.db", folder / "built.json"
        key = f"{self.application} {of}"
        kept = json.loads(mark.read_text()) if mark.exists() and database.exists() else {}
        if self.fresh or kept.get("key") != key:
            folder.mkdir(parents=True, exist_ok=True)
            for file in folder.glob("facts.db*"):
                file.unlink()
            mark.unlink(missing_ok=True)
            say(f"{name}: building the dataset of {articles:,} articles")
            command = [sys.executable, "-m", "app", "build", "--seeds", str(seeds), "--database", str(database)]
            log = self.bench.log(f"build {name}")
            work = Work.of(f"building {name}", command, self.bench.application, log, self.limit)
            build = Build(work.seconds, work.cpu_seconds, work.peak_bytes)
            mark.write_text(json.dumps({"key": key, "build": asdict(build)}))
        else:
            build = Build(**kept["build"])
            self.reused.append(name)
        with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
            facts, statements = (
                connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in ("facts", "statements")
            )
        dataset = Dataset(name, database, articles, facts, statements, database.stat().st_size, build)
        again = " (as built before)" if name in self.reused else ""
        rate = f"{dataset.facts_per_core_second:,.0f} facts a second of a core"
        say(f"{name}: {facts:,} facts, {build.seconds:.1f} s, {rate}, {build.peak_bytes / 1e6:,.0f} MB{again}")
        return dataset
