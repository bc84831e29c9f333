"""The goals as data: what is compared, the bound, and whether a measured value holds it."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from statistics import median

MILLION = 900_000
"""So many facts stand for a million: how many an article has is not known beforehand."""
FAILED = 0.01
"""Where a larger part of the answers fails, a rate means nothing."""


class Verdict(StrEnum):
    """Whether a goal is reached."""

    HOLDS = "holds"
    MISSED = "missed"
    OPEN = "not measured"


@dataclass(frozen=True)
class Goal:
    """One goal."""

    key: str
    step: str
    """The part of the harness that measures it."""
    what: str
    bound: float
    at_least: bool
    unit: str = ""
    of_a_million: bool = False
    """Whether it speaks of a million facts, and is open where fewer were measured."""

    def shown(self, value: float) -> str:
        """A value with the unit."""
        digits = 0 if value >= 1_000 else 1 if value >= 20 else 2
        return f"{value:,.{digits}f}{f' {self.unit}' if self.unit else ''}"

    @property
    def bound_shown(self) -> str:
        """The bound with its sign."""
        exact = f"{self.bound:,.2f}" if self.bound < 3 else f"{self.bound:,.0f}"
        return f"{'≥' if self.at_least else '≤'} {exact}{f' {self.unit}' if self.unit else ''}"

    def holds(self, value: float) -> bool:
        """Whether a value is within the bound."""
        return value >= self.bound if self.at_least else value <= self.bound


@dataclass(frozen=True)
class Measured:
    """What was measured for a goal: a value for each round, or why there is none."""

    values: tuple[float, ...] = ()
    note: str = ""
    facts: int | None = None
    """How many facts the larger dataset had, where that matters."""
    undecided: bool = False
    """Whether the value says nothing of the goal here; the note says why."""

    @property
    def median(self) -> float:
        """The value that counts."""
        return median(self.values)


def judged(goal: Goal, measured: Measured) -> Verdict:
    """Whether a goal is reached."""
    too_small = goal.of_a_million and measured.facts is not None and measured.facts < MILLION
    if not measured.values or measured.undecided or too_small:
        return Verdict.OPEN
    return Verdict.HOLDS if goal.holds(measured.median) else Verdict.MISSED


def ratios(ours: Sequence[float], theirs: Sequence[float]) -> tuple[float, ...]:
    """The ratio of each round."""
    return tuple(one / other for one, other in zip(ours, theirs, strict=True) if other)


def _flat(key: str, what: str, bound: float = 1.5) -> Goal:
    return Goal(
        f"latency-{key}", "latency", f"median latency at a million, against one article: {what}", bound, False, "", True
    )


GOALS: tuple[Goal, ...] = (
    Goal("repeated-bare", "peers", "repeated request, against the bare ASGI application", 0.90, True),
    Goal("repeated-datasette", "peers", "repeated request, against Datasette", 100, True),
    Goal("distinct-datasette", "peers", "request that never repeats, against Datasette", 15, True),
    Goal("distinct-textbook", "peers", "request that never repeats, against FastAPI + SQLModel", 10, True),
    Goal("distinct-roapi", "peers", "request that never repeats, against roapi", 2.5, True),
    Goal("unchanged-bare", "peers", "revalidation (304), against the bare ASGI application", 0.95, True),
    _flat("first", "first page"),
    _flat("speaker", "page filtered by speaker"),
    _flat("topic", "page filtered by topic"),
    _flat("dates", "page filtered and ordered by date"),
    _flat("include", "page with included records"),
    _flat("facet", "facet within a filter"),
    _flat("facets", "facet over everything", 5),
    _flat("search", "search in everything"),
    _flat("search-list", "search in one list"),
    _flat("detail", "one record"),
    Goal("last-page", "latency", "last page of a million, against the first", 2, False, "", True),
    Goal("workers", "workers", "two workers, against one", 1.8, True),
    Goal("memory", "latency", "memory of a worker at a million, against one article", 1.5, False, "", True),
    Goal("build-rate", "build", "build, facts a second of a core", 5_000, True, "", True),
    Goal(
        "build-linear", "build", "build, that rate at a million against that of the medium corpus", 0.8, True, "", True
    ),
    Goal("build-memory", "build", "build, peak memory for each fact more", 2_048, False, "bytes", True),
    Goal("start", "start", "start on a million, to the first answer", 1.5, False, "s", True),
)
STEPS = tuple(dict.fromkeys(goal.step for goal in GOALS))


def goal_of(key: str) -> Goal:
    """The goal with a key."""
    return next(goal for goal in GOALS if goal.key == key)
