"""The words of a text as search knows them: the same for what is indexed, for what is asked, and for what is marked.

A word is a run of letters and digits, compared without regard to case and accents. Scripts that are written without
spaces have no such runs: there each character counts as a word of its own, and a query in them is a phrase.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import NamedTuple

from app.values import fold

UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff"
    "\uf900-\ufaff\uff66-\uff9f\U0001b000-\U0001b16f\U00020000-\U0003ffff"
)
"""Thai, Lao, Burmese, Khmer, kana and Han."""
LONGEST_WORD = 100
"""Characters of a word that count; what follows is nobody's search, and would only fill the index."""


@cache
def pattern() -> re.Pattern[str]:
    """A word, with the marks of its letters."""
    # Marks belong to the letter before them, but stand in no class of Python's expressions.
    marks = "".join(char for char in map(chr, range(0x300, 0x1F000)) if unicodedata.category(char)[0] == "M")
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


def indexed(text: str) -> str:
    """A text's words as the index takes them: separated by spaces, and by nothing else."""
    return " ".join(word.folded for word in words(text))
