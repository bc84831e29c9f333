"""All records, whatever their kind, in one shape."""

from typing import Annotated

from fastapi import Query, Request, Response

from app import filters
from app.endpoints import Served, router_for
from app.listing import ListQuery, find
from app.models import Fact, Facts, ListOf
from app.parameters import Dates, Many
from app.references import Kind

router = router_for("facts")


class FactQuery(ListQuery):
    table = Facts
    document = Facts.summary

    kind: Annotated[Many[Kind], filters.Choice(Facts.kind)] = []
    """The resource that the record belongs to."""
    when: Annotated[Dates, filters.Dated(Facts.when_earliest)] = []
    """When it happened, was said or was published."""


@router.get("/v1/facts", response_model=ListOf[Fact])
async def list_facts(query: Annotated[FactQuery, Query()], dataset: Served, request: Request) -> Response:
    """All records of all kinds, in the one shape that they share."""
    return find(dataset, query, request)
