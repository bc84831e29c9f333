"""The rules that hold across files, and what has to be remembered of each file for them: no more than they need."""

import pickle
from collections.abc import Callable, Iterator, Set
from typing import TypeVar

from app.models import PolicyMeasure
from app.references import Kind
from app.seeding.crew import in_order
from app.seeding.merge import People, check_definitions, merged, substance
from app.seeding.problems import Report, nearest
from app.seeding.read import Source, TreePath
from app.seeding.records import Key, Written, informative
from app.seeding.rules import report_found, support
from app.seeding.spool import Spool

T = TypeVar("T")


class Said:
    """What one file says that others are held against."""

    def __init__(self, records: list[Written], additions: list[Written], shared: Set[Key]) -> None:
        """What it says of its own records, and of those of other files; `shared` are those of which several speak."""
        self.people, self.measures = People(), dict[str, tuple[str | None, Source, TreePath]]()
        self.set_aside: list[tuple[Key, bytes]] = []
        """What it says of records of which several files speak."""
        seen: set[Key] = set()
        for item in records:
            record = item.record
            if isinstance(record, PolicyMeasure):
                answer = getattr(record, "in_response_to", None)
                self.measures[record.id] = answer and answer.id, item.source, item.path
            is_person = record.kind is Kind.PEOPLE
            # What a file defines twice is reported as such, and counts once here.
            if record.id and (is_person or item.key in shared) and item.key not in seen:
                seen.add(item.key)
                if is_person:
                    self.people.add(item)
                if item.key in shared:
                    self._put(item, False)
        for item in additions:
            self._put(item, True)

    def _put(self, item: Written, is_addition: bool) -> None:
        self.set_aside.append((item.key, pickle.dumps((is_addition, item), pickle.HIGHEST_PROTOCOL)))


class Across:
    """Is told of all files, one after the other in the order of their ids, before anything is asked of it."""

    def __init__(self, set_aside: Spool) -> None:
        """Records of which several files speak are set aside until all have spoken."""
        self._people, self._measures = People(), dict[str, tuple[str | None, Source, TreePath]]()
        self._set_aside, self._numbers = set_aside, dict[Key, list[int]]()

    def remember(self, said: Said) -> None:
        """What a file says."""
        self._people.update(said.people)
        self._measures |= said.measures
        for key, packed in said.set_aside:
            self._numbers.setdefault(key, []).append(self._set_aside.put(packed))

    def check(self, report: Report, keep: Callable[[Written], T]) -> Iterator[T | None]:
        """Hold everything that was remembered against the rules; what is kept of each record that was set aside.

        `keep` is called in whatever process; what it makes of the record counts if nothing is wrong in the end.
        """
        together = [*self._numbers.values()]

        def hold(number: int) -> tuple[Report, People, T | None]:
            said = [pickle.loads(self._set_aside[it]) for it in together[number]]  # noqa: S301
            defined, additions = ([it for is_addition, it in said if is_addition is which] for which in (False, True))
            found, people = Report(), People()
            check_definitions(defined, found)
            for item in additions:
                check_addition(item, defined, found)
                if defined and item.record.kind is Kind.PEOPLE:
                    people.add(item)
            return found, people, None if len(report) or len(found) else keep(merged(defined, additions))

        with in_order(hold, len(together)) as held:
            for found, people, kept in held:
                report.update(found)
                self._people.update(people)
                yield kept
        self._people.check(report)
        self._check_cycles(report)

    def _check_cycles(self, report: Report) -> None:
        """No measure answers itself, by whatever detour."""
        cleared: set[str] = set()
        for start in self._measures:
            # In a dict, the order of the steps is kept and each is found at once.
            path: dict[str, None] = {}
            at: str | None = start
            while at is not None and at not in path and at not in cleared:
                path[at] = None
                at = self._measures[at][0] if at in self._measures else None
            if at in path:
                circle = [*path][[*path].index(at) :]
                _, source, place = self._measures[at]
                report.add(source.at((*place, "in_response_to")), "reference-cycle", " → ".join([*circle, at]))
            # Not by `|=`: of keys, that would make a new set of all for each measure.
            cleared.update(path)


def check_addition(addition: Written, defined: list[Written], report: Report) -> None:
    """The rules on what an article says of a record that depend on what that record says."""
    field = addition.disputes
    if field is None:
        known = {name for item in defined for name in item.fields} if defined else {*informative(type(addition.record))}
        report_found(addition, support(addition, addition.fields | known), report)
    if any(item.source.article_id == addition.source.article_id for item in defined):
        report.add(addition.at("record"), "own-record", f"{addition.ref} is a record of this file; state it there")
    elif field in addition.fields and defined:
        _check_dispute(addition, field, defined[0], report)


def _check_dispute(addition: Written, field: str, first: Written, report: Report) -> None:
    """A dispute gives another value than the record's."""
    if field not in first.fields:
        message = f"{first.ref} gives no value for '{field}' that could be disputed{nearest(field, first.fields)}"
        report.add(addition.at("field"), "unknown-support", message)
    elif hasattr(addition.record, field) and hasattr(first.record, field):
        value = getattr(addition.record, field)
        if substance(value) == substance(getattr(first.record, field)):
            message = f"{first.ref} has this value in {first.at(field).brief}; 'corroborates' adds evidence for it"
            report.add(addition.at(field), "needless-dispute", message)
