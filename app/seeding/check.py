"""The rules that hold between a record and its evidence, between records, and for an article as a whole."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from app.models import PolicyMeasure, Record, Statement, StatementMode
from app.seeding.problems import Position, Report, nearest, printable
from app.seeding.read import TreePath, read_seeds
from app.seeding.records import Excuse, FileReading, Written, collect_names
from app.seeding.text import CLOSING, DOUBLE_MARKS, OPENING
from app.values import Clock, Computed, Coverage, Evidence, Kind, Uncovered, Value, When

OWN = ("id", "evidence", "inferred")
"""Fields that are about a record, not among what it says."""


def read_and_check(folder: Path, report: Report) -> list[Written]:
    """Every record of a folder of seeds, held against every rule, in the order of the dataset: by kind, then by id."""
    sources = read_seeds(folder, report)
    names = collect_names(sources, report)
    written: list[Written] = []
    for source in sources:
        reading = FileReading(source, names)
        own = list(reading.records(report))
        for item in own:
            check_record(item, report)
        coverage = check_coverage(reading, reading.excuses(report), report)
        written += [with_coverage(item, coverage) for item in own]
    check_cycles(written, report)
    order = list(Kind)
    return sorted(written, key=lambda item: (order.index(item.record.kind), item.record.id))


def check_record(written: Written, report: Report) -> None:
    """Every rule that concerns one record."""

    def add(path: TreePath, rule: str, message: str) -> None:
        report.add(written.source.at((*written.path, *path)), rule, message)

    record = written.record
    values = {name: getattr(record, name) for name in _informative(record)}
    claims = {
        (name, ("evidence", i, "fields", j)) for i, e in enumerate(record.evidence) for j, name in enumerate(e.fields)
    }
    claims |= {(item.field, ("inferred", item.field, item.field)) for item in record.inferred}
    for name, path in claims:
        if name not in values:
            message = f"{record.kind}/{record.id} gives no value for '{printable(name)}'{nearest(name, values)}"
            add(path, "unknown-support", message)
    for name in values.keys() - {name for name, _ in claims}:
        message = f"'{name}' of {record.kind}/{record.id} rests on no quote and on no inference"
        add((name, name), "unsupported-field", message)
    for name, value in values.items():
        quotes = [item.quote for item in record.evidence if name in item.fields]
        for path, words in _verbatim(type(record), name, value):
            if not any(words in quote for quote in quotes):
                near = written.source.text.nearest(words) if words not in written.source.text.text else None
                hint = f"; nearest passage: '{printable(near, 200)}'" if near else ""
                add(path, "not-verbatim", f"'{printable(words)}' is in no quote that supports '{name}'{hint}")
        if name not in [item.field for item in record.inferred]:
            for path, year in _years_not_stated(value, (name,)):
                message = f"the words quoted do not print the year {year}; say under 'inferred' how '{name}' follows"
                add(path, "not-inferred", message)
        if isinstance(value, list):
            for index, item in enumerate(value):
                if item in value[:index]:
                    add((name, index), "duplicate-item", f"'{name}' names this already")
    if isinstance(record, Statement) and (message := _wrong_mode(record, written.source.text.text)):
        add(("text",), "wrong-mode", message)


def _informative(record: Record) -> Iterator[str]:
    """The fields that say something: written by a person, and with a value."""
    for name, field in type(record).model_fields.items():
        computed = any(isinstance(marker, Computed) for marker in field.metadata)
        if name not in OWN and not computed and getattr(record, name) not in (None, []):
            yield name


def _verbatim(model: type[Value], name: str, value: Any) -> Iterator[tuple[TreePath, str]]:
    """The words in a field that claim to be the article's own, and where they stand."""
    marked = "Verbatim" in repr(model.model_fields[name])
    for index, item in enumerate(value) if isinstance(value, list) else [(None, value)]:
        path: TreePath = (name,) if index is None else (name, index)
        if isinstance(item, Value):
            for inner in type(item).model_fields:
                yield from (
                    ((*path, *rest), words) for rest, words in _verbatim(type(item), inner, getattr(item, inner))
                )
        elif isinstance(item, str) and marked:
            yield path, item


def _years_not_stated(value: Any, path: TreePath) -> Iterator[tuple[TreePath, str]]:
    """The years in a date, or in a value made of dates, that the words quoted with them do not print."""
    if isinstance(value, When):
        for year in (part[:4] for part in value.edtf.split("/") if part not in ("", "..")):
            if year not in (value.stated or ""):
                yield (*path, "edtf"), year
    elif isinstance(value, Clock):
        if value.local[:4] not in value.stated:
            yield (*path, "local"), value.local[:4]
    elif isinstance(value, Value):
        for name in type(value).model_fields:
            yield from _years_not_stated(getattr(value, name), (*path, name))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _years_not_stated(item, (*path, index))


def _wrong_mode(statement: Statement, article: str) -> str | None:
    """How a statement's mode disagrees with the quotation marks in and around its words."""
    marked = any(mark in statement.text for mark in DOUBLE_MARKS)
    if statement.mode is StatementMode.INDIRECT and marked:
        return "an indirect statement has no quotation marks in its text; it may be mixed"
    if statement.mode is StatementMode.MIXED and not marked:
        return "a mixed statement has a fragment in quotation marks in its text"
    quotes = [item for item in statement.evidence if "text" in item.fields]
    if statement.mode is StatementMode.DIRECT and not any(_is_quotation(q, statement.text, article) for q in quotes):
        return "the text of a direct statement is all that stands between a pair of quotation marks"
    return None


def _is_quotation(quote: Evidence, text: str, article: str) -> bool:
    start = article.find(text, quote.start, quote.end)
    end = start + len(text)
    return 0 < start and article[start - 1] in OPENING and end < quote.end and article[end] in CLOSING


def check_cycles(written: list[Written], report: Report) -> None:
    """No measure answers itself, by whatever detour."""
    measures = {item.record.id: item for item in written if isinstance(item.record, PolicyMeasure)}
    answers = {name: m.in_response_to.id for name, i in measures.items() if (m := i.record).in_response_to}  # type: ignore[attr-defined]
    for start, item in measures.items():
        path = [start]
        while (following := answers.get(path[-1])) and following not in path:
            path.append(following)
        if following == start:
            at = item.source.at((*item.path, "in_response_to"))
            report.add(at, "reference-cycle", " → ".join([*path, start]))


def check_coverage(reading: FileReading, excuses: list[Excuse], report: Report) -> Coverage:
    """Every sentence carries a fact or is excused, and not both."""
    source, covered, why = reading.source, reading.quoted, dict[int, str]()
    for excuse in excuses:
        numbers = set(source.text.sentences_between(excuse.start, excuse.end))
        if numbers & (covered | why.keys()):
            report.add(
                source.at(excuse.path), "needless-excuse", "facts rest on this sentence, or it is excused already"
            )
        why |= dict.fromkeys(numbers, excuse.why)
    for sentence in source.text.sentences:
        if sentence.number not in covered | why.keys():
            words = printable(source.text.text[sentence.start : sentence.end])
            message = f"no fact rests on sentence {sentence.number}, and no_facts does not excuse it: '{words}'"
            at = Position(source.article_file, *source.text.line_and_column(sentence.start))
            report.add(at, "uncovered-sentence", message)
    excused = [
        Uncovered(sentence=s.number, start=s.start, end=s.end, why=why[s.number])
        for s in source.text.sentences if s.number in why
    ]  # fmt: skip
    return Coverage(sentences=len(source.text.sentences), covered=len(covered), excused=excused)


def with_coverage(written: Written, coverage: Coverage) -> Written:
    """The same, an article with its coverage."""
    if written.record.kind is not Kind.ARTICLES:
        return written
    return Written(written.record.model_copy(update={"coverage": coverage}), written.source, written.path)
