"""The parts of the harness, each of which measures some of the goals."""

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import httpx

from tests.benchmarks import load
from tests.benchmarks.bare import Answer
from tests.benchmarks.conditions import Conditions, conditions_of
from tests.benchmarks.datasets import Dataset, Work
from tests.benchmarks.goals import FAILED, Measured, goal_of, ratios
from tests.benchmarks.load import Load
from tests.benchmarks.machine import cores
from tests.benchmarks.measure import Connection, Series, in_turn, joined, last_page, series, start_seconds
from tests.benchmarks.peers import (
    BARE,
    DATASETTE,
    OWN,
    PEERS,
    ROAPI,
    TEXTBOOK,
    THIS,
    Bench,
    Given,
    Peer,
    Stack,
    python_package,
    unchanged,
)
from tests.benchmarks.plan import Plan
from tests.benchmarks.profile import Profiler, functions, parts_of_a_build, shares
from tests.benchmarks.progress import Steps, say
from tests.benchmarks.results import Latency, PeerResult, Results
from tests.benchmarks.sample import KINDS, Draw, requests, sizes
from tests.benchmarks.servers import NotMeasuredError, Server

SLOTS = 32
"""Parts into which the conditions are divided: what a server is asked in one part, it is not asked in another."""
COMPARED = 5
"""How many answers of the servers are held against each other before they are loaded."""
PAGE_OF_LAST = 50
CACHE_BYTES = 16 * 2**20
ROOM_FOR_TWO = 1.85
"""So many cores have to be left by the load generator, or nothing is said of two workers."""


@dataclass
class Run:
    """One run of the harness."""

    bench: Bench
    plan: Plan
    results: Results

    def loaded(self, server: Server, asked: Any, seconds: float, slot: int = 0, **options: Any) -> Load:
        """Load a server: with a path, or with a script that a template and conditions make."""
        if isinstance(asked, tuple):
            template, conditions = asked
            part = conditions.size // SLOTS
            script = self.bench.work / "requests.lua"
            script.write_text(conditions.script(template, slot * part, part), "utf-8")
            asked = script
        given: dict[str, Any] = {"cores": self.bench.load_cores, "connections": self.plan.connections, **options}
        before = server.cpu_seconds()
        found = load.run(server.address, asked, seconds, **given)
        return replace(found, server_seconds=server.cpu_seconds() - before)


def failing(loads: list[Load]) -> str:
    """Why loads do not count; empty where they do."""
    failed, asked = sum(it.failures for it in loads), sum(it.requests for it in loads)
    if failed > FAILED * max(asked, 1):
        return f"{failed:,} of {asked:,} requests failed"
    return "requests repeated" if any(it.distinct is False for it in loads) else ""


# -------------------------------------------------------------------------------------------------------------- peers


def compare_peers(run: Run, dataset: Dataset) -> None:
    """Repeated requests, requests that never repeat and revalidation, for this project and its peers in turn."""
    conditions = conditions_of(dataset.database)
    with ExitStack() as stack:
        running = _started(run, dataset, conditions, stack)
        _compare_answers(run, running, conditions)
        running = [item for item in running if not item[1].missing]
        loadings: list[tuple[str, Peer, PeerResult, Server, Any]] = []
        for peer, result, server in running:
            if not peer.is_unchanged and not peer.is_context:
                loadings.append(("repeated", peer, result, server, peer.url(conditions.nth(0))))
        for peer, result, server in running:
            if peer.template is not None:
                loadings.append(("distinct", peer, result, server, (peer.template, conditions)))
        for peer, result, server in running:
            if peer.name == THIS or peer.is_unchanged:
                loadings.append(("unchanged", peer, result, server, peer.url(conditions.nth(0))))
        _load_in_turn(run, loadings)
    _judge_peers(run.results)


def _started(
    run: Run, dataset: Dataset, conditions: Conditions, stack: ExitStack
) -> list[tuple[Peer, PeerResult, Server]]:
    """All servers that can be started here, each on its port."""
    found: list[tuple[Peer, PeerResult, Server]] = []
    captured = run.bench.work / "captured.json"
    given = Given(run.bench, dataset.database, Stack("auto", "auto"), captured)
    for peer in PEERS:
        if peer.is_context and not run.plan.explains:
            continue
        result = PeerResult(peer.name, peer.about)
        run.results.peers.append(result)
        try:
            server = peer.make(peer, given)
            say(f"starting {peer.name}")
            stack.enter_context(server)
            result.version = peer.version(run.bench)
        except (NotMeasuredError, OSError) as error:
            result.missing = str(error)
            say(f"{peer.name} is missing: {error}")
            if peer.name == THIS:
                raise
            continue
        found.append((peer, result, server))
        if peer.name == THIS:
            given = _captured(given, server, conditions)
            made_of = f"{given.stack.http} and {given.stack.loop}"
            run.results.remarks.append(f"This project's server runs on {made_of}; so do those of the same kind.")
        if peer.name == BARE:
            second = unchanged(peer)
            at = Given(given.bench, given.database, given.stack, captured.with_name("captured-304.json"))
            try:
                found.append((second, result, stack.enter_context(second.make(second, at))))
            except NotMeasuredError as error:
                say(str(error))
    return found


def _captured(given: Given, server: Server, conditions: Conditions) -> Given:
    """What the peers need to know of this project's server: its answers, and what it is made of."""
    url = f"http://{server.address}{OWN.url(conditions.nth(0))}"
    headers = {"accept-encoding": "identity"}
    whole = httpx.get(url, headers=headers).raise_for_status()
    same = httpx.get(url, headers=headers | {"if-none-match": whole.headers["etag"]})
    for file, answer in ((given.captured, whole), (given.captured.with_name("captured-304.json"), same)):
        Answer(answer.status_code, list(answer.headers.items()), answer.content).write(file)
    if same.status_code != 304:
        raise NotMeasuredError(f"a revalidation is answered with {same.status_code}, not 304")
    return Given(given.bench, given.database, Stack.of(server), given.captured)


def _compare_answers(run: Run, running: list[tuple[Peer, PeerResult, Server]], conditions: Conditions) -> None:
    """Whether all servers find as many statements, and how large their answers are."""
    differing, known = set(), False
    # The last numbers of all, where no load gets, and in the end that of the request that is repeated.
    for number in (*(conditions.size - 1 - back for back in range(COMPARED)), 0):
        condition, totals = conditions.nth(number), {}
        for peer, result, server in running:
            if peer.is_unchanged or result.missing:
                continue
            url = f"http://{server.address}{peer.url(condition)}"
            try:
                answer = httpx.get(url, headers={"accept-encoding": "identity"}, timeout=30).raise_for_status()
                if peer.template is not None and (total := peer.total(answer)) is not None:
                    totals[peer.name] = total
                result.answer_bytes = len(answer.content)
            except (httpx.HTTPError, ValueError, LookupError, TypeError) as error:
                result.missing = f"{url[:120]}: {error.__class__.__name__} {str(error)[:120]}"
                say(f"{peer.name} is not compared: {result.missing}")
        known = known or len(totals) > 1
        differing |= {name for name, total in totals.items() if total != totals.get(THIS)}
    said = f"Other totals than this project's: {', '.join(sorted(differing))}." if differing else "All totals agree."
    said = said if known else "Nobody else tells a total."
    run.results.remarks.append(f"Answers to {COMPARED + 1} conditions were compared before the load. {said}")


def _load_in_turn(run: Run, loadings: list[tuple[str, Peer, PeerResult, Server, Any]]) -> None:
    plan = run.plan
    seconds = len(loadings) * (plan.rounds * (plan.seconds + 0.2) + plan.warm_seconds)
    steps = Steps("load", len(loadings) * (plan.rounds + 1), seconds)
    tag = _validator(run)
    for turn in range(plan.rounds + 1):
        for request, peer, result, server, asked in loadings:
            if result.missing:
                continue
            lasting = plan.seconds if turn else plan.warm_seconds
            options = {"headers": [("If-None-Match", tag)]} if request == "unchanged" else {}
            try:
                found = run.loaded(server, asked, lasting, slot=turn, **options)
            except NotMeasuredError as error:
                say(f"{peer.name}: {error}")
                result.missing = str(error)
                continue
            rate = f"{found.requests_per_second:,.0f} requests/s"
            steps.next(f"{request}, {peer.name}, {f'round {turn}' if turn else 'warming up'}: {rate}")
            if turn:
                result.loads.setdefault(request, []).append(found)


def _validator(run: Run) -> str:
    """The validator of the answer that was captured; empty where none was."""
    captured = run.bench.work / "captured.json"
    if not captured.exists():
        return ""
    answer, _ = Answer.read(captured)
    return next((value for name, value in answer.headers if name.lower() == "etag"), "")


def _judge_peers(results: Results) -> None:
    """The goals that compare servers, from the loads of the same rounds."""
    by_name = {result.name: result for result in results.peers}
    for key, request, name in (
        ("repeated-bare", "repeated", BARE),
        ("repeated-datasette", "repeated", DATASETTE),
        ("distinct-datasette", "distinct", DATASETTE),
        ("distinct-textbook", "distinct", TEXTBOOK),
        ("distinct-roapi", "distinct", ROAPI),
        ("unchanged-bare", "unchanged", BARE),
    ):
        own, other = by_name[THIS], by_name[name]
        ours, theirs = own.loads.get(request, []), other.loads.get(request, [])
        if other.missing or own.missing or not ours or len(ours) != len(theirs):
            results.measured[key] = Measured(note=other.missing or own.missing or "it was not loaded")
        elif why := failing(ours) or failing(theirs):
            results.measured[key] = Measured(note=why)
        else:
            by_cpu = median(ratios(*([it.requests_per_cpu_second for it in loads] for loads in (ours, theirs))))
            note = f"{by_cpu:,.2f} by the time that each server computed"
            results.measured[key] = Measured(ratios(own.rates(request), other.rates(request)), note)


# ------------------------------------------------------------------------------------------------------------ workers


def compare_workers(run: Run, dataset: Dataset) -> None:
    """Two workers against one, on all cores, with the load generator beside them."""
    if "workers" not in run.bench.settings:
        run.results.measured["workers"] = Measured(note="the application has no setting FACTS_WORKERS")
        return
    if len(cores()) < 2:
        run.results.measured["workers"] = Measured(note="there is one core only")
        return
    conditions = conditions_of(dataset.database)
    rates: dict[tuple[str, int], list[Load]] = {}
    with ExitStack() as stack:
        servers = {}
        for number in (1, 2):
            server = run.bench.own(f"this project, workers {number}", dataset.database, {"workers": number})
            server.cores = ()
            servers[number] = stack.enter_context(server)
        asked: dict[str, Any] = {"distinct": (OWN, conditions)}
        if run.plan.explains:
            asked["repeated"] = OWN.url(conditions.nth(0))
        count = len(asked) * len(servers)
        steps = Steps("workers", count * (run.plan.rounds + 1), count * run.plan.rounds * run.plan.seconds)
        for turn in range(run.plan.rounds + 1):
            for request, what in asked.items():
                for number, server in servers.items():
                    lasting = run.plan.seconds if turn else run.plan.warm_seconds
                    found = run.loaded(server, what, lasting, slot=turn, cores=(), connections=64)
                    steps.next(f"{request}, {number} workers: {found.requests_per_second:,.0f} requests/s")
                    if turn:
                        rates.setdefault((request, number), []).append(found)
    for (request, number), measured in rates.items():
        rate, computing, taken = (
            median(getattr(it, name) for it in measured)
            for name in ("requests_per_second", "server_cores", "generator_cores")
        )
        run.results.workers.append((request, str(number), rate, computing, taken))
    one, two = rates["distinct", 1], rates["distinct", 2]
    left = len(cores()) - median(it.generator_cores for it in two)
    values = ratios([it.requests_per_second for it in two], [it.requests_per_second for it in one])
    busy = [median(it.server_cores for it in loads) for loads in (one, two)]
    note = f"requests that never repeat; one worker computed on {busy[0]:.2f} cores, two on {busy[1]:.2f}; "
    note += f"the load generator left {left:.2f} of {len(cores())}"
    decided = left >= ROOM_FOR_TWO or goal_of("workers").holds(median(values))
    note += "" if decided else ", too little for two workers"
    why = failing(one) or failing(two)
    run.results.measured["workers"] = Measured(note=why) if why else Measured(values, note, undecided=not decided)


# ------------------------------------------------------------------------------------------- latency, memory, last page


@contextmanager
def _both(run: Run, small: Dataset, large: Dataset) -> Iterator[tuple[Server, Server]]:
    """The server on one article and on many, without a cache of answers."""
    settings = run.bench.uncached
    with (
        run.bench.own("this project, one article", small.database, settings) as one,
        run.bench.own("this project, many articles", large.database, settings) as many,
    ):
        yield one, many


def compare_sizes(run: Run, small: Dataset, large: Dataset) -> None:
    """Latency, memory and the last page on many articles, against one."""
    with _both(run, small, large) as (one, many), Connection(one.port) as to_one, Connection(many.port) as to_many:
        say("drawing requests, when the large file is read")
        many.settle()
        draws = Draw(small.database, to_one, seed=1), Draw(large.database, to_many, seed=2)
        steps = Steps("latency", len(KINDS) * run.plan.rounds, len(KINDS) * run.plan.rounds)
        for kind in KINDS:
            count = run.plan.samples * run.plan.rounds + 10
            try:
                asked = [requests(kind, draw, count) for draw in draws]
                draws[1].sizes = sizes(asked[0], to_one)
                asked.append(requests(kind, draws[1], count))
                draws[1].sizes = []
            except LookupError as error:
                run.results.measured[f"latency-{kind.key}"] = Measured(note=str(error))
                continue
            tasks = [*zip((to_one, to_many, to_many), asked, strict=True)]
            for connection, paths in tasks:
                series(connection, paths[-10:])
            timed = _series_in_turn(run, steps, kind.what, tasks)
            _judge_latency(run.results, kind.key, kind.what, timed, large.facts)
        for dataset, server in ((small, one), (large, many)):
            run.results.memory[dataset.name] = server.memory()
        _judge_memory(run, large.facts)
        _compare_last_page(run, to_many, large.facts)
    if run.plan.explains:
        fill_cache(run, large)


def _series_in_turn(run: Run, steps: Steps, what: str, tasks: list[tuple[Connection, list[str]]]) -> list[list[Series]]:
    """For each task, such as many articles, a series of each round."""
    timed: list[list[Series]] = [[] for _ in tasks]
    for turn in range(run.plan.rounds):
        chosen = slice(turn * run.plan.samples, (turn + 1) * run.plan.samples)
        now = in_turn([(connection, paths[chosen]) for connection, paths in tasks], run.plan.series_seconds)
        for found, measured in zip(timed, now, strict=True):
            found.append(measured)
        small, large = timed[0][-1].median, timed[1][-1].median
        steps.next(f"{what}, round {turn + 1}: {small:.2f} ms, {large:.2f} ms")
    return timed


def _judge_latency(results: Results, key: str, what: str, timed: list[list[Series]], facts: int) -> None:
    small, large, alike = ([it.median for it in found] for found in timed)
    values, of_same = ratios(alike, small), median(ratios(large, small))
    one, many, as_many = whole = [joined(found) for found in timed]
    results.latencies.append(Latency(what, one, many, of_same, as_many, median(values)))
    refused = sum(it.refused for it in whole)
    note = f"{of_same:.2f} for the same requests, whatever they bring"
    note += f"; {refused} of {sum(len(it.milliseconds) for it in whole)} answers were not 200" if refused else ""
    results.measured[f"latency-{key}"] = Measured(values, note, facts)
    if refused > FAILED * sum(len(it.milliseconds) for it in whole):
        # A refusal may be fast, and is no answer.
        results.measured[f"latency-{key}"] = Measured((float("inf"),), note, facts)


def _judge_memory(run: Run, facts: int) -> None:
    small, large = run.results.memory.values()
    note = f"{small.proportional / 1e6:.0f} MB and {large.proportional / 1e6:.0f} MB, "
    note += f"of which anonymous {small.anonymous / 1e6:.0f} MB and {large.anonymous / 1e6:.0f} MB"
    bounded = "cache_bytes" in run.bench.settings
    note += "" if bounded else "; there is no setting FACTS_CACHE_BYTES"
    run.results.measured["memory"] = Measured((large.proportional / small.proportional,), note, facts)


def fill_cache(run: Run, dataset: Dataset) -> None:
    """What a worker holds with a cache of a set size after more answers than that has room for, and without one."""
    if "cache_bytes" not in run.bench.settings:
        return
    conditions, held = conditions_of(dataset.database), []
    for size in (0, CACHE_BYTES):
        with run.bench.own(f"this project, cache of {size}", dataset.database, {"cache_bytes": size}) as server:
            for slot in range(3):
                run.loaded(server, (OWN, conditions), run.plan.seconds, slot=slot)
            held.append(server.memory().proportional)
    more = (held[1] - held[0]) / 1e6
    note = f"after a load of distinct requests, {more:,.0f} MB more with FACTS_CACHE_BYTES={CACHE_BYTES} than with 0"
    memory = run.results.measured.get("memory", Measured())
    run.results.measured["memory"] = replace(memory, note="; ".join(it for it in (memory.note, note) if it))


def _compare_last_page(run: Run, connection: Connection, facts: int) -> None:
    """The last page against the first, in two orders; the worse one counts."""
    found: list[tuple[tuple[float, ...], str, bool]] = []
    for order in ("", "sort=when"):
        path = f"/v1/facts?{order}" if order else "/v1/facts"
        say(f"walking through {path} to its last page")
        try:
            last = last_page(connection, path, PAGE_OF_LAST, run.plan.walk_seconds)
        except NotMeasuredError as error:
            # A list that cannot be walked through has no last page.
            run.results.measured["last-page"] = Measured((float("inf"),), str(error), facts)
            return
        first, values = f"{path}{'&' if order else '?'}limit={PAGE_OF_LAST}", []
        for _ in range(run.plan.rounds):
            tasks = [(connection, [asked] * run.plan.samples) for asked in (first, last.path)]
            timed = in_turn(tasks, run.plan.series_seconds)
            values.append(timed[1].median / timed[0].median)
        where = f"page after {last.depth:,} of {facts:,}" + ("" if last.is_last else ", as far as the time allowed")
        note = f"{order or 'by id'}: {median(values):.2f}, {where}"
        say(f"last page, {note}")
        found.append((tuple(values), note, last.is_last or last.depth > facts / 2))
    worst = max((values for values, *_ in found), key=median)
    # What is too slow before the middle is too slow; what is not says nothing of the end.
    undecided = not all(is_far for *_, is_far in found) and goal_of("last-page").holds(median(worst))
    note = "; ".join(note for _, note, _ in found)
    run.results.measured["last-page"] = Measured(worst, note, facts, undecided)


# ---------------------------------------------------------------------------------------------------- build and start


def judge_builds(run: Run, medium: Dataset, large: Dataset) -> None:
    """What the builds of two corpora took."""
    facts, measured = large.facts, run.results.measured
    rates = large.facts_per_core_second, medium.facts_per_core_second
    wall = (
        f"{large.facts:,} facts in {large.build.seconds:.0f} s, {large.build.cpu_seconds:.0f} s of all cores together"
    )
    measured["build-rate"] = Measured((rates[0],), wall, facts)
    shown = f"{rates[0]:,.0f} against {rates[1]:,.0f} at {medium.facts:,} facts"
    measured["build-linear"] = Measured((rates[0] / rates[1],), shown, facts)
    more = (large.build.peak_bytes - medium.build.peak_bytes) / (large.facts - medium.facts)
    peaks = large.build.peak_bytes / 1e6, medium.build.peak_bytes / 1e6
    peak = f"at most {peaks[0]:,.0f} MB, and {peaks[1]:,.0f} MB at {medium.facts:,} facts"
    measured["build-memory"] = Measured((max(more, 0.0),), peak, facts)


def time_starts(run: Run, small: Dataset, large: Dataset) -> None:
    """From the start of the process to the first answer, on one article and on many."""
    taken: dict[str, list[float]] = {small.name: [], large.name: []}
    steps = Steps("start", 2 * run.plan.starts, 2.0 * run.plan.starts)
    for _ in range(run.plan.starts):
        for dataset in (small, large):
            seconds = start_seconds(run.bench.own(f"start on {dataset.name}", dataset.database))
            taken[dataset.name].append(seconds)
            steps.next(f"{dataset.name}: {seconds:.2f} s")
    note = f"{median(taken[small.name]):.2f} s on one article"
    run.results.measured["start"] = Measured(tuple(taken[large.name]), note, large.facts)


# ------------------------------------------------------------------------------------------------------------ profile


def profile(run: Run, dataset: Dataset) -> None:
    """Where the time goes of requests that never repeat, and of what missed its goal."""
    try:
        program = python_package(run.bench, "py-spy")
        _profile_requests(run, dataset, program)
        if _is_missed(run.results, "build-rate"):
            _profile_build(run, dataset, program)
    except NotMeasuredError as error:
        run.results.profile_missing = str(error)


def _profile_requests(run: Run, dataset: Dataset, program: Path) -> None:
    def profiled(name: str, server: Server, ask: Callable[[], object]) -> None:
        say(f"profiling: {name}")
        profiler = Profiler(program, server.process_id, run.bench.work / "stacks.txt")
        try:
            ask()
        finally:
            stacks = profiler.stop()
        run.results.profiles[name] = shares(stacks)
        run.results.functions = run.results.functions or functions(stacks)

    conditions, seconds = conditions_of(dataset.database), run.plan.profile_seconds
    path, tag = OWN.url(conditions.nth(0)), [("If-None-Match", _validator(run))]
    with run.bench.own("this project, profiled", dataset.database) as server:
        run.loaded(server, (OWN, conditions), run.plan.warm_seconds)
        profiled("never repeats", server, lambda: run.loaded(server, (OWN, conditions), seconds, slot=1))
        if _is_missed(run.results, "repeated-bare"):
            profiled("repeated", server, lambda: run.loaded(server, path, seconds))
        if _is_missed(run.results, "unchanged-bare"):
            profiled("unchanged", server, lambda: run.loaded(server, path, seconds, headers=tag))
    large = run.results.datasets.get("large")
    kinds = [kind for kind in KINDS if _is_missed(run.results, f"latency-{kind.key}")]
    if large is not None and kinds:
        own = run.bench.own("this project, profiled at size", large.database, run.bench.uncached)
        with own as server, Connection(server.port) as connection:
            server.settle()
            draw = Draw(large.database, connection, seed=3)
            for kind in kinds:
                tasks = [(connection, requests(kind, draw, 2_000))]
                profiled(kind.what, server, partial(in_turn, tasks, seconds / 2))
    if not any(run.results.profiles.values()):
        run.results.profile_missing = "py-spy saw nothing: it needs to be allowed to look at other processes"


def _profile_build(run: Run, dataset: Dataset, program: Path) -> None:
    output = run.bench.work / "stacks.txt"
    command = [*Profiler.recording(program, output, 100), "--subprocesses", "--", sys.executable, "-m", "app", "build"]
    with TemporaryDirectory(dir=run.bench.work) as folder:
        command += ["--seeds", str(run.bench.work / dataset.name / "seeds"), "--database", f"{folder}/facts.db"]
        say(f"profiling: the build of {dataset.articles:,} articles")
        log = run.bench.log("build profiled")
        Work.of("the profiled build", command, run.bench.application, log, run.plan.build_seconds)
    run.results.build_parts = parts_of_a_build(output.read_text("utf-8", "replace").splitlines())


def _is_missed(results: Results, key: str) -> bool:
    """Whether a value is out of its bounds, be it at a million or not."""
    measured = results.measured.get(key, Measured())
    return bool(measured.values) and not goal_of(key).holds(measured.median)
