"""From an article's words to what rests on them: its sentences, and its quotes as annotations."""

import re
from enum import StrEnum
from typing import Annotated, Any, cast

from fastapi import Query, Request, Response
from pydantic import AfterValidator, Field
from sqlalchemy import Select, func, select

from app import paging
from app.annotations import CONTEXT, PROFILE, AnnotationPage, Surroundings, annotations
from app.database import Dataset
from app.endpoints import Json, RecordId, Served, pairs_of, path_of, router_for
from app.errors import invalid, parameter_error
from app.filters import FACTS, near_ids
from app.linked_data import LinkedDataResponse, linked
from app.models import Articles, Page, QuoteRole, Sentences
from app.paging import PagedQuery
from app.parameters import WHOLE, KindAndId
from app.provenance import QUOTES, RestingFact, Span, article_document, refuse_withheld, resting_on
from app.urls import changed
from app.written import Value

router = router_for("articles")
ARTICLES: Any = cast(Any, Articles).__table__
SENTENCES: Any = cast(Any, Sentences).__table__
MOST_CONTEXT = 200


# ------------------------------------------------------------------------------------------------------ sentences


class SentenceQuery(PagedQuery):
    """The parameters of an article's sentences."""

    at: Annotated[int, Field(ge=0), WHOLE] | None = None
    """An offset in code points: the sentence that it is in. White space belongs to the sentence before it."""
    number: Annotated[int, Field(ge=1), WHOLE] | None = None
    """The number of a sentence, counted from 1."""


class SentenceStatus(StrEnum):
    """Whether a sentence says something of a fact."""

    COVERED = "covered"
    EXCUSED = "excused"


class Sentence(Value):
    """A sentence of an article, with the facts that rest on it."""

    number: int
    """Its number, counted from 1 through the whole text."""
    paragraph: int
    """Its paragraph, counted from 1 (the headline)."""
    start: int
    """Where it starts, in Unicode code points from the start of the text."""
    end: int
    """Where it ends (exclusive), in code points."""
    start_utf16: int
    """Where it starts in UTF-16 code units, as JavaScript counts."""
    end_utf16: int
    """Where it ends (exclusive) in UTF-16 code units."""
    text: str
    """The sentence: `text[start:end]` of the article's served text."""
    status: SentenceStatus
    """`covered`: a fact rests on it, or is disputed by it; `excused`: none is, for a reason."""
    excused_because: str | None
    """Why it says nothing of any fact; null where it does."""
    facts: list[RestingFact]
    """The records whose quotes overlap it: those that rest on it first."""
    href: str
    """The place in the served text, as an RFC 5147 text fragment."""


class SentenceList(Value):
    """Sentences of an article, in their order."""

    data: list[Sentence]
    """The sentences."""
    page: Page
    """Where this page stands among all sentences that were asked for."""
    dataset: str
    """The version of the dataset that the answer was made from."""


@router.get("/v1/articles/{id}/sentences", response_model=SentenceList, responses={451: {}})
def list_article_sentences(
    record_id: RecordId, query: Annotated[SentenceQuery, Query()], dataset: Served, request: Request
) -> Response:
    """Every sentence of an article in its order, each with the facts that rest on it, or why none does."""
    article = article_document(dataset, record_id)
    refuse_withheld(article)
    _refuse_outside(query, article)
    columns = SENTENCES.c
    found = select(columns).where(columns.article_id == record_id)
    if query.number is not None:
        found = found.where(columns.number == query.number)
    if query.at is not None:
        found = found.where(columns.number == _number_at(record_id, query.at))
    total = 1 if query.number or query.at is not None else article["coverage"]["sentences"]
    rows = dataset.rows(found.order_by(columns.number).limit(query.limit).offset(query.offset))
    facts = resting_on(dataset, [Span(record_id, row.start, row.end) for row in rows])
    page = paging.page(request, query, total, len(rows))
    data = [_sentence(row, own, article["href"]) for row, own in zip(rows, facts, strict=True)]
    answer = SentenceList(data=data, page=page, dataset=dataset.version)
    return Json(answer.model_dump_json().encode(), paging.headers(total, page.next, page.prev))


def _refuse_outside(query: SentenceQuery, article: dict[str, Any]) -> None:
    """422 where there is no such sentence."""
    if query.at is not None and query.number is not None:
        detail = "A sentence is asked for by an offset or by its number, not by both."
        raise invalid([parameter_error("number", str(query.number), "conflicting_parameter", detail)])
    offsets, sentences = article["characters"] - 1, article["coverage"]["sentences"]
    for name, given, last, allowed in (
        ("at", query.at, offsets, f"The offsets of this article go from 0 to {offsets}."),
        ("number", query.number, sentences, f"The sentences of this article go from 1 to {sentences}."),
    ):
        if given is not None and given > last:
            raise invalid([parameter_error(name, str(given), "out_of_range", allowed)])


def _number_at(article_id: str, offset: int) -> Any:
    """The number of the sentence that an offset is in, or before which there is only white space."""
    columns = SENTENCES.c
    started = select(func.max(columns.number)).where(columns.article_id == article_id, columns.start <= offset)
    return func.coalesce(started.scalar_subquery(), 1)


def _sentence(row: Any, facts: list[RestingFact], article: str) -> Sentence:
    shown = {name: getattr(row, name) for name in Sentence.model_fields if hasattr(row, name)}
    status = SentenceStatus.COVERED if row.excused_because is None else SentenceStatus.EXCUSED
    return Sentence(**shown, status=status, facts=facts, href=f"{article}/text#char={row.start},{row.end}")


# ---------------------------------------------------------------------------------------------------- annotations


def _stretch(given: str) -> str:
    if not re.fullmatch(r"(0|[1-9]\d{0,8}),(0|[1-9]\d{0,8})", given, re.ASCII):
        raise ValueError("Two offsets in code points are expected, such as 0,75.")
    return given


STRETCH = {"pattern": "^(0|[1-9][0-9]{0,8}),(0|[1-9][0-9]{0,8})$", "examples": ["0,75"]}


class AnnotationQuery(PagedQuery):
    """The parameters of an article's annotations."""

    fact: KindAndId | None = None
    """The record that the words speak of, as `kind/id`."""
    role: QuoteRole | None = None
    """Whether the record rests on the words, or they dispute it."""
    char: Annotated[str | None, AfterValidator(_stretch), Field(json_schema_extra=STRETCH)] = None
    """From where to where the words go, as the `href` of evidence has it after `#char=`."""
    context: Annotated[int, Field(ge=0, le=MOST_CONTEXT), WHOLE] = 32
    """How many characters of the text to show before and after the words; 0 where the text is withheld."""


@router.get(
    "/v1/articles/{id}/annotations",
    response_model=AnnotationPage,
    response_class=LinkedDataResponse,
    responses={451: {}},
)
def list_article_annotations(
    record_id: RecordId, query: Annotated[AnnotationQuery, Query()], dataset: Served, request: Request
) -> Response:
    """Every quote of an article as a W3C Web Annotation: its words, their place, and the record that they speak of."""
    article = article_document(dataset, record_id)
    if query.context:
        refuse_withheld(article, "With context=0, quotes and offsets are served without what stands around them.")
    found = _grouped(record_id, query)
    total = dataset.rows(select(func.count()).select_from(found.subquery()))[0][0]
    _refuse_unknown(dataset, query, total)
    text = select(ARTICLES.c.article_text).where(ARTICLES.c.id == record_id).scalar_subquery()
    order = (QUOTES.c.start, QUOTES.c.end, QUOTES.c.fact_key, QUOTES.c.role.desc())
    rows = dataset.rows(found.order_by(*order).limit(query.limit).offset(query.offset))
    around = Surroundings(dataset.rows(select(text))[0][0] if query.context else None, query.context)
    page = paging.page(request, query, total, len(rows))
    pairs = pairs_of(request)
    offset = str(query.offset) if query.offset else ""
    whole = {"id": changed(path_of(request), pairs, but=("limit",)), "type": "AnnotationCollection", "total": total}
    answer = {
        "@context": CONTEXT,
        "id": changed(path_of(request), pairs, offset=offset),
        "type": "AnnotationPage",
        "partOf": whole | {"label": f"Quotes from: {article['name']}"},
        "startIndex": query.offset,
        "items": list(annotations(article["href"], rows, around)),
        "next": page.next,
        "prev": page.prev,
        "dataset": dataset.version,
    }
    response = linked(AnnotationPage.model_validate(answer), PROFILE)
    response.raw_headers += paging.headers(total, page.next, page.prev)
    return response


def _grouped(article_id: str, query: AnnotationQuery) -> Select[Any]:
    """The quotes that are asked for: the same words for the same record are one, whatever the fields."""
    its = QUOTES.c
    same = (its.start, its.end, its.fact_key, its.role, FACTS.c.ref, FACTS.c.name)
    found = select(*same, func.min(its.quote).label("quote"), func.aggregate_strings(its.fields, ",").label("fields"))
    found = found.join_from(QUOTES, FACTS, FACTS.c.key == its.fact_key).where(its.article_id == article_id)
    if query.fact is not None:
        found = found.where(FACTS.c.ref == query.fact)
    if query.role is not None:
        found = found.where(its.role == query.role)
    if query.char is not None:
        start, end = map(int, query.char.split(","))
        found = found.where(its.start == start, its.end == end)
    return found.group_by(*same)


def _refuse_unknown(dataset: Dataset, query: AnnotationQuery, total: int) -> None:
    """422 where nothing was found because there is no such record."""
    if query.fact is not None and not total and not dataset.rows(select(FACTS.c.key).where(FACTS.c.ref == query.fact)):
        detail, near = "There is no such record.", near_ids(dataset, FACTS.c.ref, query.fact)
        raise invalid([parameter_error("fact", query.fact, "unknown_id", detail, known=near)])
