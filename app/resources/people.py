"""Anybody an article names."""

from typing import Annotated

from fastapi import Query, Request, Response

from app import filters, models
from app.endpoints import RecordId, Served, router_for
from app.export import add_exports
from app.listing import find, get
from app.parameters import Ids, Texts
from app.queries import IncludeQuery, ListQuery

router = router_for("people")


class PersonInclude(IncludeQuery):
    table = models.People
    relations = {
        "party": filters.to(models.People.party_id),
        "delegates": filters.back(models.Delegates.person_id),
        "statements": filters.back(models.Statements.speaker_id),
        "events": filters.through(models.EventParticipants.event_key),
    }


class PersonQuery(PersonInclude, ListQuery):
    office: Annotated[Texts, filters.Folded(models.People.office_folded)] = []
    party: Annotated[Ids, filters.ById(models.People.party_id)] = []
    alias: Annotated[Texts, filters.Linked(models.PersonAliases.alias_folded)] = []
    """Another name that the article uses for the person."""


@router.get("/v1/people", response_model=models.ListOf[models.Person])
def list_people(query: Annotated[PersonQuery, Query()], dataset: Served, request: Request) -> Response:
    """The people that the articles name, whether they speak, act or are only mentioned."""
    return find(dataset, query, request)


@router.get("/v1/people/{id}", response_model=models.One[models.Person])
def get_person(record_id: RecordId, query: Annotated[PersonInclude, Query()], dataset: Served) -> Response:
    """One person."""
    return get(dataset, query, record_id)


add_exports(router, PersonQuery)
