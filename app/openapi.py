"""The OpenAPI document: what FastAPI derives from the endpoints, completed with headers, problems and real examples."""

import json
from collections.abc import Iterator
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute, iter_route_contexts
from pydantic.json_schema import models_json_schema
from sqlalchemy import func, select
from starlette.responses import Response

from app.database import Dataset, LiveDataset, Served
from app.errors import PROBLEMS, Problem
from app.listing import Filter, ListQuery
from app.models import Facts

DESCRIPTION = """\
Facts read from news articles, each with the words that it rests on. Every quote is verbatim: `text[start:end] == quote`
in the text at `/v1/articles/{id}/text`. What the articles do not say is `null`.

**Filters.** `field=value`; a repeated or comma-separated value means *or* (`\\,` is a comma within a value), different fields
mean *and*. `field__ne` excludes, `__gt`, `__gte`, `__lt` and `__lte` compare dates and numbers, `field__isnull=true` finds what
is not stated. What is not stated satisfies no other filter. References are filtered by id. Text is compared as a whole,
without regard to case and accents.

**Dates** are EDTF, and may be reduced (`2025-06`) or intervals (`2025-06-02/2025-06-08`). A date counts as after another if it
lies after its last day. An uncertain date matches when it possibly satisfies the filter; `date_match=certain` asks for
those that surely do.

**Pages.** Follow `page.next` until it is null, or the `Link` header; `X-Total-Count` has the total.

**Caching.** Every answer has a weak `ETag`; send it back as `If-None-Match` to get 304 while nothing has changed. The same
request to the same dataset gets the same bytes.

**Errors** are problem details (RFC 9457). An unknown parameter, a bad value or an unknown id is an error that names what may
have been meant, and never a wrong answer. `GET`, `HEAD` and `OPTIONS` are answered at every path.
"""

HEADERS = {
    "ETag": "Weak validator of this answer, for If-None-Match.",
    "Cache-Control": "How the answer may be cached.",
    "Vary": "The request headers that the answer depends on.",
    "X-Request-ID": "A name for this answer, for questions about it.",
}
LIST_HEADERS = {
    "X-Total-Count": "How many records the filters let through.",
    "Link": "The next page and the one before (RFC 8288), as far as there are any.",
}
REQUIRED_HEADERS = ("ETag", "Cache-Control", "Vary", "X-Request-ID", "X-Total-Count")
EVERYWHERE = (400, 413, 414, 422, 431, 503)
PROBLEM_TYPE = "application/problem+json"


def install(app: FastAPI) -> None:
    """Serve the document at /openapi.json."""
    made: dict[str, bytes] = {}

    @app.get("/openapi.json", include_in_schema=False)
    async def openapi_document(dataset: Served) -> Response:
        if dataset.version not in made:
            made.clear()
            made[dataset.version] = json.dumps(document(app, dataset), ensure_ascii=False).encode()
        return Response(made[dataset.version], media_type="application/json")


def document(app: FastAPI, dataset: Dataset) -> dict[str, Any]:
    """The document, with examples from the dataset."""
    result = get_openapi(
        title=app.title,
        version=app.version,
        description=app.description,
        routes=app.routes,
        license_info={"name": "MIT", "identifier": "MIT"},
        servers=[{"url": "/", "description": "This server"}],
    )
    contexts = iter_route_contexts(app.routes)
    routes = {c.path: c.original_route for c in contexts if isinstance(c.original_route, APIRoute)}
    schemas = result["components"]["schemas"]
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    _, problem = models_json_schema([(Problem, "serialization")], ref_template="#/components/schemas/{model}")
    schemas.update(problem["$defs"])
    result["components"]["responses"] = dict(_problem_responses())
    result["components"]["headers"] = {
        name: {"description": about, "required": name in REQUIRED_HEADERS, "schema": {"type": "string"}}
        for name, about in (HEADERS | LIST_HEADERS).items()
    }
    result["components"]["headers"]["X-Total-Count"]["schema"] = {"type": "integer"}
    documents = {row.kind: json.loads(row.document) for row in dataset.rows(_first_documents())}
    for path, item in result["paths"].items():
        _complete(path, item["get"], routes[path], documents, dataset)
    return result


def _complete(
    path: str, operation: dict[str, Any], route: APIRoute, documents: dict[str, Any], dataset: Dataset
) -> None:
    query = _query_class(route)
    cached = path not in ("/healthz", "/readyz")
    names = (LIST_HEADERS | HEADERS) if query is not None and issubclass(query, ListQuery) else HEADERS
    kept = [name for name in names if cached or name != "ETag"]
    ok = operation["responses"]["200"]
    ok["description"] = "The answer."
    ok["headers"] = {name: {"$ref": f"#/components/headers/{name}"} for name in kept}
    example = _example(path, documents, dataset)
    if example is not None:
        ok["content"]["application/json"]["example"] = example
    if cached:
        operation["responses"]["304"] = {
            "description": "Nothing has changed since the answer whose ETag was sent as If-None-Match.",
            "headers": {name: ok["headers"][name] for name in HEADERS},
        }
    statuses = (*EVERYWHERE, 404) if "{id}" in path else EVERYWHERE
    for status in sorted(statuses):
        operation["responses"][str(status)] = {"$ref": f"#/components/responses/Problem{status}"}
    for parameter in operation.get("parameters", []):
        _simplify(parameter)
        if parameter["in"] == "path":
            parameter["example"] = documents[path.split("/")[2]]["id"]
        elif query is not None and issubclass(query, ListQuery) and parameter["name"] in query.conditions:
            value = _sample(*query.conditions[parameter["name"]], query, dataset)
            if value is not None:
                parameter["example"] = [value] if parameter["schema"].get("type") == "array" else value


def _query_class(route: APIRoute) -> Any:
    parameters = route.dependant.query_params
    return parameters[0].field_info.annotation if parameters else None


def _first_documents() -> Any:
    """The first record of each kind."""
    first = select(func.min(Facts.key)).group_by(Facts.kind)
    return select(Facts.kind, Facts.document).where(Facts.key.in_(first)).order_by(Facts.key)  # type: ignore[attr-defined]


def _example(path: str, documents: dict[str, Any], dataset: Dataset) -> Any:
    """An answer to the path, made of a real record."""
    name = path.split("/")[2] if path.startswith("/v1/") else None
    if name not in documents or path.endswith("/text"):
        return None
    envelope = {"data": documents[name], "included": {}}
    if "{id}" not in path:
        count = select(func.count()).select_from(Facts).where(Facts.kind == name)
        total = dataset.rows(count)[0][0]
        page = {"total": total, "limit": 50, "returned": 1, "next": None, "prev": None}
        envelope = {"data": [documents[name]], "included": {}, "facets": {}, "page": page | {"total": 1}}
    return envelope | {"dataset": dataset.version}


def _sample(rule: Filter, operator: str, query: type[ListQuery], dataset: Dataset) -> Any:
    """A value that a filter would find something with."""
    if operator == "isnull":
        return False
    rows = dataset.rows(select(rule.column).where(rule.column.is_not(None)).order_by(rule.column).limit(1))
    return rows[0][0] if rows else None


def _problem_responses() -> Iterator[tuple[str, Any]]:
    """For each status the problems that it may mean."""
    for status in sorted({kind.status for kind in PROBLEMS.values()}):
        kinds = {name: kind for name, kind in PROBLEMS.items() if kind.status == status}
        headers = {"X-Request-ID": {"$ref": "#/components/headers/X-Request-ID"}}
        if status == 503:
            headers["Retry-After"] = {
                "description": "Seconds to wait.",
                "required": True,
                "schema": {"type": "integer"},
            }
        if status == 405:
            headers["Allow"] = {
                "description": "The methods that are answered.",
                "required": True,
                "schema": {"type": "string"},
            }
        yield (
            f"Problem{status}",
            {
                "description": " ".join(f"{kind.title}." for kind in kinds.values()),
                "headers": headers,
                "content": {PROBLEM_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
            },
        )


def _simplify(parameter: dict[str, Any]) -> None:
    """A parameter is left out, not sent as null; and the sentence stands beside it, not twice."""
    schema = parameter["schema"]
    if "anyOf" in schema:
        (only,) = (item for item in schema.pop("anyOf") if item.get("type") != "null")
        schema.update(only)
    schema.pop("title", None)
    schema.pop("description", None)
    if schema.get("default") in ([], None):
        schema.pop("default", None)


def written(live: LiveDataset, app: FastAPI) -> str:
    """The document as it is committed: indented, with a final newline."""
    return json.dumps(document(app, live.current), ensure_ascii=False, indent=1) + "\n"
