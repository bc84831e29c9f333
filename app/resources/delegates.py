"""Places in delegations, and who is said not to have been there."""

from typing import Annotated

from fastapi import Query, Request, Response

from app import filters, models
from app.endpoints import RecordId, Served, router_for
from app.export import add_exports
from app.listing import find, get
from app.parameters import Ids, Many, Texts, Truth
from app.queries import IncludeQuery, ListQuery

router = router_for("delegates")


class DelegateInclude(IncludeQuery):
    table = models.Delegates
    relations = {
        "person": filters.to(models.Delegates.person_id),
        "round": filters.to(models.Delegates.round_id),
        "party": filters.to(models.Delegates.party_id),
    }


class DelegateQuery(DelegateInclude, ListQuery):
    person: Annotated[Ids, filters.ById(models.Delegates.person_id)] = []
    round: Annotated[Ids, filters.ById(models.Delegates.round_id)] = []
    negotiation: Annotated[Ids, filters.Linked(models.Rounds.negotiation_id, via=models.Delegates.round_id)] = []
    """The negotiation that the round belongs to."""
    party: Annotated[Ids, filters.ById(models.Delegates.party_id)] = []
    office: Annotated[Texts, filters.Folded(models.Delegates.office_folded)] = []
    is_lead: Annotated[Many[Truth], filters.Choice(models.Delegates.is_lead)] = []
    attended: Annotated[Many[Truth], filters.Choice(models.Delegates.attended)] = []


@router.get("/v1/delegates", response_model=models.ListOf[models.Delegate])
def list_delegates(query: Annotated[DelegateQuery, Query()], dataset: Served, request: Request) -> Response:
    """The delegations' members, round by round; `attended=false` finds who is said not to have been there."""
    return find(dataset, query, request)


@router.get("/v1/delegates/{id}", response_model=models.One[models.Delegate])
def get_delegate(record_id: RecordId, query: Annotated[DelegateInclude, Query()], dataset: Served) -> Response:
    """One place in a delegation."""
    return get(dataset, query, record_id)


add_exports(router, DelegateQuery)
