"""What the API says of itself: the index, its health, its document."""

from typing import Literal

from fastapi import Request, Response
from sqlalchemy import func, select
from sqlmodel import col

from app import __version__
from app.database import LiveDataset
from app.endpoints import Json, Served, router_for
from app.models import RESOURCES, Facts
from app.queries import Nothing
from app.references import Kind
from app.written import Value

router = router_for("service")


def answer(value: Value) -> Response:
    """A value as it is sent."""
    return Json(value.model_dump_json().encode())


class ResourceEntry(Value):
    """One resource of the index."""

    kind: Kind
    """The resource's name, which stands as `kind` on its records."""
    href: str
    """The path of its list."""
    description: str
    """What one record of it is."""
    records: int
    """How many records it has."""


class Index(Value):
    """What there is."""

    version: str
    """The version of this program."""
    dataset: str
    """The version of the dataset."""
    facts: str
    """The path of the list of all records."""
    search: str
    """The path of the search in everything; it needs the parameter `q`."""
    timeline: str
    """The path of everything dated, in order."""
    about: str
    """The path of what the dataset is made of, and of its downloads."""
    documentation: str
    """The path of the documentation for people."""
    openapi: str
    """The path of the OpenAPI document."""
    resources: list[ResourceEntry]
    """The resources."""


class Health(Value):
    """Whether the server runs."""

    status: Literal["ok"]
    """Always `ok`: a server that does not run does not answer."""


class Readiness(Value):
    """Whether the server serves what it should."""

    status: Literal["ready", "degraded"]
    """`degraded`: an older dataset is served, because the newest file cannot be."""
    dataset: str
    """The version of the dataset that is served."""
    detail: str | None
    """Why the newest file cannot be served; null if it is."""


@router.get("/v1", response_model=Index)
def get_index(query: Nothing, dataset: Served) -> Response:
    """The resources, with the number of their records."""
    kinds = select(col(Facts.kind), func.count().label("records")).group_by(col(Facts.kind))
    counts = {row.kind: row.records for row in dataset.rows(kinds)}
    entries = [
        ResourceEntry(kind=kind, href=f"/v1/{kind}", description=str(it.record.__doc__), records=counts.get(kind, 0))
        for kind, it in RESOURCES.items()
    ]
    paths = {"facts": "/v1/facts", "search": "/v1/search", "timeline": "/v1/timeline", "about": "/v1/dataset"}
    paths |= {"documentation": "/docs", "openapi": "/openapi.json"}
    return answer(Index(version=__version__, dataset=dataset.version, resources=entries, **paths))


@router.get("/healthz", response_model=Health)
def get_health(query: Nothing) -> Response:
    """Whether the server runs; it says nothing of the dataset."""
    return answer(Health(status="ok"))


@router.get("/readyz", response_model=Readiness)
def get_readiness(query: Nothing, dataset: Served, request: Request) -> Response:
    """Whether the newest dataset is served."""
    live: LiveDataset = request.app.state.live
    status = "degraded" if live.trouble else "ready"
    return answer(Readiness(status=status, dataset=dataset.version, detail=live.trouble))
