"""The OpenAPI document: what FastAPI derives from the endpoints, completed with headers, problems and real examples."""

import json
import re
from importlib.resources import files
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute, iter_route_contexts
from pydantic.json_schema import models_json_schema
from sqlalchemy import func, select
from starlette.responses import Response

from app.database import Dataset
from app.endpoints import Served
from app.errors import PROBLEM_TYPE, PROBLEMS, Problem
from app.filters import Filter
from app.http import HEADERS, UNCACHED
from app.listing import ListQuery, Nothing
from app.models import Facts

STATIC = files("app") / "static"
DESCRIPTION = (STATIC / "description.md").read_text("utf-8")
EVERYWHERE, LISTS = ("Cache-Control", "Vary", "X-Request-ID"), ("X-Total-Count", "Link")
STATUSES = (400, 413, 414, 422, 431, 503)


def install(app: FastAPI) -> None:
    """Serve the document at /openapi.json."""
    made: dict[str, bytes] = {}

    @app.get("/openapi.json", include_in_schema=False)
    async def openapi_document(query: Nothing, dataset: Served) -> Response:
        if dataset.version not in made:
            made.clear()
            made[dataset.version] = json.dumps(document(app, dataset), ensure_ascii=False).encode()
        return Response(made[dataset.version], media_type="application/json")


def document(app: FastAPI, dataset: Dataset) -> dict[str, Any]:
    """The document, with examples from the dataset."""
    about: Any = {"title": app.title, "version": app.version, "description": app.description}
    about |= {"license_info": {"name": "MIT", "identifier": "MIT"}}
    result = get_openapi(routes=app.routes, **about)
    components = result["components"]
    for name in {"HTTPValidationError", "ValidationError"} & components["schemas"].keys():
        del components["schemas"][name]
    _, problem = models_json_schema([(Problem, "serialization")], ref_template="#/components/schemas/{model}")
    components["schemas"] |= problem["$defs"]
    components["responses"] = {f"Problem{status}": _problem_response(status) for status in (*STATUSES, 404)}
    components["headers"] = HEADERS["described"]
    facts: Any = Facts
    first = select(func.min(facts.key)).group_by(facts.kind)
    records = {row.kind: json.loads(row.document) for row in dataset.rows(select(facts).where(facts.key.in_(first)))}
    for context in iter_route_contexts(app.routes):
        path = str(context.path)
        if isinstance(context.original_route, APIRoute) and path in result["paths"]:
            _complete(path, result["paths"][path]["get"], context.original_route, records, dataset)
    # The envelopes under the names that are their titles.
    renamed = re.sub(r"\bListOf_(\w+?)_(?=\")", r"\1List", json.dumps(result))
    return dict(json.loads(re.sub(r"\bOne_(\w+?)_(?=\")", r"\1Answer", renamed)))


def _complete(path: str, operation: dict[str, Any], route: APIRoute, records: dict[str, Any], dataset: Dataset) -> None:
    query: Any = next((field.field_info.annotation for field in route.dependant.query_params), None)
    is_list = isinstance(query, type) and issubclass(query, ListQuery)
    cached = EVERYWHERE if path in UNCACHED else ("ETag", *EVERYWHERE)
    operation["summary"] = operation["description"].rstrip(".")
    responses = operation["responses"]
    responses["200"] |= {"description": "The answer.", "headers": _headers(cached + (LISTS if is_list else ()))}
    kind = path.split("/")[2] if path.startswith("/v1/") and not path.endswith("/text") else ""
    if kind in records:
        example = {"data": records[kind], "included": {}, "dataset": dataset.version}
        if is_list:
            page = {"total": 1, "limit": 50, "returned": 1, "next": None, "prev": None}
            example |= {"data": [records[kind]], "facets": {}, "page": page}
        responses["200"]["content"]["application/json"]["example"] = example
    if path not in UNCACHED:
        about = "Nothing has changed since the answer whose ETag was sent as If-None-Match."
        responses["304"] = {"description": about, "headers": _headers(cached)}
    for status in sorted((*STATUSES, 404) if "{id}" in path else STATUSES):
        responses[str(status)] = {"$ref": f"#/components/responses/Problem{status}"}
    for parameter in operation.get("parameters", []):
        _simplify(parameter)
        if parameter["in"] == "path":
            parameter["example"] = records[path.split("/")[2]]["id"]
        elif is_list and parameter["name"] in query.conditions:
            rule, operator = query.conditions[parameter["name"]]
            value = _sample(rule, operator, dataset)
            if value is not None:
                # In the schema, not beside it: there, the documentation's form would fill in all of them at once.
                parameter["schema"].get("items", parameter["schema"])["examples"] = [value]
                shown = json.dumps(value) if isinstance(value, bool) else value
                parameter["description"] += f" For example `{shown}`."


def _headers(names: tuple[str, ...]) -> dict[str, Any]:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}


def _sample(rule: Filter, operator: str, dataset: Dataset) -> Any:
    """A value that a filter would find something with; whether something is stated needs no example."""
    if operator == "isnull":
        return None
    rows = dataset.rows(select(rule.column).where(rule.column.is_not(None)).order_by(rule.column).limit(1))
    value = rows[0][0] if rows else None
    return value.replace(",", "\\,") if isinstance(value, str) else value


def _problem_response(status: int) -> dict[str, Any]:
    """The problems that a status may mean."""
    about = " ".join(f"{kind.title}." for kind in PROBLEMS.values() if kind.status == status)
    headers = _headers((*EVERYWHERE, "Retry-After") if status == 503 else EVERYWHERE)
    content = {PROBLEM_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {"description": about, "headers": headers, "content": content}


def _simplify(parameter: dict[str, Any]) -> None:
    """A parameter is left out, not sent as null; and its sentence stands beside it, not twice."""
    schema = parameter["schema"]
    if "anyOf" in schema:
        (only,) = (item for item in schema.pop("anyOf") if item.get("type") != "null")
        schema |= only
    for name in ("title", "description", *(["default"] if schema.get("default") in ([], None) else [])):
        schema.pop(name, None)
