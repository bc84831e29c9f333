"""What was said."""

from typing import Annotated

from fastapi import Query, Request, Response

from app import filters, models
from app.endpoints import RecordId, Served, router_for
from app.export import add_exports
from app.linked_data import ALTERNATE, LinkedDataResponse, Saying, linked, saying, with_alternate
from app.listing import find, get
from app.parameters import Dates, Ids, Many, Texts, Truth
from app.provenance import record_document
from app.queries import IncludeQuery, ListQuery, Nothing

router = router_for("statements")


class StatementInclude(IncludeQuery):
    table = models.Statements
    relations = {
        "speaker": filters.to(models.Statements.speaker_id),
        "party": filters.to(models.Statements.party_id),
        "round": filters.to(models.Statements.round_id),
        "topics": filters.through(models.StatementTopics.topic_id),
        "measures": filters.through(models.StatementMeasures.measure_id),
        "proposes": filters.back(models.PolicyMeasures.proposed_in_id),
    }


class StatementQuery(StatementInclude, ListQuery):
    speaker: Annotated[Ids, filters.ById(models.Statements.speaker_id)] = []
    party: Annotated[Ids, filters.ById(models.Statements.party_id)] = []
    round: Annotated[Ids, filters.ById(models.Statements.round_id)] = []
    negotiation: Annotated[Ids, filters.Linked(models.Rounds.negotiation_id, via=models.Statements.round_id)] = []
    """The negotiation that the round belongs to."""
    said_on: Annotated[Dates, filters.Dated(models.Statements.said_on_earliest)] = []
    setting: Annotated[Texts, filters.Folded(models.Statements.setting_folded)] = []
    audience: Annotated[Texts, filters.Folded(models.Statements.audience_folded)] = []
    mode: Annotated[Many[models.StatementMode], filters.Choice(models.Statements.mode)] = []
    is_conditional: Annotated[Many[Truth], filters.Choice(models.Statements.is_conditional)] = []
    topic: Annotated[Ids, filters.Linked(models.StatementTopics.topic_id)] = []
    """A subject of it."""
    measure: Annotated[Ids, filters.Linked(models.StatementMeasures.measure_id)] = []
    """A policy measure that it speaks about."""


@router.get("/v1/statements", response_model=models.ListOf[models.Statement])
def list_statements(query: Annotated[StatementQuery, Query()], dataset: Served, request: Request) -> Response:
    """What was said: direct, indirect and mixed quotations, each with its speaker."""
    return find(dataset, query, request)


@router.get("/v1/statements/{id}.jsonld", response_model=Saying, response_class=LinkedDataResponse)
def get_statement_jsonld(record_id: RecordId, query: Nothing, dataset: Served) -> Response:
    """One statement in the terms of schema.org: as a quotation, or, where the words are the reporter's, as a claim."""
    return linked(saying(record_document(dataset, models.Statements, record_id), dataset.version))


@router.get("/v1/statements/{id}", response_model=models.One[models.Statement], responses=ALTERNATE)
def get_statement(record_id: RecordId, query: Annotated[StatementInclude, Query()], dataset: Served) -> Response:
    """One statement."""
    return with_alternate(get(dataset, query, record_id), f"/v1/statements/{record_id}")


add_exports(router, StatementQuery)
