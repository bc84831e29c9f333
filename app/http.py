"""HTTP around the application: what is refused before it is routed, conditional requests, HEAD, OPTIONS, headers."""

import hashlib
import logging
import secrets
from collections.abc import Callable, Coroutine
from typing import Any
from urllib.parse import parse_qsl, unquote_to_bytes

from fastapi import APIRouter, Request
from fastapi.routing import APIRoute
from starlette.datastructures import Headers, MutableHeaders, QueryParams
from starlette.responses import Response
from starlette.routing import Match, Router
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app import __version__
from app.database import LiveDataset
from app.errors import ALLOWED_METHODS, ProblemError, invalid, parameter_error
from app.parameters import CONTROL

log = logging.getLogger(__name__)

LONGEST_URL, LARGEST_HEADERS = 8 * 1024, 32 * 1024
UNCACHED = ("/healthz", "/readyz")
EXPOSED = "ETag, Link, X-Total-Count, X-Request-ID"
PREFLIGHT = {
    "Allow": ALLOWED_METHODS,
    "Access-Control-Allow-Methods": ALLOWED_METHODS,
    "Access-Control-Allow-Headers": "*",
    "Access-Control-Max-Age": "86400",
}
ALWAYS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": EXPOSED,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}
NO_CONTENT_POLICY = "default-src 'none'; frame-ancestors 'none'"


class StrictParameters(QueryParams):
    """A query in which a repeated parameter stays a list where a single value is expected, so that it is refused."""

    def get(self, key: Any, default: Any = None) -> Any:
        values = self.getlist(key)
        return default if not values else values[0] if len(values) == 1 else values


class StrictRequest(Request):
    """A request whose query is read to the letter."""

    @property
    def query_params(self) -> QueryParams:
        if not hasattr(self, "_strict"):
            self._strict = StrictParameters(read_query(self.scope["query_string"]))
        return self._strict


class StrictRoute(APIRoute):
    """A route that reads the query to the letter."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def strictly(request: Request) -> Response:
            return await handle(StrictRequest(request.scope, request.receive))

        return strictly


def router_for(tag: str) -> APIRouter:
    """A resource's router; the functions' names are the operations' ids."""
    return APIRouter(route_class=StrictRoute, tags=[tag], generate_unique_id_function=lambda route: route.name)


def read_query(query: bytes) -> list[tuple[str, str]]:
    """The parameters of a query: 400 where it is not percent-encoded UTF-8, 422 for control characters."""
    try:
        pairs = parse_qsl(_percent_checked(query).decode("ascii"), keep_blank_values=True, errors="strict")
    except ValueError:
        raise ProblemError("malformed-request", "The query is not percent-encoded UTF-8.") from None
    errors = [
        parameter_error(name, value, "control_character", "A control character is not accepted.")
        for name, value in pairs
        if CONTROL.search(name + value)
    ]
    if errors:
        raise invalid(errors)
    return pairs


def _percent_checked(encoded: bytes) -> bytes:
    """The bytes, if every % begins an escape and no character stands unescaped that a URL cannot have."""
    for part in encoded.split(b"%")[1:]:
        int(part[:2].decode("ascii") if len(part) >= 2 and part[:2].isalnum() else "no", 16)
    return encoded


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
        scope.setdefault("state", {})["dataset"] = dataset
        head = scope["method"] == "HEAD"
        etag = None
        try:
            self._refuse(scope)
            if scope["path"] not in UNCACHED:
                etag = _etag(dataset.version, scope)
        except ProblemError as error:
            response: ASGIApp = error.response(scope["path"])
        else:
            if scope["method"] == "OPTIONS" and self._is_known(scope):
                response = Response(status_code=204, headers=PREFLIGHT)
            elif scope["method"] in ("GET", "HEAD") and etag and _matches(scope, etag):
                response = Response(status_code=304)
            else:
                response = self.app
        scope = {**scope, "method": "GET"} if head else scope
        finisher = _Finisher(send, scope, etag, head)
        try:
            await response(scope, receive, finisher.send)
        except Exception:
            log.exception("a request failed")
            if finisher.started:
                raise
            await ProblemError("internal-error", "The server made a mistake.").response(scope["path"])(
                scope, receive, finisher.send
            )

    def _refuse(self, scope: Scope) -> None:
        """What is refused before anything is looked at more closely."""
        raw = scope.get("raw_path") or scope["path"].encode()
        if len(raw) + len(scope["query_string"]) > LONGEST_URL:
            raise ProblemError(
                "uri-too-long", f"The URL has more than {LONGEST_URL:,} bytes.", headers={"Connection": "close"}
            )
        if sum(len(name) + len(value) + 4 for name, value in scope["headers"]) > LARGEST_HEADERS:
            detail = f"The headers have more than {LARGEST_HEADERS:,} bytes."
            raise ProblemError("headers-too-large", detail, headers={"Connection": "close"})
        headers = Headers(scope=scope)
        if scope["method"] in ("GET", "HEAD") and (
            headers.get("content-length", "0") != "0" or "transfer-encoding" in headers
        ):
            raise ProblemError("content-too-large", "Requests have no body.", headers={"Connection": "close"})
        try:
            scope["path"] = unquote_to_bytes(_percent_checked(raw)).decode("utf-8")
        except ValueError:
            raise ProblemError("malformed-request", "The path is not percent-encoded UTF-8.") from None
        lowered = raw.lower()
        if b"%2f" in lowered or b"%2e" in lowered or b"//" in raw or b"/./" in raw or b"/../" in raw:
            raise ProblemError("unknown-path", "There is nothing at this path.")

    def _is_known(self, scope: Scope) -> bool:
        return any(route.matches(scope)[0] is not Match.NONE for route in self.router.routes)


def _etag(version: str, scope: Scope) -> str:
    """A weak validator of what a request asks for: requests that mean the same share it."""
    pairs = sorted(read_query(scope["query_string"]), key=lambda pair: pair[0])
    content = repr((version, __version__, scope["path"], pairs))
    return f'W/"{hashlib.blake2b(content.encode(), digest_size=12).hexdigest()}"'


def _matches(scope: Scope, etag: str) -> bool:
    """Whether If-None-Match names the validator. `*` is answered after routing, when it is known whether there is anything."""
    tags = [tag.strip() for value in Headers(scope=scope).getlist("if-none-match") for tag in value.split(",")]
    return etag.removeprefix("W/") in [tag.removeprefix("W/") for tag in tags]


class _Finisher:
    """Completes an answer on its way out: headers, 304 for `If-None-Match: *`, no body for HEAD."""

    def __init__(self, send: Send, scope: Scope, etag: str | None, head: bool) -> None:
        self._send, self._etag, self._head = send, etag, head
        self._any = Headers(scope=scope).get("if-none-match", "").strip() == "*"
        self._bodiless = head
        self.started = False

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.started = True
            headers = MutableHeaders(raw=list(message["headers"]))
            if message["status"] == 200 and self._etag and self._any:
                message["status"], self._bodiless = 304, True
            self._complete(message["status"], headers)
            message["headers"] = headers.raw
        elif self._bodiless:
            if message.get("more_body"):
                return
            message = {"type": "http.response.body", "body": b""}
        await self._send(message)

    def _complete(self, status: int, headers: MutableHeaders) -> None:
        headers.update(ALWAYS)
        headers["X-Request-ID"] = secrets.token_hex(8)
        headers.setdefault("Content-Security-Policy", NO_CONTENT_POLICY)
        headers["Vary"] = "Accept-Encoding"
        if status == 304:
            for name in ("content-length", "content-type", "content-encoding"):
                del headers[name]
        if status in (200, 304) and self._etag:
            headers["ETag"] = self._etag
            headers.setdefault("Cache-Control", "public, max-age=0, must-revalidate")
        else:
            headers.setdefault("Cache-Control", "no-store")
