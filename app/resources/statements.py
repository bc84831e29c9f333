"""What was said."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from app.answers import ListOf, One
from app.database import Served
from app.http import StrictRoute
from app.listing import (
    ById,
    Choice,
    Dated,
    Dates,
    Folded,
    Ids,
    IncludeQuery,
    Linked,
    ListQuery,
    Many,
    RecordId,
    Relation,
    Texts,
    Truths,
    find,
    get,
    notes_about,
)
from app.models import PolicyMeasures, Rounds, Statement, StatementMeasures, StatementMode, Statements, StatementTopics
from app.values import Kind

router = APIRouter(route_class=StrictRoute, tags=["statements"])


class StatementInclude(IncludeQuery):
    table = Statements
    relations = {
        "speaker": Relation(Statements.id, Statements.speaker_id),
        "party": Relation(Statements.id, Statements.party_id),
        "round": Relation(Statements.id, Statements.round_id),
        "topics": Relation(StatementTopics.statement_id, StatementTopics.topic_id),
        "measures": Relation(StatementMeasures.statement_id, StatementMeasures.measure_id),
        "proposes": Relation(PolicyMeasures.proposed_in_id, PolicyMeasures.id),
        "notes": notes_about(Kind.STATEMENTS),
    }


class StatementQuery(StatementInclude, ListQuery):
    speaker: Annotated[Ids, ById(Statements.speaker_id)] = []
    """Who said it."""
    party: Annotated[Ids, ById(Statements.party_id)] = []
    """The side that the speaker belongs to."""
    round: Annotated[Ids, ById(Statements.round_id)] = []
    """The round of talks that it speaks about."""
    negotiation: Annotated[Ids, Linked(Rounds.negotiation_id, Rounds.id, Statements.round_id)] = []
    """The negotiation that the round belongs to."""
    said_on: Annotated[Dates, Dated(Statements.said_on_earliest, Statements.said_on_latest)] = []
    """When it was said."""
    setting: Annotated[Texts, Folded(Statements.setting_folded)] = []
    """Where or on which occasion it was said."""
    audience: Annotated[Texts, Folded(Statements.audience_folded)] = []
    """Whom it was said to."""
    mode: Annotated[Many[StatementMode], Choice(Statements.mode)] = []
    """Whose words the text is."""
    is_conditional: Annotated[Truths, Choice(Statements.is_conditional)] = []
    """Whether it holds only under a condition."""
    topic: Annotated[Ids, Linked(StatementTopics.topic_id, StatementTopics.statement_id, Statements.id)] = []
    """A subject of it."""
    measure: Annotated[Ids, Linked(StatementMeasures.measure_id, StatementMeasures.statement_id, Statements.id)] = []
    """A policy measure that it speaks about."""


@router.get("/v1/statements", response_model=ListOf[Statement])
async def list_statements(query: Annotated[StatementQuery, Query()], dataset: Served, request: Request) -> Response:
    """What was said: direct, indirect and mixed quotations, each with its speaker."""
    return find(dataset, query, request)


@router.get("/v1/statements/{id}", response_model=One[Statement])
async def get_statement(record_id: RecordId, query: Annotated[StatementInclude, Query()], dataset: Served) -> Response:
    """One statement."""
    return get(dataset, query, record_id)
