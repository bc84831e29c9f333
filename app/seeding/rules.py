"""The rules that hold between a record and its evidence."""

from collections.abc import Iterable, Iterator, Set
from functools import cache
from typing import Any, NamedTuple

from app.models import Article, Record, Statement, StatementMode, TextAccess
from app.references import Reference
from app.seeding.problems import Report, nearest, printable
from app.seeding.read import TreePath
from app.seeding.records import Written, informative, value_class
from app.seeding.text import CLOSING, DOUBLE_MARKS, OPENING, ArticleText
from app.values import Clock, Evidence, When, fold
from app.written import Value

Found = Iterator[tuple[TreePath, str, str]]
"""Problems of a record: where in it, which rule, what is wrong."""


def check_record(written: Written, known: Set[str] | None, report: Report) -> None:
    """Every rule that concerns one record; what it rests on may speak of its `known` fields, if that is asked here."""
    record, text, said = written.record, written.source.text, vars(written.record)
    values = {name: said[name] for name in written.fields & _held(type(record)).all & said.keys()}
    found = [*_repetitions(record, values), *(() if known is None else support(written, known))]
    found += [*_words(record, values, text), *_dates(record, values), *_mode(record, text), *_access(written)]
    report_found(written, found, report)


class _Held(NamedTuple):
    """What the fields of a kind hold."""

    all: frozenset[str]
    """What a person read out of the article."""
    words: frozenset[str]
    """The article's own words, at least in part."""
    verbatim: frozenset[str]
    """Its words and nothing else, wherever in the annotation that is marked."""
    composed: frozenset[str]
    """Values with fields of their own, other than references."""


@cache
def _held(model: type[Record]) -> _Held:
    fields = {name: model.model_fields[name] for name in informative(model)}
    verbatim = frozenset(name for name, info in fields.items() if "Verbatim" in repr(info))
    composed = {name for name, info in fields.items() if value_class(info.annotation) not in (None, Reference)}
    return _Held(frozenset(fields), verbatim | composed, verbatim, frozenset(composed))


def report_found(written: Written, found: Iterable[tuple[TreePath, str, str]], report: Report) -> None:
    """Problems of a record, as the report takes them."""
    for path, rule, message in found:
        report.add(written.at(*path), rule, message)


def support(written: Written, known: Set[str]) -> Found:
    """Every field that says something rests on a quote or on an inference, which name only such fields."""
    said = _held(type(written.record)).all
    fields, known = written.fields & said, known & said
    claimed = {name for item in written.record.evidence for name in item.fields}
    claimed.update(item.field for item in written.record.inferred)
    if fields <= claimed <= known:
        return
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
    lists: list[tuple[TreePath, list[Any]]] = [((name,), it) for name, it in values.items() if isinstance(it, list)]
    lists += [(("evidence", i, "fields"), item.fields) for i, item in enumerate(record.evidence)]
    for path, items in lists:
        if len(items) < 2:
            continue
        seen: set[str] = set()
        for index, item in enumerate(items):
            mark = str(item) if isinstance(item, str) else repr(item)
            if mark in seen:
                yield (*path, index), "duplicate-item", "this is named here already"
            seen.add(mark)
    for index, alias in enumerate(values.get("aliases", [])):
        if fold(alias) == fold(getattr(record, "name", "")):
            yield ("aliases", index), "duplicate-item", "this is the person's name already; its quote supports 'name'"


def _words(record: Record, values: dict[str, Any], text: ArticleText) -> Found:
    """The article's own words stand in a quote that supports their field."""
    for name in _held(type(record)).words & values.keys():
        value = values[name]
        quotes = [item.quote for item in record.evidence if name in item.fields]
        for path, words in _verbatim(type(record), name, value):
            if not any(words in quote for quote in quotes):
                near = None if words in text.text else text.nearest(words)
                hint = f"; nearest passage: '{printable(near, 200)}'" if near else ""
                yield path, "not-verbatim", f"'{printable(words)}' is in no quote that supports '{name}'{hint}"


def _dates(record: Record, values: dict[str, Any]) -> Found:
    """A year that the quoted words do not print was inferred, and it is written down how."""
    composed = _held(type(record)).composed & values.keys()
    for name in composed and composed - {item.field for item in record.inferred}:
        for path, year in _years_not_stated(values[name], name):
            message = f"the words quoted do not print the year {year}; say under 'inferred' how '{name}' follows"
            yield path, "not-inferred", message


def _inside(value: Any, path: TreePath) -> Iterator[tuple[TreePath, Any]]:
    """A value and all that is inside, each with where it stands."""
    yield path, value
    if isinstance(value, Value):
        for name, inner in vars(value).items():
            yield from _inside(inner, (*path, name))
    for index, item in enumerate(value) if isinstance(value, list) else ():
        yield from _inside(item, (*path, index))


def _verbatim(model: type[Record], name: str, value: Any) -> Iterator[tuple[TreePath, str]]:
    """The words in a field that claim to be the article's own, and where they stand; in values these are `stated`."""
    is_verbatim = name in _held(model).verbatim
    for path, item in [((name,), value)] if isinstance(value, str) else _inside(value, (name,)):
        if isinstance(item, str) and (path[-1] == "stated" or is_verbatim):
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
    is_quotation = any(_is_quotation(q, record.text, text.text) for q in quotes)
    if record.mode is StatementMode.INDIRECT and is_quotation:
        message = "all of the text stands between a pair of quotation marks: it is direct"
    elif record.mode is StatementMode.INDIRECT and marked:
        message = "an indirect statement has no quotation marks in its text; it may be mixed"
    elif record.mode is StatementMode.MIXED and not marked:
        message = "a mixed statement has a fragment in quotation marks in its text"
    elif record.mode is StatementMode.DIRECT and not is_quotation:
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
