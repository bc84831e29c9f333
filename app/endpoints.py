"""What every endpoint is made of: its router, a query read to the letter, the id in its path, the dataset it asks."""

import re
from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence
from functools import cached_property, partial
from inspect import iscoroutinefunction, signature
from operator import itemgetter, methodcaller
from string import ascii_letters, digits
from typing import Annotated, Any, NamedTuple, get_type_hints
from urllib.parse import parse_qsl, unquote_to_bytes

from fastapi import APIRouter, Depends, Path, Request, params
from fastapi.datastructures import DefaultPlaceholder
from fastapi.routing import APIRoute
from pydantic import AfterValidator, TypeAdapter, ValidationError
from starlette.responses import Response

from app.database import Dataset
from app.errors import ParameterError, ProblemError, invalid, invalid_values, parameter_error
from app.parameters import ID_SCHEMA
from app.queries import NoParameters
from app.urls import as_query

JSON = "application/json"
CONTROL = re.compile("[\x00-\x1f\x7f-\x9f]")
PLAIN = b"".join(map(str.encode, (ascii_letters, digits, "_.~,:-=&")))
"""Characters that stand for themselves in a query, or for what is between its parts."""
CUT, ENDS, NAME = methodcaller("partition", "="), itemgetter(0, 2), itemgetter(0)
"""How a plain query becomes pairs, without a step for each: requests pass through here that have little time."""
LONGEST_READ = 500
"""Of queries that are no longer than this it is remembered what their parameters mean."""
MALFORMED_ESCAPE = re.compile(rb"%(?![0-9A-Fa-f]{2})|[^\x21-\x7e]")


RawHeaders = list[tuple[bytes, bytes]]
"""Headers as ASGI has them: names in lower case."""


def raw(headers: Mapping[str, str]) -> RawHeaders:
    """Headers as they are sent."""
    return [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]


def decoded(encoded: bytes) -> str:
    """The text of a path or a query, which has to be percent-encoded UTF-8."""
    try:
        if not MALFORMED_ESCAPE.search(encoded):
            return unquote_to_bytes(encoded).decode("utf-8")
    except ValueError:
        pass
    raise ProblemError("malformed-request", "The path or the query is not percent-encoded UTF-8.")


def read_query(query: bytes) -> tuple[list[tuple[str, str]], str]:
    """The parameters of a query: 400 where it is not percent-encoded UTF-8, 422 for control characters.

    They are in the order of their names, and so stand in the text beside them: requests that mean the same share it.
    """
    if not query:
        return [], ""
    if not query.translate(None, PLAIN):
        pairs = sorted(map(ENDS, map(CUT, query.decode("ascii").split("&"))), key=NAME)
        if query.count(b"=") == len(pairs):
            return pairs, "&".join(map("=".join, pairs))
    decoded(query)
    pairs = sorted(parse_qsl(query.decode("ascii"), keep_blank_values=True), key=NAME)
    detail = "A control character is not accepted."
    controls = [(name, value) for name, value in pairs if CONTROL.search(name + value)]
    if controls:
        raise invalid([parameter_error(name, value, "control_character", detail) for name, value in controls])
    return pairs, as_query(pairs)


class Json(Response):
    """An answer in JSON that is there as bytes: made without what Starlette looks at for all kinds of answers."""

    media_type = JSON

    def __init__(self, body: bytes, headers: Iterable[tuple[bytes, bytes]] = ()) -> None:
        self.status_code, self.body, self.background = 200, body, None
        self.raw_headers = [*headers, (b"content-length", b"%d" % len(body)), (b"content-type", b"application/json")]


class StrictRoute(APIRoute):
    """A route that reads the query to the letter, and once: FastAPI derives the document from its function's signature.

    The parameters that functions may have are a class of query parameters, one of the path, the dataset that is served,
    and the request; each is read by the same rules that the document tells.
    """

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        return self.answer

    async def answer(self, request: Request) -> Response:
        """What its function answers."""
        return await self.endpoint(**self._read(request)) if self._waits else self.prompt(request)

    def prompt(self, request: Request) -> Response:
        """The same, where that waits for nothing."""
        response: Response = self.endpoint(**self._read(request))
        return response

    @cached_property
    def is_prompt(self) -> bool:
        """Whether it answers in JSON, and waits for nothing: its function is a plain one."""
        return not self._waits and isinstance(self.response_class, DefaultPlaceholder)

    @cached_property
    def _waits(self) -> bool:
        return iscoroutinefunction(self.endpoint)

    @cached_property
    def _parameters(self) -> "_Parameters":
        annotations = get_type_hints(self.endpoint, include_extras=True)
        kinds = [(name, annotations[name]) for name in signature(self.endpoint).parameters]
        return _Parameters(
            [(name, _reader(name, it)) for name, it in kinds if it not in (Request, Served)],
            [name for name, it in kinds if it is Request],
            [name for name, it in kinds if it == Served],
        )

    def _read(self, request: Request) -> dict[str, Any]:
        readers, requests, datasets = self._parameters
        given, errors = dict.fromkeys(requests, request), list[ParameterError]()
        for name in datasets:
            given[name] = request.scope["state"]["dataset"]
        for name, read in readers:
            try:
                given[name] = read(request)
            except ProblemError as problem:
                # What is wrong with the path and what is wrong with the query is said together.
                if not problem.errors:
                    raise
                errors += problem.errors
        if errors:
            raise invalid(errors)
        return given


class _Parameters(NamedTuple):
    """The parameters of an endpoint's function."""

    read: Sequence[tuple[str, Callable[[Request], Any]]]
    requests: Sequence[str]
    """Those that are the request itself."""
    datasets: Sequence[str]
    """Those that are the dataset that is served."""


def _reader(name: str, annotation: Any) -> Callable[[Request], Any]:
    """What reads a parameter of an endpoint's function off a request."""
    metadata = getattr(annotation, "__metadata__", ())
    if any(isinstance(item, params.Query) for item in metadata):
        return _QueryReader(annotation.__origin__)
    alias = next((item.alias for item in metadata if isinstance(item, params.Path)), name)
    return partial(_read_from_path, str(alias), TypeAdapter(annotation))


def _read_from_path(name: str, adapter: TypeAdapter[Any], request: Request) -> Any:
    try:
        return adapter.validate_python(request.path_params[name])
    except ValidationError as error:
        raise invalid_values(error.errors(include_url=False), (name,)) from None


class _QueryReader:
    """Reads a query into a class of parameters: each by itself, and what was read before is known."""

    def __init__(self, parameters: type[NoParameters]) -> None:
        self._parameters = parameters
        fields = parameters.model_fields
        self._names = [field.alias or name for name, field in fields.items()]
        # What cannot be read without the others is read together with them.
        self._is_whole = any(field.is_required() for field in fields.values())

    def __call__(self, request: Request) -> NoParameters:
        pairs = request.scope["state"]["pairs"]
        try:
            if not self._is_whole and len(request.scope["query_string"]) <= LONGEST_READ:
                return self._parameters.read(pairs)
        except ValidationError:
            # All that is wrong is said together.
            pass
        try:
            return self._parameters.validated(pairs)
        except ValidationError as error:
            raise invalid_values(error.errors(include_url=False), known=self._names) from None


def path_of(request: Request) -> str:
    """The path that is asked for, decoded."""
    return str(request.scope["path"])


def pairs_of(request: Request) -> list[tuple[str, str]]:
    """The parameters that are given, as `read_query` has them."""
    pairs: list[tuple[str, str]] = request.scope["state"]["pairs"]
    return pairs


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
    dataset: Dataset = request.scope["state"]["dataset"]
    return dataset


Served = Annotated[Dataset, Depends(served)]


def with_headers(*names: str) -> dict[str, Any]:
    """What the API's document says of an answer that has these headers besides."""
    return {"headers": {name: {"$ref": f"#/components/headers/{name}"} for name in names}}
