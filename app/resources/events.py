"""What happened and is none of the other kinds."""

from typing import Annotated

from fastapi import Query, Request, Response

from app import filters, models
from app.endpoints import RecordId, Served, router_for
from app.export import add_exports
from app.listing import find, get
from app.parameters import Dates, Ids, Many, Texts
from app.queries import IncludeQuery, ListQuery

router = router_for("events")


class EventInclude(IncludeQuery):
    table = models.Events
    relations = {"participants": filters.through(models.EventParticipants.person_id)}


class EventQuery(EventInclude, ListQuery):
    type: Annotated[Many[models.EventType], filters.Choice(models.Events.type)] = []
    when: Annotated[Dates, filters.Dated(models.Events.when_earliest)] = []
    place: Annotated[Texts, filters.Folded(models.Events.place_folded)] = []
    participant: Annotated[Ids, filters.Linked(models.EventParticipants.person_id)] = []
    """A person who took part."""


@router.get("/v1/events", response_model=models.ListOf[models.Event])
def list_events(query: Annotated[EventQuery, Query()], dataset: Served, request: Request) -> Response:
    """Calls, briefings and whatever else happened."""
    return find(dataset, query, request)


@router.get("/v1/events/{id}", response_model=models.One[models.Event])
def get_event(record_id: RecordId, query: Annotated[EventInclude, Query()], dataset: Served) -> Response:
    """One event."""
    return get(dataset, query, record_id)


add_exports(router, EventQuery)
