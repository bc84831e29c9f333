"""What changed from one version of the dataset to the next: the file that the build writes beside the dataset.

The file is a chain of steps, the newest first. A step is a line with the two versions between which it lies, and then
a line for each record in which they differ, in the order of the dataset, with what the record was before: null where
there was none. What it became stands in the next newer step, or in the dataset itself. The last line holds the SHA-256
of all the others.
"""

import hashlib
import heapq
import json
import os
import re
import weakref
from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, dropwhile, groupby, islice
from pathlib import Path
from typing import IO, Any

from app.references import Kind

MOST_STEPS, MOST_BYTES = 100, 256 * 2**20
"""So many steps are kept, in so many bytes: the oldest ones are dropped."""
MOST_KEPT_IN_MIND, BATCH = 4, 250
UNCOMPARED = "cite"
"""The field that holds the dataset's version, and so differs always."""
PLACES = {kind.value: place for place, kind in enumerate(Kind)}
STEP, RECORD = re.compile(rb'\{"from":"'), re.compile(rb'\{"kind":"([a-z-]+)","id":"([a-z0-9-]+)","old":')

Document = dict[str, Any]
Current = Callable[[Sequence[str]], Mapping[str, str]]
"""Gives the documents that there are now, by kind and id (`people/trump`), of those records that are asked for."""


def fields_changed(old: Document, new: Document) -> list[str]:
    """The fields in which two states of a record differ; one that a state does not have is null in it."""
    return [name for name in {**new, **old} if name != UNCOMPARED and old.get(name) != new.get(name)]


@dataclass(frozen=True)
class Step:
    """The way from one version to the next, and where its lines begin and end in the file."""

    since: str
    until: str
    start: int
    end: int


@dataclass(frozen=True)
class Changes:
    """What changed between two versions, as the places of lines in the file, in the order of the dataset."""

    added: "array[int]"
    changed: "array[int]"
    removed: "array[int]"

    def __len__(self) -> int:
        return len(self.added) + len(self.changed) + len(self.removed)


@dataclass(frozen=True)
class Change:
    """A record before and after; None where there was, or is, no such record."""

    kind: str
    id: str
    old: Document | None
    new: Document | None


class History:
    """The steps that led to a dataset. The file is read when something is first asked, and by one thread at a time."""

    def __init__(self, file: Path) -> None:
        """A file that is missing, or not whole, has no steps."""
        self._file: IO[bytes] | None = None
        self._found: dict[tuple[str, str], Changes] = {}
        try:
            if file.is_file():
                self._file = file.open("rb")
                weakref.finalize(self, self._file.close)
        except OSError:
            pass

    @cached_property
    def _steps(self) -> list[Step]:
        try:
            return list(self._read()) if self._file else []
        except (OSError, ValueError, LookupError, TypeError, RecursionError):
            return []

    def _read(self) -> list[Step]:
        """The steps of the file, once it has proved to be whole."""
        heads: list[tuple[int, dict[str, str]]] = []
        state, at = hashlib.sha256(), 0
        for line in self._all_lines():
            if not line.startswith(b'{"sha256":'):
                if STEP.match(line):
                    heads.append((at, json.loads(line)))
                state.update(line)
                at += len(line)
            elif json.loads(line)["sha256"] != state.hexdigest():
                return []
            else:
                ends = [start for start, _ in heads[1:]] + [at]
                return [Step(it["from"], it["to"], start, end) for (start, it), end in zip(heads, ends, strict=True)]
        return []

    def _all_lines(self) -> Iterator[bytes]:
        if self._file and os.fstat(self._file.fileno()).st_size <= MOST_BYTES + 1000:
            self._file.seek(0)
            # Not from the file itself: whoever stops early would close it.
            yield from iter(self._file.readline, b"")

    def lines(self, step: Step) -> Iterator[bytes]:
        """The lines of a step."""
        at = step.start
        while at < step.end:
            yield (line := self._line(at))
            at += len(line)

    def _line(self, at: int) -> bytes:
        if self._file:
            self._file.seek(at)
            if line := self._file.readline():
                return line
        raise ValueError("the file of changes was cut off")

    def back_from(self, version: str) -> list[Step]:
        """The steps that led to a version, the newest first: none that came later, or that did not come about."""
        return list(dropwhile(lambda step: step.until != version, self._steps))

    def versions(self, until: str) -> list[str]:
        """The versions from which the changes to this one are known, the newest first; it is the first itself."""
        return [until, *(step.since for step in self.back_from(until))]

    def changes(self, since: str, until: str, current: Current) -> Changes | None:
        """What changed from one version to another, which is the present one; None where that is not known."""
        if (since, until) not in self._found:
            if since not in (known := self.versions(until)):
                return None
            steps = self.back_from(until)[: known.index(since)]
            while len(self._found) >= MOST_KEPT_IN_MIND:
                del self._found[next(iter(self._found))]
            try:
                self._found[since, until] = self._compose(steps, current)
            except (OSError, ValueError):
                # It was whole once, and somebody has written to it since.
                self._steps = []
                return None
        return self._found[since, until]

    def _compose(self, steps: list[Step], current: Current) -> Changes:
        """Several steps as one: of each record the oldest state counts, and one that is as it was drops out."""
        found = Changes(*(array("q") for _ in range(3)))
        # Each step is in the order of the dataset; the oldest comes first where several speak of a record.
        merged = heapq.merge(*(self._places(step, age) for age, step in enumerate(reversed(steps))))
        first = (next(group)[-1] for _, group in groupby(merged, key=lambda item: item[:2]))
        while batch := list(islice(first, BATCH)):
            for at, change in zip(batch, self.told(batch, current), strict=True):
                if change.old is None or change.new is None:
                    places = found.added if change.new else found.removed
                    if change.old or change.new:
                        places.append(at)
                elif fields_changed(change.old, change.new):
                    found.changed.append(at)
        return found

    def _places(self, step: Step, age: int) -> Iterator[tuple[int, str, int, int]]:
        """For each record of a step: its place in the dataset's order, the step's own, and the line's in the file."""
        at = step.start
        for line in self.lines(step):
            if (record := RECORD.match(line)) and (place := PLACES.get(record[1].decode())) is not None:
                yield place, record[2].decode(), age, at
            at += len(line)

    def told(self, places: Sequence[int], current: Current) -> list[Change]:
        """What the lines at these places say, with what the records are now."""
        lines = [json.loads(self._line(at)) for at in places]
        documents = current([f"{line['kind']}/{line['id']}" for line in lines])
        news = [documents.get(f"{line['kind']}/{line['id']}") for line in lines]
        return [
            Change(line["kind"], line["id"], line["old"], json.loads(new) if new else None)
            for line, new in zip(lines, news, strict=True)
        ]


Difference = tuple[str, str, str | None]
"""A record's kind and id, and its document before."""


def write_step(file: IO[bytes], since: str, until: str, differences: Iterable[Difference], history: History) -> bool:
    """Write a step and, after it, as many older ones as may stay; False where it is too large by itself."""
    state, size = hashlib.sha256(), 0
    head = json.dumps({"from": since, "to": until}, separators=(",", ":"))
    step = (f'{{"kind":"{kind}","id":"{id_}","old":{old or "null"}}}' for kind, id_, old in differences)
    for line in chain([head], step):
        written = f"{line}\n".encode()
        if (size := size + len(written)) > MOST_BYTES:
            return False
        state.update(written)
        file.write(written)
    for older in history.back_from(since)[: MOST_STEPS - 1]:
        if (size := size + older.end - older.start) > MOST_BYTES:
            break
        for written in history.lines(older):
            state.update(written)
            file.write(written)
    file.write(f'{{"sha256":"{state.hexdigest()}"}}\n'.encode())
    return True
