"""HTTP around the application: what is refused before it is routed, conditional requests, HEAD, OPTIONS, headers."""

import asyncio
import hashlib
import logging
import re
import secrets
import tomllib
from asyncio import TimerHandle, Transport
from collections.abc import Awaitable, Callable
from importlib.resources import files

import h11
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.routing import Match, Router
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from app import __version__
from app.database import LiveDataset
from app.dataset_file import VERSION
from app.endpoints import decoded, read_query
from app.errors import ProblemError, parameter_error

log = logging.getLogger(__name__)

LONGEST_URL, LARGEST_HEADERS, REQUEST_SECONDS = 8 * 1024, 32 * 1024, 10
STALL_SECONDS, LEAST_TAKEN = 30.0, 64 * 1024
"""Of an answer that waits to be taken, so many bytes have to be taken within so many seconds."""
UNCACHED = ("/healthz", "/readyz")
AMBIGUOUS_PATH = re.compile(rb"%2[ef]|%0[ad]$|//|/\.\.?(/|$)", re.IGNORECASE)
ABSOLUTE_FORM = re.compile(rb"https?://[^/?]*", re.IGNORECASE)
HOST = re.compile(r"[\w.-]+(:\d{1,5})?|\[[0-9a-f:.]+\](:\d{1,5})?", re.IGNORECASE | re.ASCII)
CLOSE = {"Connection": "close"}
OF_BODIES = ("content-length", "content-range", "content-type", "content-encoding", "content-security-policy")
HEADERS = tomllib.loads((files("app") / "static" / "headers.toml").read_text("utf-8"))


class ProblemProtocol(H11Protocol):
    """Uvicorn's protocol, which refuses what is not HTTP; here that is a problem too, and so is taking too long.

    Whoever asks and does not take the answer is cut off, since what was not taken is held in memory.
    """

    _waiting: TimerHandle | None = None

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.loop.call_later(REQUEST_SECONDS, self.give_up)

    def give_up(self) -> None:
        """Close a connection on which no whole request has come in time."""
        if getattr(self, "cycle", None) is None:
            self.transport.close()

    def pause_writing(self) -> None:
        super().pause_writing()
        self._wait_on(self.transport.get_write_buffer_size())

    def resume_writing(self) -> None:
        self._wait_no_longer()
        super().resume_writing()

    def connection_lost(self, exc: Exception | None) -> None:
        self._wait_no_longer()
        super().connection_lost(exc)

    def _wait_on(self, untaken: int) -> None:
        self._wait_no_longer()
        self._waiting = self.loop.call_later(STALL_SECONDS, self._cut_off_if_stalled, untaken)

    def _wait_no_longer(self) -> None:
        if self._waiting is not None:
            self._waiting.cancel()

    def _cut_off_if_stalled(self, before: int) -> None:
        untaken = self.transport.get_write_buffer_size()
        if untaken > before - LEAST_TAKEN:
            self.transport.abort()
        else:
            self._wait_on(untaken)

    def send_400_response(self, msg: str) -> None:
        problem = ProblemError("malformed-request", "The request is not HTTP.", headers=HEADERS["always"] | CLOSE)
        response = problem.response("/")
        head = h11.Response(status_code=400, headers=response.raw_headers)
        for event in (head, h11.Data(data=bytes(response.body)), h11.EndOfMessage()):
            self.transport.write(self.conn.send(event) or b"")
        self.transport.close()


class HttpMiddleware:
    """The outermost layer: it sees every request first and every answer last."""

    def __init__(self, app: ASGIApp, live: LiveDataset, router: Router) -> None:
        self.app, self.live, self.router = app, live, router

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        # Pinned for the whole request: its ETag and its answer are of the same dataset, also when another one comes.
        dataset = self.live.current
        answer = _Answer(send, Headers(scope=scope), is_head=scope["method"] == "HEAD")
        try:
            scope = {**scope, "path": _checked_path(scope), "state": {**scope.get("state", {}), "dataset": dataset}}
            pairs = read_query(scope["query_string"])
            if scope["path"] not in UNCACHED:
                answer.etag = _etag(dataset.version, scope["path"], pairs)
            if scope["method"] in ("GET", "HEAD"):
                _hold(dataset.version, pairs)
            await answer.begin(self._responder(scope, answer)(scope, receive, answer.send))
        except ProblemError as error:
            await error.response(scope["path"])(scope, receive, answer.send)
        except Exception:
            log.exception("a request failed")
            if answer.started:
                raise
            mistake = ProblemError("internal-error", "The server made a mistake.").response(scope["path"])
            await mistake(scope, receive, answer.send)

    def _responder(self, scope: Scope, answer: "_Answer") -> ASGIApp:
        """Who answers: the application, or nobody needs to ask it."""
        if scope["method"] == "OPTIONS" and any(it.matches(scope)[0] is not Match.NONE for it in self.router.routes):
            return Response(status_code=204, headers=HEADERS["preflight"])
        if scope["method"] in ("GET", "HEAD"):
            if answer.is_unchanged():
                return Response(status_code=304)
            if scope["method"] == "HEAD":
                # Parts are for GET alone.
                scope["headers"] = [pair for pair in scope["headers"] if pair[0] != b"range"]
            scope["method"] = "GET"
        return self.app


def _checked_path(scope: Scope) -> str:
    """The path, decoded; what is too large, malformed or ambiguous is refused before it is looked at more closely."""
    raw: bytes = ABSOLUTE_FORM.sub(b"", scope.get("raw_path") or scope["path"].encode(), count=1) or b"/"
    if len(raw) + len(scope["query_string"]) > LONGEST_URL:
        raise ProblemError("uri-too-long", f"The URL has more than {LONGEST_URL:,} bytes.", headers=CLOSE)
    if sum(len(name) + len(value) + 4 for name, value in scope["headers"]) > LARGEST_HEADERS:
        raise ProblemError("headers-too-large", f"The headers have more than {LARGEST_HEADERS:,} bytes.", headers=CLOSE)
    headers = Headers(scope=scope)
    if not HOST.fullmatch(headers.get("host", "localhost")):
        raise ProblemError("malformed-request", "The Host header is not a host.", headers=CLOSE)
    has_body = headers.get("content-length", "0") != "0" or "transfer-encoding" in headers
    if has_body and scope["method"] in ("GET", "HEAD"):
        raise ProblemError("content-too-large", "Requests have no body.", headers=CLOSE)
    path = decoded(raw)
    if AMBIGUOUS_PATH.search(raw):
        raise ProblemError("unknown-path", "There is nothing at this path.")
    return path


def _hold(version: str, pairs: list[tuple[str, str]]) -> None:
    """Hold the dataset to the version that a request asks for; a value that is no version is not judged here."""
    asked = [value for name, value in pairs if name == "dataset"]
    if len(asked) == 1 and re.fullmatch(VERSION, asked[0]) and asked[0] != version:
        detail = f"The version {asked[0]} was asked for, and the present version is {version}."
        error = parameter_error("dataset", asked[0], "dataset_changed", "It is not served now.", allowed=[version])
        raise ProblemError("dataset-changed", detail, [error])


def _etag(version: str, path: str, pairs: list[tuple[str, str]]) -> str:
    """A weak validator of what a request asks for: requests that mean the same share it."""
    content = repr((version, __version__, path, sorted(pairs, key=lambda pair: pair[0]))).encode()
    return f'W/"{hashlib.blake2b(content, digest_size=12).hexdigest()}"'


class _Answer:
    """Completes an answer on its way out: headers, no body for HEAD, 304 where that is known only from the answer."""

    def __init__(self, send: Send, request: Headers, is_head: bool) -> None:
        self._send, self._bodiless, self.etag, self.started = send, is_head, "", False
        self._tags = [tag.strip() for value in request.getlist("if-none-match") for tag in value.split(",")]
        self._stop: Callable[[], object] | None = None
        self._is_over = False

    def is_unchanged(self) -> bool:
        """Whether If-None-Match names the validator; whether `*` holds is known only when there is an answer."""
        return bool(self.etag) and self.etag.removeprefix("W/") in [tag.removeprefix("W/") for tag in self._tags]

    async def begin(self, answering: Awaitable[None]) -> None:
        """Let the answer be made; where no body is wanted, only as far as its headers."""
        if not self._bodiless and not self._tags:
            await answering
            return
        task = asyncio.ensure_future(answering)
        self._stop = task.cancel
        try:
            await task
        except asyncio.CancelledError:
            if not self._is_over:
                raise

    async def send(self, message: Message) -> None:
        """Pass a message on."""
        if self._is_over:
            return
        if message["type"] == "http.response.start":
            self.started = True
            headers = MutableHeaders(raw=list(message["headers"]))
            # An answer may bring a validator of its own.
            self.etag = headers.get("etag", self.etag)
            if message["status"] in (200, 206) and self.etag and (self._tags == ["*"] or self.is_unchanged()):
                message["status"], self._bodiless = 304, True
            self._complete(message["status"], headers)
            message["headers"] = headers.raw
        await self._send(message)
        if self._bodiless:
            self._is_over = True
            await self._send({"type": "http.response.body", "body": b""})
            if self._stop:
                self._stop()

    def _complete(self, status: int, headers: MutableHeaders) -> None:
        headers.update(HEADERS["always"])
        headers["X-Request-ID"] = secrets.token_hex(8)
        if status == 304:
            # A browser takes over the headers of a 304 for what it has stored: the policy of a page must not change.
            for name in OF_BODIES:
                del headers[name]
        else:
            headers.setdefault("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
        if status in (200, 206, 304) and self.etag:
            headers["ETag"] = self.etag
            headers.setdefault("Cache-Control", "public, max-age=0, must-revalidate")
        else:
            headers.setdefault("Cache-Control", "no-store")
