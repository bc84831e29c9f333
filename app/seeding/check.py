"""Every rule asked of a folder of seeds: file by file, and then of all files together."""

from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any, Protocol

from app.models import Article
from app.seeding.across import Across
from app.seeding.merge import substance
from app.seeding.problems import Position, Report, printable
from app.seeding.progress import CHECKING, OnProgress, tell_nobody
from app.seeding.read import TreePath, read_seeds, unpacked
from app.seeding.records import Catalogue, Excuse, FileReading, Written
from app.seeding.rules import check_record
from app.seeding.spool import Spool
from app.values import Coverage, Uncovered


class Keeper(Protocol):
    """What is made of the records, as long as nothing is wrong: each comes when all is known of it, in no order."""

    def keep_text(self, article: Written) -> None:
        """An article as its own file describes it, for its text; the record itself comes by `keep`."""

    def keep(self, item: Written) -> None:
        """A record with what all articles say of it."""


def read_and_check(
    folder: Path,
    report: Report,
    on_progress: OnProgress = tell_nobody,
    keeper: Keeper | None = None,
    spare: Path | None = None,
) -> None:
    """Hold every record of a folder of seeds against every rule; what does not fit into memory lies in `spare`."""
    catalogue = Catalogue()
    with closing(Spool(spare)) as sources, closing(Spool(spare)) as set_aside:
        for source in read_seeds(folder, report, on_progress):
            catalogue.collect(source, report)
            sources.put(source.packed())
        across = Across(catalogue.shared, set_aside)
        for done, packed in enumerate(sources, 1):
            source = unpacked(packed)
            for item in check_file(FileReading(source, catalogue.names), across, report):
                if keeper is not None and not len(report):
                    if isinstance(item.record, Article):
                        keeper.keep_text(item)
                    if item.key not in catalogue.shared:
                        keeper.keep(item)
            source.let_go()
            on_progress(CHECKING, done, len(sources))
        across.check(report)
        if keeper is not None and not len(report):
            for item in across.merged():
                keeper.keep(item)


def check_file(reading: FileReading, across: Across, report: Report) -> list[Written]:
    """Hold what a file says against the rules that concern it alone; its own records."""
    records, additions = list(reading.records(report)), list(reading.additions(report))
    for item in records:
        check_record(item, item.fields, report)
    for item in additions:
        # What a corroboration may rest on depends on what the record says, which is known when all is read.
        if item.disputes is None or item.fields:
            check_record(item, item.fields if item.disputes else None, report)
    check_repeated(additions, report)
    coverage = check_coverage(reading, reading.excuses(report), report)
    described = [with_coverage(item, coverage) if isinstance(item.record, Article) else item for item in records]
    across.remember(described, additions)
    return described


def check_repeated(additions: list[Written], report: Report) -> None:
    """A file does not say the same of a record twice."""
    seen: set[tuple[Any, ...]] = set()
    for item in additions:
        said: dict[TreePath, Any] = {
            ("evidence", i): (quote.start, quote.end)
            for i, quote in enumerate(item.record.evidence)
            if item.disputes is None and quote.end
        }
        if item.disputes and hasattr(item.record, item.disputes):
            said = {(item.disputes,): (item.disputes, repr(substance(getattr(item.record, item.disputes))))}
        for path, what in said.items():
            if (mark := (item.key, what)) in seen:
                report.add(item.at(*path), "duplicate-item", f"this is said of {item.ref} already")
            seen.add(mark)


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
    """The same article with its coverage."""
    return replace(written, record=written.record.model_copy(update={"coverage": coverage}))
