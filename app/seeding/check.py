"""The rules that hold between a record and its evidence, between records, and for an article as a whole."""

from collections.abc import Iterator, Set
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from app.models import Article, PolicyMeasure, Record, Statement, StatementMode, TextAccess
from app.references import Kind, Reference
from app.seeding.merge import check_definitions, check_people, definitions, merged
from app.seeding.problems import Position, Report, nearest, printable
from app.seeding.progress import CHECKING, OnProgress, tell_nobody
from app.seeding.read import TreePath, read_seeds
from app.seeding.records import Excuse, FileReading, Written, collect_names, informative
from app.seeding.text import CLOSING, DOUBLE_MARKS, OPENING, ArticleText
from app.values import Amount, Clock, Coverage, Evidence, Uncovered, When, fold
from app.written import Value


def read_and_check(folder: Path, report: Report, on_progress: OnProgress = tell_nobody) -> list[Written]:
    """Every record of a folder of seeds, held against every rule, in the order of the dataset: by kind, then by id."""
    sources = read_seeds(folder, report, on_progress)
    names = collect_names(sources, report)
    written: list[Written] = []
    additions: list[Written] = []
    for done, source in enumerate(sources, 1):
        reading = FileReading(source, names)
        own = list(reading.records(report))
        additions += reading.additions(report)
        for item in own:
            check_record(item, item.fields, report)
        coverage = check_coverage(reading, reading.excuses(report), report)
        written += [with_coverage(item, coverage) for item in own]
        on_progress(CHECKING, done, len(sources))
    defined = definitions(written)
    check_definitions(defined, report)
    check_people(defined, additions, report)
    for item in additions:
        check_addition(item, defined.get(item.key, []), report)
    check_repeated(additions, report)
    check_cycles(written, report)
    if len(report):
        return written
    order = list(Kind)
    return sorted(merged(defined, additions), key=lambda it: (order.index(it.record.kind), it.record.id))


Found = Iterator[tuple[TreePath, str, str]]
"""Problems of a record: where in it, which rule, what is wrong."""


def check_record(written: Written, known: Set[str], report: Report) -> None:
    """Every rule that concerns one record; what it rests on may speak of its `known` fields."""
    record, text = written.record, written.source.text
    fields = written.fields & {*informative(type(record))}
    values = {name: getattr(record, name) for name in sorted(fields) if hasattr(record, name)}
    found = [*_support(written, fields, known & {*informative(type(record))}), *_repetitions(record, values)]
    found += [*_words(record, values, text), *_dates(record, values), *_mode(record, text), *_access(written)]
    for path, rule, message in found:
        report.add(written.at(*path), rule, message)


def _support(written: Written, fields: Set[str], known: Set[str]) -> Found:
    """Every field that says something rests on a quote or on an inference, which name only such fields."""
    record, named = written.record, f"{'the dispute of ' if written.disputes else ''}{written.ref}"
    claims: list[tuple[str, TreePath]] = [(it.field, ("inferred", it.field, it.field)) for it in record.inferred]
    for i, item in enumerate(record.evidence):
        claims += [(name, ("evidence", i, "fields", j)) for j, name in enumerate(item.fields)]
    for name, path in claims:
        if name not in known:
            yield path, "unknown-support", f"{named} gives no value for '{printable(name)}'{nearest(name, known)}"
    for name in sorted(fields - {name for name, _ in claims}):
        message = f"'{name}' of {named} rests on no quote and on no inference"
        yield (name, name), "unsupported-field", message


def _repetitions(record: Record, values: dict[str, Any]) -> Found:
    """No list names anything twice."""
    lists: dict[TreePath, list[Any]] = {(name,): value for name, value in values.items() if isinstance(value, list)}
    lists |= {("evidence", i, "fields"): item.fields for i, item in enumerate(record.evidence)}
    for path, items in lists.items():
        seen: set[str] = set()
        for index, item in enumerate(items):
            if repr(item) in seen:
                yield (*path, index), "duplicate-item", "this is named here already"
            seen.add(repr(item))
    for index, alias in enumerate(values.get("aliases", [])):
        if fold(alias) == fold(getattr(record, "name", "")):
            yield ("aliases", index), "duplicate-item", "this is the person's name already; its quote supports 'name'"


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


@cache
def _is_verbatim(model: type[Record], name: str) -> bool:
    """Whether the field's text has to be the article's own, wherever in its annotation that is marked."""
    return "Verbatim" in repr(model.model_fields[name])


def _inside(value: Any, path: TreePath) -> Iterator[tuple[TreePath, Any]]:
    """A value and all that is inside, each with where it stands."""
    yield path, value
    if isinstance(value, Value):
        for name in type(value).model_fields:
            yield from _inside(getattr(value, name), (*path, name))
    for index, item in enumerate(value) if isinstance(value, list) else ():
        yield from _inside(item, (*path, index))


def _verbatim(model: type[Record], name: str, value: Any) -> Iterator[tuple[TreePath, str]]:
    """The words in a field that claim to be the article's own, and where they stand; in values these are `stated`."""
    for path, item in _inside(value, (name,)):
        if isinstance(item, str) and (path[-1] == "stated" or _is_verbatim(model, name)):
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
    if not isinstance(record, Statement) or not (hasattr(record, "mode") and hasattr(record, "text")):
        return
    marked = any(mark in record.text for mark in DOUBLE_MARKS)
    quotes = [item for item in record.evidence if "text" in item.fields]
    if not all(item.end for item in quotes):
        return
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


def _access(written: Written) -> Found:
    """A text is withheld for a reason that is given, and only then one is given."""
    if not isinstance(written.record, Article):
        return
    access = getattr(written.record, "text", None) if "text" in written.fields else TextAccess.SERVED
    has_reason = "withheld_because" in written.fields
    if access is TextAccess.WITHHELD and not has_reason:
        yield ("text",), "missing-field", "'withheld_because' is missing: why is the text withheld?"
    if access is TextAccess.SERVED and has_reason:
        yield ("withheld_because",) * 2, "unknown-field", "'withheld_because' is for a text that is withheld"


def check_addition(addition: Written, defined: list[Written], report: Report) -> None:
    """Every rule that concerns what an article says of a record of another one."""
    field = addition.disputes
    if field is None:
        known = {name for item in defined for name in item.fields} if defined else {*informative(type(addition.record))}
        check_record(addition, addition.fields | known, report)
    elif addition.fields:
        check_record(addition, addition.fields, report)
    if any(item.source is addition.source for item in defined):
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
        if _substance(value) == _substance(getattr(first.record, field)):
            message = f"{first.ref} has this value in {first.at(field).brief}; 'corroborates' adds evidence for it"
            report.add(addition.at(field), "needless-dispute", message)


def check_repeated(additions: list[Written], report: Report) -> None:
    """No file says the same of a record twice."""
    seen: set[tuple[Any, ...]] = set()
    for item in additions:
        said: dict[Position, Any] = {
            item.at("evidence", i): (quote.start, quote.end)
            for i, quote in enumerate(item.record.evidence)
            if item.disputes is None and quote.end
        }
        if item.disputes and hasattr(item.record, item.disputes):
            said = {item.at(item.disputes): (item.disputes, repr(_substance(getattr(item.record, item.disputes))))}
        for at, what in said.items():
            if (mark := (item.source.article_id, item.key, what)) in seen:
                report.add(at, "duplicate-item", f"this is said of {item.ref} already")
            seen.add(mark)


def _substance(value: Any) -> Any:
    """What a value says, in whatever words and order; an amount without a figure says it in its words alone."""
    if isinstance(value, str):
        return fold(value)
    if isinstance(value, list):
        return sorted(repr(_substance(item)) for item in value)
    if isinstance(value, Reference):
        return value.href
    if isinstance(value, Value):
        worded = isinstance(value, Amount) and value.value is None
        return {n: _substance(getattr(value, n)) for n in type(value).model_fields if worded or n != "stated"}
    return value


def check_cycles(written: list[Written], report: Report) -> None:
    """No measure answers itself, by whatever detour."""
    measures = {item.record.id: item for item in written if isinstance(item.record, PolicyMeasure)}
    answers = {name: getattr(item.record, "in_response_to", None) for name, item in measures.items()}
    cleared: set[str] = set()
    for start in measures:
        # In a dict, the order of the steps is kept and each is found at once.
        path: dict[str, None] = {}
        at: str | None = start
        while at is not None and at not in path and at not in cleared:
            path[at] = None
            at = answer.id if (answer := answers.get(at)) else None
        if at in path:
            circle = [*path][[*path].index(at) :]
            place = measures[at].source.at((*measures[at].path, "in_response_to"))
            report.add(place, "reference-cycle", " → ".join([*circle, at]))
        cleared |= path.keys()


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
    is_article = isinstance(written.record, Article)
    return replace(written, record=written.record.model_copy(update={"coverage": coverage} if is_article else {}))
