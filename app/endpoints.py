"""What every endpoint is made of: its router, a query read to the letter, the id in its path, the dataset it asks."""

import re
from collections.abc import Callable, Coroutine
from typing import Annotated, Any
from urllib.parse import parse_qsl, unquote_to_bytes

from fastapi import APIRouter, Depends, Path, Request
from fastapi.routing import APIRoute
from pydantic import AfterValidator
from starlette.datastructures import QueryParams
from starlette.responses import Response

from app.database import Dataset
from app.errors import ProblemError, invalid, parameter_error
from app.parameters import ID_SCHEMA

CONTROL = re.compile("[\x00-\x1f\x7f-\x9f]")
MALFORMED_ESCAPE = re.compile(rb"%(?![0-9A-Fa-f]{2})|[^\x21-\x7e]")


def decoded(encoded: bytes) -> str:
    """The text of a path or a query, which has to be percent-encoded UTF-8."""
    try:
        if not MALFORMED_ESCAPE.search(encoded):
            return unquote_to_bytes(encoded).decode("utf-8")
    except ValueError:
        pass
    raise ProblemError("malformed-request", "The path or the query is not percent-encoded UTF-8.")


def read_query(query: bytes) -> list[tuple[str, str]]:
    """The parameters of a query: 400 where it is not percent-encoded UTF-8, 422 for control characters."""
    decoded(query)
    pairs = parse_qsl(query.decode("ascii"), keep_blank_values=True)
    detail = "A control character is not accepted."
    controls = [(name, value) for name, value in pairs if CONTROL.search(name + value)]
    if controls:
        raise invalid([parameter_error(name, value, "control_character", detail) for name, value in controls])
    return pairs


class StrictParameters(QueryParams):
    """A query in which a repeated parameter stays a list where a single value is expected, so that it is refused."""

    def get(self, key: Any, default: Any = None) -> Any:
        values = self.getlist(key)
        return default if not values else values[0] if len(values) == 1 else values


class StrictRequest(Request):
    """A request whose query is read to the letter."""

    @property
    def query_params(self) -> QueryParams:
        if not hasattr(self, "_strict"):
            self._strict = StrictParameters(read_query(self.scope["query_string"]))
        return self._strict


class StrictRoute(APIRoute):
    """A route that reads the query to the letter."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def strictly(request: Request) -> Response:
            return await handle(StrictRequest(request.scope, request.receive))

        return strictly


def router_for(tag: str) -> APIRouter:
    """A resource's router; the functions' names are the operations' ids."""
    return APIRouter(route_class=StrictRoute, tags=[tag], generate_unique_id_function=lambda route: route.name)


def _printable(given: str) -> str:
    if CONTROL.search(given):
        raise ValueError("A control character is not accepted.")
    return given


RecordId = Annotated[
    str, AfterValidator(_printable), Path(alias="id", description="The record's id.", json_schema_extra=ID_SCHEMA)
]


def served(request: Request) -> Dataset:
    """The dataset that the request is answered from, from its first to its last byte."""
    dataset: Dataset = request.state.dataset
    return dataset


Served = Annotated[Dataset, Depends(served)]
