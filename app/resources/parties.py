"""The sides at the table."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from app.answers import ListOf, One
from app.database import Served
from app.http import StrictRoute
from app.listing import IncludeQuery, ListQuery, RecordId, Relation, find, get, notes_about
from app.models import Delegates, MeasureImposers, NegotiationParties, Party, Parties, People, Positions
from app.values import Kind

router = APIRouter(route_class=StrictRoute, tags=["parties"])


class PartyInclude(IncludeQuery):
    table = Parties
    relations = {
        "people": Relation(People.party_id, People.id),
        "delegates": Relation(Delegates.party_id, Delegates.id),
        "positions": Relation(Positions.party_id, Positions.id),
        "negotiations": Relation(NegotiationParties.party_id, NegotiationParties.negotiation_id),
        "policy-measures": Relation(MeasureImposers.party_id, MeasureImposers.measure_id),
        "notes": notes_about(Kind.PARTIES),
    }


class PartyQuery(PartyInclude, ListQuery):
    pass


@router.get("/v1/parties", response_model=ListOf[Party])
async def list_parties(query: Annotated[PartyQuery, Query()], dataset: Served, request: Request) -> Response:
    """The parties: the sides at the table."""
    return find(dataset, query, request)


@router.get("/v1/parties/{id}", response_model=One[Party])
async def get_party(record_id: RecordId, query: Annotated[PartyInclude, Query()], dataset: Served) -> Response:
    """One party."""
    return get(dataset, query, record_id)
