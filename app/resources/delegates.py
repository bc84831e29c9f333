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
from app.models import Delegate, Delegates, Rounds
from app.values import Kind

router = APIRouter(route_class=StrictRoute, tags=["delegates"])


class DelegateInclude(IncludeQuery):
    table = Delegates
    relations = {
        "person": Relation(Delegates.id, Delegates.person_id),
        "round": Relation(Delegates.id, Delegates.round_id),
        "party": Relation(Delegates.id, Delegates.party_id),
        "notes": notes_about(Kind.DELEGATES),
    }


class DelegateQuery(DelegateInclude, ListQuery):
    person: Annotated[Ids, ById(Delegates.person_id)] = []
    """The person."""
    round: Annotated[Ids, ById(Delegates.round_id)] = []
    """The round."""
    negotiation: Annotated[Ids, Linked(Rounds.negotiation_id, Rounds.id, Delegates.round_id)] = []
    """The negotiation that the round belongs to."""
    party: Annotated[Ids, ById(Delegates.party_id)] = []
    """The side whose delegation it is."""
    office: Annotated[Texts, Folded(Delegates.office_folded)] = []
    """The office, as the article words it in this connection."""
    is_lead: Annotated[Truths, Choice(Delegates.is_lead)] = []
    """Whether the person is said to have led the delegation."""
    attended: Annotated[Truths, Choice(Delegates.attended)] = []
    """Whether the person was there."""


@router.get("/v1/delegates", response_model=ListOf[Delegate])
async def list_delegates(query: Annotated[DelegateQuery, Query()], dataset: Served, request: Request) -> Response:
    """The delegations' members, round by round; `attended=false` finds who is said not to have been there."""
    return find(dataset, query, request)


@router.get("/v1/delegates/{id}", response_model=One[Delegate])
async def get_delegate(record_id: RecordId, query: Annotated[DelegateInclude, Query()], dataset: Served) -> Response:
    """One place in a delegation."""
    return get(dataset, query, record_id)
