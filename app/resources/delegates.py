"""Places in delegations, and who is said not to have been there."""

from typing import Annotated

from fastapi import Query, Request
from starlette.responses import Response

from app import models
from app.answers import ListOf, One
from app.database import Served
from app.http import router_for
from app.listing import ById, Choice, Folded, IncludeQuery, Linked, ListQuery, find, get, to
from app.parameters import Ids, RecordId, Texts, Truths

router = router_for("delegates")


class DelegateInclude(IncludeQuery):
    table = models.Delegates
    relations = {
        "person": to(models.Delegates.person_id),
        "round": to(models.Delegates.round_id),
        "party": to(models.Delegates.party_id),
    }


class DelegateQuery(DelegateInclude, ListQuery):
    person: Annotated[Ids, ById(models.Delegates.person_id)] = []
    round: Annotated[Ids, ById(models.Delegates.round_id)] = []
    negotiation: Annotated[Ids, Linked(models.Rounds.negotiation_id, via=models.Delegates.round_id)] = []
    """The negotiation that the round belongs to."""
    party: Annotated[Ids, ById(models.Delegates.party_id)] = []
    office: Annotated[Texts, Folded(models.Delegates.office_folded)] = []
    is_lead: Annotated[Truths, Choice(models.Delegates.is_lead)] = []
    attended: Annotated[Truths, Choice(models.Delegates.attended)] = []


@router.get("/v1/delegates", response_model=ListOf[models.Delegate])
async def list_delegates(query: Annotated[DelegateQuery, Query()], dataset: Served, request: Request) -> Response:
    """The delegations' members, round by round; `attended=false` finds who is said not to have been there."""
    return find(dataset, query, request)


@router.get("/v1/delegates/{id}", response_model=One[models.Delegate])
async def get_delegate(record_id: RecordId, query: Annotated[DelegateInclude, Query()], dataset: Served) -> Response:
    """One place in a delegation."""
    return get(dataset, query, record_id)
