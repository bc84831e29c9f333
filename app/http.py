"""HTTP around the application: what is refused before it is routed, conditional requests, HEAD, OPTIONS, headers."""

import asyncio
import hashlib
import logging
import re
import tomllib
from collections.abc import Awaitable, Callable, Mapping
from functools import lru_cache
from importlib.resources import files
from operator import itemgetter
from random import getrandbits
from typing import NamedTuple, Self

from starlette.responses import Response
from starlette.routing import Match, Router
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette_compress import CompressMiddleware

from app import __version__
from app.database import LiveDataset
from app.dataset_file import VERSION
from app.dispatch import Dispatch
from app.endpoints import decoded, read_query
from app.errors import ProblemError, parameter_error

log = logging.getLogger(__name__)

LONGEST_URL, LARGEST_HEADERS = 8 * 1024, 32 * 1024
HEALTH = "/healthz"
UNCACHED = (HEALTH, "/readyz")
AMBIGUOUS_PATH = re.compile(rb"%2[ef]|%0[ad]$|//|/\.\.?(/|$)", re.IGNORECASE)
ABSOLUTE_FORM = re.compile(rb"https?://[^/?]*", re.IGNORECASE)
HOST = re.compile(rb"[\w.-]+(:\d{1,5})?|\[[0-9a-f:.]+\](:\d{1,5})?", re.IGNORECASE | re.ASCII)
CLOSE = {"Connection": "close"}
OF_BODIES = (b"content-length", b"content-range", b"content-type", b"content-encoding", b"content-security-policy")
HEADERS = tomllib.loads((files("app") / "static" / "headers.toml").read_text("utf-8"))
RawHeaders = list[tuple[bytes, bytes]]
"""Headers as ASGI has them: names in lower case."""


def raw(headers: Mapping[str, str]) -> RawHeaders:
    """Headers as they are sent."""
    return [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]


ALWAYS = raw(HEADERS["always"])
SET_HERE = frozenset(name for name, _ in ALWAYS) | {b"x-request-id"}
POLICY = raw({"Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'"})
KEPT, NOT_KEPT = (raw({"Cache-Control": value}) for value in ("public, max-age=0, must-revalidate", "no-store"))


VARIES, LEAST_COMPRESSED = (b"vary", b"Accept-Encoding"), 500
"""What an answer says, from this length on, that might have been compressed."""
JSON = "application/json"


def request_id() -> tuple[bytes, bytes]:
    """The header that names one answer, for questions about it."""
    return b"x-request-id", b"%016x" % getrandbits(64)


def unchanged(etag: bytes) -> RawHeaders:
    """The headers of an answer which says that there is nothing new."""
    return [*ALWAYS, (b"etag", etag), *KEPT]


class HttpMiddleware:
    """The outermost layer of the application: it sees every request first and every answer last."""

    def __init__(self, app: ASGIApp, live: LiveDataset, router: Router) -> None:
        """`app` is asked for what no endpoint of the router answers."""
        self.app, self.live, self.router = app, live, router
        self.dispatch, self._compress = Dispatch(router), CompressMiddleware(_as_made)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        # Pinned for the whole request: its ETag and its answer are of the same dataset, also when another one comes.
        dataset = self.live.current
        head = _Head.of(scope)
        answer = _Answer(send, head.tags, is_head=scope["method"] == "HEAD")
        try:
            state = {**scope.get("state", {}), "dataset": dataset}
            scope = {**scope, "path": _checked_path(scope, head), "state": state}
            pairs = state["pairs"] = read_query(scope["query_string"])
            if scope["path"] not in UNCACHED:
                answer.etag = _etag(dataset.version, scope["path"], pairs)
            if dataset is self.live.withdrawn and scope["path"] != HEALTH:
                raise ProblemError("unavailable", "The dataset is damaged.", headers={"Retry-After": "60"})
            if scope["method"] in ("GET", "HEAD"):
                _hold(dataset.version, pairs)
            await answer.begin(self._respond(scope, receive, answer, head))
        except ProblemError as error:
            await error.response(scope["path"])(scope, receive, answer.send)
        except Exception:
            log.exception("a request failed")
            if answer.started:
                raise
            mistake = ProblemError("internal-error", "The server made a mistake.").response(scope["path"])
            await mistake(scope, receive, answer.send)

    async def _respond(self, scope: Scope, receive: Receive, answer: "_Answer", head: "_Head") -> None:
        """Let the application answer, unless nobody needs to ask it."""
        response: ASGIApp | None = None
        if scope["method"] == "OPTIONS" and any(it.matches(scope)[0] is not Match.NONE for it in self.router.routes):
            response = Response(status_code=204, headers=HEADERS["preflight"])
        if scope["method"] in ("GET", "HEAD"):
            if scope["method"] == "HEAD":
                # Parts are for GET alone.
                scope["headers"] = [pair for pair in scope["headers"] if pair[0] != b"range"]
            scope["method"] = "GET"
            response = Response(status_code=304) if answer.is_unchanged() else None
        response = response or await self.dispatch.response(scope, receive) or self.app
        if isinstance(response, Response) and not head.is_encoded and _is_plain(response):
            await answer.send_whole(response)
        else:
            scope["state"]["response"] = response
            await self._compress(scope, receive, answer.send)


async def _as_made(scope: Scope, receive: Receive, send: Send) -> None:
    """The answer that was made of a request, on its way through the layer that compresses it."""
    await scope["state"]["response"](scope, receive, send)


def _is_plain(response: Response) -> bool:
    """Whether an answer is all there, and JSON: where nobody wants it compressed, it is sent as it is."""
    return type(response) is Response and response.status_code == 200 and response.media_type == JSON


class _Head(NamedTuple):
    """What the headers of a request say."""

    size: int
    is_for_us: bool
    """Whether they say once, and well-formed, for which host it is; before HTTP/1.1 they need not."""
    has_body: bool
    is_encoded: bool
    """Whether they say which encodings are taken."""
    tags: list[bytes]
    """What is known already, by its validators."""

    @classmethod
    def of(cls, scope: Scope) -> Self:
        size, has_body, is_encoded, hosts, tags = 0, False, False, list[bytes](), list[bytes]()
        for name, value in scope["headers"]:
            size += len(name) + len(value) + 4
            if name == b"host":
                hosts.append(value)
            elif name == b"accept-encoding":
                is_encoded = True
            elif name == b"if-none-match":
                tags += [tag.strip() for tag in value.split(b",")]
            elif name == b"transfer-encoding" or (name == b"content-length" and value != b"0"):
                has_body = True
        is_old = not hosts and scope.get("http_version") == "1.0"
        return cls(size, is_old or (len(hosts) == 1 and is_host(hosts[0])), has_body, is_encoded, tags)


@lru_cache(maxsize=1_000)
def is_host(value: bytes) -> bool:
    """Whether a value of the header Host is well-formed."""
    return HOST.fullmatch(value) is not None


def _checked_path(scope: Scope, head: _Head) -> str:
    """The path, decoded; what is too large, malformed or ambiguous is refused before it is looked at more closely."""
    raw_path: bytes = scope.get("raw_path") or scope["path"].encode()
    if not raw_path.startswith(b"/"):
        raw_path = ABSOLUTE_FORM.sub(b"", raw_path, count=1) or b"/"
    if len(raw_path) + len(scope["query_string"]) > LONGEST_URL:
        raise ProblemError("uri-too-long", f"The URL has more than {LONGEST_URL:,} bytes.", headers=CLOSE)
    if head.size > LARGEST_HEADERS:
        raise ProblemError("headers-too-large", f"The headers have more than {LARGEST_HEADERS:,} bytes.", headers=CLOSE)
    if not head.is_for_us:
        raise ProblemError("malformed-request", "The Host header is not a host.", headers=CLOSE)
    if scope["method"] in ("GET", "HEAD") and head.has_body:
        raise ProblemError("content-too-large", "Requests have no body.", headers=CLOSE)
    path = decoded(raw_path)
    if AMBIGUOUS_PATH.search(raw_path):
        raise ProblemError("unknown-path", "There is nothing at this path.")
    return path


def _hold(version: str, pairs: list[tuple[str, str]]) -> None:
    """Hold the dataset to the version that a request asks for; a value that is no version is not judged here."""
    asked = [value for name, value in pairs if name == "dataset"]
    if len(asked) == 1 and re.fullmatch(VERSION, asked[0]) and asked[0] != version:
        detail = f"The version {asked[0]} was asked for, and the present version is {version}."
        error = parameter_error("dataset", asked[0], "dataset_changed", "It is not served now.", allowed=[version])
        raise ProblemError("dataset-changed", detail, [error])


def _etag(version: str, path: str, pairs: list[tuple[str, str]]) -> bytes:
    """A weak validator of what a request asks for: requests that mean the same share it."""
    content = repr((version, __version__, path, sorted(pairs, key=itemgetter(0)))).encode()
    return b'W/"%b"' % hashlib.blake2b(content, digest_size=12).hexdigest().encode()


class _Answer:
    """Completes an answer on its way out: headers, no body for HEAD, 304 where that is known only from the answer."""

    def __init__(self, send: Send, tags: list[bytes], is_head: bool) -> None:
        self._send, self._tags, self._bodiless, self.etag, self.started = send, tags, is_head, b"", False
        self._stop: Callable[[], object] | None = None
        self._is_over = False

    def is_unchanged(self) -> bool:
        """Whether If-None-Match names the validator; whether `*` holds is known only when there is an answer."""
        return bool(self.etag) and self.etag.removeprefix(b"W/") in [tag.removeprefix(b"W/") for tag in self._tags]

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

    async def send_whole(self, response: Response) -> None:
        """Send an answer that is all there, without asking what it is made of."""
        headers = [*response.raw_headers, VARIES] if len(response.body) >= LEAST_COMPRESSED else response.raw_headers
        await self.send({"type": "http.response.start", "status": response.status_code, "headers": headers})
        await self.send({"type": "http.response.body", "body": response.body})

    async def send(self, message: Message) -> None:
        """Pass a message on."""
        if self._is_over:
            return
        if message["type"] == "http.response.start":
            self.started = True
            self._complete(message)
        await self._send(message)
        if self._bodiless:
            self._is_over = True
            await self._send({"type": "http.response.body", "body": b""})
            if self._stop:
                self._stop()

    def _complete(self, message: Message) -> None:
        own: RawHeaders = [pair for pair in message["headers"] if pair[0] not in SET_HERE]
        names = {name for name, _ in own}
        if b"etag" in names:
            # An answer may bring a validator of its own.
            self.etag = next(value for name, value in own if name == b"etag")
        is_good = message["status"] in (200, 206, 304) and bool(self.etag)
        if message["status"] in (200, 206) and is_good and (self._tags == [b"*"] or self.is_unchanged()):
            message["status"], self._bodiless = 304, True
        own += ALWAYS
        if message["status"] == 304:
            # A browser takes over the headers of a 304 for what it has stored: the policy of a page must not change.
            own = [pair for pair in own if pair[0] not in OF_BODIES]
        elif b"content-security-policy" not in names:
            own += POLICY
        if is_good and b"etag" not in names:
            own.append((b"etag", self.etag))
        if self._bodiless and message["status"] == 200 and b"content-length" not in names:
            # What the body would be sent with; the server says it only where there is one.
            own.append((b"transfer-encoding", b"chunked"))
        if b"cache-control" not in names:
            own += KEPT if is_good else NOT_KEPT
        message["headers"] = [*own, request_id()]
