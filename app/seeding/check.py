"""Every rule asked of a folder of seeds: file by file, and then of all files together."""

from collections.abc import Set
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any, Protocol

from app.models import Article
from app.seeding.across import Across, Said
from app.seeding.crew import in_order
from app.seeding.merge import substance
from app.seeding.problems import Position, Report, printable
from app.seeding.progress import CHECKING, READING, OnProgress, tell_nobody
from app.seeding.read import TreePath, article_folders, read_article, unpacked
from app.seeding.records import Catalogue, Excuse, FileReading, Key, Outline, Written, outline
from app.seeding.rules import check_record
from app.seeding.spool import Spool
from app.values import Coverage, Uncovered


class Keeper(Protocol):
    """What is made of the records, as long as nothing is wrong: each comes when all is known of it, in no order."""

    def rendered(self, records: list[Written], article: Written | None = None) -> Any:
        """What is stored of records, and of an article's text; made in whatever process, so nothing is kept yet."""

    def keep(self, rendered: Any) -> None:
        """Keep what was rendered."""


def read_and_check(
    folder: Path,
    report: Report,
    on_progress: OnProgress = tell_nobody,
    keeper: Keeper | None = None,
    spare: Path | None = None,
) -> None:
    """Hold every record of a folder of seeds against every rule; what does not fit into memory lies in `spare`."""
    with closing(Spool(spare)) as sources, closing(Spool(spare)) as set_aside:
        catalogue = _read(article_folders(folder, report), sources, report, on_progress)
        across = Across(set_aside)

        def check(number: int) -> tuple[Report, Said, Any]:
            source, found = unpacked(sources[number]), Report()
            records, said = check_file(FileReading(source, catalogue.names), catalogue.shared, found)
            rendered = None
            if keeper is not None and not len(report) and not len(found):
                article = next((item for item in records if isinstance(item.record, Article)), None)
                rendered = keeper.rendered([it for it in records if it.key not in catalogue.shared], article)
            source.let_go()
            return found, said, rendered

        def kept(rendered: Any) -> None:
            if keeper is not None and not len(report):
                keeper.keep(rendered)

        with in_order(check, len(sources)) as checked:
            for done, (found, said, rendered) in enumerate(checked, 1):
                report.update(found)
                across.remember(said)
                kept(rendered)
                on_progress(CHECKING, done, len(sources))
        for rendered in across.check(report, lambda item: keeper and keeper.rendered([item])):
            kept(rendered)


def _read(folders: list[Path], sources: Spool, report: Report, on_progress: OnProgress) -> Catalogue:
    """What has to be known of all files; what was read of each is set aside."""
    catalogue = Catalogue()

    def read(number: int) -> tuple[Report, tuple[Outline, bytes] | None]:
        found = Report()
        source = read_article(folders[number], found)
        return found, None if source is None else (outline(source, found), source.packed())

    with in_order(read, len(folders)) as files:
        for done, (found, file) in enumerate(files, 1):
            report.update(found)
            if file is not None:
                catalogue.collect(file[0])
                sources.put(file[1])
            on_progress(READING, done, len(folders))
    return catalogue


def check_file(reading: FileReading, shared: Set[Key], report: Report) -> tuple[list[Written], Said]:
    """Hold what a file says against the rules that concern it alone; its own records, and what concerns others."""
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
    return described, Said(described, additions, shared)


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
