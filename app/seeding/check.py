"""The rules that hold between a record and its evidence, between records, and for an article as a whole."""

from collections import defaultdict
from pathlib import Path

from app.models import StatementMode
from app.seeding.interpret import Draft, Excuse, Quote, interpret
from app.seeding.problems import Report, nearest, printable
from app.seeding.read import Source, read_seeds
from app.seeding.text import CLOSING, DOUBLE_MARKS, OPENING
from app.values import Kind

Index = dict[tuple[Kind, str], Draft]


def read_and_check(folder: Path, report: Report) -> tuple[list[Draft], dict[str, list[Excuse]]]:
    """Everything that a folder of seeds says, held against every rule; what is wrong goes to the report."""
    drafts: list[Draft] = []
    excuses: dict[str, list[Excuse]] = {}
    for source in read_seeds(folder, report):
        own, excuses[source.article_id] = interpret(source, report)
        check_coverage(source, own, excuses[source.article_id], report)
        drafts += own
    for draft in drafts:
        check_support(draft, report)
        check_words(draft, report)
        check_dates(draft, report)
        check_mode(draft, report)
    index = index_by_id(drafts, report)
    check_references(drafts, index, report)
    check_cycles(drafts, index, report)
    return drafts, excuses


def index_by_id(drafts: list[Draft], report: Report) -> Index:
    """The drafts by kind and id."""
    index: Index = {}
    for draft in drafts:
        first = index.setdefault((draft.kind, draft.id), draft)
        if first is not draft:
            where = f"{first.at.file.parent.name}/{first.at.file.name}:{first.at.line}"
            report.add(draft.at, "duplicate-id", f"{draft.kind}/{draft.id} is already defined in {where}")
    return index


def check_support(draft: Draft, report: Report) -> None:
    """Every field that says something rests on a quote or on an inference, and these name only such fields."""
    claims = [claim for quote in draft.quotes for claim in quote.fields.items()]
    claims += [(name, at) for name, (_, at) in draft.inferred.items()]
    for name, at in claims:
        if name not in draft.written:
            hint = nearest(name, draft.written)
            report.add(at, "unknown-support", f"{draft.kind}/{draft.id} gives no value for '{printable(name)}'{hint}")
    supported = {name for name, _ in claims}
    for name, at in draft.written.items():
        if name not in supported:
            message = f"'{name}' of {draft.kind}/{draft.id} rests on no quote and on no inference"
            report.add(at, "unsupported-field", message)


def check_words(draft: Draft, report: Report) -> None:
    """The article's own words stand in a quote that supports their field."""
    for spoken in draft.words:
        quotes = [_words(draft, quote) for quote in _supporting(draft, spoken.field)]
        if not any(spoken.text in quote for quote in quotes):
            passage = draft.source.text.nearest(spoken.text) if spoken.text not in draft.source.text.text else None
            hint = f"; nearest passage: '{printable(passage, 200)}'" if passage else ""
            message = f"'{printable(spoken.text)}' is in no quote that supports '{spoken.field}'{hint}"
            report.add(spoken.at, "not-verbatim", message)


def check_dates(draft: Draft, report: Report) -> None:
    """A year that the quoted words do not print was inferred, and it is written down how."""
    for dated in draft.dates:
        if dated.year not in dated.stated and dated.field not in draft.inferred:
            message = (
                f"the words quoted do not print the year {dated.year}; say under 'inferred' how '{dated.field}' follows"
            )
            report.add(dated.at, "not-inferred", message)


def check_mode(draft: Draft, report: Report) -> None:
    """The mode of a statement agrees with the quotation marks in and around its words."""
    mode, text = draft.values.get("mode"), draft.values.get("text")
    if draft.kind is not Kind.STATEMENTS or not isinstance(mode, StatementMode) or not isinstance(text, str):
        return
    marked = any(mark in text for mark in DOUBLE_MARKS)
    if mode is StatementMode.DIRECT and not any(
        _is_whole_quotation(draft, q, text) for q in _supporting(draft, "text")
    ):
        message = "the text of a direct statement is all that stands between a pair of quotation marks"
    elif mode is StatementMode.INDIRECT and marked:
        message = "an indirect statement has no quotation marks in its text; it may be mixed"
    elif mode is StatementMode.MIXED and not marked:
        message = "a mixed statement has a fragment in quotation marks in its text"
    else:
        return
    report.add(draft.written["text"], "wrong-mode", message)


def _is_whole_quotation(draft: Draft, quote: Quote, text: str) -> bool:
    article = draft.source.text.text
    start = article.find(text, quote.start, quote.end)
    end = start + len(text)
    return start > 0 and article[start - 1] in OPENING and end < quote.end and article[end] in CLOSING


def _supporting(draft: Draft, field: str) -> list[Quote]:
    return [quote for quote in draft.quotes if field in quote.fields]


def _words(draft: Draft, quote: Quote) -> str:
    return draft.source.text.text[quote.start : quote.end]


def check_references(drafts: list[Draft], index: Index, report: Report) -> None:
    """References name records that exist."""
    known: dict[Kind, list[str]] = defaultdict(list)
    for kind, record_id in index:
        known[kind].append(record_id)
    for draft in drafts:
        for reference in draft.references:
            if (reference.kind, reference.id) not in index:
                hint = nearest(reference.id, known[reference.kind])
                report.add(reference.at, "dangling-reference", f"there is no {reference.kind}/{reference.id}{hint}")


def check_cycles(drafts: list[Draft], index: Index, report: Report) -> None:
    """No measure answers itself, by whatever detour."""
    answers = {draft.id: draft.values["in_response_to"].id for draft in drafts if draft.values.get("in_response_to")}
    for start in answers:
        path, at = [start], answers[start]
        while at in answers and at not in path:
            path.append(at)
            at = answers[at]
        if at == start:
            where = index[Kind.POLICY_MEASURES, start].written["in_response_to"]
            report.add(where, "reference-cycle", " → ".join([*path, start]))


def check_coverage(source: Source, drafts: list[Draft], excuses: list[Excuse], report: Report) -> None:
    """Every sentence carries a fact or is excused, and not both."""
    covered = covered_sentences(source, drafts)
    excused: set[int] = set()
    for excuse in excuses:
        numbers = set(source.text.sentences_between(excuse.start, excuse.end))
        if numbers & covered:
            report.add(excuse.at, "needless-excuse", "facts rest on this sentence; it needs no excuse")
        elif numbers & excused:
            report.add(excuse.at, "needless-excuse", "this sentence is excused already")
        excused |= numbers
    for sentence in source.text.sentences:
        if sentence.number not in covered | excused:
            words = printable(source.text.text[sentence.start : sentence.end])
            message = f"no fact rests on sentence {sentence.number}, and no_facts does not excuse it: '{words}'"
            report.add(source.at(sentence.start), "uncovered-sentence", message)


def covered_sentences(source: Source, drafts: list[Draft]) -> set[int]:
    """The numbers of the sentences that evidence touches."""
    quotes = [quote for draft in drafts if draft.source is source for quote in draft.quotes if quote.end]
    return {number for quote in quotes for number in source.text.sentences_between(quote.start, quote.end)}
