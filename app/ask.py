"""One question to the application, in this process: what the server would answer, without a server.

So a filter on the command line is held to the same rules as one in a URL, by the same code.
"""

import asyncio
import json
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any
from urllib.parse import quote, urlencode

from starlette.types import ASGIApp, Message, Scope

Write = Callable[[bytes], object]


class AnswerError(Exception):
    """The application refused the question, or could not answer it to the end."""

    def __init__(self, problem: dict[str, Any]) -> None:
        self.problem = problem
        """The problem document (RFC 9457)."""
        super().__init__(problem.get("detail", "the answer is not whole"))

    @property
    def is_of_the_question(self) -> bool:
        """Whether another question may be answered; otherwise something is wrong here."""
        return 400 <= int(self.problem.get("status", 500)) < 500

    def lines(self) -> list[str]:
        """The problem for people: a line for each parameter that is wrong, with what is allowed."""
        errors = self.problem.get("errors", [])
        if not errors:
            return [" ".join([str(self), *_hint(self.problem.get("did_you_mean", []))])]
        found = [f"{self.problem.get('title')}:"]
        for error in errors:
            # Where a name or a value is close to a known one, the list of all of them only hides it.
            near, known = error["did_you_mean"], ", ".join(error["allowed"] or [])
            allowed = [f"Allowed: {known}."] if known and not near and known not in error["detail"] else []
            found.append("  " + " ".join([f"{error['parameter']}: {error['detail']}", *_hint(near), *allowed]))
        return found


def _hint(near: list[str]) -> list[str]:
    return [f"Did you mean {near[0]}?"] if near else []


def ask(app: ASGIApp, path: str, parameters: Iterable[tuple[str, str]], write: Write) -> None:
    """Write the answer's body, piece by piece as it is made; AnswerError says why there is none."""
    asyncio.run(_Question(write).put(app, _scope(path, list(parameters))))


async def answer(app: ASGIApp, path: str, parameters: Iterable[tuple[str, str]]) -> bytes:
    """The answer's body as a whole, where an event loop runs already."""
    body = bytearray()
    await _Question(body.extend).put(app, _scope(path, list(parameters)))
    return bytes(body)


def _scope(path: str, parameters: list[tuple[str, str]]) -> Scope:
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.4"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": path,
        "raw_path": quote(path).encode(),
        "query_string": urlencode(parameters, quote_via=quote, errors="surrogateescape").encode(),
        "root_path": "",
        "headers": [(b"host", b"localhost"), (b"accept-encoding", b"identity")],
        "client": None,
        "server": None,
    }


class _Question:
    """What is known of the answer so far."""

    def __init__(self, write: Write) -> None:
        self._write, self._status, self._is_whole = write, 0, False
        self._refusal = bytearray()
        self._failure: Exception | None = None

    async def put(self, app: ASGIApp, scope: Scope) -> None:
        self._asking = asyncio.ensure_future(app(scope, _nothing_more, self._take))
        try:
            await self._asking
        except asyncio.CancelledError:
            if self._failure is None:
                raise
        if self._failure is not None:
            raise self._failure
        if self._status != HTTPStatus.OK:
            raise AnswerError(json.loads(self._refusal))
        if not self._is_whole:
            raise AnswerError({"detail": "The answer broke off.", "status": 500})

    async def _take(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._status = message["status"]
        elif self._status != HTTPStatus.OK:
            self._refusal += message.get("body", b"")
        else:
            try:
                self._write(message.get("body", b""))
            except OSError as error:
                # The application is stopped, as by a client that hangs up, and not told of an error of its own.
                self._failure = error
                self._asking.cancel()
                await asyncio.sleep(0)
            self._is_whole = not message.get("more_body", False)


async def _nothing_more() -> Message:
    await asyncio.Event().wait()
    return {"type": "http.disconnect"}
