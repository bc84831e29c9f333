"""How much of each article has been read into facts, also while its facts file is not yet in order."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.seeding.locate import Article, chosen
from app.seeding.passage import Passage, passage_at
from app.seeding.problems import Problem, Report
from app.seeding.read import Source, read_seeds
from app.seeding.records import Catalogue, FileReading, Names, outline


@dataclass(frozen=True)
class Read:
    """How much of an article carries facts or is excused."""

    article: Article
    sentences: int
    with_facts: int
    excused: int
    unread: list[Passage]
    """The sentences that neither carry a fact nor are excused."""

    @property
    def percent(self) -> int:
        """How much has been read; 100 only where nothing is left."""
        return 100 * (self.sentences - len(self.unread)) // self.sentences

    def as_json(self) -> dict[str, Any]:
        """The same, for programs."""
        counts = {"sentences": self.sentences, "with_facts": self.with_facts, "excused": self.excused}
        unread = [self._unread(passage) for passage in self.unread]
        return {"article": self.article.id, **counts, "percent": self.percent, "unread": unread}

    def _unread(self, passage: Passage) -> dict[str, Any]:
        at = self.article.position(passage.start)
        place = {"file": str(at.file), "line": at.line, "column": at.column}
        return place | {"sentence": passage.sentence, "paragraph": passage.paragraph, "text": passage.words}


def coverage(seeds: Path, only: str | None) -> tuple[list[Read], list[Problem]]:
    """The coverage of every article, or of one, that can be read; and why others cannot be."""
    report = Report()
    sources, catalogue = list(read_seeds(seeds, report)), Catalogue()
    folders = {source.facts_file.parent for source in sources} | {_folder(problem, seeds) for problem in report}
    wanted = set(chosen(sorted(folders - {seeds}), only, report))
    # What is wrong with the facts is for `check` to say; what is right of them counts all the same.
    for source in sources:
        catalogue.collect(outline(source, Report()))
    read = [_read(source, catalogue.names) for source in sources if source.facts_file.parent in wanted]
    return read, [problem for problem in report if _folder(problem, seeds) in {*wanted, seeds}]


def _folder(problem: Problem, seeds: Path) -> Path:
    """The article's folder that a problem of reading is about, or the folder of seeds itself."""
    file = problem.position.file
    return file if file == seeds or file.parent == seeds else file.parent


def _read(source: Source, names: Names) -> Read:
    reading, unheard, text = FileReading(source, names), Report(), source.text
    # Both are asked for what they leave behind: the numbers of the sentences that their quotes touch.
    for _ in (*reading.records(unheard), *reading.additions(unheard)):
        pass
    excuses = (excuse for excuse, _ in reading.excuses(unheard))
    excused = {n for excuse in excuses for n in text.sentences_between(excuse.start, excuse.end)} - reading.quoted
    left = [piece for piece in text.sentences if piece.number not in reading.quoted | excused]
    unread = [passage_at(text, piece.start, piece.end) for piece in left]
    article = Article(source.article_file, text)
    return Read(article, len(text.sentences), len(reading.quoted), len(excused), unread)
