"""Negotiations."""

from typing import Annotated

from fastapi import Query, Request
from starlette.responses import Response

from app import models
from app.answers import ListOf, One
from app.database import Served
from app.http import router_for
from app.listing import Choice, Dated, IncludeQuery, Linked, ListQuery, back, find, get, through
from app.parameters import Dates, Ids, Many, RecordId

router = router_for("negotiations")


class NegotiationInclude(IncludeQuery):
    table = models.Negotiations
    relations = {
        "parties": through(models.NegotiationParties.party_id),
        "rounds": back(models.Rounds.negotiation_id),
        "positions": back(models.Positions.negotiation_id),
    }


class NegotiationQuery(NegotiationInclude, ListQuery):
    party: Annotated[Ids, Linked(models.NegotiationParties.party_id)] = []
    """A side that takes part."""
    status: Annotated[Many[models.NegotiationStatus], Choice(models.Negotiations.status)] = []
    started: Annotated[Dates, Dated(models.Negotiations.started_earliest, models.Negotiations.started_latest)] = []


@router.get("/v1/negotiations", response_model=ListOf[models.Negotiation])
async def list_negotiations(query: Annotated[NegotiationQuery, Query()], dataset: Served, request: Request) -> Response:
    """The negotiations, each of which takes place in rounds."""
    return find(dataset, query, request)


@router.get("/v1/negotiations/{id}", response_model=One[models.Negotiation])
async def get_negotiation(
    record_id: RecordId, query: Annotated[NegotiationInclude, Query()], dataset: Served
) -> Response:
    """One negotiation."""
    return get(dataset, query, record_id)
