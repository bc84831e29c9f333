"""The source texts."""

from typing import Annotated, Any, cast

from fastapi import Query, Request
from sqlalchemy import exists, select
from starlette.responses import PlainTextResponse, Response

from app import filters, models
from app.endpoints import RecordId, Served, router_for
from app.export import add_exports
from app.linked_data import (
    ALTERNATE,
    MENTIONED,
    LinkedDataResponse,
    NewsArticle,
    linked,
    mention,
    news_article,
    with_alternate,
)
from app.listing import find, get
from app.parameters import Dates, Many, Texts
from app.provenance import article_document, refuse_withheld
from app.queries import IncludeQuery, ListQuery, Nothing
from app.references import Kind

router = router_for("articles")
SUPPORTS = models.QuoteRole.SUPPORTS


class ArticleInclude(IncludeQuery):
    table = models.Articles


class ArticleQuery(ArticleInclude, ListQuery):
    language: Annotated[Texts, filters.Choice(models.Articles.language)] = []
    published: Annotated[Dates, filters.Dated(models.Articles.published_earliest)] = []
    publisher: Annotated[Texts, filters.Folded(models.Articles.publisher_folded)] = []
    text: Annotated[Many[models.TextAccess], filters.Choice(models.Articles.text)] = []


@router.get("/v1/articles", response_model=models.ListOf[models.Article])
def list_articles(query: Annotated[ArticleQuery, Query()], dataset: Served, request: Request) -> Response:
    """The articles that the facts were read from, each with how much of it has been read."""
    return find(dataset, query, request)


@router.get("/v1/articles/{id}.jsonld", response_model=NewsArticle, response_class=LinkedDataResponse)
def get_article_jsonld(record_id: RecordId, query: Nothing, dataset: Served) -> Response:
    """One article in the terms of schema.org, with the people, sides, topics, rounds and events that it mentions."""
    article, facts, quotes = article_document(dataset, record_id), cast(Any, models.Facts), cast(Any, models.Quotes)
    rests = exists().where(quotes.fact_key == facts.key, quotes.article_id == record_id, quotes.role == SUPPORTS)
    found = select(facts.kind, facts.name, facts.ref).where(facts.kind.in_(MENTIONED), rests).order_by(facts.key)
    rows = dataset.rows(found)
    mentions = [mention(Kind(row.kind), {"href": f"/v1/{row.ref}", "name": row.name}) for row in rows]
    return linked(news_article(article, mentions, dataset.version))


@router.get("/v1/articles/{id}", response_model=models.One[models.Article], responses=ALTERNATE)
def get_article(record_id: RecordId, query: Annotated[ArticleInclude, Query()], dataset: Served) -> Response:
    """One article, without its text, which has a path of its own."""
    return with_alternate(get(dataset, query, record_id), f"/v1/articles/{record_id}")


@router.get("/v1/articles/{id}/text", response_class=PlainTextResponse, responses={451: {}})
def get_article_text(record_id: RecordId, query: Nothing, dataset: Served) -> Response:
    """The article's text, which every offset of a quote counts in: as it was received, without a byte order mark."""
    refuse_withheld(article_document(dataset, record_id))
    articles: Any = models.Articles
    return PlainTextResponse(dataset.rows(select(articles.article_text).where(articles.id == record_id))[0][0])


add_exports(router, ArticleQuery)
