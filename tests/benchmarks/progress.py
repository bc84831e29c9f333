"""What the harness is doing, a line for each step, on standard error."""

import sys
import time

_BEGAN = time.monotonic()


def elapsed() -> float:
    """Seconds since the harness was started."""
    return time.monotonic() - _BEGAN


def say(message: str) -> None:
    """Print a line with the time elapsed."""
    minutes, seconds = divmod(int(elapsed()), 60)
    print(f"[{minutes:3}:{seconds:02}] {message}", file=sys.stderr, flush=True)  # noqa: T201


class Steps:
    """Counts the steps of a stage, so that each line says how far it is."""

    def __init__(self, stage: str, total: int, seconds: float) -> None:
        self.stage, self.total, self.done = stage, total, 0
        say(f"{stage}: {total} steps, about {seconds:.0f} s")

    def next(self, what: str) -> None:
        """Say what begins now."""
        self.done += 1
        say(f"{self.stage} {self.done}/{self.total}: {what}")
