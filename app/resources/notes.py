"""What a careful reader must be told."""

import re
from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import Query, Request
from pydantic import AfterValidator, Field
from sqlalchemy import and_, exists, or_
from starlette.responses import Response

from app import models
from app.answers import ListOf, One
from app.database import Dataset, Served
from app.http import router_for
from app.listing import Choice, Clause, Filter, IncludeQuery, ListQuery, Relation, find, get, near_ids
from app.parameters import Many, RecordId
from app.values import SLUG, Kind

router = router_for("notes")
KIND_AND_ID = rf"^({'|'.join(Kind)})/{SLUG[1:-1]}$"
SUBJECTS: Any = models.NoteSubjects


def _kind_and_id(given: str) -> str:
    if not re.fullmatch(KIND_AND_ID, given):
        raise ValueError("A kind and an id are expected, such as statements/trump-open-up-china.")
    return given


SCHEMA = {"pattern": KIND_AND_ID, "examples": ["statements/trump-open-up-china"]}
KindAndId = Annotated[str, AfterValidator(_kind_and_id), Field(json_schema_extra=SCHEMA)]


class About(Filter):
    """The records that a note concerns; ids alone would not do, since they are unique only within a kind."""

    sort_columns = ()
    nullable = False

    def equals(self, values: Sequence[Any], certain: bool) -> Clause:
        pairs = [value.split("/") for value in values]
        either = or_(*(and_(SUBJECTS.kind == kind, SUBJECTS.subject_id == name) for kind, name in pairs))
        return exists().where(SUBJECTS.note_id == self.column, either)

    def exists(self, value: Any) -> Clause | None:
        kind, name = value.split("/")
        return exists().where(models.Facts.kind == kind, models.Facts.id == name)

    def near(self, dataset: Dataset, value: Any) -> list[str]:
        kind, name = value.split("/")
        return [f"{kind}/{near}" for near in near_ids(dataset, models.RESOURCES[Kind(kind)].row.id, name)]


class NoteInclude(IncludeQuery):
    table = models.Notes
    relations = {"about": Relation(SUBJECTS.note_id, SUBJECTS.subject_id, SUBJECTS.kind)}


class NoteQuery(NoteInclude, ListQuery):
    type: Annotated[Many[models.NoteType], Choice(models.Notes.type)] = []
    about: Annotated[Many[KindAndId], About(models.Notes.id)] = []
    """A record that it concerns, as `kind/id`."""


@router.get("/v1/notes", response_model=ListOf[models.Note])
async def list_notes(query: Annotated[NoteQuery, Query()], dataset: Served, request: Request) -> Response:
    """Discrepancies, ambiguities, translations and what is not stated: the notes that a careful reader needs."""
    return find(dataset, query, request)


@router.get("/v1/notes/{id}", response_model=One[models.Note])
async def get_note(record_id: RecordId, query: Annotated[NoteInclude, Query()], dataset: Served) -> Response:
    """One note."""
    return get(dataset, query, record_id)
