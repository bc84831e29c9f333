"""Words of an article and where they stand, and how a facts file quotes them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from app.seeding.text import ArticleText

ESCAPES = {'"': '\\"', "\\": "\\\\", "\t": "\\t"}


@dataclass(frozen=True)
class Passage:
    """Words of an article, and which of the places where they stand is meant."""

    words: str
    start: int
    end: int
    paragraph: int
    sentence: int
    occurrence: int
    """Which of the places it is, counted from 1."""
    of: int
    """How many places there are."""

    def item(self, fields: str | None = None) -> list[str]:
        """The lines of a list's item in a facts file that means just these words."""
        lines = [f"- quote: {scalar(self.words)}"]
        lines += [f"  occurrence: {self.occurrence}"] if self.of > 1 else []
        return lines + ([f"  fields: [{fields}]"] if fields is not None else [])


def passages(text: ArticleText, words: str) -> list[Passage]:
    """Every place where the words stand; none where they are no quote, which stays within one paragraph."""
    if not words.strip() or "\n" in words or "\r" in words:
        return []
    starts = list(_starts(text.text, words))
    return [_passage(text, words, start, number, len(starts)) for number, start in enumerate(starts, 1)]


def passage_at(text: ArticleText, start: int, end: int) -> Passage:
    """The words of a span, without the white space around them."""
    words = text.text[start:end]
    start += len(words) - len(words.lstrip())
    words = words.strip()
    before = sum(1 for _ in _starts(text.text[: start + len(words) - 1], words))
    is_last = text.text.find(words, start + 1) < 0
    return _passage(text, words, start, before + 1, before + (1 if is_last else 2))


def _passage(text: ArticleText, words: str, start: int, occurrence: int, of: int) -> Passage:
    end = start + len(words)
    return Passage(words, start, end, text.paragraph_at(start), text.sentence_at(start), occurrence, of)


def _starts(text: str, words: str) -> Iterator[int]:
    """Every offset at which the words stand, also where they overlap."""
    at = text.find(words)
    while at >= 0:
        yield at
        at = text.find(words, at + 1)


def scalar(text: str) -> str:
    """Text as a YAML scalar in quotation marks, whatever it holds; what cannot be seen is written as an escape."""
    if re.search(r'["\\]', text) and "'" not in text and text.isprintable():
        return f"'{text}'"
    return '"' + "".join(map(_escaped, text)) + '"'


def _escaped(char: str) -> str:
    if char in ESCAPES:
        return ESCAPES[char]
    if char.isprintable():
        return char
    code = ord(char)
    return f"\\x{code:02X}" if code < 0x100 else f"\\u{code:04X}" if code < 0x10000 else f"\\U{code:08X}"
