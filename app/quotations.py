"""Quotes held against texts: whether the words stand there, and if not, which passage is most like them.

Quotation marks, dashes, white space and the way in which characters are composed may differ; case and every word count.
So both are cut into tokens (words, marks, dashes, other signs), whose forms are compared and whose places are kept.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from itertools import groupby
from typing import NamedTuple

from rapidfuzz import fuzz
from rapidfuzz.distance import LCSseq, Levenshtein

from app.suggest import ALIKE
from app.words import pattern, words

MARKS = "\"'`´“”„‟‘’‚‛«»‹›「」『』〝〞〟＂＇′″"
DASHES = "-‐‑‒–—―−⸺⸻﹘﹣－"
SPACES = "\u200b\u2060\ufeff"
"""What is white space for a reader, though not for Python."""
JOINED = "\u200d\ufe0f\U0001f3fb-\U0001f3ff"
"""What makes one sign of two, as in many emoji."""
BREAK = re.compile(r"[.!?…]+[”’»)\]\"']*(?=\s)|[。！？]+[」』”’）]*")
"""Where a sentence may end."""
LONGEST_PHRASE = 30
"""Words that are looked up as a phrase; whether the others follow is seen in the text itself."""
FOREIGN = 0.4
"""How much a word of a passage that the given text does not have counts against one that both have."""
REACH = 8
"""How many tokens the best passage may begin and end away from where the first guess does."""


class Piece(NamedTuple):
    """Words of an article, with their place: a sentence, or a quote where the text is withheld."""

    article_id: str
    sentence: int
    paragraph: int
    start: int
    start_utf16: int
    text: str


class Token(NamedTuple):
    """A word, a quotation mark, a dash or another sign."""

    form: str
    start: int
    end: int
    """Where it stands in its piece."""
    piece: Piece


@dataclass(frozen=True, order=True)
class Place:
    """A passage of an article, from its first to its last token."""

    article_id: str
    start: int
    end: int
    start_utf16: int
    end_utf16: int
    paragraph: int
    sentence: int
    text: str | None
    """Its words; None where it goes on beyond a sentence, since the white space between sentences is not known here."""


class Edit(StrEnum):
    """How a part of the given text becomes the article's."""

    EQUAL = "equal"
    INSERT = "insert"
    DELETE = "delete"
    REPLACE = "replace"


class Change(NamedTuple):
    """A part of the given text, and what the article has instead; either may be empty."""

    op: Edit
    given: str
    article: str


@dataclass(frozen=True)
class Likeness:
    """A passage that is like the given text."""

    similarity: float
    """How much of the two is the same, of 100, by their characters."""
    place: Place
    changes: tuple[Change, ...]


@cache
def _token() -> re.Pattern[str]:
    sign = rf"[^\s{SPACES}][{JOINED}]*(?:(?<=\u200d)\S[{JOINED}]*)*"
    return re.compile(rf"({pattern().pattern})|([{MARKS}]+)|([{DASHES}]+)|[{SPACES}]+|{sign}")


def tokens(piece: Piece) -> Iterator[Token]:
    """The tokens of a piece: those that are equal but for what may differ have the same form."""
    for match in _token().finditer(piece.text):
        kind, text = match.lastindex, match[0]
        if kind is None and text[0] in SPACES:
            continue
        form = unicodedata.normalize("NFC", text) if kind in (None, 1) else '"' if kind == 2 else "-"
        yield Token(form, match.start(), match.end(), piece)


class Quotation:
    """A text that somebody says stands in an article; ValueError where it has no word."""

    def __init__(self, text: str) -> None:
        found = list(tokens(Piece("", 1, 1, 0, 0, text)))
        core = [i for i, token in enumerate(found) if not _is_mark(token)]
        stretches = (tuple(word.folded for word in words(part)) for part in BREAK.split(text))
        self.stretches = [stretch for stretch in stretches if stretch]
        """The folded words between the places where a sentence may end: each stands within one sentence."""
        if not self.stretches:
            raise ValueError("There is no word in it.")
        # Marks around the whole say that it is a quote; the article may have them elsewhere.
        self.text, self.tokens = text, found[core[0] : core[-1] + 1]
        self._marked = core[0] > 0, core[-1] + 1 < len(found)
        self._codes: dict[str, str] = {}
        for token in self.tokens:
            self._codes.setdefault(token.form, chr(len(self._codes) + 2))
        self._code = self._coded(self.tokens)

    @property
    def words(self) -> list[str]:
        """Its folded words, each once."""
        return [*dict.fromkeys(word for stretch in self.stretches for word in stretch)]

    def phrase(self, found: dict[str, int]) -> tuple[str, ...]:
        """Words that stand together in one sentence wherever the whole stands, around the rarest of them."""
        rarity = [(min(found.get(word, 0) for word in it), -len(it), i) for i, it in enumerate(self.stretches)]
        stretch = self.stretches[min(rarity)[2]]
        rarest = min(range(len(stretch)), key=lambda i: (found.get(stretch[i], 0), i))
        start = max(min(rarest - LONGEST_PHRASE // 2, len(stretch) - LONGEST_PHRASE), 0)
        return stretch[start : start + LONGEST_PHRASE]

    def places(self, stretch: Sequence[Token]) -> Iterator[Place]:
        """Where it stands among the tokens of an article."""
        coded, at = self._coded(stretch), -1
        while (at := coded.find(self._code, at + 1)) >= 0:
            yield self._place(stretch, at, at + len(self._code))

    def _place(self, stretch: Sequence[Token], first: int, after: int) -> Place:
        """The place of an exact match, with the marks around it where both have some."""
        opens, closes = self._marked
        if opens and first > 0 and _is_mark(stretch[first - 1]) and _touch(*stretch[first - 1 : first + 1]):
            first -= 1
        if closes and after < len(stretch) and _is_mark(stretch[after]) and _touch(*stretch[after - 1 : after + 1]):
            after += 1
        return place(stretch[first:after])

    def likely(self, stretch: Sequence[Token]) -> int:
        """How many tokens there are in common, whatever their order."""
        return (Counter(self._code) & Counter(self._coded(stretch))).total()

    def nearest(self, stretch: Sequence[Token]) -> Likeness | None:
        """The passage that is most like it; None where nothing is."""
        coded = self._coded(stretch)
        guess = fuzz.partial_ratio_alignment(self._code, coded)
        if guess is None or guess.score == 0:
            return None
        first, after = self._fitted(coded, guess.dest_start, guess.dest_end)
        first, after = self._completed(stretch, coded, first, after)
        own, other = ([token.form for token in it] for it in (self.tokens, stretch[first:after]))
        similarity = fuzz.ratio(" ".join(own), " ".join(other))
        if similarity < ALIKE:
            return None
        passage = stretch[first:after]
        return Likeness(round(similarity, 1), place(passage), tuple(self._changes(passage)))

    def _fitted(self, coded: str, first: int, after: int) -> tuple[int, int]:
        """The bounds of the passage that has the most in common with it, near a first guess."""

        def common(start: int, end: int) -> tuple[float, int]:
            shared, size = LCSseq.similarity(self._code, coded[start:end]), end - start
            return shared - FOREIGN * (size - shared), -abs(size - len(self._code))

        ends = range(max(after - REACH, first + 1), min(after + REACH, len(coded)) + 1)
        after = max(ends, key=lambda end: common(first, end))
        starts = range(max(first - REACH, 0), min(first + REACH + 1, after))
        return max(starts, key=lambda start: common(start, after)), after

    def _completed(self, stretch: Sequence[Token], coded: str, first: int, after: int) -> tuple[int, int]:
        """The same with the words of the sentence that stand where the given text begins or ends with others."""
        operations = Levenshtein.opcodes(self._code, coded[first:after])
        missing = [(it.src_end - it.src_start if it.tag == "delete" else 0) for it in (operations[0], operations[-1])]
        for _ in range(missing[0]):
            first -= first > 0 and stretch[first - 1].piece == stretch[first].piece
        for _ in range(missing[1]):
            after += after < len(stretch) and stretch[after].piece == stretch[after - 1].piece
        return first, after

    def _changes(self, passage: Sequence[Token]) -> Iterator[Change]:
        """What has to be changed to make it the passage, word by word."""
        operations = Levenshtein.opcodes(self._code, self._coded(passage))
        for is_equal, group in groupby(operations, key=lambda it: it.tag == "equal"):
            parts = list(group)
            given = _text(self.tokens[parts[0].src_start : parts[-1].src_end])
            article = _text(passage[parts[0].dest_start : parts[-1].dest_end])
            other = Edit.REPLACE if given and article else Edit.DELETE if given else Edit.INSERT
            yield Change(Edit.EQUAL if is_equal else other, given, article)

    def _coded(self, found: Iterable[Token]) -> str:
        """A character for each token; all that the given text does not have are alike."""
        return "".join(self._codes.get(token.form, "\1") for token in found)


def place(passage: Sequence[Token]) -> Place:
    """The place of tokens that follow each other in an article."""
    first, last = passage[0], passage[-1]
    piece = first.piece
    is_within = last.piece is piece
    return Place(
        article_id=piece.article_id,
        start=piece.start + first.start,
        end=last.piece.start + last.end,
        start_utf16=piece.start_utf16 + _utf16(piece.text[: first.start]),
        end_utf16=last.piece.start_utf16 + _utf16(last.piece.text[: last.end]),
        paragraph=piece.paragraph,
        sentence=piece.sentence,
        text=piece.text[first.start : last.end] if is_within else None,
    )


def _is_mark(token: Token) -> bool:
    return token.form == '"'


def _touch(first: Token, second: Token) -> bool:
    """Whether there is nothing between two tokens."""
    return first.piece == second.piece and first.end == second.start


def _utf16(text: str) -> int:
    """The length of a text in UTF-16 code units."""
    return len(text.encode("utf-16-le")) // 2


def _text(found: Sequence[Token]) -> str:
    """The words of tokens that follow each other, with a space between pieces."""
    parts = [list(group) for _, group in groupby(found, key=lambda token: token.piece)]
    return " ".join(part[0].piece.text[part[0].start : part[-1].end] for part in parts)
