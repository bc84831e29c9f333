"""Reading the files of a folder of seeds: safely, and remembering where everything stood.

YAML is taken as a notation for mappings, lists and text: no scalar is given a type here (`NO` stays 'NO', `010` stays
'010'), because the field that it is meant for knows its type. What is plain is read without the parser. Else, and
wherever a place is asked for, the tree is built from the parser's events, so that nothing is recursed into before its
depth is known.
"""

import hashlib
import os
import pickle
import re
import stat
from collections.abc import Iterator
from contextlib import suppress
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import Any, cast

import yaml

from app.references import SLUG, SLUG_LENGTH
from app.seeding.plain_yaml import NULLS, read_plain_yaml
from app.seeding.problems import Position, Report, StopReadingError, printable, reason
from app.seeding.text import ArticleText
from app.written import Plain

LARGEST = 4 * 1024 * 1024
DEEPEST = 12
FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x80-\x84\x86-\x9f\u202a-\u202e\u2066-\u2069\ufffe\uffff]")
Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
TreePath = tuple[str | int, ...]
"""Where a value stands in a tree: the keys and the indexes that lead to it."""


class Source:
    """One article and what was read out of it. What it has let go it reads again when it is asked for it."""

    def __init__(self, folder: Path, digests: tuple[str, str] = ("", "")) -> None:
        self.folder, self.article_id, self.digests = folder, folder.name, digests
        """The digests are the SHA-256 of the two files' bytes."""

    @property
    def article_file(self) -> Path:
        """The text of the article."""
        return self.folder / "article.txt"

    @property
    def facts_file(self) -> Path:
        """The facts read out of it."""
        return self.folder / "facts.yaml"

    @cached_property
    def written_text(self) -> str:
        """The article as it stands in its file."""
        return again.written_text if (again := read_article(self.folder, Report())) else ""

    @cached_property
    def text(self) -> ArticleText:
        """The served text."""
        return ArticleText(self.written_text)

    @cached_property
    def facts(self) -> dict[str, Any]:
        """The tree of facts.yaml: mappings, lists, text (`Plain` where it stands without quotation marks) and None."""
        return again.facts if (again := read_article(self.folder, Report())) else {}

    @cached_property
    def marks(self) -> dict[TreePath, Position]:
        """Where each value of the tree stands; a mapping's key at its value's path with the key repeated."""
        tree = _Tree(self.facts_file, Report())
        with suppress(StopReadingError):
            tree.read(_read_text(self.facts_file, tree.report, {}))
        return tree.marks

    def at(self, path: TreePath) -> Position:
        """The place of a value, or of the innermost thing around it that is there."""
        while path not in self.marks and path:
            path = path[:-1]
        return self.marks.get(path, Position(self.facts_file))

    def let_go(self) -> None:
        """Forget what can be read again."""
        for name in ("written_text", "text", "facts", "marks"):
            self.__dict__.pop(name, None)

    def __reduce__(self) -> tuple[Any, ...]:
        return Source, (self.folder, self.digests)

    def packed(self) -> bytes:
        """All that was read, for `unpacked`: so that a file that changes meanwhile is not read twice."""
        return pickle.dumps((self, self.written_text, self.facts), pickle.HIGHEST_PROTOCOL)


def unpacked(packed: bytes) -> Source:
    """The source that was packed."""
    source, text, facts = pickle.loads(packed)  # noqa: S301
    source.written_text, source.facts = text, facts
    return cast(Source, source)


def read_seeds(folder: Path, report: Report) -> Iterator[Source]:
    """Every article of the folder, in the order of their ids; what is wrong goes to the report."""
    return filter(None, (read_article(path, report) for path in article_folders(folder, report)))


def article_folders(folder: Path, report: Report) -> list[Path]:
    """The folders of the articles, in the order of their ids; what is wrong goes to the report."""
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError as error:
        report.add(Position(folder), "no-seeds", f"the folder of seeds cannot be read: {reason(error)}")
        return []
    folders = [entry for entry in entries if not entry.name.startswith(".") and not entry.is_file()]
    if not folders:
        report.add(Position(folder), "no-seeds", "no article's folder in the folder of seeds")
    return [Path(entry.path) for entry in folders if is_article_folder(Path(entry.path), report)]


def is_article_folder(path: Path, report: Report) -> bool:
    """Whether an article can be in this folder; if not, the report says why."""
    try:
        is_folder = stat.S_ISDIR(os.lstat(path).st_mode)
    except OSError as error:
        report.add(Position(path), "unsafe-file", f"cannot be read: {reason(error)}")
        return False
    if not is_folder:
        report.add(Position(path), "unsafe-file", "not a folder of its own (a symbolic link?)")
    elif not re.fullmatch(SLUG, path.name):
        report.add(Position(path), "bad-id", "the folder's name is the article's id: a-z, 0-9 and hyphens")
    elif len(path.name) > SLUG_LENGTH:
        report.add(Position(path), "bad-id", f"the folder's name is the article's id: at most {SLUG_LENGTH} characters")
    else:
        return True
    return False


def read_text(file: Path, report: Report) -> tuple[bytes, ArticleText] | None:
    """A text as it lies there, and as it would be served; None, with the reasons in the report, where it may not be."""
    with suppress(StopReadingError):
        content = _read_bytes(file, report)
        return content, ArticleText(_decoded(content, file, report))
    return None


def read_article(folder: Path, report: Report) -> Source | None:
    """The article of a folder; None, with the reasons in the report, where it cannot be read."""
    source, digests = Source(folder), dict[Path, str]()
    with suppress(StopReadingError):
        source.written_text = _read_text(source.article_file, report, digests)
    with suppress(StopReadingError):
        written = _read_text(source.facts_file, report, digests)
        if (facts := read_plain_yaml(written)) is None:
            tree = _Tree(source.facts_file, report)
            facts, source.marks = tree.read(written), tree.marks
        source.facts = facts
    if not {"written_text", "facts"} <= source.__dict__.keys():
        return None
    source.digests = digests[source.article_file], digests[source.facts_file]
    return source


def _read_text(file: Path, report: Report, digests: dict[Path, str]) -> str:
    content = _read_bytes(file, report)
    digests[file] = hashlib.sha256(content).hexdigest()
    return _decoded(content, file, report)


def _decoded(content: bytes, file: Path, report: Report) -> str:
    try:
        text = content.decode("utf-8").removeprefix("\N{BYTE ORDER MARK}")
    except UnicodeDecodeError as error:
        hint = "; it looks like UTF-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else ""
        at = _after(content[: error.start].decode("utf-8"), file)
        raise report.stop(at, "bad-encoding", f"not UTF-8: byte 0x{content[error.start]:02x}{hint}") from None
    if not text.strip():
        raise report.stop(Position(file), "empty-file", "the file is empty")
    # After a hundred of them, the file is something else.
    for match in (found := list(islice(FORBIDDEN.finditer(text), 100))):
        message = f"the character U+{ord(match[0]):04X} is not accepted"
        report.add(_after(text[: match.start()], file), "forbidden-character", message)
    if found:
        raise StopReadingError
    return text


def _after(before: str, file: Path) -> Position:
    return Position(file, before.count("\n") + 1, len(before.rpartition("\n")[2]) + 1)


def _read_bytes(file: Path, report: Report) -> bytes:
    at = Position(file)
    try:
        # Neither a link is followed nor a pipe waited for.
        with open(os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC), "rb") as stream:
            status = os.fstat(stream.fileno())
            if not stat.S_ISREG(status.st_mode):
                raise report.stop(at, "unsafe-file", "not a regular file")
            if status.st_size > LARGEST:
                raise report.stop(at, "file-too-large", f"{status.st_size} bytes; the limit is {LARGEST}")
            return stream.read()
    except FileNotFoundError:
        raise report.stop(at, "missing-file", f"there is no {file.name}") from None
    except OSError as error:
        raise report.stop(at, "unsafe-file", f"cannot be read: {reason(error)}") from None


class _Tree:
    """A tree in the making, and the places of its values."""

    def __init__(self, file: Path, report: Report) -> None:
        self.file, self.report = file, report
        self.marks: dict[TreePath, Position] = {}
        self.events: Iterator[Any] = iter(())

    def read(self, text: str) -> dict[str, Any]:
        """The tree of a document."""
        self.events = yaml.parse(text, Loader=Loader)
        try:
            tree = self.document()
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
            at = Position(self.file, mark.line + 1, mark.column + 1) if mark else Position(self.file)
            raise self.report.stop(
                at, "yaml-syntax", printable(str(getattr(error, "problem", "") or error), 200)
            ) from None
        if tree is None:
            raise self.report.stop(Position(self.file), "empty-file", "the file holds no facts")
        if not isinstance(tree, dict):
            raise self.report.stop(self.marks[()], "wrong-shape", "the file is a mapping of kinds to records")
        return tree

    def document(self) -> Any:
        tree, documents = None, 0
        for event in self.events:
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1 or event.tags or event.version:
                    self.stop(event, "yaml-feature", "one document without directives is expected")
            elif isinstance(event, yaml.NodeEvent):
                tree = self.node(event, ())
        return tree

    def node(self, event: Any, path: TreePath) -> Any:
        if isinstance(event, yaml.AliasEvent) or event.anchor is not None:
            self.stop(event, "yaml-feature", f"anchors and aliases ({event.anchor}) are not accepted")
        if event.tag is not None:
            self.stop(event, "yaml-feature", f"tags ({event.tag}) are not accepted")
        if len(path) >= DEEPEST:
            self.stop(event, "yaml-depth", f"nested more than {DEEPEST} levels deep")
        self.marks[path] = self.position(event)
        if isinstance(event, yaml.SequenceStartEvent):
            items: list[Any] = []
            while not isinstance(event := next(self.events), yaml.SequenceEndEvent):
                items.append(self.node(event, (*path, len(items))))
            return items
        if isinstance(event, yaml.MappingStartEvent):
            return self.mapping(path)
        if match := FORBIDDEN.search(event.value):
            self.stop(event, "forbidden-character", f"the character U+{ord(match[0]):04X} is not accepted")
        if event.style:
            return event.value
        return None if event.value in NULLS else Plain(event.value)

    def mapping(self, path: TreePath) -> dict[str, Any]:
        entries: dict[str, Any] = {}
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            if not isinstance(event, yaml.ScalarEvent):
                self.stop(event, "wrong-shape", "a key is a single word")
            self.node(event, (*path, "?"))  # refuses anchors and tags
            key, at = event.value, self.position(event)
            if key == "<<":
                self.stop(event, "yaml-feature", "merge keys are not accepted")
            if key in entries:
                first = self.marks[*path, key, key].line
                self.report.add(at, "duplicate-key", f"'{printable(key)}' stands already in line {first}")
                self.node(next(self.events), (*path, "?"))
            else:
                entries[key] = self.node(next(self.events), (*path, key))
                self.marks[*path, key, key] = at
        return entries

    def position(self, event: Any) -> Position:
        return Position(self.file, event.start_mark.line + 1, event.start_mark.column + 1)

    def stop(self, event: Any, rule: str, message: str) -> None:
        raise self.report.stop(self.position(event), rule, printable(message, 200))
