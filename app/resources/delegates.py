"""Places in delegations, and who is said not to have been there."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from app.answers import ListOf, One
from app.database import Served
from app.http import StrictRoute
from app.listing import (
    ById,
    Choice,
    Folded,
    Ids,
    IncludeQuery,
    Linked,
    ListQuery,
    RecordId,
    Relation,
    Texts,
    Truths,
    find,
    get,
    notes_about,
)
from app.models import Delegate, DelegateRow, RoundRow
from app.values import Kind

router = APIRouter(route_class=StrictRoute, tags=["delegates"])


class DelegateInclude(IncludeQuery):
    table = DelegateRow
    relations = {
        "person": Relation(DelegateRow.id, DelegateRow.person_id),
        "round": Relation(DelegateRow.id, DelegateRow.round_id),
        "party": Relation(DelegateRow.id, DelegateRow.party_id),
        "notes": notes_about(Kind.DELEGATES),
    }


class DelegateQuery(DelegateInclude, ListQuery):
    person: Annotated[Ids, ById(DelegateRow.person_id)] = []
    """The person."""
    round: Annotated[Ids, ById(DelegateRow.round_id)] = []
    """The round."""
    negotiation: Annotated[Ids, Linked(RoundRow.negotiation_id, RoundRow.id, DelegateRow.round_id)] = []
    """The negotiation that the round belongs to."""
    party: Annotated[Ids, ById(DelegateRow.party_id)] = []
    """The side whose delegation it is."""
    office: Annotated[Texts, Folded(DelegateRow.office_folded)] = []
    """The office, as the article words it in this connection."""
    is_lead: Annotated[Truths, Choice(DelegateRow.is_lead)] = []
    """Whether the person is said to have led the delegation."""
    attended: Annotated[Truths, Choice(DelegateRow.attended)] = []
    """Whether the person was there."""


@router.get("/v1/delegates", response_model=ListOf[Delegate])
async def list_delegates(query: Annotated[DelegateQuery, Query()], dataset: Served, request: Request) -> Response:
    """The delegations' members, round by round; `attended=false` finds who is said not to have been there."""
    return find(dataset, query, request)


@router.get("/v1/delegates/{id}", response_model=One[Delegate])
async def get_delegate(record_id: RecordId, query: Annotated[DelegateInclude, Query()], dataset: Served) -> Response:
    """One place in a delegation."""
    return get(dataset, query, record_id)
