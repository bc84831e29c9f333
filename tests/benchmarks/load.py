"""The load generator: wrk, run against an address, and what it printed, read."""

import re
import shutil
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage
from urllib.parse import quote

from tests.benchmarks.servers import NotMeasuredError, on_cores

HOW_TO_GET = "wrk is needed, which loads the servers; on Debian: apt-get install wrk"
UNITS = {"us": 1e-3, "ms": 1.0, "s": 1e3, "m": 6e4, "h": 3.6e6}


@dataclass(frozen=True)
class Load:
    """What one load came to."""

    requests_per_second: float
    median_ms: float
    p99_ms: float
    requests: int
    failures: int
    """Answers other than 2xx and 3xx, and connections that broke."""
    distinct: bool | None = None
    """Whether no two requests were equal; None where they were meant to be."""
    generator_cores: float = 0.0
    """How many cores the load generator itself kept busy."""
    server_seconds: float = 0.0
    """The time that the server computed."""

    @property
    def server_cores(self) -> float:
        """How many cores the server kept busy."""
        return self.server_seconds * self.requests_per_second / self.requests if self.requests else 0.0

    @property
    def requests_per_cpu_second(self) -> float:
        """Requests for each second that the server computed: what else runs on the machine matters less to it."""
        return self.requests / self.server_seconds if self.server_seconds else 0.0


def is_there() -> bool:
    """Whether wrk is installed."""
    return shutil.which("wrk") is not None


def version() -> str:
    """The version of wrk."""
    shown = subprocess.run(["wrk", "-v"], capture_output=True, text=True, check=False)
    return " ".join((shown.stdout + shown.stderr).split()[1:2])


def read(printed: str, generator_cores: float = 0.0) -> Load:
    """What wrk printed; ValueError where that is no result."""
    rate = re.search(r"^Requests/sec:\s+([\d.]+)", printed, re.MULTILINE)
    count = re.search(r"^\s*(\d+) requests in", printed, re.MULTILINE)
    if rate is None or count is None:
        raise ValueError(f"wrk measured nothing: {printed.strip()[-300:]}")
    failures = [int(number) for number in re.findall(r"Non-2xx or 3xx responses: (\d+)", printed)]
    for broken in re.findall(r"Socket errors: (.*)", printed):
        failures += [int(number) for number in re.findall(r"\d+", broken)]
    distinct = re.search(r"^distinct: (yes|no)", printed, re.MULTILINE)
    return Load(
        requests_per_second=float(rate[1]),
        median_ms=_percentile(printed, "50%"),
        p99_ms=_percentile(printed, "99%"),
        requests=int(count[1]),
        failures=sum(failures),
        distinct=None if distinct is None else distinct[1] == "yes",
        generator_cores=generator_cores,
    )


def _percentile(printed: str, which: str) -> float:
    found = re.search(rf"^\s*{which}\s+([\d.]+)(us|ms|s|m|h)\s*$", printed, re.MULTILINE)
    return float(found[1]) * UNITS[found[2]] if found else float("nan")


def run(
    address: str,
    asked: str | Path,
    seconds: float,
    connections: int,
    *,
    threads: int = 1,
    cores: Sequence[int] = (),
    headers: Sequence[tuple[str, str]] = (),
) -> Load:
    """Load a server with a path, the same each time, or with a script that makes up the requests."""
    url = f"http://{address}{quote(asked, safe='/?&=:,.[]%-_~') if isinstance(asked, str) else '/'}"
    # Whole seconds are the shortest unit that wrk knows.
    command = ["wrk", f"-t{threads}", f"-c{connections}", f"-d{max(round(seconds), 1)}s", "--latency"]
    for name, value in headers:
        command += ["-H", f"{name}: {value}"]
    if isinstance(asked, Path):
        command += ["-s", str(asked)]
    command += [url, "--", str(threads)] if isinstance(asked, Path) else [url]
    used, began = getrusage(RUSAGE_CHILDREN), time.monotonic()
    ended = subprocess.run(command, capture_output=True, text=True, check=False, preexec_fn=on_cores(cores))
    took, now = time.monotonic() - began, getrusage(RUSAGE_CHILDREN)
    busy = (now.ru_utime + now.ru_stime - used.ru_utime - used.ru_stime) / took
    try:
        return read(ended.stdout + ended.stderr, busy)
    except ValueError as error:
        raise NotMeasuredError(str(error)) from None
