"""The source texts."""

from typing import Annotated, Any

from fastapi import Query, Request
from sqlalchemy import select
from starlette.responses import PlainTextResponse, Response

from app import filters, models
from app.endpoints import RecordId, Served, router_for
from app.listing import IncludeQuery, ListQuery, Nothing, find, get, unknown_record
from app.parameters import Dates, Texts

router = router_for("articles")


class ArticleInclude(IncludeQuery):
    table = models.Articles


class ArticleQuery(ArticleInclude, ListQuery):
    language: Annotated[Texts, filters.Choice(models.Articles.language)] = []
    published: Annotated[Dates, filters.Dated(models.Articles.published_earliest)] = []
    publisher: Annotated[Texts, filters.Folded(models.Articles.publisher_folded)] = []


@router.get("/v1/articles", response_model=models.ListOf[models.Article])
async def list_articles(query: Annotated[ArticleQuery, Query()], dataset: Served, request: Request) -> Response:
    """The articles that the facts were read from, each with how much of it has been read."""
    return find(dataset, query, request)


@router.get("/v1/articles/{id}", response_model=models.One[models.Article])
async def get_article(record_id: RecordId, query: Annotated[ArticleInclude, Query()], dataset: Served) -> Response:
    """One article, without its text, which has a path of its own."""
    return get(dataset, query, record_id)


@router.get("/v1/articles/{id}/text", response_class=PlainTextResponse)
async def get_article_text(record_id: RecordId, query: Nothing, dataset: Served) -> Response:
    """The article's text, which every offset of a quote counts in: as it was received, without a byte order mark."""
    articles: Any = models.Articles
    rows = dataset.rows(select(articles.article_text).where(articles.id == record_id))
    if not rows:
        raise unknown_record(dataset, articles, record_id)
    return PlainTextResponse(rows[0][0])
