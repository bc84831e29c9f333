"""The report: Markdown with the charts beside it."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from statistics import median

from tests.benchmarks.charts import Bar, bar_chart
from tests.benchmarks.conditions import PAGE
from tests.benchmarks.goals import GOALS, Goal, Measured, Verdict, judged, ratios
from tests.benchmarks.peers import THIS
from tests.benchmarks.plan import Plan
from tests.benchmarks.results import Results

REQUESTS = {
    "repeated": "the same request again and again",
    "distinct": "requests that never repeat",
    "unchanged": "revalidation: If-None-Match, answered with 304",
}
MARKS = {Verdict.HOLDS: "yes", Verdict.MISSED: "**no**", Verdict.OPEN: "not measured"}


def table(head: Sequence[str], rows: Iterable[Sequence[str]], numbers: Sequence[int] = ()) -> str:
    """A Markdown table; the columns with these places are numbers."""
    rule = ["--:" if place in numbers else "---" for place in range(len(head))]
    lines = [head, rule, *([cell.replace("|", "\\|").replace("\n", " ") for cell in row] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def megabytes(size: float) -> str:
    """A number of bytes."""
    return f"{size / 1e6:,.0f} MB" if size >= 1e6 else f"{size / 1e3:,.1f} kB"


def goal_row(goal: Goal, measured: Measured) -> tuple[str, str, str, str, str]:
    """A goal, its bound, what was measured with the spread, whether it holds, and a note."""
    value, note, verdict = "–", measured.note, judged(goal, measured)
    if measured.values:
        value = goal.shown(measured.median)
        if len(measured.values) > 1:
            value += f" ({goal.shown(min(measured.values))} to {goal.shown(max(measured.values))})"
        if verdict is Verdict.OPEN and goal.of_a_million and measured.facts is not None and not measured.undecided:
            note = "; ".join(it for it in (f"at {measured.facts:,} facts, not at a million", note) if it)
    return goal.what, goal.bound_shown, value, MARKS[verdict], note


def goals_table(results: Results) -> str:
    """All goals."""
    open_ = Measured(note="this part was not asked for")
    rows = (goal_row(goal, results.measured.get(goal.key, open_)) for goal in GOALS)
    return table(("what", "goal", "measured", "holds", "note"), rows, (1, 2))


def goals_text(results: Results) -> str:
    """The goals that were asked for, for a terminal."""
    rows = [goal_row(goal, results.measured[goal.key]) for goal in GOALS if goal.key in results.measured]
    if not rows:
        return "No goal was measured."
    widths = [max(len(row[place].strip("*")) for row in rows) for place in range(4)]
    return "\n".join(
        "  ".join(
            [*(cell.strip("*").ljust(width) for cell, width in zip(row[:4], widths, strict=True)), row[4]]
        ).rstrip()
        for row in rows
    )


def _rates(results: Results, request: str) -> Iterator[Sequence[str]]:
    own = next(it for it in results.peers if it.name == THIS)
    for peer in sorted(results.peers, key=lambda it: -it.rate(request)):
        rate, rates = peer.rate(request), peer.rates(request)
        if rate:
            loads = peer.loads[request]
            failures = sum(it.failures for it in loads)
            middle = median(it.median_ms for it in loads)
            by_cpu = median(it.requests_per_cpu_second for it in loads)
            yield (
                peer.name,
                f"{rate:,.0f}",
                f"{min(rates):,.0f} to {max(rates):,.0f}",
                f"{median(ratios(own.rates(request)[: len(rates)], rates)):,.2f}",
                f"{by_cpu:,.0f}",
                f"{middle:,.2f} ms",
                f"{failures:,}",
            )


def peers_section(results: Results, links: dict[str, str]) -> Iterator[str]:
    """What was loaded and how fast each server was."""
    yield "## Servers compared"
    medium = results.datasets["medium"]
    yield (
        f"All serve one SQLite file with {medium.statements:,} statements among {medium.facts:,} facts of "
        f"{medium.articles:,} generated articles. They are asked for statements of one party between two days, ordered "
        f"by day, up or down: {PAGE} of them, with the total. Each server is asked in its own way for the same "
        "conditions in the same order; no two requests of a run are equal, unless the request is meant to be repeated. "
        "Peers answer with the columns of the table, this project with whole records, so its answers are larger; "
        "those that `make bench` also asks for quotes or whole records come nearer to its content. Nobody is asked to "
        "compress. Requests for each second that the server computed depend less on what else the machine does."
    )
    yield table(
        ("server", "version", "answer", "what it does"),
        (
            (it.name, it.version, megabytes(it.answer_bytes) if it.answer_bytes else "–", it.about)
            if not it.missing
            else (it.name, "missing", "–", it.missing)
            for it in results.peers
        ),
        (2,),
    )
    for request, name in REQUESTS.items():
        rows = list(_rates(results, request))
        if not rows:
            continue
        yield f"### {name[0].upper()}{name[1:]}"
        if request in links:
            yield f"![Requests a second, {name}]({links[request]})"
        head = (
            "server",
            "requests/s",
            "rounds",
            "this project is … times as fast",
            "requests/s computed",
            "median latency",
        )
        yield table((*head, "failures"), rows, range(1, 7))


def sizes_section(results: Results, links: dict[str, str]) -> Iterator[str]:
    """Latency and memory by size."""
    if not results.latencies:
        return
    one, large = results.datasets["one"], results.datasets["large"]
    yield "## One article and many"
    yield (
        f"The article of the repository has {one.facts:,} facts, the large corpus {large.facts:,} of "
        f"{large.articles:,} generated articles, in a file of {megabytes(large.size)}. Values are drawn as often as "
        "they occur: a record at random, and of it the speaker, topic, date or word. Requests come one after the other "
        "on one connection, when the server has read the large file. The cache of answers is off, so that nothing is "
        "measured but the making of answers. "
        "To the same requests one article often has fewer records to send, and the faster a server is, the more of its "
        "time they take. So the goals compare answers with as many records: the large corpus is asked for no more than "
        "one article sends. How the same requests compare, whatever they bring, stands beside them."
    )
    if "latency" in links:
        yield f"![Median latency by kind of request]({links['latency']})"
    head = ("request", "median, one", "median, many", "ratio", "p95, one", "p95, many", "answer, one", "answer, many")
    alike = ("median, many, as many records", "ratio", "answer")
    yield table(
        (*head, *alike),
        (
            (
                it.what,
                f"{it.small.median:.2f} ms",
                f"{it.large.median:.2f} ms",
                f"{it.ratio:.2f}",
                f"{it.small.p95:.2f} ms",
                f"{it.large.p95:.2f} ms",
                megabytes(it.small.median_bytes),
                megabytes(it.large.median_bytes),
                f"{it.alike.median:.2f} ms",
                f"{it.alike_ratio:.2f}",
                megabytes(it.alike.median_bytes),
            )
            for it in results.latencies
        ),
        range(1, len(head) + len(alike)),
    )


def datasets_section(results: Results) -> Iterator[str]:
    """The builds."""
    if not results.datasets:
        return
    yield "## Datasets and their builds"
    head = ("dataset", "articles", "facts", "file", "seconds", "CPU seconds", "facts a second of a core", "most memory")
    yield table(
        head,
        (
            (
                it.name,
                f"{it.articles:,}",
                f"{it.facts:,}",
                megabytes(it.size),
                f"{it.build.seconds:.1f}",
                f"{it.build.cpu_seconds:.1f}",
                f"{it.facts_per_core_second:,.0f}",
                megabytes(it.build.peak_bytes),
            )
            for it in results.datasets.values()
        ),
        range(1, 8),
    )


def workers_section(results: Results) -> Iterator[str]:
    """One and two workers."""
    if results.workers:
        yield "## Workers"
        yield "Servers and load generator share all cores."
        head = ("request", "workers", "requests/s", "cores that the workers took", "cores that the load generator took")
        rows = (
            (REQUESTS[request], number, f"{rate:,.0f}", f"{busy:.2f}", f"{taken:.2f}")
            for request, number, rate, busy, taken in results.workers
        )
        yield table(head, rows, (1, 2, 3, 4))


def profile_section(results: Results) -> Iterator[str]:
    """Where the time goes."""
    profiles = {name: shares for name, shares in results.profiles.items() if shares}
    if profiles or results.profile_missing:
        yield "## Where the time of a request goes"
    if profiles:
        yield (
            "Samples of the server's stacks while it answers requests that never repeat, and those that missed their "
            "goals: by what the innermost Python function belongs to, or what called it where it is anybody's. The "
            "time of compiled code counts for the function that called it."
        )
        groups = list(dict.fromkeys(group for shares in profiles.values() for group in shares))
        rows = ((it, *(f"{shares.get(it, 0) * 100:.1f} %" for shares in profiles.values())) for it in groups)
        yield table(("what", *profiles), rows, range(1, len(profiles) + 1))
        yield "The functions that took most of the requests that never repeat:"
        shown = ((f"`{name}`", f"{share * 100:.1f} %") for name, share in results.functions.items())
        yield table(("function", "share"), shown, (1,))
    if results.build_parts:
        yield "## Where the time of a build goes"
        yield "Samples of all processes of a build of the medium corpus, while they work."
        parts = ((name, f"{share * 100:.1f} %") for name, share in results.build_parts.items())
        yield table(("part", "share"), parts, (1,))
    if results.profile_missing:
        yield f"Not measured: {results.profile_missing}."


def charts(results: Results) -> dict[str, str]:
    """The charts, by name."""
    found = {}
    for request in ("repeated", "distinct"):
        bars = [
            Bar(it.name, it.rate(request), f"{it.rate(request):,.0f}", "main" if it.name == THIS else "other")
            for it in sorted(results.peers, key=lambda it: -it.rate(request))
        ]
        title = f"Requests a second: {REQUESTS[request]}"
        about = f"{PAGE} statements of a party between two days, in order, with the total."
        found[request] = bar_chart(title, about, "requests a second, one process", bars, logarithmic=True)
    facts = results.datasets["large"].facts if "large" in results.datasets else 0
    pairs = (
        (
            Bar(it.what, it.small.median, f"{it.small.median:.2f} ms", "other"),
            Bar(f"at {facts:,} facts", it.large.median, f"{it.large.median:.2f} ms", "main"),
        )
        for it in results.latencies
    )
    bars = [bar for pair in pairs for bar in pair]
    about = f"Grey: one article. Blue: {facts:,} facts."
    found["latency"] = bar_chart(
        f"Median latency by kind of request, at {facts:,} facts", about, f"{about} ms", bars, True
    )
    return {name: chart for name, chart in found.items() if chart}


def markdown(results: Results, plan: Plan, command: str, links: dict[str, str]) -> str:
    """The whole report."""
    parts = ["# Benchmarks"]
    parts.append(
        f"Written by `{command}` in {results.seconds / 60:.0f} minutes. Absolute figures belong to the machine; the "
        "ratios are what is claimed: each is of two measurements of the same run, taken in turn, and the median of "
        f"{plan.rounds} rounds, with the lowest and the highest."
    )
    parts += ["## Goals", goals_table(results)]
    parts.append("## Machine")
    parts.append(table(("what", "value"), results.machine))
    parts.append(
        "`make bench` measures all of this anew, `make bench-quick` the same on less data. Needed are wrk, and, for "
        "all peers, nginx, npm and a package index; a peer that is missing is named. Each server has one core, and the "
        "load generator another where there are two. Each load lasts "
        f"{plan.seconds:.0f} s on {plan.connections} connections, after {plan.warm_seconds:.1f} s that do not count."
    )
    if results.remarks:
        parts.append("\n".join(f"- {remark}" for remark in results.remarks))
    if results.peers:
        parts += peers_section(results, links)
    parts += workers_section(results)
    parts += sizes_section(results, links)
    parts += datasets_section(results)
    parts += profile_section(results)
    return "\n\n".join(parts) + "\n"


def write(results: Results, plan: Plan, command: str, output: Path) -> None:
    """Write the report, and the charts into a folder of the same name beside it."""
    folder, links = output.with_suffix(""), {}
    output.parent.mkdir(parents=True, exist_ok=True)
    for name, chart in charts(results).items():
        folder.mkdir(exist_ok=True)
        (folder / f"{name}.svg").write_text(chart, "utf-8")
        links[name] = f"{folder.name}/{name}.svg"
    output.write_text(markdown(results, plan, command, links), "utf-8")
