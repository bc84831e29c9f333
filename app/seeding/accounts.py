"""What is said of seeds, as lines for people: the same words at a terminal and in a file."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from shlex import quote

from app import terminal
from app.seeding.coverage import Read
from app.seeding.locate import Article
from app.seeding.new_article import Begun
from app.seeding.passage import Passage
from app.seeding.problems import Position, Problem, printable
from app.terminal import GOOD, NAME, WARNING, Line

COVERAGE = ("article", "sentences", "with facts", "excused", "unread", "read")


def problem(item: Problem) -> Line:
    """A problem: where, which rule, what is wrong."""
    return [_at(item.position), (f" {item.rule}:", WARNING), (f" {item.message}", "")]


def place(article: Article, passage: Passage) -> Iterator[Line]:
    """A place where words stand, and the evidence that quotes them there."""
    where = f" {passage.start}-{passage.end}, paragraph {passage.paragraph}, sentence {passage.sentence}"
    yield [_at(article.position(passage.start)), (f"{where}, occurrence {passage.occurrence} of {passage.of}", "")]
    yield from ([(f"      {line}", GOOD)] for line in passage.item(""))


def nearest_passage(article: Article, passage: Passage) -> Line:
    """The passage of an article that is most like words that do not stand in it."""
    return [_at(article.position(passage.start)), (f" nearest passage: '{printable(passage.words, 200)}'", "")]


def coverage(articles: list[Read]) -> tuple[Iterable[list[tuple[str, str]]], Iterable[Line]]:
    """How much of each article is read: the rows of a table, and plain lines that say the same."""
    return [_row(read) for read in articles], [[(_sentence(read), "")] for read in articles]


def unread(read: Read, passage: Passage) -> Line:
    """A sentence that is not yet read."""
    where = f" sentence {passage.sentence}, paragraph {passage.paragraph}:"
    return [_at(read.article.position(passage.start)), (where, WARNING), (f" '{printable(passage.words, 200)}'", "")]


def what_next(begun: Begun) -> Iterator[Line]:
    """What was made of a new article, and what is left to do."""
    sentences, seeds = len(begun.text.sentences), begun.article_file.parent.parent
    given = "" if seeds == Path("seeds") else f" --seeds {quote(str(seeds))}"
    yield [("Begun: ", GOOD), (printable(str(begun.facts_file), 4096), NAME), (f", {sentences} sentences", "")]
    steps = [
        (f"edit {printable(str(begun.facts_file), 4096)}", "uncomment what you use, fill in what is empty"),
        (f"article-facts check{given}", "says what is wrong or missing"),
        (f"article-facts coverage --article {begun.id}{given}", "says what is not yet read"),
    ]
    widest = max(len(command) for command, _ in steps)
    yield [("Next:", "")]
    yield from ([("  ", ""), (command.ljust(widest), NAME), (f"  {why}", "")] for command, why in steps)


def _at(position: Position) -> tuple[str, str]:
    return terminal.place(printable(str(position.file), 4096), position.line, position.column)


def _row(read: Read) -> list[tuple[str, str]]:
    counts = (read.sentences, read.with_facts, read.excused, len(read.unread))
    style = WARNING if read.unread else GOOD
    return [(read.article.id, NAME), *((str(count), "") for count in counts), (f"{read.percent} %", style)]


def _sentence(read: Read) -> str:
    folder = printable(str(read.article.file.parent), 4096)
    parts = f"{read.with_facts} with facts, {read.excused} excused, {len(read.unread)} unread"
    return f"{folder}: {read.sentences} sentences, {parts}: {read.percent} % read"
