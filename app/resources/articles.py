"""The source texts."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from sqlalchemy import select
from starlette.responses import PlainTextResponse, Response

from app.answers import ListOf, One
from app.database import Served
from app.http import StrictRoute
from app.listing import (
    Choice,
    Dated,
    Dates,
    Folded,
    IncludeQuery,
    ListQuery,
    NoParameters,
    RecordId,
    Texts,
    find,
    get,
    notes_about,
    unknown_record,
)
from app.models import Article, Articles
from app.values import Kind

router = APIRouter(route_class=StrictRoute, tags=["articles"])


class ArticleInclude(IncludeQuery):
    table = Articles
    relations = {"notes": notes_about(Kind.ARTICLES)}


class ArticleQuery(ArticleInclude, ListQuery):
    language: Annotated[Texts, Choice(Articles.language)] = []
    """The text's language, as a BCP 47 tag."""
    published: Annotated[Dates, Dated(Articles.published_earliest, Articles.published_latest)] = []
    """When it was published."""
    publisher: Annotated[Texts, Folded(Articles.publisher_folded)] = []
    """Who published it."""


@router.get("/v1/articles", response_model=ListOf[Article])
async def list_articles(query: Annotated[ArticleQuery, Query()], dataset: Served, request: Request) -> Response:
    """The articles that the facts were read from, each with how much of it has been read."""
    return find(dataset, query, request)


@router.get("/v1/articles/{id}", response_model=One[Article])
async def get_article(record_id: RecordId, query: Annotated[ArticleInclude, Query()], dataset: Served) -> Response:
    """One article, without its text, which has a path of its own."""
    return get(dataset, query, record_id)


@router.get("/v1/articles/{id}/text", response_class=PlainTextResponse)
async def get_article_text(record_id: RecordId, query: Annotated[NoParameters, Query()], dataset: Served) -> Response:
    """The article's text, which every offset of a quote counts in: as it was received, without a byte order mark."""
    rows = dataset.rows(select(Articles.article_text).where(Articles.id == record_id))
    if not rows:
        raise unknown_record(dataset, Articles, record_id)
    return PlainTextResponse(rows[0][0])
