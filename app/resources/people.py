"""Anybody an article names."""

from typing import Annotated

from fastapi import Query, Request
from starlette.responses import Response

from app import models
from app.answers import ListOf, One
from app.database import Served
from app.http import router_for
from app.listing import ById, Folded, IncludeQuery, Linked, ListQuery, back, find, get, through, to
from app.parameters import Ids, RecordId, Texts

router = router_for("people")


class PersonInclude(IncludeQuery):
    table = models.People
    relations = {
        "party": to(models.People.party_id),
        "delegates": back(models.Delegates.person_id),
        "statements": back(models.Statements.speaker_id),
        "events": through(models.EventParticipants.event_id),
    }


class PersonQuery(PersonInclude, ListQuery):
    office: Annotated[Texts, Folded(models.People.office_folded)] = []
    party: Annotated[Ids, ById(models.People.party_id)] = []
    alias: Annotated[Texts, Linked(models.PersonAliases.alias_folded)] = []
    """Another name that the article uses for the person."""


@router.get("/v1/people", response_model=ListOf[models.Person])
async def list_people(query: Annotated[PersonQuery, Query()], dataset: Served, request: Request) -> Response:
    """The people that the articles name, whether they speak, act or are only mentioned."""
    return find(dataset, query, request)


@router.get("/v1/people/{id}", response_model=One[models.Person])
async def get_person(record_id: RecordId, query: Annotated[PersonInclude, Query()], dataset: Served) -> Response:
    """One person."""
    return get(dataset, query, record_id)
