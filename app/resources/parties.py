"""The sides at the table."""

from typing import Annotated

from fastapi import Query, Request
from starlette.responses import Response

from app import models
from app.answers import ListOf, One
from app.database import Served
from app.http import router_for
from app.listing import IncludeQuery, ListQuery, back, find, get, through
from app.parameters import RecordId

router = router_for("parties")


class PartyInclude(IncludeQuery):
    table = models.Parties
    relations = {
        "people": back(models.People.party_id),
        "delegates": back(models.Delegates.party_id),
        "positions": back(models.Positions.party_id),
        "negotiations": through(models.NegotiationParties.negotiation_id),
        "policy-measures": through(models.MeasureImposers.measure_id),
    }


class PartyQuery(PartyInclude, ListQuery):
    pass


@router.get("/v1/parties", response_model=ListOf[models.Party])
async def list_parties(query: Annotated[PartyQuery, Query()], dataset: Served, request: Request) -> Response:
    """The parties: the sides at the table."""
    return find(dataset, query, request)


@router.get("/v1/parties/{id}", response_model=One[models.Party])
async def get_party(record_id: RecordId, query: Annotated[PartyInclude, Query()], dataset: Served) -> Response:
    """One party."""
    return get(dataset, query, record_id)
