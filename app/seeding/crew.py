"""Work on many files, shared among as many processes as there are cores to use; what comes of it comes in order."""

import fcntl
import gc
import os
import signal
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, TypeVar

from app.dataset_file import DatasetError

WORTH_IT = 50
"""So many files make it worth while to start a process."""
AHEAD = 1024 * 1024
"""So many bytes a process may be ahead of those who wait for its work, if the system lets it."""
THREADS = Path("/proc/self/task")
"""Where Linux tells of this process's threads, those included that Python knows nothing of."""
T = TypeVar("T")
Crew = list[tuple[Any, Connection]]
"""Processes, each with the pipe that its work comes through."""


def processes() -> int:
    """How many processes may work: one where a fork is not known to be safe, since other threads may run."""
    is_alone = THREADS.is_dir() and len(os.listdir(THREADS)) == 1
    return len(os.sched_getaffinity(0)) if is_alone else 1


@contextmanager
def in_order(work: Callable[[int], T], count: int) -> Iterator[Iterator[T]]:
    """What the work on each number up to a count comes to, one after the other. It changes nothing that others see."""
    crew: Crew = []
    try:
        if (size := min(processes(), count // WORTH_IT)) > 1:
            _start(crew, [range(first, count, size) for first in range(size)], work)
        yield (_received(*crew[number % size]) for number in range(count)) if crew else map(work, range(count))
    finally:
        _end(crew)


def _start(crew: Crew, parts: list[range], work: Callable[[int], object]) -> None:
    """Start a process for each part of the work; none where the system does not allow so many."""
    fork = get_context("fork")
    # Whoever waits for the work is interrupted; those who do it end when nobody waits.
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        for numbers in parts:
            receiver, sender = fork.Pipe(duplex=False)
            with closing(sender):
                with suppress(OSError):
                    fcntl.fcntl(sender, fcntl.F_SETPIPE_SZ, AHEAD)
                others = [receiver, *(theirs for _, theirs in crew)]
                # A copy of this process has all that the work needs, and takes no memory for what neither changes.
                process = fork.Process(target=_do, args=(work, numbers, sender, others), daemon=True)
                process.start()
            crew.append((process, receiver))
    except OSError:
        _end(crew)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _end(crew: Crew) -> None:
    for process, receiver in crew:
        receiver.close()
        process.terminate()
        process.join()
    crew.clear()


def _do(work: Callable[[int], object], numbers: Iterable[int], sender: Connection, others: list[Connection]) -> None:
    # What was there before is neither looked through for garbage nor copied for it.
    gc.freeze()
    for other in others:
        other.close()
    with closing(sender), suppress(BrokenPipeError):
        for number in numbers:
            sender.send(work(number))


def _received(process: Any, receiver: Connection) -> Any:
    try:
        return receiver.recv()
    except (EOFError, OSError):
        process.join()
        ended = f"by signal {-process.exitcode}" if process.exitcode < 0 else f"with code {process.exitcode}"
        raise DatasetError(f"a process that worked on the articles ended {ended}; nothing was built") from None
