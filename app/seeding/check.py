"""The rules that hold between a record and its evidence, between records, and for an article as a whole."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from app.models import PolicyMeasure, Record, Statement, StatementMode
from app.references import Kind
from app.seeding.problems import Position, Report, nearest, printable
from app.seeding.read import TreePath, read_seeds
from app.seeding.records import Excuse, FileReading, Written, collect_names
from app.seeding.text import CLOSING, DOUBLE_MARKS, OPENING, ArticleText
from app.values import Clock, Coverage, Evidence, Uncovered, When
from app.written import Computed, Value

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


Found = Iterator[tuple[TreePath, str, str]]
"""Problems of a record: where in it, which rule, what is wrong."""


def check_record(written: Written, report: Report) -> None:
    """Every rule that concerns one record."""
    record, text = written.record, written.source.text
    values = {name: getattr(record, name) for name in _informative(record)}
    for rule in (_support(record, values), _words(record, values, text), _dates(record, values), _mode(record, text)):
        for path, name, message in rule:
            report.add(written.source.at((*written.path, *path)), name, message)


def _support(record: Record, values: dict[str, Any]) -> Found:
    """Every field that says something rests on a quote or on an inference, which name only such fields; none twice."""
    claims: list[tuple[str, TreePath]] = [
        (item.field, ("inferred", item.field, item.field)) for item in record.inferred
    ]
    for i, item in enumerate(record.evidence):
        claims += [(name, ("evidence", i, "fields", j)) for j, name in enumerate(item.fields)]
    for name, path in claims:
        if name not in values:
            hint = nearest(name, values)
            yield path, "unknown-support", f"{record.kind}/{record.id} gives no value for '{printable(name)}'{hint}"
    for name, value in values.items():
        if name not in [claimed for claimed, _ in claims]:
            message = f"'{name}' of {record.kind}/{record.id} rests on no quote and on no inference"
            yield (name, name), "unsupported-field", message
        for index, member in enumerate(value) if isinstance(value, list) else ():
            if member in value[:index]:
                yield (name, index), "duplicate-item", f"'{name}' names this already"


def _words(record: Record, values: dict[str, Any], text: ArticleText) -> Found:
    """The article's own words stand in a quote that supports their field."""
    for name, value in values.items():
        quotes = [item.quote for item in record.evidence if name in item.fields]
        for path, words in _verbatim(type(record), name, value):
            if not any(words in quote for quote in quotes):
                near = None if words in text.text else text.nearest(words)
                hint = f"; nearest passage: '{printable(near, 200)}'" if near else ""
                yield path, "not-verbatim", f"'{printable(words)}' is in no quote that supports '{name}'{hint}"


def _dates(record: Record, values: dict[str, Any]) -> Found:
    """A year that the quoted words do not print was inferred, and it is written down how."""
    for name in values.keys() - {item.field for item in record.inferred}:
        for path, year in _years_not_stated(values[name], name):
            message = f"the words quoted do not print the year {year}; say under 'inferred' how '{name}' follows"
            yield path, "not-inferred", message


def _informative(record: Record) -> Iterator[str]:
    """The fields that say something: written by a person, and with a value."""
    for name, field in type(record).model_fields.items():
        computed = any(isinstance(marker, Computed) for marker in field.metadata)
        if name not in OWN and not computed and getattr(record, name) not in (None, []):
            yield name


def _inside(value: Any, path: TreePath) -> Iterator[tuple[TreePath, Any]]:
    """A value and all that is inside, each with where it stands."""
    yield path, value
    if isinstance(value, Value):
        for name in type(value).model_fields:
            yield from _inside(getattr(value, name), (*path, name))
    for index, item in enumerate(value) if isinstance(value, list) else ():
        yield from _inside(item, (*path, index))


def _verbatim(model: type[Value], name: str, value: Any) -> Iterator[tuple[TreePath, str]]:
    """The words in a field that claim to be the article's own, and where they stand."""
    is_marked = "Verbatim" in repr(model.model_fields[name])
    for path, item in _inside(value, (name,)):
        if isinstance(item, str) and (is_marked or path[-1] == "stated"):
            yield path, item


def _years_not_stated(value: Any, name: str) -> Iterator[tuple[TreePath, str]]:
    """The years in a date, or in a value made of dates, that the words quoted with them do not print."""
    for path, item in _inside(value, (name,)):
        if isinstance(item, When):
            years = {part[:4] for part in item.edtf.split("/") if part not in ("", "..")}
            yield from (((*path, "edtf"), year) for year in sorted(years) if year not in (item.stated or ""))
        elif isinstance(item, Clock) and item.local[:4] not in item.stated:
            yield (*path, "local"), item.local[:4]


def _mode(record: Record, text: ArticleText) -> Found:
    """The mode of a statement agrees with the quotation marks in and around its words."""
    if not isinstance(record, Statement):
        return
    marked = any(mark in record.text for mark in DOUBLE_MARKS)
    quotes = [item for item in record.evidence if "text" in item.fields]
    if record.mode is StatementMode.INDIRECT and marked:
        message = "an indirect statement has no quotation marks in its text; it may be mixed"
    elif record.mode is StatementMode.MIXED and not marked:
        message = "a mixed statement has a fragment in quotation marks in its text"
    elif record.mode is StatementMode.DIRECT and not any(_is_quotation(q, record.text, text.text) for q in quotes):
        message = "the text of a direct statement is all that stands between a pair of quotation marks"
    else:
        return
    yield ("text",), "wrong-mode", message


def _is_quotation(quote: Evidence, text: str, article: str) -> bool:
    start = article.find(text, quote.start, quote.end)
    end = start + len(text)
    return start > 0 and article[start - 1] in OPENING and end < quote.end and article[end] in CLOSING


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


def check_coverage(reading: FileReading, excuses: list[tuple[Excuse, TreePath]], report: Report) -> Coverage:
    """Every sentence carries a fact or is excused, and not both."""
    source, covered, why = reading.source, reading.quoted, dict[int, str]()
    for excuse, path in excuses:
        numbers = set(source.text.sentences_between(excuse.start, excuse.end))
        if numbers & (covered | why.keys()):
            report.add(source.at(path), "needless-excuse", "facts rest on this sentence, or it is excused already")
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
