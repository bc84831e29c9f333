"""What a careful reader must be told."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from pydantic import AfterValidator, Field
from sqlalchemy import ColumnElement, and_, exists, or_
from starlette.responses import Response

from app.answers import ListOf, One
from app.database import Dataset, Served
from app.http import StrictRoute
from app.listing import (
    Choice,
    Filter,
    IncludeQuery,
    ListQuery,
    Many,
    RecordId,
    Relation,
    find,
    get,
    near_ids,
    notes_about,
)
from app.models import RESOURCES, Facts, Note, Notes, NoteSubjects, NoteType
from app.values import SLUG, Kind

router = APIRouter(route_class=StrictRoute, tags=["notes"])


KIND_AND_ID = rf"^({'|'.join(Kind)})/{SLUG[1:-1]}$"


def _kind_and_id(given: str) -> str:
    if not re.fullmatch(KIND_AND_ID, given):
        raise ValueError("A kind and an id are expected, such as statements/trump-open-up-china.")
    return given


KindAndId = Annotated[str, AfterValidator(_kind_and_id), Field(json_schema_extra={"pattern": KIND_AND_ID})]


@dataclass(frozen=True)
class About(Filter):
    """The records that a note concerns; ids alone would not do, since they are unique only within a kind."""

    @property
    def sort_columns(self) -> tuple[Any, ...]:
        return ()

    @property
    def nullable(self) -> bool:
        return False

    def equals(self, values: Sequence[Any], certain: bool) -> ColumnElement[bool]:
        pairs = (and_(NoteSubjects.kind == kind, NoteSubjects.subject_id == name) for kind, name in map(_split, values))
        return exists().where(NoteSubjects.note_id == self.column, or_(*pairs))

    def exists(self, value: Any) -> ColumnElement[bool] | None:
        kind, name = _split(value)
        return exists().where(Facts.kind == kind, Facts.id == name)

    def near(self, dataset: Dataset, value: Any) -> list[str]:
        kind, name = _split(value)
        return [f"{kind}/{near}" for near in near_ids(dataset, RESOURCES[Kind(kind)].row.id, name)]


def _split(value: str) -> list[str]:
    return value.split("/")


class NoteInclude(IncludeQuery):
    table = Notes
    relations = {
        "about": Relation(NoteSubjects.note_id, NoteSubjects.subject_id, NoteSubjects.kind),
        "notes": notes_about(Kind.NOTES),
    }


class NoteQuery(NoteInclude, ListQuery):
    type: Annotated[Many[NoteType], Choice(Notes.type)] = []
    """Why it is needed."""
    about: Annotated[Many[KindAndId], About(Notes.id)] = []
    """A record that it concerns, as `kind/id`: `statements/trump-open-up-china`."""


@router.get("/v1/notes", response_model=ListOf[Note])
async def list_notes(query: Annotated[NoteQuery, Query()], dataset: Served, request: Request) -> Response:
    """Discrepancies, ambiguities, translations and what is not stated: the notes that a careful reader needs."""
    return find(dataset, query, request)


@router.get("/v1/notes/{id}", response_model=One[Note])
async def get_note(record_id: RecordId, query: Annotated[NoteInclude, Query()], dataset: Served) -> Response:
    """One note."""
    return get(dataset, query, record_id)
