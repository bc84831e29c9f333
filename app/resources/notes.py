"""What a careful reader must be told."""

from typing import Annotated

from fastapi import Query, Request, Response

from app import filters, models
from app.endpoints import RecordId, Served, router_for
from app.export import add_exports
from app.listing import find, get
from app.parameters import KindAndId, Many
from app.queries import IncludeQuery, ListQuery

router = router_for("notes")


class NoteInclude(IncludeQuery):
    table = models.Notes
    relations = {"about": filters.through(models.NoteSubjects.subject_ref)}


class NoteQuery(NoteInclude, ListQuery):
    type: Annotated[Many[models.NoteType], filters.Choice(models.Notes.type)] = []
    about: Annotated[Many[KindAndId], filters.Linked(models.NoteSubjects.subject_ref)] = []
    """A record that it concerns, as `kind/id`."""


@router.get("/v1/notes", response_model=models.ListOf[models.Note])
def list_notes(query: Annotated[NoteQuery, Query()], dataset: Served, request: Request) -> Response:
    """Discrepancies, ambiguities, translations and what is not stated: the notes that a careful reader needs."""
    return find(dataset, query, request)


@router.get("/v1/notes/{id}", response_model=models.One[models.Note])
def get_note(record_id: RecordId, query: Annotated[NoteInclude, Query()], dataset: Served) -> Response:
    """One note."""
    return get(dataset, query, record_id)


add_exports(router, NoteQuery)
