"""What a run of the harness found, as the report shows it."""

from dataclasses import dataclass, field
from statistics import median

from tests.benchmarks.datasets import Dataset
from tests.benchmarks.goals import Measured
from tests.benchmarks.load import Load
from tests.benchmarks.measure import Series
from tests.benchmarks.servers import Memory


@dataclass
class PeerResult:
    """What was measured of one server."""

    name: str
    about: str
    version: str = ""
    missing: str = ""
    """Why it was not measured; empty where it was."""
    answer_bytes: int = 0
    loads: dict[str, list[Load]] = field(default_factory=dict)
    """By the kind of request: `repeated`, `distinct`, `unchanged`; a load for each round."""

    def rates(self, request: str) -> list[float]:
        """Requests a second, for each round."""
        return [load.requests_per_second for load in self.loads.get(request, [])]

    def rate(self, request: str) -> float:
        """The median of the rounds; 0 where it was not measured."""
        return median(rates) if (rates := self.rates(request)) else 0.0


@dataclass(frozen=True)
class Latency:
    """The latencies of one kind of request on the two datasets."""

    what: str
    small: Series
    large: Series
    ratio: float
    alike: Series
    """On the large dataset, asked for no more records and values than the small one has."""
    alike_ratio: float


@dataclass
class Results:
    """Everything that was found."""

    plan: str
    machine: list[tuple[str, str]] = field(default_factory=list)
    datasets: dict[str, Dataset] = field(default_factory=dict)
    peers: list[PeerResult] = field(default_factory=list)
    latencies: list[Latency] = field(default_factory=list)
    memory: dict[str, Memory] = field(default_factory=dict)
    workers: list[tuple[str, str, float, float, float]] = field(default_factory=list)
    """For each load: what it was, how many workers, requests a second, cores that the workers and the load generator
    took."""
    profiles: dict[str, dict[str, float]] = field(default_factory=dict)
    """For each kind of request, the share of its time that each group of functions takes."""
    functions: dict[str, float] = field(default_factory=dict)
    """Shares of the functions that took most, of the first kind."""
    build_parts: dict[str, float] = field(default_factory=dict)
    """The share of a build's time that each of its parts takes."""
    profile_missing: str = ""
    measured: dict[str, Measured] = field(default_factory=dict)
    """By the goal's key."""
    remarks: list[str] = field(default_factory=list)
    seconds: float = 0.0
