"""Subjects of talks, statements and positions."""

from typing import Annotated

from fastapi import Query, Request, Response

from app import filters, models
from app.endpoints import RecordId, Served, router_for
from app.export import add_exports
from app.listing import find, get
from app.queries import IncludeQuery, ListQuery

router = router_for("topics")


class TopicInclude(IncludeQuery):
    table = models.Topics
    relations = {
        "statements": filters.through(models.StatementTopics.statement_key),
        "rounds": filters.through(models.RoundTopics.round_key),
        "positions": filters.back(models.Positions.topic_id),
    }


class TopicQuery(TopicInclude, ListQuery):
    pass


@router.get("/v1/topics", response_model=models.ListOf[models.Topic])
def list_topics(query: Annotated[TopicQuery, Query()], dataset: Served, request: Request) -> Response:
    """The topics: subjects of talks, statements and positions."""
    return find(dataset, query, request)


@router.get("/v1/topics/{id}", response_model=models.One[models.Topic])
def get_topic(record_id: RecordId, query: Annotated[TopicInclude, Query()], dataset: Served) -> Response:
    """One topic."""
    return get(dataset, query, record_id)


add_exports(router, TopicQuery)
