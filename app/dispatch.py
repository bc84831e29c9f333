"""From a path to its endpoint without a walk through all routes: the framework's own way costs more than the answer."""

from fastapi import Request
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
        for route in router.routes:
            # Pages have ways of their own.
            if not isinstance(route, StrictRoute) or not route.include_in_schema:
                continue
            if "{" in route.path:
                self._begun.setdefault(route.path.partition("{")[0], []).append(route)
            else:
                self._whole[route.path] = route

    async def response(self, scope: Scope, receive: Receive) -> Response | None:
        """What the endpoint answers; None where there is none."""
        found = self.find(scope["path"]) if scope["method"] == "GET" else None
        if found is None:
            return None
        try:
            _take_variables(found, scope)
            return await found.answer(Request(scope, receive))
        except ProblemError as error:
            return error.response(scope["path"])

    def find(self, path: str) -> StrictRoute | None:
        """The endpoint of a path."""
        if (whole := self._whole.get(path)) is not None:
            return whole
        # `/v1/people/` of `/v1/people/xi-jinping`: variables stand in the third place.
        begun = self._begun.get(path[: path.find("/", 4) + 1], ())
        return next((it for it in begun if it.path_regex.match(path)), None)


class Asking(Request):
    """A request of which nothing is read but its head."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope


def asking(route: StrictRoute, scope: Scope) -> Request:
    """A request to an endpoint that waits for nothing."""
    _take_variables(route, scope)
    return Asking(scope)


def _take_variables(route: StrictRoute, scope: Scope) -> None:
    match = route.path_regex.match(scope["path"]) if route.param_convertors else None
    scope["path_params"] = match.groupdict() if match else {}
