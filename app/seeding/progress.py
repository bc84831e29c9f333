"""How far a build has come, for whoever waits for it."""

from collections.abc import Callable

READING, CHECKING, WRITING = "reading", "checking", "writing"
"""The phases of a build."""
OnProgress = Callable[[str, int, int], None]
"""Is told the phase, how much of it is done, and how much there is."""


def tell_nobody(phase: str, done: int, total: int) -> None:
    """Nobody waits."""
