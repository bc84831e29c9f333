"""Adding an article: its text, byte for byte, and the beginning of its facts file. Nothing is ever overwritten."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.references import SLUG, SLUG_LENGTH
from app.seeding.problems import Report, SeedError, printable
from app.seeding.read import is_article_folder, read_text
from app.seeding.scaffold import scaffold, slug
from app.seeding.text import ArticleText


class NoIdError(Exception):
    """What was given cannot be the article's id, or none follows from a file's name; the message says what to do."""


class AlreadyThereError(Exception):
    """What would be written is there already."""


@dataclass(frozen=True)
class Begun:
    """An article that was added."""

    article_file: Path
    facts_file: Path
    text: ArticleText

    @property
    def id(self) -> str:
        return self.article_file.parent.name

    def as_json(self) -> dict[str, Any]:
        """The same, for programs."""
        files = {"article": str(self.article_file), "facts": str(self.facts_file)}
        return {"id": self.id, **files, "sentences": len(self.text.sentences)}


def begin(path: Path, article_id: str | None, seeds: Path) -> Begun:
    """Copy a text into the folder of seeds, unless it is there, and write the beginning of its facts file.

    SeedError says why the text cannot be an article's; OSError what the system refused.
    """
    source = path / "article.txt" if path.is_dir() else path
    folder = seeds / _id(source, article_id, seeds)
    article_file, facts_file = folder / "article.txt", folder / "facts.yaml"
    report = Report()
    read = read_text(source, report)
    if os.path.lexists(folder) and is_article_folder(folder, report):
        if os.path.lexists(facts_file):
            raise AlreadyThereError(f"{facts_file} exists already; it was left as it is")
        there = read_text(article_file, report) if os.path.lexists(article_file) else None
        if there and read and there[0] != read[0]:
            raise AlreadyThereError(f"{article_file} exists already, with another text; it was left as it is")
    if len(report) or read is None:
        raise SeedError(report)
    content, text = read
    with _all_or_nothing(folder) as written:
        for file, new in ((article_file, content), (facts_file, scaffold(text).encode())):
            if file is facts_file or not file.exists():
                with file.open("xb") as stream:
                    written.append(file)
                    stream.write(new)
    return Begun(article_file, facts_file, text)


def _id(source: Path, given: str | None, seeds: Path) -> str:
    """The article's id: that of its folder if it lies in the seeds, or the one given, or one made of its name."""
    absolute = Path(os.path.abspath(source))
    is_article = absolute.name == "article.txt"
    name = absolute.parent.name if is_article else absolute.stem
    if is_article and absolute.parent.parent.resolve() == seeds.resolve():
        if given not in (None, name):
            raise NoIdError(f"the text lies in the folder '{printable(name)}' already, and that is its id")
        return name
    if given is None:
        if not (made := slug(name)):
            raise NoIdError(f"no id can be made of the name '{printable(name)}'; give one with --id")
        return made
    if not re.fullmatch(SLUG, given) or len(given) > SLUG_LENGTH:
        allowed = f"a-z and 0-9, joined by hyphens, at most {SLUG_LENGTH} characters"
        raise NoIdError(f"'{printable(given)}' is not an id: {allowed}")
    return given


@contextmanager
def _all_or_nothing(folder: Path) -> Iterator[list[Path]]:
    """Make the folder if it is missing; after a failure take back what was made of it and in it."""
    written = list[Path]()
    is_new = not folder.exists()
    folder.mkdir(parents=True, exist_ok=True)
    try:
        yield written
    except BaseException:
        with suppress(OSError):
            for file in written:
                file.unlink()
            if is_new:
                folder.rmdir()
        raise
