"""A server as a process of its own: started, waited for, looked at and stopped."""

import os
import re
import socket
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

HOST = "127.0.0.1"
AT_REST = 0.05
"""Seconds that a server may compute in one, to be at rest."""
SURROUNDINGS = "FACTS_", "PYTHONDONTWRITEBYTECODE"
"""How the variables begin that servers are not given: settings, and that Python shall not keep what it compiles. That
would hold for this project alone: what is installed was compiled then."""


class NotMeasuredError(Exception):
    """Something cannot be measured here; the message says why."""


def on_cores(cores: Sequence[int]) -> Callable[[], None] | None:
    """What makes a new process stay on some cores; nothing where none are named."""
    return (lambda: os.sched_setaffinity(0, cores)) if cores else None


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.create_server((HOST, 0)) as listener:
        return int(listener.getsockname()[1])


@dataclass(frozen=True)
class Memory:
    """What a process holds, in bytes."""

    proportional: int
    """All of it; what several processes share counts in parts."""
    anonymous: int
    """What is no part of a file, and only this process's own."""


@dataclass
class Server:
    """A server, how it is started, and what is asked to see that it is there."""

    name: str
    command: Sequence[str]
    port: int
    folder: Path
    log: Path
    ready: str
    """The path that is asked."""
    environment: Mapping[str, str] = field(default_factory=dict)
    cores: Sequence[int] = ()
    _process: "subprocess.Popen[bytes] | None" = None

    @property
    def address(self) -> str:
        """Host and port."""
        return f"{HOST}:{self.port}"

    @property
    def process_id(self) -> int:
        """Of the process that was started, which may have others under it."""
        assert self._process is not None
        return self._process.pid

    def start(self, seconds: float = 60.0) -> float:
        """Start it; the seconds until it first answered. NotMeasuredError where it does not."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        # Settings of the surroundings are not those of the measurement.
        environment = {name: value for name, value in os.environ.items() if not name.upper().startswith(SURROUNDINGS)}
        with self.log.open("wb") as log:
            began = time.monotonic()
            self._process = subprocess.Popen(
                self.command,
                cwd=self.folder,
                env=environment | {"PYTHONUNBUFFERED": "1"} | dict(self.environment),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=on_cores(self.cores),
            )
        while time.monotonic() - began < seconds:
            if self._answers():
                return time.monotonic() - began
            if self._process.poll() is not None:
                break
            time.sleep(0.002)
        said = self.log.read_text("utf-8", "replace").strip().splitlines()[-1:]
        self.stop()
        raise NotMeasuredError(f"{self.name} did not start: {said[0][-200:] if said else 'it said nothing'}")

    def _answers(self) -> bool:
        with suppress(OSError), socket.create_connection((HOST, self.port), timeout=5) as connection:
            connection.sendall(f"GET {self.ready} HTTP/1.1\r\nHost: {HOST}\r\nConnection: close\r\n\r\n".encode())
            return connection.recv(64).split(b" ")[1:2] in ([b"200"], [b"304"])
        return False

    def stop(self) -> None:
        """End it and what it has started."""
        if self._process is None:
            return
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, 15)
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, 9)
            self._process.wait()
        self._process = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def memory(self) -> Memory:
        """What its largest process holds: with several workers, one of them."""
        return max((memory_of(process) for process in family(self.process_id)), key=lambda it: it.proportional)

    def cpu_seconds(self) -> float:
        """The time that all its processes have computed so far."""
        return sum(cpu_seconds_of(process) for process in family(self.process_id))

    def settle(self, seconds: float = 300.0) -> None:
        """Wait until it computes nothing for a second: it reads a large file when it starts, beside what is asked."""
        end, before = time.monotonic() + seconds, -1.0
        while (now := self.cpu_seconds()) - before > AT_REST:
            if time.monotonic() > end:
                raise NotMeasuredError(f"{self.name} did not come to rest in {seconds:.0f} s")
            before = now
            time.sleep(1)

    def has_loaded(self, library: str) -> bool:
        """Whether one of its processes has loaded a compiled library."""
        for process in family(self.process_id):
            with suppress(OSError):
                if f"/{library}" in Path(f"/proc/{process}/maps").read_text("utf-8", "replace"):
                    return True
        return False


def family(process: int) -> list[int]:
    """A process and all that it has started, directly or not."""
    found = [process]
    for parent in found:
        with suppress(OSError):
            for thread in Path(f"/proc/{parent}/task").iterdir():
                found += [int(child) for child in (thread / "children").read_text().split()]
    return found


def cpu_seconds_of(process: int) -> float:
    """The time that a process has computed; nothing where it is gone."""
    with suppress(OSError):
        # The name in parentheses may hold spaces; after it, user and system time are the 12th and 13th field.
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return 0.0


def memory_of(process: int) -> Memory:
    """What a process holds; nothing where it is gone."""
    with suppress(OSError):
        shown = Path(f"/proc/{process}/smaps_rollup").read_text()
        sizes = {name: int(size) * 1024 for name, size in re.findall(r"^(\w+):\s+(\d+) kB", shown, re.MULTILINE)}
        return Memory(sizes["Pss"], sizes.get("Pss_Anon", sizes["Private_Dirty"]))
    return Memory(0, 0)
