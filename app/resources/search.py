"""Search across everything: records of all kinds, and the sentences of the articles."""

from enum import StrEnum
from typing import Annotated, Any, NamedTuple, cast

from fastapi import Query, Request, Response
from pydantic_core import from_json, to_json
from sqlalchemy import Select, bindparam, case, exists, func, or_, select
from sqlmodel import col

from app import filters, paging, search
from app.endpoints import Json, Served, router_for
from app.errors import invalid, parameter_error
from app.filters import DOCUMENTS, FACTS
from app.listing import as_bytes
from app.models import RESOURCES, Articles, Match, Page, Quotes, Sentences, Vocabulary
from app.paging import PagedQuery
from app.parameters import Ids, Many
from app.references import Kind, Reference
from app.search import SearchQuery, SearchText
from app.search_index import FIRST_SENTENCE, INDEX, RANKS, has_rank, holds, match_values, spoken
from app.values import When
from app.written import Value

router = router_for("search")
SENTENCES: Any = cast(Any, Sentences).__table__
QUOTES: Any = cast(Any, Quotes).__table__
SENTENCE = "sentences"

# Made of the kinds, so that a new one can be found without a line here.
Findable: Any = cast(Any, StrEnum)("Findable", [(name, name) for name in (*Kind, SENTENCE)])
Findable.__doc__ = "What can be found: a kind of record, or a sentence of an article."


class EverythingQuery(PagedQuery):
    """The parameters of the search."""

    q: SearchText
    """Words to find; all of them have to be there. `"…"` is a phrase; `*` at a word's end stands for any ending."""
    kind: Many[Findable] = []
    """What to find: kinds of records, or `sentences`."""
    article: Ids = []
    """An article that the record rests on, or that the sentence stands in."""


class Hit(Value):
    """A record, or a sentence, in which the words stand."""

    kind: Findable
    """The resource that the record belongs to, or `sentences`."""
    id: str
    """The record's id; of a sentence, the article's id and the sentence's number."""
    name: str
    """The record's label, or the beginning of the sentence."""
    href: str
    """The path of the record, or of the sentence, on this server."""
    when: When | None
    """When it happened, was said or was published; null where the article does not say, and for sentences."""
    article: Reference | None
    """The article that the sentence stands in; null for a record, which may rest on several."""
    matches: list[Match]
    """The texts in which words of the search stand; at most ten."""


class Hits(Value):
    """What was found."""

    data: list[Hit]
    """The records and sentences, the most relevant first: those that hold all the words in their name, then in what
    they say, then in their quotes; among equals, in the order of the dataset."""
    did_you_mean: list[str]
    """The search with unknown words replaced by known ones that are like them; empty where all words are known."""
    page: Page
    """Where this page stands among all that was found."""
    dataset: str
    """The version of the dataset that the answer was made from."""


@router.get("/v1/search", response_model=Hits)
def search_everything(query: Annotated[EverythingQuery, Query()], dataset: Served, request: Request) -> Response:
    """Records of all kinds and sentences of all articles that hold the words: people under any alias or office too."""
    asked = search.read(query.q)
    total, known = _total(asked, query, dataset)
    rows = _ranked(asked, query, dataset, total)
    records = [None if row.document is None else from_json(row.document) for row in rows]
    texts = [[("text", row.text)] if it is None else spoken(it) for row, it in zip(rows, records, strict=True)]
    hits = [_sentence(row) if it is None else _record(it) for row, it in zip(rows, records, strict=True)]
    hits = [hit | {"matches": found} for hit, found in zip(hits, asked.matches(texts), strict=True)]
    page = paging.page(request, query, total, len(hits))
    hints = asked.did_you_mean(dataset, known)
    answer = {"data": hits, "did_you_mean": hints, "page": page.model_dump(), "dataset": dataset.version}
    return Json(to_json(answer), paging.headers(total, page.next, page.prev))


def _total(asked: SearchQuery, query: EverythingQuery, dataset: Served) -> tuple[int, list[bool]]:
    """How much there is, and which of the words stand anywhere."""
    articles = [filters.ById(cast(Any, Articles).id).exists((name,)) for name in query.article]
    if asked.only_word and not query.kind and not articles:
        # In how much a word stands is in the vocabulary.
        found = dataset.run("word", _word, {"word": asked.only_word})
        return (found[0][0], [True]) if found else (0, [False])
    wanted = ("search", query.q, *map(str, query.kind), "", *query.article)
    if (kept := dataset.totals.get(wanted)) is not None:
        return kept[0], [*kept[1]]
    # Where nothing else is asked for, what is found need not be looked at.
    is_bare = not query.kind and not query.article
    among = select(func.count()).select_from(INDEX).where(holds(asked.phrases))
    counted = (among if is_bare else _found(query, holds(asked.phrases), func.count())).scalar_subquery()
    total, *known = tuple(dataset.rows(select(counted, *asked.known(), *articles))[0])
    _refuse_unknown(query, known[len(asked.whole) :], dataset)
    dataset.totals.keep(wanted, (total, known[: len(asked.whole)]))
    return total, known[: len(asked.whole)]


def _word() -> Select[Any]:
    return select(col(Vocabulary.found)).where(col(Vocabulary.word) == bindparam("word", ""))


def _ranked(asked: SearchQuery, query: EverythingQuery, dataset: Served, total: int) -> list["Found"]:
    """The page that is asked for: what is more relevant comes first, and else what comes first in the dataset."""
    rows, offset, form = list[Found](), query.offset, (*query.kind, None, *query.article)
    for rank in range(len(RANKS)):
        has = has_rank(asked.phrases, rank)
        values = match_values(asked.phrases)

        def page(has: Any = has) -> Select[Any]:
            ordered = _found(query, has, *COLUMNS).order_by(INDEX.c.rowid)
            return ordered.limit(bindparam("limit", 0)).offset(bindparam("offset", 0))

        part = dataset.run(("search", rank, form), page, {**values, "limit": query.limit - len(rows), "offset": offset})
        rows += [Found(*row) for row in part]
        if len(rows) in (query.limit, total):
            break
        if offset:
            offset = 0 if part else max(offset - dataset.rows(_found(query, has, func.count()))[0][0], 0)
    return rows


ARTICLES: Any = cast(Any, Articles).__table__
COLUMNS = (
    as_bytes(DOCUMENTS.c.document),
    SENTENCES.c.article_id,
    SENTENCES.c.number,
    SENTENCES.c.text,
    ARTICLES.c.name,
)


class Found(NamedTuple):
    """What was found: a record, or else a sentence."""

    document: bytes | None
    article_id: str
    number: int
    text: str
    article_name: str


def _found(query: EverythingQuery, holding: Any, *columns: Any) -> Select[Any]:
    """The entries of the index that are so relevant, and that are asked for; their number where that is the column."""
    found = INDEX.outerjoin(FACTS, FACTS.c.key == INDEX.c.rowid)
    found = found.outerjoin(DOCUMENTS, DOCUMENTS.c.key == INDEX.c.rowid)
    found = found.outerjoin(SENTENCES, SENTENCES.c.key == INDEX.c.rowid - FIRST_SENTENCE)
    found = found.outerjoin(ARTICLES, ARTICLES.c.id == SENTENCES.c.article_id)
    clauses = [holding]
    if query.kind:
        clauses.append(case((FACTS.c.key.is_(None), SENTENCE), else_=FACTS.c.kind).in_([str(it) for it in query.kind]))
    if query.article:
        rests = exists().where(QUOTES.c.fact_key == FACTS.c.key, QUOTES.c.article_id.in_(query.article))
        clauses.append(or_(rests, SENTENCES.c.article_id.in_(query.article)))
    return select(*columns).select_from(found).where(*clauses)


def _refuse_unknown(query: EverythingQuery, known: list[bool], dataset: Served) -> None:
    rule, detail = filters.ById(cast(Any, Articles).id), "There is no such record."
    unknown = [name for name, is_known in zip(query.article, known, strict=True) if not is_known]
    if unknown:
        near = {name: rule.near(dataset, name) for name in unknown[:5]}
        raise invalid([parameter_error("article", it, "unknown_id", detail, known=near[it]) for it in near])


def _record(document: dict[str, Any]) -> dict[str, Any]:
    """A record that was found, as a `Hit` is sent, but for where the words stand."""
    happened = RESOURCES[Kind(document["kind"])].record.happened
    about = {name: document[name] for name in ("kind", "id", "name", "href")}
    return {**about, "when": document[happened] if happened else None, "article": None}


def _sentence(row: Found) -> dict[str, Any]:
    """The same of a sentence."""
    path = f"/v1/articles/{row.article_id}"
    about = {"kind": SENTENCE, "id": f"{row.article_id}/{row.number}", "name": _beginning(row.text)}
    article = {"id": row.article_id, "name": row.article_name, "href": path}
    return {**about, "href": f"{path}/sentences?number={row.number}", "when": None, "article": article}


def _beginning(text: str, longest: int = 80) -> str:
    """Whole words from the beginning of a text."""
    return text if len(text) <= longest else text[:longest].rpartition(" ")[0] + "…"
