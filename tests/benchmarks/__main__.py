"""The benchmark: starts this project and its peers on the same data, loads them in turn and writes the report.

    python -m tests.benchmarks [--quick]

Exit codes: 0, measured, whether the goals hold or not; 2, the call or the environment is wrong.
"""

import argparse
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import httpx

from tests.benchmarks import load, report, steps
from tests.benchmarks.datasets import Dataset, Datasets
from tests.benchmarks.goals import GOALS, STEPS, Measured
from tests.benchmarks.machine import cores, machine
from tests.benchmarks.peers import ROOT, Bench, known_settings
from tests.benchmarks.plan import FULL, QUICK, Plan
from tests.benchmarks.progress import elapsed, say
from tests.benchmarks.results import Results
from tests.benchmarks.servers import NotMeasuredError

PROFILE, BUSY = "profile", 0.5
UNFIT = (NotMeasuredError, OSError, ValueError, LookupError, httpx.HTTPError, sqlite3.Error, subprocess.SubprocessError)
"""What may go wrong in one part without keeping the others from being measured."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmark and return its exit code."""
    given = _parsed(arguments)
    # Ended from outside, it still stops the servers that it has started.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    if not load.is_there():
        say(load.HOW_TO_GET)
        return 2
    plan = _plan(given)
    work = given.work.resolve()
    work.mkdir(parents=True, exist_ok=True)
    here = cores()
    server, loader = ((here[0],), (here[-1],)) if len(here) > 1 and not given.unpinned else ((), ())
    application = given.app_folder.resolve()
    try:
        bench = Bench(application, work, server, loader, known_settings(application))
    except NotMeasuredError as error:
        say(str(error))
        return 2
    results = Results(plan.name, machine=[*machine(), ("wrk", load.version())])
    run = steps.Run(bench, plan, results)
    wanted = set(given.only or [*STEPS, *[PROFILE] * plan.explains])
    if (busy := os.getloadavg()[0]) > BUSY:
        remark = f"Other programs were computing when it began (load {busy:.1f}): figures are low and vary."
        say(remark)
        results.remarks.append(remark)
    say(f"{plan.name}: about {plan.expected_seconds(18, 20) / 60:.0f} minutes, and what the datasets take")
    for name, why in _measure(run, Datasets(bench, plan.build_seconds, given.fresh), wanted).items():
        say(f"{name}: not measured: {why}")
        for goal in GOALS:
            if goal.step == name:
                results.measured.setdefault(goal.key, Measured(note=why))
    results.seconds = elapsed()
    output = given.output or (work / "quick.md" if given.quick else ROOT / "docs" / "benchmarks.md")
    report.write(results, plan, f"make bench{'-quick' if given.quick else ''}", output)
    sys.stdout.write(report.goals_text(results) + "\n")
    say(f"written: {output}")
    return 0


def _measure(run: steps.Run, datasets: Datasets, wanted: set[str]) -> dict[str, str]:
    """Run the steps that are wanted; those that could not be, with the reason."""
    made: dict[str, Dataset] = run.results.datasets
    failed: dict[str, str] = {}
    plan = run.plan
    for name, make in (
        ("one", datasets.one_article),
        ("medium", lambda: datasets.generated("medium", plan.medium_articles)),
        ("large", lambda: datasets.generated("large", _large(run, datasets))),
    ):
        needed_by = {"one": {"latency", "start"}, "medium": {"peers", "workers", "build", PROFILE}}
        if wanted & needed_by.get(name, {"latency", "start", "build"}):
            try:
                made[name] = make()
            except NotMeasuredError as error:
                say(f"{name}: {error}")
                failed[name] = str(error)
    if datasets.reused:
        run.results.remarks.append(
            f"Built by an earlier run of the same code, and measured then: {', '.join(datasets.reused)}."
        )
    for step, (measure, needed) in MEASURING.items():
        if step in wanted:
            lacking = [name for name in needed if name not in made]
            try:
                if lacking:
                    raise NotMeasuredError("; ".join(failed[name] for name in lacking))
                measure(run, *(made[name] for name in needed))
            except UNFIT as error:
                failed[step] = f"{error.__class__.__name__}: {error}".removeprefix("NotMeasuredError: ")
    return {step: why for step, why in failed.items() if step in MEASURING}


def _large(run: steps.Run, datasets: Datasets) -> int:
    """How many articles the large corpus has: as planned, or as many as there is time for."""
    plan, made = run.plan, run.results.datasets
    if "medium" not in made or not plan.making_seconds:
        return plan.large_articles
    least = made["one"].build.seconds if "one" in made else 0.0
    left = plan.making_seconds - elapsed()
    articles = datasets.fitting("large", plan.large_articles, made["medium"], least, left)
    if articles < plan.large_articles:
        remark = (
            f"There was no time for {plan.large_articles:,} articles on this machine: the large corpus has "
            f"{articles:,}, and what is said of a million facts was measured on these. `--articles` takes any number."
        )
        say(remark)
        run.results.remarks.append(remark)
    return articles


MEASURING: dict[str, tuple[Callable[..., None], tuple[str, ...]]] = {
    "build": (steps.judge_builds, ("medium", "large")),
    "peers": (steps.compare_peers, ("medium",)),
    "workers": (steps.compare_workers, ("medium",)),
    "latency": (steps.compare_sizes, ("one", "large")),
    "start": (steps.time_starts, ("one", "large")),
    PROFILE: (steps.profile, ("medium",)),
}


def _parsed(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--quick", action="store_true", help="less data and fewer rounds, in about three minutes")
    parser.add_argument("--articles", type=int, metavar="N", help="articles of the large corpus")
    parser.add_argument("--medium-articles", type=int, metavar="N", help="articles of the corpus for comparing servers")
    parser.add_argument("--rounds", type=int, metavar="N", help="how often each server is measured")
    parser.add_argument("--seconds", type=float, metavar="S", help="how long each load lasts")
    parser.add_argument("--build-seconds", type=float, metavar="S", help="how long one build may take")
    parser.add_argument("--output", type=Path, metavar="FILE", help="the report (docs/benchmarks.md)")
    parser.add_argument(
        "--work", type=Path, default=ROOT / "build" / "bench", metavar="DIR", help="for all that is made"
    )
    choices = {step: step for step in (*STEPS, PROFILE)} | {goal.key: goal.step for goal in GOALS}
    about = f"only these parts ({', '.join((*STEPS, PROFILE))}), or those of these goals"
    parser.add_argument("--only", type=_names, metavar="NAME,…", help=about)
    parser.add_argument("--app-folder", type=Path, default=ROOT, metavar="DIR", help="the checkout that is measured")
    parser.add_argument("--fresh", action="store_true", help="generate and build all datasets anew")
    parser.add_argument("--unpinned", action="store_true", help="give servers and load generator no cores of their own")
    given = parser.parse_args(arguments)
    if unknown := sorted(set(given.only or []) - set(choices)):
        parser.error(f"there is no {', '.join(unknown)}; there are {', '.join(choices)}")
    given.only = [choices[name] for name in given.only or []]
    return given


def _names(given: str) -> list[str]:
    return [name.strip() for name in given.split(",") if name.strip()]


def _plan(given: argparse.Namespace) -> Plan:
    changes = {
        "large_articles": given.articles,
        "medium_articles": given.medium_articles,
        "rounds": given.rounds,
        "seconds": given.seconds,
        "build_seconds": given.build_seconds,
    }
    plan = replace(QUICK if given.quick else FULL, **{name: value for name, value in changes.items() if value})
    # A number that somebody asks for is theirs to wait for.
    return replace(plan, making_seconds=0.0) if given.articles else plan


if __name__ == "__main__":
    sys.exit(main())
