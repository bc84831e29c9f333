"""Search: what a query means, where a record holds its words, and what a misspelt word may have meant.

Words mean words: no character of a query is an operator, but `"` around a phrase and `*` after a word's beginning.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate, islice
from typing import Annotated, Any, cast

from pydantic import AfterValidator, Field
from pydantic_core import from_json
from sqlalchemy import ColumnElement, bindparam, exists, select
from sqlmodel import col

from app.database import Dataset
from app.models import Vocabulary
from app.search_index import INDEX, Phrase, Texts, holds, match_values, spoken
from app.suggest import closest
from app.words import APART, LONGEST_WORD, RUN, Word, levelled, words

LONGEST_QUERY, MOST_WORDS = 500, 50
LONGEST_SNIPPET, MOST_MATCHES, MOST_HINTS = 160, 10, 3
ALIKE_WORDS = 70
"""From here on, of 100, two words count as alike: a word is shorter than a name, and chance is nearer."""
CANDIDATES = 5_000
"""How many words of the vocabulary are looked at for those that are like an unknown one."""
Marked = dict[str, Any]
"""A `Match`, as it is sent: there are hundreds in an answer."""
Place = tuple[int, int]
"""Where a word stands in a text, in code points."""
PART = re.compile(r'"(?P<phrase>[^"]*)"(?P<more>\*?)|(?P<word>[^\s"]+)')


@dataclass(frozen=True)
class SearchQuery:
    """A query, read."""

    text: str
    phrases: tuple[Phrase, ...]
    whole: tuple[Word, ...]
    """The words that have to be there as they are: all but those that may go on."""

    def matching(self, key: Any) -> ColumnElement[bool]:
        """Whether the record with a key holds all that is asked for."""
        return cast(ColumnElement[bool], key.in_(select(INDEX.c.rowid).where(holds(self.phrases))))

    def known(self) -> list[ColumnElement[bool]]:
        """For each word that has to be there as it is, whether it stands anywhere at all."""
        words: list[Any] = [bindparam(*item) for item in self._words().items()]
        return [exists().where(col(Vocabulary.word) == word) for word in words]

    def values(self) -> dict[str, str]:
        """The values of what stands for the query and its words in statements."""
        return match_values(self.phrases) | self._words()

    def _words(self) -> dict[str, str]:
        return {f"v_word_{i}": word.folded for i, word in enumerate(self.whole)}

    @property
    def only_word(self) -> str | None:
        """The one word that is asked for, if it is one alone."""
        is_one = len(self.phrases) == 1 and len(self.whole) == 1 and not self.phrases[0].is_prefix
        return self.whole[0].folded if is_one else None

    def matches(self, records: Sequence[Texts]) -> list[list[Marked]]:
        """For each record, its texts that hold a phrase, each with a snippet and the places of the words in it."""
        found: list[list[Marked]] = [[] for _ in records]
        texts = [(own, *text) for own, texts in zip(found, records, strict=True) for text in texts]
        for i, ranges in self._held([text for _, _, text in texts]):
            own, field, text = texts[i]
            if len(own) < MOST_MATCHES:
                own.append(_match(field, text, ranges))
        return found

    def _held(self, texts: Sequence[str]) -> Iterator[tuple[int, list[Place]]]:
        """Which of the texts hold a phrase, and the places of its words."""
        # Of longer words only the beginning is compared.
        is_whole = all(len(word) < LONGEST_WORD for phrase in self.phrases for word in phrase.words)
        level = levelled(texts) if is_whole else None
        if level is not None:
            # Most texts hold nothing: one look at all of a page is quicker than one at each.
            starts = [0, *accumulate([len(text) + 1 for text in texts])]
            held: dict[int, list[Place]] = {}
            for start, end in sorted({place for phrase in self.phrases for place in _places(level, phrase)}):
                i = bisect_right(starts, start) - 1
                held.setdefault(i, []).append((start - starts[i], end - starts[i]))
            yield from held.items()
        elif len(texts) > 1:
            half = len(texts) // 2
            yield from self._held(texts[:half])
            yield from ((half + i, ranges) for i, ranges in self._held(texts[half:]))
        elif texts and (ranges := _ranges_of_words(texts[0], self.phrases)):
            yield 0, ranges

    def did_you_mean(self, dataset: Dataset, known: Sequence[bool]) -> list[str]:
        """The query with each unknown word replaced by one that is like it and occurs."""
        unknown = [word for word, is_known in zip(self.whole, known, strict=True) if not is_known][:MOST_HINTS]
        like = {word: near for word in unknown if (near := near_words(dataset, word.folded))}
        found: dict[str, None] = {}
        for i in range(max(map(len, like.values()), default=0)):
            text = self.text
            for word in reversed(like):
                text = text[: word.start] + like[word][min(i, len(like[word]) - 1)] + text[word.end :]
            found[text] = None
        return [*found]


def said(document: bytes) -> Texts:
    """The texts of a record in which search looks."""
    return spoken(from_json(document))


def read(text: str) -> SearchQuery:
    """What a query asks for; ValueError says why it cannot be asked."""
    phrases, whole = [], list[Word]()
    for part in PART.finditer(text):
        name = "word" if part["word"] is not None else "phrase"
        found = [Word(it.folded, it.start + part.start(name), it.end + part.start(name)) for it in words(part[name])]
        if found:
            is_prefix = bool(part["more"]) or (name == "word" and part["word"].endswith("*"))
            phrases.append(Phrase(tuple(it.folded for it in found), is_prefix))
            whole += found[:-1] if is_prefix else found
    if not phrases:
        raise ValueError("There is no word in it to search for.")
    if sum(len(it.words) for it in phrases) > MOST_WORDS:
        raise ValueError(f"At most {MOST_WORDS} words can be searched for.")
    return SearchQuery(text, tuple(dict.fromkeys(phrases)), tuple(whole))


def _readable(text: str) -> str:
    read(text)
    return text


SearchText = Annotated[str, AfterValidator(_readable), Field(min_length=1, max_length=LONGEST_QUERY)]


def _places(level: str, phrase: Phrase) -> list[Place]:
    """The places of a phrase's words in levelled texts."""
    found, first, size = list[Place](), phrase.words[0], len(phrase.words)
    start = level.find(first)
    while start >= 0:
        end = start + len(first)
        if not level[start - 1 : start].isalnum():
            if size > 1 or phrase.is_prefix:
                runs = [*islice(RUN.finditer(level, start), size)]
                if _stands_at([run[0] for run in runs], phrase) and APART not in level[start : runs[-1].end()]:
                    found += [run.span() for run in runs]
            elif not level[end : end + 1].isalnum():
                found.append((start, end))
        start = level.find(first, end)
    return found


def _ranges_of_words(text: str, phrases: Sequence[Phrase]) -> list[Place]:
    """The places of the words in any text, word by word."""
    own = _cut(text)
    runs = ((own[i : i + len(it.words)], it) for it in phrases for i in range(len(own) - len(it.words) + 1))
    stand = (run for run, phrase in runs if _stands_at([word.folded for word in run], phrase))
    return sorted({(word.start, word.end) for run in stand for word in run})


# The same names and quotes stand in many records, and are asked for again and again.
@lru_cache(maxsize=2_048)
def _cut(text: str) -> tuple[Word, ...]:
    return tuple(words(text))


def _stands_at(own: Sequence[str], phrase: Phrase) -> bool:
    *before, last = phrase.words
    return own[:-1] == before and (own[-1].startswith(last) if phrase.is_prefix else own[-1] == last)


def _match(field: str, text: str, ranges: list[Place]) -> Marked:
    """The passage around the first place: whole words of the text, and nothing but the text."""
    start, end = 0, len(text)
    if end > LONGEST_SNIPPET:
        start = max(ranges[0][0] - LONGEST_SNIPPET // 4, 0)
        start = text.rfind(" ", 0, start) + 1 if start else 0
        end = min(max(start + LONGEST_SNIPPET, ranges[0][1]), end)
        end = end if end == len(text) else max(text.rfind(" ", start, end + 1), ranges[0][1])
    inside = [{"start": a - start, "end": b - start} for a, b in ranges if start <= a and b <= end]
    return {"field": field, "snippet": text[start:end], "ranges": inside}


def near_words(dataset: Dataset, wrong: str) -> list[str]:
    """Words that occur and are like one that does not: first among those with the same beginning, then among all."""
    word = col(Vocabulary.word)
    for start in (wrong[:1], ""):
        statement = select(word).where(word.startswith(start, autoescape=True))
        rows = dataset.rows(statement.order_by(col(Vocabulary.found).desc(), word).limit(CANDIDATES))
        if near := closest(wrong, [row[0] for row in rows], alike=ALIKE_WORDS):
            return near
    return []
