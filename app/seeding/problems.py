"""What can be wrong with seeds: each rule's name and sentence, and the report that collects what was found."""

import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from app.suggest import closest

TEXTS = tomllib.loads((files("app") / "static" / "rules.toml").read_text("utf-8"))
RULES: dict[str, str] = TEXTS["rules"]
"""The names of the rules, each with a sentence."""
LONGEST_MESSAGE = 2_000


@dataclass(frozen=True, order=True)
class Position:
    """A place in a file; line and column are counted from 1, columns in characters."""

    file: Path
    line: int = 1
    column: int = 1

    @property
    def brief(self) -> str:
        """The place as a message about another one names it: article, file and line."""
        return printable(f"{self.file.parent.name}/{self.file.name}:{self.line}")


@dataclass(frozen=True, order=True)
class Problem:
    """One thing wrong with the seeds."""

    position: Position
    rule: str
    message: str

    def __str__(self) -> str:
        at = self.position
        return f"{printable(str(at.file), 4096)}:{at.line}:{at.column}: {self.rule}: {self.message}"

    def as_json(self) -> dict[str, str | int]:
        """The same, for programs."""
        at = self.position
        place: dict[str, str | int] = {"file": str(at.file), "line": at.line, "column": at.column}
        return place | {"rule": self.rule, "message": self.message}


class Report:
    """Collects problems, so that one run tells all of them."""

    def __init__(self) -> None:
        self._problems: set[Problem] = set()

    def add(self, position: Position, rule: str, message: str) -> None:
        """Note a problem; `rule` is one of RULES."""
        if rule not in RULES:
            raise KeyError(rule)
        # What a file says may stand in it, and is no line of the report.
        self._problems.add(Problem(position, rule, printable(message, LONGEST_MESSAGE)))

    def update(self, other: "Report") -> None:
        """Note what another report says."""
        self._problems |= other._problems

    def stop(self, position: Position, rule: str, message: str) -> "StopReadingError":
        """Note a problem after which nothing of the file can be read; to be raised."""
        self.add(position, rule, message)
        return StopReadingError()

    def __iter__(self) -> Iterator[Problem]:
        return iter(sorted(self._problems))

    def __len__(self) -> int:
        return len(self._problems)


class StopReadingError(Exception):
    """What follows in the file cannot be read; the report says why."""


class SeedError(Exception):
    """The seeds are wrong; `problems` says where and how."""

    def __init__(self, report: Report) -> None:
        self.problems = list(report)


def reason(error: OSError) -> str:
    """Why the system refused, in its own words."""
    return (error.strerror or type(error).__name__).lower()


def printable(text: str, limit: int = 80) -> str:
    """Text from a file, fit for one line of a report."""
    shown = "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in text)
    return shown if len(shown) <= limit else shown[: limit - 1] + "…"


def nearest(wrong: str, known: Iterable[str]) -> str:
    """'; did you mean …?' with the known name that is most like a wrong one, or nothing."""
    names = closest(wrong, known, limit=1)
    return f"; did you mean '{printable(names[0])}'?" if names else ""
