"""Problems: the one shape of every error (RFC 9457), and the table of what can go wrong."""

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.resources import files
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import FastAPI, Request
from fastapi.routing import iter_route_contexts
from pydantic import Field
from pydantic_core import ErrorDetails
from starlette.exceptions import HTTPException
from starlette.responses import Response

from app.suggest import closest
from app.written import Value

PROBLEM_TYPE = "application/problem+json"
ALLOWED_METHODS = "GET, HEAD, OPTIONS"


@dataclass(frozen=True)
class ProblemType:
    """A kind of problem: its status and title, and what its page tells of it."""

    status: int
    title: str
    about: str


PROBLEMS = {
    name: ProblemType(**item)
    for name, item in tomllib.loads((files("app") / "static" / "problems.toml").read_text("utf-8")).items()
}


def problem_page(name: str) -> str:
    """The page that explains a kind of problem."""
    return f"/problems/{name}"


class ParameterError(Value):
    """What is wrong with one parameter."""

    parameter: str
    """The parameter's name, as it was sent."""
    value: str | None
    """Its value, cut at 64 characters."""
    code: str
    """What is wrong, as a word for programs: `unknown_parameter`, `repeated_parameter`, `invalid_value`, …"""
    detail: str
    """What is wrong, as a sentence."""
    allowed: list[str] | None
    """What would have been accepted, where that can be listed."""
    did_you_mean: list[str]
    """What may have been meant, the likeliest first."""


class Problem(Value):
    """What went wrong (RFC 9457)."""

    type: Annotated[str, Field(json_schema_extra={"format": "uri-reference"})]
    """The page of this server that explains this kind of problem."""
    title: str
    """The kind of problem."""
    status: int
    """The HTTP status."""
    detail: str
    """What went wrong this time."""
    instance: str
    """The path that was asked for."""
    errors: list[ParameterError]
    """The parameters that are not valid; empty for other problems."""
    did_you_mean: list[str]
    """Ids or paths that may have been meant, the likeliest first."""


@dataclass
class ProblemError(Exception):
    """Answer the request with a problem."""

    name: str
    detail: str
    errors: list[ParameterError] = field(default_factory=list)
    did_you_mean: list[str] = field(default_factory=list)
    headers: Mapping[str, str] = field(default_factory=dict)

    def response(self, path: str) -> Response:
        """The answer to a request for a path."""
        kind, instance = PROBLEMS[self.name], quote(cut(path, 200), safe="/%")
        shown: Any = {"title": kind.title, "status": kind.status, "detail": self.detail, "instance": instance}
        shown |= {"errors": self.errors, "did_you_mean": self.did_you_mean}
        problem = Problem(type=problem_page(self.name), **shown)
        headers = {"Cache-Control": "no-store", **self.headers}
        return Response(problem.model_dump_json(), kind.status, headers, PROBLEM_TYPE)


def cut(text: str, longest: int = 64) -> str:
    """Text of the request, short and harmless enough to be repeated."""
    shown = "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in text[:longest])
    return shown if len(text) <= longest else shown[:-1] + "…"


def invalid(errors: list[ParameterError]) -> ProblemError:
    """The problem that some parameters are not valid."""
    hints = (f" Did you mean {error.did_you_mean[0]}?" if error.did_you_mean else "" for error in errors)
    sentences = (f"{error.parameter}: {error.detail}{hint}" for error, hint in zip(errors, hints, strict=True))
    return ProblemError("invalid-parameters", " ".join(sentences), errors)


def parameter_error(name: str, value: str | None, code: str, detail: str, **lists: list[str]) -> ParameterError:
    """An error of one parameter, with what is `allowed`; suggestions are looked for there, or among `known` names."""
    wrong = name if code == "unknown_parameter" else value or ""
    allowed, shown = lists.get("allowed"), None if value is None else cut(value)
    near = closest(wrong.lower(), lists.get("known", allowed or []))
    return ParameterError(
        parameter=cut(name), value=shown, code=code, detail=detail, allowed=allowed, did_you_mean=near
    )


def invalid_values(
    errors: Iterable[ErrorDetails], place: tuple[str, ...] = (), known: Sequence[str] = ()
) -> ProblemError:
    """Pydantic's account of parameters, in ours; `place` is where what it looked at stands, if not in the query."""
    return invalid([_from_validation((*place, *(str(it) for it in item["loc"])), item, [*known]) for item in errors])


def _from_validation(place: tuple[str, ...], error: ErrorDetails, parameters: list[str]) -> ParameterError:
    name, given = place[0], error["input"]
    if error["type"] == "extra_forbidden":
        return parameter_error(
            name, _echo(given), "unknown_parameter", "There is no such parameter.", allowed=parameters
        )
    if isinstance(given, list) and len(place) == 1 and error["type"] != "value_error":
        return parameter_error(name, _echo(given), "repeated_parameter", "This parameter may be given once.")
    if error["type"] == "missing":
        return parameter_error(name, None, "missing_parameter", "This parameter is needed.")
    context = error.get("ctx", {})
    if error["type"] in ("enum", "literal_error"):
        allowed = [part.strip("'") for part in context["expected"].replace(" or ", ", ").split(", ")]
        return parameter_error(name, _echo(given), "invalid_value", f"Allowed: {', '.join(allowed)}.", allowed=allowed)
    detail = str(context["error"]) if "error" in context else error["msg"]
    return parameter_error(name, _echo(given), "invalid_value", detail if detail.endswith(".") else f"{detail}.")


def _echo(given: object) -> str | None:
    return ",".join(map(str, given)) if isinstance(given, list) else None if given is None else str(given)


def install(app: FastAPI) -> None:
    """Make every error of the application a problem."""

    @app.exception_handler(ProblemError)
    async def problem(request: Request, error: ProblemError) -> Response:
        return error.response(request.scope["path"])

    @app.exception_handler(HTTPException)
    async def http(request: Request, error: HTTPException) -> Response:
        path = request.scope["path"]
        if error.status_code == 405:
            detail, headers = (
                f"{cut(request.method)} is not answered; the API is read-only.",
                {"Allow": ALLOWED_METHODS},
            )
            return ProblemError("method-not-allowed", detail, headers=headers).response(path)
        paths = [route.path for route in iter_route_contexts(app.routes) if route.path and "{" not in route.path]
        return ProblemError("unknown-path", "There is nothing here.", did_you_mean=closest(path, paths)).response(path)
