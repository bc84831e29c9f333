"""From a path to its endpoint without a walk through all routes: the framework's own way costs more than the answer."""

import re
from collections.abc import Callable, Coroutine
from inspect import iscoroutinefunction
from typing import Any, NamedTuple

from fastapi import Request
from fastapi.routing import APIRoute
from starlette.responses import Response
from starlette.routing import Router
from starlette.types import Receive, Scope

from app.errors import ProblemError

Handler = Callable[[Request], Coroutine[Any, Any, Response]]


class Endpoint(NamedTuple):
    """What answers at a path."""

    path: re.Pattern[str]
    handler: Handler
    is_prompt: bool
    """Whether it waits for nothing: its function is a plain one."""


class Dispatch:
    """Calls the endpoint that a GET asks for; what it does not find is left to the framework's way."""

    def __init__(self, router: Router) -> None:
        self._whole: dict[str, Endpoint] = {}
        self._begun: dict[str, list[Endpoint]] = {}
        """Paths with a variable, by what stands before it, in the order in which they were declared."""
        for route in router.routes:
            # Pages have ways of their own.
            if not isinstance(route, APIRoute) or not route.include_in_schema:
                continue
            found = Endpoint(route.path_regex, route.get_route_handler(), not iscoroutinefunction(route.endpoint))
            if "{" in route.path:
                self._begun.setdefault(route.path.partition("{")[0], []).append(found)
            else:
                self._whole[route.path] = found

    async def response(self, scope: Scope, receive: Receive) -> Response | None:
        """What the endpoint answers; None where there is none."""
        found = self.find(scope["path"]) if scope["method"] == "GET" else None
        if found is None:
            return None
        match = found.path.match(scope["path"])
        scope["path_params"] = match.groupdict() if match else {}
        try:
            return await found.handler(Request(scope, receive))
        except ProblemError as error:
            return error.response(scope["path"])

    def find(self, path: str) -> Endpoint | None:
        """The endpoint of a path."""
        if (whole := self._whole.get(path)) is not None:
            return whole
        # `/v1/people/` of `/v1/people/xi-jinping`: variables stand in the third place.
        begun = self._begun.get(path[: path.find("/", 4) + 1], ())
        return next((it for it in begun if it.path.match(path)), None)
