"""Where words stand in the articles of a folder of seeds."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.seeding.passage import Passage, passages
from app.seeding.problems import Position, Report, nearest, printable
from app.seeding.read import article_folders, read_text
from app.seeding.text import ArticleText


class UnknownArticleError(Exception):
    """There is no such article in the folder of seeds; the message names the one that may have been meant."""


@dataclass(frozen=True)
class Article:
    """An article's text, and where it lies."""

    file: Path
    text: ArticleText

    @property
    def id(self) -> str:
        return self.file.parent.name

    def position(self, offset: int) -> Position:
        """The line and the column of an offset."""
        return Position(self.file, *self.text.line_and_column(offset))


def texts(seeds: Path, only: str | None, report: Report) -> list[Article]:
    """The texts of all articles, or of one, also of those that no facts have been read out of yet."""
    folders = chosen(article_folders(seeds, report), only, report)
    read = ((folder / "article.txt", read_text(folder / "article.txt", report)) for folder in folders)
    return [Article(file, content[1]) for file, content in read if content]


def chosen(folders: list[Path], only: str | None, report: Report) -> list[Path]:
    """All of the articles' folders, or the one that was asked for; UnknownArticleError where there is none."""
    if only is None or (not folders and len(report)):
        return folders
    ids = [folder.name for folder in folders]
    if only not in ids:
        hint = nearest(only, ids) or f"; there are {', '.join(map(printable, ids[:10]))}{', …' * (len(ids) > 10)}"
        raise UnknownArticleError(f"there is no article '{printable(only)}'{hint}")
    return [folder for folder in folders if folder.name == only]


def located(articles: Iterable[Article], words: str) -> list[tuple[Article, Passage]]:
    """Every place where the words stand."""
    return [(article, passage) for article in articles for passage in passages(article.text, words)]


def most_alike(articles: Iterable[Article], words: str) -> list[tuple[Article, Passage]]:
    """The passage of each article that is most like words that stand nowhere."""
    near = [(article, article.text.nearest(words)) for article in articles]
    found = [(article, passages(article.text, passage)) for article, passage in near if passage]
    return [(article, places[0]) for article, places in found if places]


def as_json(article: Article, passage: Passage) -> dict[str, Any]:
    """A place, for programs."""
    at = article.position(passage.start)
    place = {"article": article.id, "file": str(at.file), "line": at.line, "column": at.column}
    offsets = {name: getattr(passage, name) for name in ("start", "end", "paragraph", "sentence", "occurrence", "of")}
    return place | offsets | {"quote": passage.words}
