"""Is this a quote? A text, held against the words of the articles."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from itertools import groupby
from typing import Annotated, Any, cast

from fastapi import Query, Response
from pydantic import AfterValidator, Field
from sqlalchemy import Select, func, literal, select, union_all
from sqlmodel import col

from app.database import Dataset
from app.endpoints import Json, Served, router_for
from app.errors import invalid, parameter_error
from app.filters import near_ids
from app.models import Articles, Sentences, TextAccess, Vocabulary
from app.parameters import Id
from app.provenance import QUOTES, RestingFact, Span, resting_on
from app.queries import NoParameters
from app.quotations import Edit, Likeness, Piece, Place, Quotation, Token, tokens
from app.references import Reference
from app.search_index import FIRST_SENTENCE, INDEX, Phrase, holds, holds_any
from app.written import Value

router = router_for("quotes")
ARTICLES: Any = cast(Any, Articles).__table__
SENTENCES: Any = cast(Any, Sentences).__table__
LONGEST_QUOTE, MOST_PLACES = 1_000, 100
MOST_EXACT, MOST_ALIKE, MOST_ALIGNED = 200, 64, 8
"""How many sentences that hold the words are looked at; how many that hold some; how many of these more closely."""
RAREST, MOST_RANKED = 10, 20_000
"""How many words a passage that is alike is looked for by, and how many sentences are ordered by relevance for it."""
MOST_AROUND = 30
"""How many sentences before and after one are looked at."""


def _wordy(text: str) -> str:
    Quotation(text)
    return text


class CheckQuery(NoParameters):
    """The parameters of the check."""

    text: Annotated[str, Field(min_length=1, max_length=LONGEST_QUOTE), AfterValidator(_wordy)]
    """The words to be checked. Quotation marks, dashes and white space may differ from the article's; nothing
    else. A line break is sent as a space."""
    article: Id | None = None
    """The article that they are to be looked for in."""


class QuoteResult(StrEnum):
    """Whether the words stand in an article."""

    EXACT = "exact"
    DIFFERS = "differs"
    NOT_FOUND = "not_found"


class Compared(StrEnum):
    """What of an article could be compared: its text, or, where that is withheld, the quotes that facts rest on."""

    TEXT = "text"
    QUOTES = "quotes"


class ComparedArticle(Reference):
    """An article in which words were looked for."""

    compared: Compared
    """What of it could be compared."""


class QuotePlace(Value):
    """A passage of an article."""

    article: ComparedArticle
    """The article."""
    text: str
    """The words as they are served: `text[start:end]` of the article's text."""
    start: int
    """Where it starts, in Unicode code points from the start of the text."""
    end: int
    """Where it ends (exclusive), in code points."""
    start_utf16: int
    """Where it starts in UTF-16 code units, as JavaScript counts."""
    end_utf16: int
    """Where it ends (exclusive) in UTF-16 code units."""
    paragraph: int
    """The paragraph in which it starts, counted from 1 (the headline)."""
    sentence: int
    """The sentence in which it starts, counted from 1 through the whole text; where only quotes could be compared, the
    one in which the quote starts that it stands in."""
    href: str
    """The place in the served text, as an RFC 5147 text fragment."""
    facts: list[RestingFact]
    """The records whose quotes overlap it."""


class WordChange(Value):
    """A part of the given text, and what the article has there."""

    op: Edit
    """`equal`; `insert`: the article has more words; `delete`: it does not have these; `replace`: it has others."""
    given: str
    """The part of the given text; empty where the article has more words."""
    article: str
    """The article's words; empty where it does not have the given ones."""


class NearestPassage(QuotePlace):
    """The passage that is most like the given text."""

    similarity: float
    """How much of the two is the same, of 100, by their characters; below 60 nothing counts as alike."""
    diff: list[WordChange]
    """What has to be changed, from the first to the last word."""


class QuoteCheck(Value):
    """Whether words stand in an article."""

    result: QuoteResult
    """`exact`: they stand in the places named; `differs`: the nearest passage has other words; `not_found`: nothing is
    alike."""
    places: list[QuotePlace]
    """Where they stand, by article and offset; empty unless the result is `exact`."""
    is_complete: bool
    """Whether these are all places; false where there are so many that some were not looked at."""
    nearest: NearestPassage | None
    """The passage that is most like them; null unless the result is `differs`."""
    dataset: str
    """The version of the dataset that the answer was made from."""


@router.get("/v1/quotes/check", response_model=QuoteCheck)
def check_quote(query: Annotated[CheckQuery, Query()], dataset: Served) -> Response:
    """Whether words stand in an article exactly as given, with every place; if not, the passage that is most like them
    and what differs."""
    search = _Search(dataset, Quotation(query.text), query.article)
    found, complete = search.exact()
    likeness = None if found else search.nearest()
    if likeness and all(change.op is Edit.EQUAL for change in likeness.changes):
        found, likeness = [likeness.place], None
    shown = _shown(dataset, [likeness.place] if likeness else found)
    result = QuoteResult.EXACT if found else QuoteResult.DIFFERS if likeness else QuoteResult.NOT_FOUND
    answer = QuoteCheck(
        result=result,
        places=shown if found else [],
        is_complete=complete,
        nearest=_nearest(shown[0], likeness) if likeness else None,
        dataset=dataset.version,
    )
    return Json(answer.model_dump_json().encode())


def _nearest(passage: QuotePlace, likeness: Likeness) -> NearestPassage:
    diff = [WordChange(op=it.op, given=it.given, article=it.article) for it in likeness.changes]
    return NearestPassage(**dict(passage), similarity=likeness.similarity, diff=diff)


# -------------------------------------------------------------------------------------------- looking for passages


class _Search:
    """One text, on its way to the passages in which it stands."""

    def __init__(self, dataset: Dataset, quotation: Quotation, article: str | None) -> None:
        self.dataset, self.quotation, self.article = dataset, quotation, article
        vocabulary = select(col(Vocabulary.word), col(Vocabulary.found)).where(
            col(Vocabulary.word).in_(quotation.words)
        )
        self.found: dict[str, int] = {row.word: row.found for row in dataset.rows(vocabulary)}
        """Of the words that occur anywhere, in how many records and sentences."""
        self.own: tuple[int, int] | None = None
        """The keys of the first and the last sentence of the article that is asked for."""
        if article is not None:
            self._find(article)

    def _find(self, article: str) -> None:
        keys = func.min(SENTENCES.c.key).label("first"), func.max(SENTENCES.c.key).label("last")
        statement = select(*keys).select_from(ARTICLES.outerjoin(SENTENCES, SENTENCES.c.article_id == ARTICLES.c.id))
        rows = self.dataset.rows(statement.where(ARTICLES.c.id == article).group_by(ARTICLES.c.id))
        if not rows:
            known = near_ids(self.dataset, ARTICLES.c.id, article)
            raise invalid([parameter_error("article", article, "unknown_id", "There is no such record.", known=known)])
        # An article without sentences has none between these.
        self.own = (rows[0].first or 0, rows[0].last or 0)

    def exact(self) -> tuple[list[Place], bool]:
        """The places of the text, and whether all were looked at."""
        if len(self.found) < len(self.quotation.words):
            return [], True
        phrase = holds([Phrase(self.quotation.phrase(self.found), False)])
        keys = self._keys(self._among_sentences(phrase).order_by(INDEX.c.rowid).limit(MOST_EXACT + 1))
        quotes = self.dataset.rows(self._among_quotes(phrase).limit(MOST_EXACT + 1))
        stretches = [*self._stretches(keys[:MOST_EXACT]), *_quoted(quotes[:MOST_EXACT])]
        found = _each_once(it for stretch in stretches for it in self.quotation.places(stretch))
        complete = max(len(keys), len(quotes)) <= MOST_EXACT and len(found) <= MOST_PLACES
        return found[:MOST_PLACES], complete

    def nearest(self) -> Likeness | None:
        """The passage that is most like the text."""
        rarest = sorted(self.found, key=lambda word: (self.found[word], word))[:RAREST]
        while len(rarest) > 1 and sum(self.found[word] for word in rarest) > MOST_RANKED:
            rarest.pop()
        if not rarest:
            return None
        some = holds_any([Phrase((word,), False) for word in rarest])
        # Words that stand nearly everywhere say nothing about relevance, and it would take too long.
        order = [INDEX.c.rank] if self.found[rarest[0]] <= MOST_RANKED else []
        keys = self._keys(self._among_sentences(some).order_by(*order, INDEX.c.rowid).limit(MOST_ALIKE))
        quotes = self.dataset.rows(self._among_quotes(some).limit(MOST_ALIKE))
        stretches = [*self._stretches(keys), *_quoted(quotes)]
        likely = sorted(stretches, key=lambda it: (-self.quotation.likely(it), it[0].piece))[:MOST_ALIGNED]
        alike = [found for stretch in likely if (found := self.quotation.nearest(stretch))]
        return min(alike, key=lambda it: (-it.similarity, it.place), default=None)

    def _among_sentences(self, phrases: Any) -> Select[Any]:
        """The sentences that hold phrases, as entries of the index."""
        within = INDEX.c.rowid > FIRST_SENTENCE
        if self.own is not None:
            within = INDEX.c.rowid.between(FIRST_SENTENCE + self.own[0], FIRST_SENTENCE + self.own[1])
        return select(INDEX.c.rowid).where(phrases, within)

    def _keys(self, statement: Select[Any]) -> list[int]:
        return [row[0] - FIRST_SENTENCE for row in self.dataset.rows(statement)]

    def _among_quotes(self, phrases: Any) -> Select[Any]:
        """The quotes from articles whose text is withheld, of records that hold phrases."""
        quotes = QUOTES.c
        joined = INDEX.join(QUOTES, quotes.fact_key == INDEX.c.rowid).join(ARTICLES, ARTICLES.c.id == quotes.article_id)
        columns = (quotes.article_id, quotes.sentence, quotes.paragraph, quotes.start, quotes.start_utf16, quotes.quote)
        clauses = [phrases, INDEX.c.rowid < FIRST_SENTENCE, ARTICLES.c.text == TextAccess.WITHHELD]
        if self.article is not None:
            clauses.append(quotes.article_id == self.article)
        return select(*columns).select_from(joined).where(*clauses).order_by(INDEX.c.rowid, quotes.key)

    def _stretches(self, keys: Sequence[int]) -> Iterator[list[Token]]:
        """The tokens of sentences and of those around them, as far as the text may reach; each article by itself."""
        if not keys:
            return
        around = min(len(self.quotation.stretches) + 1, MOST_AROUND)
        ranges = list(_merged((key - around, key + around) for key in sorted(keys)))
        its = SENTENCES.c
        statement = select(its.key, its.article_id, its.number, its.paragraph, its.start, its.start_utf16, its.text)
        near = its.key.in_([key for first, last in ranges for key in range(first, last + 1)])
        rows = self.dataset.rows(statement.where(near).order_by(its.key))
        for first, last in ranges:
            own = (row for row in rows if first <= row.key <= last)
            for _, group in groupby(own, key=lambda row: row.article_id):
                if stretch := [token for row in group for token in tokens(Piece._make(row[1:]))]:
                    yield stretch


def _each_once(places: Iterable[Place]) -> list[Place]:
    """Places in order; of those from several quotes, the one whose quote begins the nearest."""
    return [*{(it.article_id, it.start, it.end): it for it in sorted(places)}.values()]


def _merged(ranges: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Ranges in ascending order, those that overlap made one."""
    first, last = 0, -1
    for start, end in ranges:
        if start > last:
            if last >= first:
                yield first, last
            first = start
        last = end
    yield first, last


def _quoted(rows: Iterable[Any]) -> Iterator[list[Token]]:
    """The tokens of quotes, each quote once."""
    for piece in dict.fromkeys(Piece._make(row) for row in rows):
        if stretch := list(tokens(piece)):
            yield stretch


# ---------------------------------------------------------------------------------------------- showing passages


def _shown(dataset: Dataset, places: Sequence[Place]) -> list[QuotePlace]:
    """Places as they are served."""
    facts = resting_on(dataset, [Span(it.article_id, it.start, it.end) for it in places])
    articles, texts = _articles(dataset, {it.article_id for it in places}), _texts(dataset, places)
    return [
        QuotePlace(
            article=articles[it.article_id],
            text=it.text if it.text is not None else texts[i],
            start=it.start,
            end=it.end,
            start_utf16=it.start_utf16,
            end_utf16=it.end_utf16,
            paragraph=it.paragraph,
            sentence=it.sentence,
            href=f"{articles[it.article_id].href}/text#char={it.start},{it.end}",
            facts=facts[i],
        )
        for i, it in enumerate(places)
    ]


def _articles(dataset: Dataset, ids: set[str]) -> Mapping[str, ComparedArticle]:
    columns = ARTICLES.c
    rows = (
        dataset.rows(select(columns.id, columns.name, columns.text).where(columns.id.in_(sorted(ids)))) if ids else []
    )
    kept = {TextAccess.SERVED: Compared.TEXT, TextAccess.WITHHELD: Compared.QUOTES}
    return {
        it.id: ComparedArticle(id=it.id, name=it.name, href=f"/v1/articles/{it.id}", compared=kept[it.text])
        for it in rows
    }


def _texts(dataset: Dataset, places: Sequence[Place]) -> Mapping[int, str]:
    """The words of passages that go on beyond a sentence."""
    cut = [
        select(
            literal(i).label("i"), func.substr(ARTICLES.c.article_text, it.start + 1, it.end - it.start).label("words")
        ).where(ARTICLES.c.id == it.article_id)
        for i, it in enumerate(places)
        if it.text is None
    ]
    return {row.i: row.words for row in dataset.rows(union_all(*cut))} if cut else {}
