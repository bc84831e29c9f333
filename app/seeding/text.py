"""An article's text: its paragraphs and sentences, and where a quote stands in it."""

import re
from bisect import bisect_left, bisect_right
from functools import cached_property
from typing import NamedTuple

from rapidfuzz import fuzz

from app.suggest import ALIKE

PARAGRAPH = re.compile(r"[^\r\n]+")
OPENING, CLOSING = "“„«‹‘‚「『\"'", "”“»›’「」』\"'"
DOUBLE_MARKS = '“”„«»「」『』"'
SENTENCE_END = re.compile(
    r"[.!?…。！？](?:(?<=[.!?…])(?<![.!?…]{2})[.!?…]*[”’»)\]\"']*(?=\s)|(?<=[。！？])[。！？]*[」』”’）]*)"
)
"""What may be meant comes first, so that all other characters are soon passed over."""
ASTRAL = re.compile("[\U00010000-\U0010ffff]")
LINE_END = re.compile(r"\n")
NOT_SPACE = re.compile(r"\S")
ABBREVIATION = re.compile(
    r"(?:^|[\s(“])(?:(?:[A-Z]\.)*[A-Z]|Mr|Mrs|Ms|Dr|Prof|St|Sen|Rep|Gov|Gen|Col|No|vs|e\.g|i\.e|cf|approx)\.$"
)


class Piece(NamedTuple):
    """A paragraph or a sentence: its number, counted from 1, and its place, in code points."""

    number: int
    start: int
    end: int


class ArticleText:
    """The served text of an article and the questions that the build asks of it."""

    def __init__(self, text: str) -> None:
        self.text = text
        lines = (match.span() for match in PARAGRAPH.finditer(text) if match[0].strip())
        self.paragraphs = [Piece(i, *span) for i, span in enumerate(lines, 1)]
        spans = [span for paragraph in self.paragraphs for span in _sentences(text, paragraph)]
        self.sentences = [Piece(i, start, end) for i, (start, end) in enumerate(spans, 1)]
        self._paragraph_starts = [piece.start for piece in self.paragraphs]
        self._near: dict[str, str | None] = {}
        """Several rules ask for the same words, and each time it would take long."""
        self._sentence_starts = [piece.start for piece in self.sentences]

    def occurrences(self, quote: str) -> list[int]:
        """Every offset at which the words stand."""
        found, at = list[int](), self.text.find(quote)
        while at >= 0:
            found.append(at)
            at = self.text.find(quote, at + 1)
        return found

    def nearest(self, quote: str) -> str | None:
        """The passage that is most like a quote, in whole words; None where nothing is."""
        if quote not in self._near:
            self._near[quote] = self._nearest(quote)
        return self._near[quote]

    def _nearest(self, quote: str) -> str | None:
        if (match := fuzz.partial_ratio_alignment(quote, self.text, score_cutoff=ALIKE)) is None:
            return None
        paragraph = self.paragraphs[self.paragraph_at(match.dest_start) - 1]
        start = max(self.text.rfind(" ", 0, match.dest_start) + 1, paragraph.start)
        end = (self.text + " ").find(" ", match.dest_end)
        return self.text[start : min(end, paragraph.end)].strip() or None

    def paragraph_at(self, offset: int) -> int:
        """The number of the paragraph that an offset is in."""
        return max(bisect_right(self._paragraph_starts, offset), 1)

    def sentence_at(self, offset: int) -> int:
        """The number of the sentence that an offset is in; white space belongs to the sentence before it."""
        return max(bisect_right(self._sentence_starts, offset), 1)

    def sentences_between(self, start: int, end: int) -> range:
        """The numbers of the sentences that a span touches."""
        return range(self.sentence_at(start), self.sentence_at(max(end - 1, start)) + 1)

    def utf16(self, offset: int) -> int:
        """An offset in UTF-16 code units."""
        return offset + bisect_left(self._astral, offset) if self._astral else offset

    @cached_property
    def _astral(self) -> list[int]:
        return [] if self.text.isascii() else [match.start() for match in ASTRAL.finditer(self.text)]

    def line_and_column(self, offset: int) -> tuple[int, int]:
        """The line and the column of an offset, both counted from 1."""
        before = bisect_left(self._line_ends, offset)
        return before + 1, offset - (self._line_ends[before - 1] if before else -1)

    @cached_property
    def _line_ends(self) -> list[int]:
        return [match.start() for match in LINE_END.finditer(self.text)]


def _sentences(text: str, paragraph: Piece) -> list[tuple[int, int]]:
    spans, start = [], paragraph.start
    for match in SENTENCE_END.finditer(text, paragraph.start, paragraph.end):
        # The text is not cut here: in a paragraph of megabytes each cut would copy all of the rest.
        following = NOT_SPACE.search(text, match.end(), paragraph.end)
        if following and (
            following[0].islower() or ABBREVIATION.search(text[max(match.start() - 12, start) : match.start() + 1])
        ):
            continue
        spans.append((start, match.end()))
        start = following.start() if following else paragraph.end
    return [*spans, (start, paragraph.end)] if start < paragraph.end else spans
