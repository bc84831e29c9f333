"""From a path to its endpoint without a walk through all routes: the framework's own way costs more than the answer."""

import re
from collections.abc import Callable, Coroutine, Iterator
from typing import Any

from fastapi import Request
from fastapi.routing import APIRoute, iter_route_contexts
from starlette.responses import Response
from starlette.routing import Router
from starlette.types import Receive, Scope

from app.errors import ProblemError

Handler = Callable[[Request], Coroutine[Any, Any, Response]]
Found = tuple[re.Pattern[str], Handler]


class Dispatch:
    """Calls the endpoint that a GET asks for; what it does not find is left to the framework's way."""

    def __init__(self, router: Router) -> None:
        self._whole: dict[str, Handler] = {}
        self._begun: dict[str, list[Found]] = {}
        """Paths with a variable, by what stands before it, in the order in which they were declared."""
        for path, route in _routes(router):
            handler = route.get_route_handler()
            if "{" in path:
                self._begun.setdefault(path.partition("{")[0], []).append((route.path_regex, handler))
            else:
                self._whole[path] = handler

    async def response(self, scope: Scope, receive: Receive) -> Response | None:
        """What the endpoint answers; None where there is none."""
        handler = self._find(scope) if scope["method"] == "GET" else None
        if handler is None:
            return None
        try:
            return await handler(Request(scope, receive))
        except ProblemError as error:
            return error.response(scope["path"])

    def _find(self, scope: Scope) -> Handler | None:
        path: str = scope["path"]
        if (whole := self._whole.get(path)) is not None:
            return whole
        # `/v1/people/` of `/v1/people/xi-jinping`: variables stand in the third place.
        for pattern, handler in self._begun.get(path[: path.find("/", 4) + 1], ()):
            if (match := pattern.match(path)) is not None:
                scope["path_params"] = match.groupdict()
                return handler
        return None


def _routes(router: Router) -> Iterator[tuple[str, APIRoute]]:
    """The routes of the API: pages have ways of their own."""
    for context in iter_route_contexts(router.routes):
        route = context.original_route
        if isinstance(route, APIRoute) and route.include_in_schema:
            yield str(context.path), route
