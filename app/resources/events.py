"""What happened and is none of the other kinds."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from app.answers import ListOf, One
from app.database import Served
from app.http import StrictRoute
from app.listing import (
    Choice,
    Dated,
    Dates,
    Folded,
    Ids,
    IncludeQuery,
    Linked,
    ListQuery,
    Many,
    RecordId,
    Relation,
    Texts,
    find,
    get,
    notes_about,
)
from app.models import Event, EventParticipants, Events, EventType
from app.values import Kind

router = APIRouter(route_class=StrictRoute, tags=["events"])


class EventInclude(IncludeQuery):
    table = Events
    relations = {
        "participants": Relation(EventParticipants.event_id, EventParticipants.person_id),
        "notes": notes_about(Kind.EVENTS),
    }


class EventQuery(EventInclude, ListQuery):
    type: Annotated[Many[EventType], Choice(Events.type)] = []
    """What happened."""
    when: Annotated[Dates, Dated(Events.when_earliest, Events.when_latest)] = []
    """When it happened."""
    place: Annotated[Texts, Folded(Events.place_folded)] = []
    """Where it happened."""
    participant: Annotated[Ids, Linked(EventParticipants.person_id, EventParticipants.event_id, Events.id)] = []
    """A person who took part."""


@router.get("/v1/events", response_model=ListOf[Event])
async def list_events(query: Annotated[EventQuery, Query()], dataset: Served, request: Request) -> Response:
    """Calls, briefings and whatever else happened."""
    return find(dataset, query, request)


@router.get("/v1/events/{id}", response_model=One[Event])
async def get_event(record_id: RecordId, query: Annotated[EventInclude, Query()], dataset: Served) -> Response:
    """One event."""
    return get(dataset, query, record_id)
