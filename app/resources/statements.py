"""What was said."""

from typing import Annotated

from fastapi import Query, Request
from starlette.responses import Response

from app import models
from app.answers import ListOf, One
from app.database import Served
from app.http import router_for
from app.listing import ById, Choice, Dated, Folded, IncludeQuery, Linked, ListQuery, back, find, get, through, to
from app.parameters import Dates, Ids, Many, RecordId, Texts, Truths

router = router_for("statements")


class StatementInclude(IncludeQuery):
    table = models.Statements
    relations = {
        "speaker": to(models.Statements.speaker_id),
        "party": to(models.Statements.party_id),
        "round": to(models.Statements.round_id),
        "topics": through(models.StatementTopics.topic_id),
        "measures": through(models.StatementMeasures.measure_id),
        "proposes": back(models.PolicyMeasures.proposed_in_id),
    }


class StatementQuery(StatementInclude, ListQuery):
    speaker: Annotated[Ids, ById(models.Statements.speaker_id)] = []
    party: Annotated[Ids, ById(models.Statements.party_id)] = []
    round: Annotated[Ids, ById(models.Statements.round_id)] = []
    negotiation: Annotated[Ids, Linked(models.Rounds.negotiation_id, via=models.Statements.round_id)] = []
    """The negotiation that the round belongs to."""
    said_on: Annotated[Dates, Dated(models.Statements.said_on_earliest, models.Statements.said_on_latest)] = []
    setting: Annotated[Texts, Folded(models.Statements.setting_folded)] = []
    audience: Annotated[Texts, Folded(models.Statements.audience_folded)] = []
    mode: Annotated[Many[models.StatementMode], Choice(models.Statements.mode)] = []
    is_conditional: Annotated[Truths, Choice(models.Statements.is_conditional)] = []
    topic: Annotated[Ids, Linked(models.StatementTopics.topic_id)] = []
    """A subject of it."""
    measure: Annotated[Ids, Linked(models.StatementMeasures.measure_id)] = []
    """A policy measure that it speaks about."""


@router.get("/v1/statements", response_model=ListOf[models.Statement])
async def list_statements(query: Annotated[StatementQuery, Query()], dataset: Served, request: Request) -> Response:
    """What was said: direct, indirect and mixed quotations, each with its speaker."""
    return find(dataset, query, request)


@router.get("/v1/statements/{id}", response_model=One[models.Statement])
async def get_statement(record_id: RecordId, query: Annotated[StatementInclude, Query()], dataset: Served) -> Response:
    """One statement."""
    return get(dataset, query, record_id)
