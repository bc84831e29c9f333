"""The sides at the table."""

from typing import Annotated

from fastapi import Query, Request, Response

from app import filters, models
from app.endpoints import RecordId, Served, router_for
from app.export import add_exports
from app.listing import find, get
from app.queries import IncludeQuery, ListQuery

router = router_for("parties")


class PartyInclude(IncludeQuery):
    table = models.Parties
    relations = {
        "people": filters.back(models.People.party_id),
        "delegates": filters.back(models.Delegates.party_id),
        "positions": filters.back(models.Positions.party_id),
        "negotiations": filters.through(models.NegotiationParties.negotiation_key),
        "statements": filters.back(models.Statements.party_id),
        "imposes": filters.through(models.MeasureImposers.measure_key),
        "targeted_by": filters.back(models.PolicyMeasures.target_id),
    }


class PartyQuery(PartyInclude, ListQuery):
    pass


@router.get("/v1/parties", response_model=models.ListOf[models.Party])
def list_parties(query: Annotated[PartyQuery, Query()], dataset: Served, request: Request) -> Response:
    """The parties: the sides at the table."""
    return find(dataset, query, request)


@router.get("/v1/parties/{id}", response_model=models.One[models.Party])
def get_party(record_id: RecordId, query: Annotated[PartyInclude, Query()], dataset: Served) -> Response:
    """One party."""
    return get(dataset, query, record_id)


add_exports(router, PartyQuery)
