"""The words of a text as search knows them: the same for what is indexed, for what is asked, and for what is marked.

A word is a run of letters and digits, compared without regard to case and accents. Scripts that are written without
spaces have no such runs: there each character counts as a word of its own, and a query in them is a phrase.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from itertools import groupby
from typing import NamedTuple

from app.values import fold

UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff"
    "\uf900-\ufaff\uff66-\uff9f\U0001b000-\U0001b16f\U00020000-\U0003ffff"
)
"""Thai, Lao, Burmese, Khmer, kana and Han."""
BEYOND_LATIN = re.compile("[^\x00-\u02ff\u1e00-\u1eff\u2000-\u206f\u20a0-\u20bf]")
"""All but the letters and the punctuation of Latin scripts, among which there are no marks: there a word is a run."""
RUN = re.compile(r"[^\W_]+")
TYPOGRAPHIC = re.compile("[\u00a0\u2010-\u2027\u202f-\u203a]")
"""Spaces, hyphens, dashes and quotation marks that stand between words."""
BEYOND_PLAIN = re.compile("[^\x00-\x7f\u2010-\u2027]")
"""All but ASCII and what stands between its words."""
APART = "\0"
"""What no text holds: it stands between several."""
SEPARATOR = "|"
"""What the index has for it: a word that nobody can ask for, so that no phrase goes on from one text into the next."""
LETTERS = SEPARATOR.encode() + bytes(code if chr(code).isalnum() else 32 for code in bytes(range(1, 128)).lower())
LETTERS += bytes(range(128, 256))
"""For each character of ASCII its letter in lower case, or its digit, or else a space; others stay in UTF-8."""
LONGEST_WORD = 100
"""Characters of a word that count; what follows is nobody's search, and would only fill the index."""


@cache
def pattern() -> re.Pattern[str]:
    """A word, with the marks of its letters."""
    # Marks belong to the letter before them, but stand in no class of Python's expressions.
    found = (code for code in range(0x300, 0x1F000) if unicodedata.category(chr(code))[0] == "M")
    runs = [[code for _, code in group] for _, group in groupby(enumerate(found), lambda pair: pair[1] - pair[0])]
    marks = "".join(f"{chr(run[0])}-{chr(run[-1])}" for run in runs)
    return re.compile(rf"(?:[{UNSPACED}]|(?:(?![{UNSPACED}])[^\W_])+)(?:[{marks}]+(?:(?![{UNSPACED}])[^\W_])*)*")


class Word(NamedTuple):
    """A word in a text."""

    folded: str
    """The form in which it is compared."""
    start: int
    end: int


def words(text: str) -> Iterator[Word]:
    """The words of a text, with where each stands, in code points."""
    for match in pattern().finditer(text):
        # What folds to several words ("½" is a 1 and a 2) is several words at one place.
        for part in pattern().findall(_folded(match[0])):
            yield Word(part[:LONGEST_WORD], match.start(), match.end())


@lru_cache(maxsize=50_000)
def _folded(word: str) -> str:
    return fold(word)


def levelled(texts: Sequence[str]) -> str | None:
    """Texts as their words are compared, letter for letter, with APART between them: a word is a run, at its own place.

    None where that cannot be said, for the sake of a single character: it is told from the first one.
    """
    try:
        level = BEYOND_PLAIN.sub(lambda found: _level(found[0]), APART.join(texts)).encode().lower().decode()
    except ValueError:
        return None
    return level if level.count(APART) == len(texts) - 1 else None


@cache
def _level(char: str) -> str:
    """What a character that is neither ASCII nor punctuation is compared as; ValueError if that is not one letter."""
    folded = fold(char) if char.isalnum() else char
    if len(folded) != 1 or BEYOND_LATIN.match(char):
        raise ValueError(char)
    return folded


def indexed(*texts: str) -> str:
    """The words of texts as the index takes them: with spaces between them, and between texts SEPARATOR."""
    text = f" {APART} ".join(texts)
    if not text.isascii():
        # The marks around words are no part of any; without them, most texts are nothing but ASCII.
        text = TYPOGRAPHIC.sub(" ", text)
    if not text.isascii():
        if BEYOND_LATIN.search(text):
            return f" {SEPARATOR} ".join([" ".join([word.folded for word in words(part)]) for part in texts])
        # No word goes on beyond white space, and the few that are not ASCII stand in many texts.
        text = " ".join([part if part.isascii() else _part_indexed(part) for part in text.split()])
    found, at = text.encode().translate(LETTERS), 0
    # From space to space, as far as the longest word reaches: of most texts no word has to be looked at.
    while len(found) - at > LONGEST_WORD:
        at = found.rfind(b" ", at, at + LONGEST_WORD + 1) + 1
        if not at:
            return " ".join([it[:LONGEST_WORD] for it in found.decode().split()])
    return found.decode()


@lru_cache(maxsize=50_000)
def _part_indexed(part: str) -> str:
    return " ".join(word.folded for word in words(part))
