"""What can be wrong with seeds: each rule's name and sentence, and the report that collects what was found."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from app.suggest import closest

RULES = MappingProxyType(
    {
        # files
        "no-seeds": "The folder of seeds exists and holds at least one article's folder.",
        "missing-file": "Each article's folder holds article.txt and facts.yaml.",
        "unsafe-file": "Files and folders of seeds are regular and readable ones; a symbolic link is not followed.",
        "file-too-large": "Neither file of an article is larger than 4 MiB.",
        "bad-encoding": "Both files are UTF-8.",
        "forbidden-character": "Neither file holds control characters or ones that reverse the reading direction.",
        "empty-file": "Neither file is empty.",
        # YAML
        "yaml-syntax": "facts.yaml is well-formed YAML.",
        "yaml-feature": "facts.yaml uses no anchors, aliases, tags, merge keys, directives or second document.",
        "yaml-depth": "facts.yaml nests at most 12 levels deep.",
        "duplicate-key": "A key stands once in its mapping.",
        # shape
        "wrong-shape": "A mapping, a list or a single value stands where one is expected.",
        "unknown-field": "Only fields of the kind are written, and none that the build computes.",
        "missing-field": "A field that no record of the kind may lack is there.",
        "bad-value": "A value is of its field's type.",
        "ambiguous-scalar": "Text that other YAML readers take for a number, a date, true, false or null is quoted.",
        "bad-id": "Ids are lower-case words of letters and digits, joined by hyphens.",
        "bad-date": "Dates are EDTF expressions; clock times exist in their time zone.",
        "duplicate-id": "An id stands once within its kind, in all files together.",
        "duplicate-item": "A list names nothing twice.",
        "dangling-reference": "A reference names a record that exists.",
        "reference-cycle": "Records do not refer to each other in a circle.",
        # evidence
        "missing-evidence": "Every record rests on at least one quote.",
        "quote-not-found": "A quote is in the article, to the character.",
        "quote-ambiguous": "A quote whose words stand more than once says which occurrence is meant.",
        "unknown-support": "Evidence and inferences name fields that the record has and gives a value.",
        "unsupported-field": "Every field rests on a quote or on an inference that is written down.",
        "not-verbatim": "The article's own words stand in a quote that supports their field.",
        "not-inferred": "A date or time whose year is not in the words quoted says how it was inferred.",
        "wrong-mode": "A statement's mode agrees with the quotation marks in and around its words.",
        "uncovered-sentence": "Every sentence carries a fact or is excused with a reason.",
        "needless-excuse": "A sentence is excused once, and only if no fact rests on it.",
    }
)


@dataclass(frozen=True, order=True)
class Position:
    """A place in a file; line and column are counted from 1, columns in characters."""

    file: Path
    line: int = 1
    column: int = 1


@dataclass(frozen=True, order=True)
class Problem:
    """One thing wrong with the seeds."""

    position: Position
    rule: str
    message: str

    def __str__(self) -> str:
        at = self.position
        return f"{printable(str(at.file))}:{at.line}:{at.column}: {self.rule}: {self.message}"


class Report:
    """Collects problems, so that one run tells all of them."""

    def __init__(self) -> None:
        self._problems: set[Problem] = set()

    def add(self, position: Position, rule: str, message: str) -> None:
        """Note a problem; `rule` is one of RULES."""
        if rule not in RULES:
            raise KeyError(rule)
        self._problems.add(Problem(position, rule, message))

    def __iter__(self) -> Iterator[Problem]:
        return iter(sorted(self._problems))

    def __len__(self) -> int:
        return len(self._problems)


class SeedError(Exception):
    """The seeds are wrong; `problems` says where and how."""

    def __init__(self, report: Report) -> None:
        super().__init__(f"{len(report)} problems")
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
