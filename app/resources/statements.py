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
from app.models import (
    PolicyMeasureRow,
    RoundRow,
    Statement,
    StatementMeasureRow,
    StatementMode,
    StatementRow,
    StatementTopicRow,
)
from app.values import Kind

router = APIRouter(route_class=StrictRoute, tags=["statements"])


class StatementInclude(IncludeQuery):
    table = StatementRow
    relations = {
        "speaker": Relation(StatementRow.id, StatementRow.speaker_id),
        "party": Relation(StatementRow.id, StatementRow.party_id),
        "round": Relation(StatementRow.id, StatementRow.round_id),
        "topics": Relation(StatementTopicRow.statement_id, StatementTopicRow.topic_id),
        "measures": Relation(StatementMeasureRow.statement_id, StatementMeasureRow.measure_id),
        "proposes": Relation(PolicyMeasureRow.proposed_in_id, PolicyMeasureRow.id),
        "notes": notes_about(Kind.STATEMENTS),
    }


class StatementQuery(StatementInclude, ListQuery):
    speaker: Annotated[Ids, ById(StatementRow.speaker_id)] = []
    """Who said it."""
    party: Annotated[Ids, ById(StatementRow.party_id)] = []
    """The side that the speaker belongs to."""
    round: Annotated[Ids, ById(StatementRow.round_id)] = []
    """The round of talks that it speaks about."""
    negotiation: Annotated[Ids, Linked(RoundRow.negotiation_id, RoundRow.id, StatementRow.round_id)] = []
    """The negotiation that the round belongs to."""
    said_on: Annotated[Dates, Dated(StatementRow.said_on_earliest, StatementRow.said_on_latest)] = []
    """When it was said."""
    setting: Annotated[Texts, Folded(StatementRow.setting_folded)] = []
    """Where or on which occasion it was said."""
    audience: Annotated[Texts, Folded(StatementRow.audience_folded)] = []
    """Whom it was said to."""
    mode: Annotated[Many[StatementMode], Choice(StatementRow.mode)] = []
    """Whose words the text is."""
    is_conditional: Annotated[Truths, Choice(StatementRow.is_conditional)] = []
    """Whether it holds only under a condition."""
    topic: Annotated[Ids, Linked(StatementTopicRow.topic_id, StatementTopicRow.statement_id, StatementRow.id)] = []
    """A subject of it."""
    measure: Annotated[
        Ids, Linked(StatementMeasureRow.measure_id, StatementMeasureRow.statement_id, StatementRow.id)
    ] = []
    """A policy measure that it speaks about."""


@router.get("/v1/statements", response_model=ListOf[Statement])
async def list_statements(query: Annotated[StatementQuery, Query()], dataset: Served, request: Request) -> Response:
    """What was said: direct, indirect and mixed quotations, each with its speaker."""
    return find(dataset, query, request)


@router.get("/v1/statements/{id}", response_model=One[Statement])
async def get_statement(record_id: RecordId, query: Annotated[StatementInclude, Query()], dataset: Served) -> Response:
    """One statement."""
    return get(dataset, query, record_id)
