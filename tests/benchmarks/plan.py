"""How long each measurement may take: the whole has to fit into a coffee break, the quick one into a sip."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Plan:
    """The sizes and times of one run of the harness."""

    name: str
    medium_articles: int
    """The corpus on which the servers are compared."""
    large_articles: int
    """The corpus that stands for a million facts."""
    rounds: int
    """How often each server is measured, in turn with the others."""
    seconds: float
    """How long each load lasts."""
    warm_seconds: float
    """How long each server is loaded before the first round counts."""
    connections: int
    """How many connections the load generator holds."""
    samples: int
    """How many distinct requests of a kind are timed in one round."""
    series_seconds: float
    """Of slow requests, fewer are timed: a series ends after this time."""
    starts: int
    """How often each start is timed."""
    walk_seconds: float
    """How long the walk to the last page may take."""
    making_seconds: float
    """How long the datasets may take together; where a machine is too slow for that, the large corpus is smaller."""
    build_seconds: float
    """How long generating or building one dataset may take before it is given up."""
    profile_seconds: float
    """How long the profiler looks."""
    explains: bool
    """Whether there is time for what no goal needs: other ways to ask, what a cache takes, where the time goes."""

    def expected_seconds(self, loads: int, series: int) -> float:
        """How long all loads and series take, without the making of the datasets."""
        loading = loads * (self.rounds * (self.seconds + 0.3) + self.warm_seconds)
        timing = series * min(self.samples * 0.004, self.series_seconds) * self.rounds
        return loading + timing + 4 * self.starts + self.walk_seconds / 2 + self.explains * self.profile_seconds * 2


FULL = Plan(
    name="full",
    medium_articles=1_400,
    large_articles=70_000,
    rounds=5,
    seconds=4.0,
    warm_seconds=1.0,
    connections=16,
    samples=100,
    series_seconds=5.0,
    starts=5,
    walk_seconds=60.0,
    making_seconds=1_170.0,
    build_seconds=1_200.0,
    profile_seconds=6.0,
    explains=True,
)
QUICK = Plan(
    name="quick",
    medium_articles=250,
    large_articles=600,
    rounds=2,
    seconds=1.0,
    warm_seconds=0.5,
    connections=16,
    samples=40,
    series_seconds=1.0,
    starts=2,
    walk_seconds=8.0,
    making_seconds=75.0,
    build_seconds=120.0,
    profile_seconds=2.0,
    explains=False,
)
