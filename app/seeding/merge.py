"""Several articles on one record: what they say of it becomes one record, which names the words of each.

The first article, by id, that defines a record says what it is. Others say the same, or add evidence, or say otherwise.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from app.models import Person, Record
from app.references import Kind, Reference
from app.seeding.problems import Position, Report, printable
from app.seeding.records import Key, Written, informative
from app.values import Dispute, fold

Definitions = Mapping[Key, list[Written]]
"""Every record as each file that defines it writes it, in the order of the articles' ids."""


def definitions(written: list[Written]) -> Definitions:
    """The definitions of every record. What a file defines twice is reported as such, and counts once here."""
    found: dict[Key, list[Written]] = {}
    for item in written:
        group = found.setdefault(item.key, []) if item.record.id else []
        if all(other.source is not item.source for other in group):
            group.append(item)
    return found


def check_definitions(defined: Definitions, report: Report) -> None:
    """Files that define the same record say the same of it."""
    for first, *others in defined.values():
        for other in others:
            if field := _differing(first.record, other.record):
                here, there = (_as_written(item, field) for item in (other, first))
                message = f"'{field}' of {other.ref} is {here} here and {there} in {first.at().brief}; "
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

    at: Position
    text: str
    person: str


def check_people(defined: Definitions, additions: list[Written], report: Report) -> None:
    """Nobody has two ids: people who share a name are one, or it is said that they are not."""
    people = [item for group in defined.values() for item in group if item.record.kind is Kind.PEOPLE]
    people += [item for item in additions if item.key in defined and item.record.kind is Kind.PEOPLE]
    distinct = {frozenset((item.record.id, other.id)) for item in people for other in _distinct_from(item)}
    holders: dict[str, dict[str, _Name]] = {}
    for name in sorted(name for item in people for name in _names(item)):
        group = holders.setdefault(fold(name.text), {})
        strangers = (other for other in group.values() if other.person != name.person)
        if earlier := next((it for it in strangers if frozenset((name.person, it.person)) not in distinct), None):
            message = f"'{printable(name.text)}' is also a name of people/{earlier.person} ({earlier.at.brief}); "
            way_out = "corroborate that record, or, if it is somebody else, say so with 'distinct_from'"
            report.add(name.at, "same-person", message + way_out)
            # One problem for two people, however many names they share.
            distinct.add(frozenset((name.person, earlier.person)))
        group.setdefault(name.person, name)
    _check_distinctions(people, report)


def _check_distinctions(people: list[Written], report: Report) -> None:
    """Who is said to be somebody else is somebody else, and shares a name."""
    names: dict[str, set[str]] = {}
    for item in people:
        names.setdefault(item.record.id, set()).update(fold(name.text) for name in _names(item))
    for item in people:
        for i, other in enumerate(_distinct_from(item)):
            if other.id == item.record.id:
                report.add(item.at("distinct_from", i), "same-person", f"{item.ref} is this very person")
            elif names[item.record.id].isdisjoint(names.get(other.id, ())):
                message = f"people/{other.id} shares no name with {item.ref}"
                report.add(item.at("distinct_from", i), "same-person", message)


def _names(item: Written) -> Iterator[_Name]:
    if "name" in item.fields and hasattr(item.record, "name"):
        yield _Name(item.at("name"), item.record.name, item.record.id)
    for i, alias in enumerate(getattr(item.record, "aliases", [])):
        yield _Name(item.at("aliases", i), alias, item.record.id)


def _distinct_from(item: Written) -> list[Reference]:
    return getattr(item.record, "distinct_from", [])


def merged(defined: Definitions, additions: list[Written]) -> list[Written]:
    """Every record once, with what all articles say of it."""
    said: dict[Key, list[Written]] = {key: others for key, (_, *others) in defined.items()}
    for item in additions:
        said[item.key].append(item)
    return [_with(first, sorted(said[key], key=_article_id)) for key, (first, *_) in defined.items()]


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
