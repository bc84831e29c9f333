"""From a path to its endpoint without a walk through all routes: the framework's own way costs more than the answer."""

from collections.abc import Iterator

from fastapi import Request
from fastapi.routing import iter_route_contexts
from starlette.requests import empty_receive
from starlette.responses import Response
from starlette.routing import Router
from starlette.types import Receive, Scope

from app.endpoints import StrictRoute
from app.errors import ProblemError


class Dispatch:
    """Calls the endpoint that a GET asks for; what it does not find is left to the framework's way."""

    def __init__(self, router: Router) -> None:
        self._whole: dict[str, StrictRoute] = {}
        self._begun: dict[str, list[StrictRoute]] = {}
        """Paths with a variable, by what stands before it, in the order in which they were declared."""
        for path, route in _routes(router):
            if "{" in path:
                self._begun.setdefault(path.partition("{")[0], []).append(route)
            else:
                self._whole[path] = route

    async def response(self, scope: Scope, receive: Receive) -> Response | None:
        """What the endpoint answers; None where there is none."""
        found = self.find(scope["path"]) if scope["method"] == "GET" else None
        if found is None:
            return None
        try:
            return await found.answer(_request(found, scope, receive))
        except ProblemError as error:
            return error.response(scope["path"])

    def at_once(self, scope: Scope, route: StrictRoute) -> Response:
        """The same of an endpoint that waits for nothing."""
        try:
            return route.prompt(_request(route, scope))
        except ProblemError as error:
            return error.response(scope["path"])

    def find(self, path: str) -> StrictRoute | None:
        """The endpoint of a path."""
        if (whole := self._whole.get(path)) is not None:
            return whole
        # `/v1/people/` of `/v1/people/xi-jinping`: variables stand in the third place.
        begun = self._begun.get(path[: path.find("/", 4) + 1], ())
        return next((it for it in begun if it.path_regex.match(path)), None)


def _request(route: StrictRoute, scope: Scope, receive: Receive = empty_receive) -> Request:
    match = route.path_regex.match(scope["path"])
    scope["path_params"] = match.groupdict() if match else {}
    return Request(scope, receive)


def _routes(router: Router) -> Iterator[tuple[str, StrictRoute]]:
    """The routes of the API: pages have ways of their own."""
    for context in iter_route_contexts(router.routes):
        route = context.original_route
        if isinstance(route, StrictRoute) and route.include_in_schema:
            yield str(context.path), route
