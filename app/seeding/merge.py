"""Several articles on one record: what they say of it becomes one record, which names the words of each.

The first article, by id, that defines a record says what it is. Others say the same, or add evidence, or say otherwise.
"""

import json
from dataclasses import replace
from itertools import combinations
from operator import itemgetter
from typing import Any, NamedTuple

from app.models import Person, Record
from app.references import Reference
from app.seeding.problems import Position, Report, printable
from app.seeding.read import Source, TreePath
from app.seeding.records import Written, informative
from app.values import Amount, Dispute, fold
from app.written import Value


def check_definitions(defined: list[Written], report: Report) -> None:
    """Files that define the same record say the same of it."""
    for other in defined[1:]:
        if field := _differing(defined[0].record, other.record):
            here, there = (_as_written(item, field) for item in (other, defined[0]))
            message = f"'{field}' of {other.ref} is {here} here and {there} in {defined[0].at().brief}; "
            way_out = "add evidence to that record under 'corroborates', or say otherwise under 'disputes'"
            report.add(other.at(), "conflicting-record", message + way_out)


def _differing(one: Record, other: Record) -> str | None:
    """The first field of which two records say different things."""
    both = (name for name in informative(type(one)) if hasattr(one, name) and hasattr(other, name))
    return next((name for name in both if getattr(one, name) != getattr(other, name)), None)


def _as_written(item: Written, field: str) -> str:
    tree: Any = item.source.facts
    for step in (*item.path, field):
        tree = tree.get(step) if isinstance(tree, dict) else tree[step]
    return printable(json.dumps(tree, ensure_ascii=False))


class _Name(NamedTuple):
    """A name of a person, and where it stands."""

    text: str
    person: str
    source: Source
    path: TreePath

    @property
    def at(self) -> Position:
        return self.source.at(self.path)


class People:
    """Nobody has two ids: people who share a name are one, or it is said that they are not."""

    def __init__(self) -> None:
        self._names: dict[str, list[_Name]] = {}
        self._distinct: set[frozenset[str]] = set()
        self._distinctions: list[_Name] = []
        """Each names the other person, and whose record says so."""

    def add(self, item: Written) -> None:
        """What a record of a person, or an addition to one, says of names."""
        record, source = item.record, item.source
        if "name" in item.fields and hasattr(record, "name"):
            self._add(_Name(record.name, record.id, source, (*item.path, "name")))
        for i, alias in enumerate(getattr(record, "aliases", [])):
            self._add(_Name(alias, record.id, source, (*item.path, "aliases", i)))
        for i, other in enumerate(getattr(record, "distinct_from", [])):
            self._distinct.add(frozenset((record.id, other.id)))
            self._distinctions.append(_Name(other.id, record.id, source, (*item.path, "distinct_from", i)))

    def update(self, others: "People") -> None:
        """What is said elsewhere of names."""
        for folded, names in others._names.items():
            self._names.setdefault(folded, []).extend(names)
        self._distinct |= others._distinct
        self._distinctions += others._distinctions

    def _add(self, name: _Name) -> None:
        self._names.setdefault(fold(name.text), []).append(name)

    def check(self, report: Report) -> None:
        """Report who may be somebody else, and who cannot be."""
        distinct = set(self._distinct)
        shared = ({name.person for name in names} for names in self._names.values())
        holders: dict[str, dict[str, _Name]] = {}
        # Where a name stands is asked for only where there is something to tell.
        doubtful = {
            folded
            for folded, people in zip(self._names, shared, strict=True)
            if any(frozenset(two) not in distinct for two in combinations(people, 2))
        }
        names = (name for folded in doubtful for name in self._names[folded])
        for at, _, name in sorted(((name.at, name[:2], name) for name in names), key=itemgetter(0, 1)):
            group = holders.setdefault(fold(name.text), {})
            strangers = (other for other in group.values() if other.person != name.person)
            if earlier := next((it for it in strangers if frozenset((name.person, it.person)) not in distinct), None):
                message = f"'{printable(name.text)}' is also a name of people/{earlier.person} ({earlier.at.brief}); "
                way_out = "corroborate that record, or, if it is somebody else, say so with 'distinct_from'"
                report.add(at, "same-person", message + way_out)
                # One problem for two people, however many names they share.
                distinct.add(frozenset((name.person, earlier.person)))
            group.setdefault(name.person, name)
        self._check_distinctions(report)

    def _check_distinctions(self, report: Report) -> None:
        """Who is said to be somebody else is somebody else, and shares a name."""
        wanted = {person for two in self._distinct for person in two}
        names: dict[str, set[str]] = {}
        for folded, group in self._names.items():
            for name in group:
                if name.person in wanted:
                    names.setdefault(name.person, set()).add(folded)
        for other, person, source, path in self._distinctions:
            if other == person:
                report.add(source.at(path), "same-person", f"people/{person} is this very person")
            elif names.get(person, set()).isdisjoint(names.get(other, ())):
                report.add(source.at(path), "same-person", f"people/{other} shares no name with people/{person}")


def merged(defined: list[Written], additions: list[Written]) -> Written:
    """A record with what all articles say of it."""
    return _with(defined[0], sorted([*defined[1:], *additions], key=_article_id))


def _article_id(item: Written) -> str:
    return item.source.article_id


def _with(first: Written, others: list[Written]) -> Written:
    """A record with what other articles say of it, in the order of their ids."""
    if not others:
        return first
    record, support = first.record, [first.record, *(item.record for item in others if item.disputes is None)]
    disputes = [_dispute(record, item) for item in others if item.disputes is not None]
    evidence = [quote for item in support for quote in item.evidence]
    update: dict[str, Any] = {
        "evidence": evidence,
        "inferred": [reason for item in support for reason in item.inferred],
    }
    update |= {"sources": len({quote.article.id for quote in evidence})}
    update |= {"disputed": bool(disputes), "disputed_by": disputes}
    if isinstance(record, Person):
        names = {fold(record.name): record.name}
        for alias in (alias for item in support for alias in getattr(item, "aliases", [])):
            names.setdefault(fold(alias), alias)
        update["aliases"] = [*names.values()][1:]
    return replace(first, record=record.model_copy(update=update))


def _dispute(record: Record, item: Written) -> Dispute:
    """A dispute as it is served: its value has the form that the record's own would have."""
    field, said = str(item.disputes), item.record
    value = record.model_copy(update={field: getattr(said, field)}).model_dump(mode="json", include={field})[field]
    article: Reference = said.evidence[0].article
    return Dispute(article=article, field=field, value=value, evidence=said.evidence, inferred=said.inferred)


def substance(value: Any) -> Any:
    """What a value says, in whatever words and order; an amount without a figure says it in its words alone."""
    if isinstance(value, str):
        return fold(value)
    if isinstance(value, list):
        return sorted(repr(substance(item)) for item in value)
    if isinstance(value, Reference):
        return value.href
    if isinstance(value, Value):
        worded = isinstance(value, Amount) and value.value is None
        return {n: substance(getattr(value, n)) for n in type(value).model_fields if worded or n != "stated"}
    return value
