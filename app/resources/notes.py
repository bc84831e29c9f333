"""What a careful reader must be told."""

import re
from typing import Annotated

from fastapi import Query, Request, Response
from pydantic import AfterValidator, Field

from app import filters, models
from app.endpoints import RecordId, Served, router_for
from app.listing import IncludeQuery, ListQuery, find, get
from app.parameters import Many
from app.references import SLUG, Kind

router = router_for("notes")
KIND_AND_ID = rf"^({'|'.join(Kind)})/{SLUG[1:-1]}$"


def _kind_and_id(given: str) -> str:
    if not re.fullmatch(KIND_AND_ID, given):
        raise ValueError("A kind and an id are expected, such as statements/trump-open-up-china.")
    return given


SCHEMA = {"pattern": KIND_AND_ID, "examples": ["statements/trump-open-up-china"]}
KindAndId = Annotated[str, AfterValidator(_kind_and_id), Field(json_schema_extra=SCHEMA)]


class NoteInclude(IncludeQuery):
    table = models.Notes
    relations = {"about": filters.through(models.NoteSubjects.subject_ref)}


class NoteQuery(NoteInclude, ListQuery):
    type: Annotated[Many[models.NoteType], filters.Choice(models.Notes.type)] = []
    about: Annotated[Many[KindAndId], filters.Linked(models.NoteSubjects.subject_ref)] = []
    """A record that it concerns, as `kind/id`."""


@router.get("/v1/notes", response_model=models.ListOf[models.Note])
async def list_notes(query: Annotated[NoteQuery, Query()], dataset: Served, request: Request) -> Response:
    """Discrepancies, ambiguities, translations and what is not stated: the notes that a careful reader needs."""
    return find(dataset, query, request)


@router.get("/v1/notes/{id}", response_model=models.One[models.Note])
async def get_note(record_id: RecordId, query: Annotated[NoteInclude, Query()], dataset: Served) -> Response:
    """One note."""
    return get(dataset, query, record_id)
