"""Anybody an article names."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from app.answers import ListOf, One
from app.database import Served
from app.http import StrictRoute
from app.listing import (
    ById,
    Folded,
    Ids,
    IncludeQuery,
    Linked,
    ListQuery,
    RecordId,
    Relation,
    Texts,
    find,
    get,
    notes_about,
)
from app.models import Delegates, EventParticipants, Person, PersonAliases, People, Statements
from app.values import Kind

router = APIRouter(route_class=StrictRoute, tags=["people"])


class PersonInclude(IncludeQuery):
    table = People
    relations = {
        "party": Relation(People.id, People.party_id),
        "delegates": Relation(Delegates.person_id, Delegates.id),
        "statements": Relation(Statements.speaker_id, Statements.id),
        "events": Relation(EventParticipants.person_id, EventParticipants.event_id),
        "notes": notes_about(Kind.PEOPLE),
    }


class PersonQuery(PersonInclude, ListQuery):
    office: Annotated[Texts, Folded(People.office_folded)] = []
    """The office, as the article words it."""
    party: Annotated[Ids, ById(People.party_id)] = []
    """The side that the person belongs to."""
    alias: Annotated[Texts, Linked(PersonAliases.alias_folded, PersonAliases.person_id, People.id, folded=True)] = []
    """Another name that the article uses for the person."""


@router.get("/v1/people", response_model=ListOf[Person])
async def list_people(query: Annotated[PersonQuery, Query()], dataset: Served, request: Request) -> Response:
    """The people that the articles name, whether they speak, act or are only mentioned."""
    return find(dataset, query, request)


@router.get("/v1/people/{id}", response_model=One[Person])
async def get_person(record_id: RecordId, query: Annotated[PersonInclude, Query()], dataset: Served) -> Response:
    """One person."""
    return get(dataset, query, record_id)
