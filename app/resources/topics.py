"""Subjects of talks, statements and positions."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from app.answers import ListOf, One
from app.database import Served
from app.http import StrictRoute
from app.listing import IncludeQuery, ListQuery, RecordId, Relation, find, get, notes_about
from app.models import Positions, RoundTopics, StatementTopics, Topic, Topics
from app.values import Kind

router = APIRouter(route_class=StrictRoute, tags=["topics"])


class TopicInclude(IncludeQuery):
    table = Topics
    relations = {
        "statements": Relation(StatementTopics.topic_id, StatementTopics.statement_id),
        "rounds": Relation(RoundTopics.topic_id, RoundTopics.round_id),
        "positions": Relation(Positions.topic_id, Positions.id),
        "notes": notes_about(Kind.TOPICS),
    }


class TopicQuery(TopicInclude, ListQuery):
    pass


@router.get("/v1/topics", response_model=ListOf[Topic])
async def list_topics(query: Annotated[TopicQuery, Query()], dataset: Served, request: Request) -> Response:
    """The topics: subjects of talks, statements and positions."""
    return find(dataset, query, request)


@router.get("/v1/topics/{id}", response_model=One[Topic])
async def get_topic(record_id: RecordId, query: Annotated[TopicInclude, Query()], dataset: Served) -> Response:
    """One topic."""
    return get(dataset, query, record_id)
