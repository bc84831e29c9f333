"""The YAML that people write in facts files, read line by line: ten times as fast as by the parser's events.

It is a subset with one meaning only: block mappings and lists, each value on the line of its key, scalars plain or in
double quotation marks, and flow collections of scalars within a line. Of anything else nothing is read here, so that
the parser decides, and it alone tells of mistakes. Where both read a file, they read the same: a test compares them.
"""

import re
from functools import lru_cache
from typing import Any

from app.written import Plain

NULLS = ("", "~", "null", "Null", "NULL")
DEEPEST = 8
"""Levels of indentation; fewer than the parser's events may have."""
KEY = r"[A-Za-z_][A-Za-z0-9_-]{0,80}"
QUOTED = r'"[^"\\\n]*(?:\\["\\][^"\\\n]*)*"'
PLAIN = r"(?:-?\w|[^\x00-\x7f])[^\n:#]*(?::(?=[^ \n])[^\n:#]*)*"
SCALAR = rf"(?:{QUOTED}|-?\w[\w./()+%-]*(?: [\w./()+%-]+)*)"
"""In a flow collection, where more characters than elsewhere have a meaning."""
FLOW = r'[\[{](?:[^"\[\]{}\n]|"[^"\\\n]*")*[\]}]'
LINE = re.compile(
    rf"^( *)(- )?(?:({KEY}):(?= |$))? *({QUOTED}|{PLAIN}|{FLOW})? *(?:(?<![^ \n])#.*)?$|^(.+)$", re.MULTILINE
)
"""Indentation, dash, key and value, each of which may be empty; or else the line as a whole."""
FLOW_LIST = re.compile(rf"\[ *(?:{SCALAR}(?: *, *{SCALAR})*)? *\]")
FLOW_MAPPING = re.compile(rf"\{{ *(?:{KEY}: +{SCALAR}(?: *, *{KEY}: +{SCALAR})*)? *\}}")
SCALARS, ENTRIES = re.compile(SCALAR), re.compile(rf"({KEY}): +({SCALAR})")
BREAKS = "\t\r\x85\u2028\u2029\ufeff"
"""What a parser may take for the end of a line, or for indentation."""


class NotPlainError(Exception):
    """Here is something that only the parser can judge."""


def read_plain_yaml(text: str) -> dict[str, Any] | None:
    """The tree of a document; None where there is anything that only the parser can judge."""
    text = text.replace("\r\n", "\n")
    # To look for one character after the other is faster than an expression.
    if any(char in text for char in BREAKS):
        return None
    blocks = _Blocks()
    try:
        blocks.read(LINE.findall(text))
    except NotPlainError:
        return None
    return blocks.tree or None


class _Blocks:
    """The collections that are open at a line."""

    def __init__(self) -> None:
        self.tree: dict[str, Any] = {}
        self.here: Any = self.tree
        """The innermost collection, which begins at the column `at`."""
        self.at = 0
        self.around: list[tuple[int, Any]] = []
        self.waiting = ""
        """The key of which the next lines may hold the value."""

    def read(self, lines: list[tuple[str, ...]]) -> None:
        """Add what the lines say; a call for each of them would take as long as the work on it."""
        for spaces, dash, key, value, other in lines:
            if not key and not (dash and value):
                if dash or value or other:
                    raise NotPlainError
                continue
            indent = len(spaces)
            # Most lines belong to the collection of the line before.
            if self.waiting or indent != self.at or (dash != "") is not (type(self.here) is list):
                self.find(indent, dash != "")
            said = _value(value) if value else None
            if not key:
                self.here.append(said)
                continue
            if dash:
                self.here.append(entry := dict[str, Any]())
                self.open(indent + 2, entry)
            elif key in self.here:
                raise NotPlainError
            self.here[key] = said
            self.waiting = "" if value else key

    def find(self, indent: int, is_item: bool) -> None:
        """Open or close collections until the line belongs to the innermost one."""
        # Items may stand right below the key that they belong to.
        if self.waiting and (indent > self.at or (is_item and indent == self.at)):
            inside: Any = [] if is_item else {}
            self.here[self.waiting] = inside
            self.open(indent, inside)
        self.waiting = ""
        while self.around and (indent < self.at or (indent == self.at and not is_item and type(self.here) is list)):
            self.at, self.here = self.around.pop()
        if indent != self.at or (type(self.here) is list) != is_item:
            raise NotPlainError

    def open(self, indent: int, inside: Any) -> None:
        """A collection begins."""
        if len(self.around) >= DEEPEST:
            raise NotPlainError
        self.around.append((self.at, self.here))
        self.at, self.here = indent, inside


def _value(written: str) -> Any:
    if written[0] == '"':
        return written[1:-1] if "\\" not in written else re.sub(r"\\(.)", r"\1", written[1:-1])
    kept = _kept(written)
    return list(kept) if type(kept) is tuple else dict(kept) if type(kept) is dict else kept


@lru_cache(maxsize=10_000)
def _kept(written: str) -> Any:
    """A plain scalar, or a flow collection to be copied: the same stand in every file.

    A scalar that stands in many places is one object, which pickle writes once.
    """
    if written[0] not in "[{":
        return None if (plain := written.rstrip(" ")) in NULLS else Plain(plain)
    if FLOW_LIST.fullmatch(written):
        return tuple(map(_value, SCALARS.findall(written)))
    if not FLOW_MAPPING.fullmatch(written):
        raise NotPlainError
    pairs = ENTRIES.findall(written)
    entries = {key: _value(value) for key, value in pairs}
    if len(entries) < len(pairs):
        raise NotPlainError
    return entries
