"""Reading the files of a folder of seeds: safely, and remembering where everything stood.

YAML is taken as a notation for mappings, lists and text: no scalar is given a type here (`NO` stays 'NO', `010` stays
'010'), because the field that it is meant for knows its type. The tree is built from the parser's events, so that
nothing is recursed into before its depth is known.
"""

import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

from app.seeding.problems import Position, Report, SeedError, printable
from app.seeding.text import Text
from app.values import SLUG

LARGEST = 4 * 1024 * 1024
DEEPEST = 12
FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x80-\x84\x86-\x9f\u202a-\u202e\u2066-\u2069\ufffe\uffff]")
BYTE_ORDER_MARK = "\ufeff"
Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True)
class Scalar:
    """A single value, as text."""

    at: Position
    text: str
    plain: bool
    """Whether it stands without quotation marks."""


@dataclass(frozen=True)
class Sequence:
    """A list."""

    at: Position
    items: list["Node"]


@dataclass(frozen=True)
class Mapping:
    """Keys and values, with the places of the keys."""

    at: Position
    entries: dict[str, "Node"]
    keys: dict[str, Position]


Node = Scalar | Sequence | Mapping


@dataclass(frozen=True)
class Source:
    """One article and what was read out of it."""

    article_id: str
    article_file: Path
    text: Text
    facts_file: Path
    facts: Mapping

    def at(self, offset: int) -> Position:
        """The place of an offset of the text in article.txt."""
        line, column = self.text.line_and_column(offset)
        return Position(self.article_file, line, column)


def read_seeds(folder: Path, report: Report) -> list[Source]:
    """Every article of the folder, in the order of their ids; what is wrong goes to the report."""
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError as error:
        report.add(Position(folder), "no-seeds", f"the folder of seeds cannot be read: {reason(error)}")
        return []
    folders = [entry for entry in entries if not entry.name.startswith(".") and not entry.is_file()]
    if not folders:
        report.add(Position(folder), "no-seeds", "no article's folder in the folder of seeds")
    sources = []
    for entry in folders:
        if not entry.is_dir(follow_symlinks=False):
            report.add(Position(Path(entry.path)), "unsafe-file", "not a folder of its own (a symbolic link?)")
        elif not re.fullmatch(SLUG, entry.name):
            report.add(
                Position(Path(entry.path)),
                "bad-id",
                "the folder's name is the article's id: a-z, 0-9 and hyphens",
            )
        elif source := _read_article(Path(entry.path), report):
            sources.append(source)
    return sources


def _read_article(folder: Path, report: Report) -> Source | None:
    article_file, facts_file = folder / "article.txt", folder / "facts.yaml"
    text = _read_text(article_file, report)
    yaml_text = _read_text(facts_file, report)
    facts = None if yaml_text is None else parse_yaml(yaml_text, facts_file, report)
    if text is None or facts is None:
        return None
    return Source(folder.name, article_file, Text(text), facts_file, facts)


def reason(error: OSError) -> str:
    """Why the system refused, in its own words."""
    return (error.strerror or type(error).__name__).lower()


def _read_text(file: Path, report: Report) -> str | None:
    content = _read_bytes(file, report)
    if content is None:
        return None
    try:
        text = content.decode("utf-8").removeprefix(BYTE_ORDER_MARK)
    except UnicodeDecodeError as error:
        hint = "; it looks like UTF-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else ""
        line = content.count(b"\n", 0, error.start) + 1
        column = len(content[: error.start].rpartition(b"\n")[2].decode("utf-8", "replace")) + 1
        report.add(
            Position(file, line, column),
            "bad-encoding",
            f"not UTF-8: byte 0x{content[error.start]:02x}{hint}",
        )
        return None
    if not text.strip():
        report.add(Position(file), "empty-file", "the file is empty")
        return None
    found = False
    for match in FORBIDDEN.finditer(text):
        found = True
        before = text[: match.start()]
        position = Position(file, before.count("\n") + 1, len(before.rpartition("\n")[2]) + 1)
        report.add(position, "forbidden-character", f"the character U+{ord(match[0]):04X} is not accepted")
    return None if found else text


def _read_bytes(file: Path, report: Report) -> bytes | None:
    try:
        # Neither a link is followed nor a pipe waited for.
        descriptor = os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        report.add(Position(file), "missing-file", f"there is no {file.name}")
        return None
    except OSError as error:
        report.add(Position(file), "unsafe-file", f"cannot be read: {reason(error)}")
        return None
    with open(descriptor, "rb") as stream:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            report.add(Position(file), "unsafe-file", "not a regular file")
            return None
        if status.st_size > LARGEST:
            report.add(Position(file), "file-too-large", f"{status.st_size} bytes; the limit is {LARGEST}")
            return None
        return stream.read()


class _Stop(Exception):
    """What follows in the file cannot be read."""


def parse_yaml(text: str, file: Path, report: Report) -> Mapping | None:
    """The tree of a facts file, or None where its problems leave none."""
    events = yaml.parse(text, Loader=Loader)
    builder = _Builder(file, events, report)
    try:
        return builder.document()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        at = Position(file, mark.line + 1, mark.column + 1) if mark else Position(file)
        context = f" ({error.context})" if error.context else ""
        report.add(at, "yaml-syntax", printable(f"{error.problem or error.context}{context}", 200))
    except yaml.YAMLError as error:
        report.add(Position(file), "yaml-syntax", printable(str(error), 200))
    except _Stop:
        pass
    return None


class _Builder:
    def __init__(self, file: Path, events: Iterator[yaml.Event], report: Report) -> None:
        self.file, self.events, self.report = file, events, report

    def document(self) -> Mapping | None:
        node: Node | None = None
        documents = 0
        for event in self.events:
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1 or event.tags or event.version:
                    self.stop(event, "yaml-feature", "one document without directives is expected")
            elif isinstance(event, yaml.NodeEvent):
                node = self.node(event, 1)
        if isinstance(node, Mapping):
            return node
        if node is None:
            self.report.add(Position(self.file), "empty-file", "the file holds no facts")
        else:
            self.report.add(node.at, "wrong-shape", "the file is a mapping of kinds to records")
        return None

    def node(self, event: yaml.NodeEvent, depth: int) -> Node:
        if isinstance(event, yaml.AliasEvent) or event.anchor is not None:
            self.stop(
                event,
                "yaml-feature",
                f"anchors and aliases ({printable(str(event.anchor))}) are not accepted",
            )
        if isinstance(event, yaml.ScalarEvent | yaml.CollectionStartEvent) and event.tag is not None:
            self.stop(event, "yaml-feature", f"tags ({printable(str(event.tag))}) are not accepted")
        if depth > DEEPEST:
            self.stop(event, "yaml-depth", f"nested more than {DEEPEST} levels deep")
        at = self.position(event)
        if isinstance(event, yaml.SequenceStartEvent):
            items = []
            while not isinstance(event := next(self.events), yaml.SequenceEndEvent):
                items.append(self.node(event, depth + 1))
            return Sequence(at, items)
        if isinstance(event, yaml.MappingStartEvent):
            return self.mapping(at, depth)
        return Scalar(at, event.value, not event.style)

    def mapping(self, at: Position, depth: int) -> Mapping:
        entries: dict[str, Node] = {}
        keys: dict[str, Position] = {}
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            key = self.node(event, depth + 1)
            value = self.node(next(self.events), depth + 1)
            if not isinstance(key, Scalar):
                self.report.add(key.at, "wrong-shape", "a key is a single word")
            elif key.text == "<<":
                self.report.add(key.at, "yaml-feature", "merge keys are not accepted")
            elif key.text in entries:
                first = keys[key.text].line
                self.report.add(key.at, "duplicate-key", f"'{printable(key.text)}' stands already in line {first}")
            else:
                entries[key.text], keys[key.text] = value, key.at
        return Mapping(at, entries, keys)

    def position(self, event: yaml.Event) -> Position:
        return Position(self.file, event.start_mark.line + 1, event.start_mark.column + 1)

    def stop(self, event: yaml.Event, rule: str, message: str) -> None:
        self.report.add(self.position(event), rule, message)
        raise _Stop


def refuse(report: Report) -> None:
    """Raise what the report holds, if anything."""
    if len(report):
        raise SeedError(report)
