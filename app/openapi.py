"""The OpenAPI document: what FastAPI derives from the endpoints, completed with headers, problems and real examples."""

import json
import re
from collections.abc import Mapping
from contextlib import suppress
from importlib.resources import files
from typing import Any, cast
from warnings import catch_warnings, simplefilter

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute
from pydantic.json_schema import models_json_schema
from pydantic.warnings import UnsupportedFieldAttributeWarning
from sqlalchemy import func, select
from starlette.responses import Response

from app import filters
from app.ask import AnswerError, answer
from app.database import Dataset
from app.endpoints import Served, with_headers
from app.errors import PROBLEM_TYPE, PROBLEMS, Problem, problem_page
from app.filters import DOCUMENTS, FACTS, SERVED
from app.http import HEADERS, UNCACHED
from app.models import ListOf, One
from app.paging import PagedQuery
from app.queries import ListQuery, Nothing

STATIC = files("app") / "static"
DESCRIPTION = (STATIC / "description.md").read_text("utf-8")
EVERYWHERE, LISTS = ("Cache-Control", "Vary", "X-Request-ID"), ("X-Total-Count", "Link")
OF_PROBLEMS = {416: ("Content-Range",), 451: ("Link",), 503: ("Retry-After",)}
ShortRequest = tuple[str, list[tuple[str, str]]]
"""A path and its parameters."""
REFUSED: Mapping[str, ShortRequest] = {
    "malformed-request": ("/v1/facts", [("q", "\udcff")]),
    "invalid-cursor": ("/v1/facts", [("cursor", "2")]),
    "unknown-path": ("/v1/polices", []),
    "unknown-record": ("/v1/topics/nothing-of-that-name", []),
    "dataset-changed": ("/v1", [("dataset", "0" * 16)]),
    "uri-too-long": ("/v1/facts", [("q", "long" * 2_048)]),
    "invalid-parameters": ("/v1/statements", [("limit", "500"), ("mode", "indrect")]),
}
"""Requests that get these problems on any dataset, wherever it was built, to show them as they are.

Of others the words of their pages are shown."""
NEEDED = {"q": "talks", "text": "We want to open up Russia."}
"""Values for parameters that have to be there, in requests whose answers are shown."""
STATUSES = (400, 409, 413, 414, 422, 431, 503)


def install(app: FastAPI) -> None:
    """Serve the document at /openapi.json."""
    made: dict[str, bytes] = {}

    @app.get("/openapi.json", include_in_schema=False)
    async def openapi_document(query: Nothing, dataset: Served) -> Response:
        if dataset.version not in made:
            made.clear()
            made[dataset.version] = json.dumps(await document(app, dataset), ensure_ascii=False).encode()
        return Response(made[dataset.version], media_type="application/json")


async def document(app: FastAPI, dataset: Dataset) -> dict[str, Any]:
    """The document, with examples from the dataset: of records those of the lists, of all else real answers."""
    result = _described(app, dataset)
    needed = NEEDED | {"since": dataset.version}
    for path, item in result["paths"].items():
        content = item["get"]["responses"]["200"].get("content", {})
        for media_type in (name for name in content if name.endswith(("/json", "+json"))):
            asked = short_request(path, item["get"].get("parameters", []), needed)
            if "example" not in content[media_type] and asked:
                # A text that is withheld has none.
                with suppress(AnswerError):
                    content[media_type]["example"] = json.loads(await answer(app, *asked))
    for response in result["components"]["responses"].values():
        for name, example in response["content"][PROBLEM_TYPE]["examples"].items():
            if name in REFUSED:
                try:
                    await answer(app, *REFUSED[name])
                except AnswerError as error:
                    example["value"] = error.problem
    return result


def short_request(path: str, parameters: list[dict[str, Any]], needed: Mapping[str, str]) -> ShortRequest | None:
    """A request whose answer is short, however large the dataset; None where there is none."""
    in_path = [parameter for parameter in parameters if parameter["in"] == "path"]
    for parameter in in_path:
        if "example" not in parameter:
            return None
        path = path.replace(f"{{{parameter['name']}}}", parameter["example"])
    names = [parameter["name"] for parameter in parameters if parameter.get("required") and parameter["in"] == "query"]
    limit = [("limit", "1") for parameter in parameters if parameter["name"] == "limit"]
    return (path, [*((name, needed[name]) for name in names), *limit]) if in_path or names or limit else None


def _described(app: FastAPI, dataset: Dataset) -> dict[str, Any]:
    """What FastAPI derives, completed."""
    about: Any = {"title": app.title, "version": app.version, "description": app.description}
    about |= {"license_info": {"name": "MIT", "identifier": "MIT"}}
    with catch_warnings():
        # A parameter may have another name than its field: that is for FastAPI to know, and nothing to Pydantic.
        simplefilter("ignore", UnsupportedFieldAttributeWarning)
        result = get_openapi(routes=app.routes, **about)
    components = result["components"]
    for name in {"HTTPValidationError", "ValidationError"} & components["schemas"].keys():
        del components["schemas"][name]
    _, problem = models_json_schema([(Problem, "serialization")], ref_template="#/components/schemas/{model}")
    components["schemas"] |= problem["$defs"]
    components["responses"] = {f"Problem{status}": _problem_response(status) for status in (*STATUSES, 404, 416, 451)}
    components["headers"] = HEADERS["described"]
    first = select(func.min(FACTS.c.key)).group_by(FACTS.c.kind)
    found = select(FACTS.c.kind, DOCUMENTS.c.document).select_from(SERVED).where(FACTS.c.key.in_(first))
    records = {row.kind: json.loads(row.document) for row in dataset.rows(found)}
    for route in app.routes:
        if isinstance(route, APIRoute) and route.include_in_schema:
            _complete(route.path, result["paths"][route.path]["get"], route, records, dataset)
    # The envelopes under the names that are their titles.
    renamed = re.sub(r"\bListOf_(\w+?)_(?=\")", r"\1List", json.dumps(result))
    return dict(json.loads(re.sub(r"\bOne_(\w+?)_(?=\")", r"\1Answer", renamed)))


def _complete(path: str, operation: dict[str, Any], route: APIRoute, records: dict[str, Any], dataset: Dataset) -> None:
    query: Any = next((field.field_info.annotation for field in route.dependant.query_params), None)
    is_list = isinstance(query, type) and issubclass(query, ListQuery)
    is_paged = is_list or (isinstance(query, type) and issubclass(query, PagedQuery))
    cached = EVERYWHERE if path in UNCACHED else ("ETag", *EVERYWHERE)
    if is_list:
        operation["x-order"] = [*query.usual_order, "id"]
    # A summary is plain text, on one line.
    operation["summary"] = " ".join(operation["description"].replace("`", "").split()).rstrip(".")
    responses = operation["responses"]
    lists = ("X-Total-Count",) if is_list and query.without else LISTS if is_paged else ()
    headers = responses["200"].get("headers", {}) | _headers(cached + lists)
    responses["200"] |= {"description": "The answer.", "headers": headers}
    if "206" in responses:
        part = {"description": "The bytes that were asked for.", "headers": headers | _headers(("Content-Range",))}
        responses["206"] = responses["200"] | part
    model, kind = route.response_model, "".join(path.split("/")[2:3])
    if kind in records and isinstance(model, type) and issubclass(model, ListOf | One):
        example = {"data": records[kind], "included": {}, "dataset": dataset.version}
        if is_list:
            page = {"total": 1, "limit": 50, "returned": 1, "next": None, "prev": None}
            example |= {"data": [records[kind]], "facets": {}, "search": None, "page": page}
        responses["200"]["content"]["application/json"]["example"] = example
    if path not in UNCACHED:
        about = "Nothing has changed since the answer whose ETag was sent as If-None-Match."
        responses["304"] = {"description": about, "headers": _headers(cached)}
    responses |= _problems(path, responses)
    for parameter in operation.get("parameters", []):
        _simplify(parameter)
        if parameter["in"] == "path":
            # A dataset need not have records of every kind.
            parameter |= {"example": records[kind]["id"]} if kind in records else {}
        elif is_list and parameter["name"] in query.conditions:
            _exemplify(parameter, query, dataset)


def _exemplify(parameter: dict[str, Any], query: type[ListQuery], dataset: Dataset) -> None:
    """Show a value that the filter would find something with; whether something is stated needs no example."""
    rule, operator = query.conditions[parameter["name"]]
    if operator == "isnull":
        return
    value = _found_value(rule, query, dataset)
    if value is None:
        return
    value = value.replace(",", "\\,") if isinstance(value, str) else value
    # In the schema, not beside it: there, the documentation's form would fill in all of them at once.
    parameter["schema"].get("items", parameter["schema"])["examples"] = [value]
    shown = json.dumps(value) if isinstance(value, bool) else value
    parameter["description"] += f" For example `{shown}`."


def _found_value(rule: filters.Filter, query: type[ListQuery], dataset: Dataset) -> Any:
    """A value that a record has, as the record writes it; of dates that of the latest beginning."""
    column, is_date = filters.plain(rule.column), isinstance(rule, filters.Dated)
    order = column.desc() if is_date else column
    found = select(column).where(column.is_not(None)).order_by(order).limit(1)
    text = column.name.removesuffix("_folded")
    beside = column.table.columns.get(text)
    if column.table is filters.plain(query.table.key).table:
        found = found.where(*query.always())
    elif isinstance(rule, filters.Linked):
        found = found.where(rule.source.in_(select(rule.own)))
    if beside is not None and beside is not column:
        # A text, beside the same folded.
        found = found.with_only_columns(beside)
    elif is_date or isinstance(rule, filters.Folded):
        found = found.add_columns(DOCUMENTS.c.document).where(DOCUMENTS.c.key == column.table.c.key)
    rows = dataset.rows(found)
    if not rows:
        return None
    stored, *documents = cast(tuple[Any, ...], rows[0])
    if not documents:
        return stored
    record = json.loads(documents[0])
    dates = (it["edtf"] for it in record.values() if isinstance(it, dict) and "edtf" in it)
    return next((it for it in dates if filters.bounds(it)[0] == stored), None) if is_date else record[text]


def _problems(path: str, responses: dict[str, Any]) -> dict[str, Any]:
    """The problems with which an operation may answer: those of all, and those that it declares itself."""
    declared = {int(status) for status in responses if int(status) >= 400}
    statuses = sorted({*STATUSES, *declared, *([404] if "{id}" in path else [])})
    return {str(status): {"$ref": f"#/components/responses/Problem{status}"} for status in statuses}


def _headers(names: tuple[str, ...]) -> dict[str, Any]:
    return dict(with_headers(*names)["headers"])


def _problem_response(status: int) -> dict[str, Any]:
    """The problems that a status may mean."""
    kinds = {name: kind for name, kind in PROBLEMS.items() if kind.status == status}
    about = " ".join(f"{kind.title}." for kind in kinds.values())
    headers = _headers((*EVERYWHERE, *OF_PROBLEMS.get(status, ())))
    shown: Any = {"instance": "/v1/facts", "errors": [], "did_you_mean": []}
    examples = {
        name: {"value": {"type": problem_page(name), "title": it.title, "status": status, "detail": it.about, **shown}}
        for name, it in kinds.items()
    }
    content = {PROBLEM_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}, "examples": examples}}
    return {"description": about, "headers": headers, "content": content}


def _simplify(parameter: dict[str, Any]) -> None:
    """A parameter is left out, not sent as null; and its sentence stands beside it, not twice."""
    schema = parameter["schema"]
    if "anyOf" in schema:
        (only,) = (item for item in schema.pop("anyOf") if item.get("type") != "null")
        schema |= only
    for name in ("title", "description", *(["default"] if schema.get("default") in ([], None) else [])):
        schema.pop(name, None)
