"""Negotiations."""

from typing import Annotated

from fastapi import Query, Request, Response

from app import filters, models
from app.endpoints import RecordId, Served, router_for
from app.export import add_exports
from app.listing import find, get
from app.parameters import Dates, Ids, Many
from app.queries import IncludeQuery, ListQuery

router = router_for("negotiations")


class NegotiationInclude(IncludeQuery):
    table = models.Negotiations
    relations = {
        "parties": filters.through(models.NegotiationParties.party_id),
        "rounds": filters.back(models.Rounds.negotiation_id),
        "positions": filters.back(models.Positions.negotiation_id),
    }


class NegotiationQuery(NegotiationInclude, ListQuery):
    party: Annotated[Ids, filters.Linked(models.NegotiationParties.party_id)] = []
    """A side that takes part."""
    status: Annotated[Many[models.NegotiationStatus], filters.Choice(models.Negotiations.status)] = []
    started: Annotated[Dates, filters.Dated(models.Negotiations.started_earliest)] = []


@router.get("/v1/negotiations", response_model=models.ListOf[models.Negotiation])
def list_negotiations(query: Annotated[NegotiationQuery, Query()], dataset: Served, request: Request) -> Response:
    """The negotiations, each of which takes place in rounds."""
    return find(dataset, query, request)


@router.get("/v1/negotiations/{id}", response_model=models.One[models.Negotiation])
def get_negotiation(record_id: RecordId, query: Annotated[NegotiationInclude, Query()], dataset: Served) -> Response:
    """One negotiation."""
    return get(dataset, query, record_id)


add_exports(router, NegotiationQuery)
