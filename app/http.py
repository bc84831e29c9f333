"""HTTP around the application: what is refused before it is routed, conditional requests, HEAD, OPTIONS, headers."""

import asyncio
import hashlib
import logging
import re
import tomllib
import zlib
from collections.abc import Awaitable, Callable, Collection
from contextlib import suppress
from functools import lru_cache, partial
from importlib.resources import files
from random import getrandbits
from typing import Any, NamedTuple, Self, cast

from starlette.responses import Response
from starlette.routing import Match, Router
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette_compress import CompressMiddleware

from app import __version__
from app.database import Dataset, LiveDataset
from app.dataset_file import VERSION
from app.dispatch import Dispatch, asking
from app.endpoints import Json, RawHeaders, StrictRoute, decoded, raw, read_query
from app.errors import ProblemError, parameter_error

log = logging.getLogger(__name__)

LONGEST_URL, LARGEST_HEADERS = 8 * 1024, 32 * 1024
HEALTH = "/healthz"
UNCACHED = (HEALTH, "/readyz")
AMBIGUOUS_PATH = re.compile(rb"%2[ef]|%0[ad]$|//|/\.\.?(/|$)", re.IGNORECASE)
ABSOLUTE_FORM = re.compile(rb"https?://[^/?]*", re.IGNORECASE)
HOST = re.compile(rb"[\w.-]+(:\d{1,5})?|\[[0-9a-f:.]+\](:\d{1,5})?", re.IGNORECASE | re.ASCII)
CLOSE = {"Connection": "close"}
GZIP_LEVEL, GZIP = 4, 31
UNUSUAL = frozenset((b"range", b"content-length", b"transfer-encoding"))
OF_BODIES = (b"content-length", b"content-range", b"content-type", b"content-encoding", b"content-security-policy")
HEADERS = tomllib.loads((files("app") / "static" / "headers.toml").read_text("utf-8"))
ALWAYS = raw(HEADERS["always"])
SET_HERE = frozenset(name for name, _ in ALWAYS) | {b"x-request-id"}
POLICY = raw({"Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'"})
KEPT, NOT_KEPT = (raw({"Cache-Control": value}) for value in ("public, max-age=0, must-revalidate", "no-store"))


class Written(NamedTuple):
    """Headers, and the same as they are sent."""

    pairs: RawHeaders
    lines: bytes

    @classmethod
    def of(cls, pairs: RawHeaders) -> Self:
        """These headers."""
        return cls(pairs, written(pairs))


def written(headers: RawHeaders) -> bytes:
    """Headers as they are sent."""
    return b"".join(map(b"%b: %b\r\n".__mod__, headers))


NONE, USUAL = Written.of([]), Written.of([*ALWAYS, *POLICY, *KEPT])
"""The headers that an answer has besides its own: those of nearly all that are good, at once."""


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
        # Its own would write down the time: the same request gets the same bytes.
        cast(Any, self._compress)._gzip.oneshot = partial(zlib.compress, level=GZIP_LEVEL, wbits=GZIP)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_old = scope.get("http_version") == "1.0"
        head = Head.of(scope["headers"], is_old)
        answer = _Answer(send, head.tags, scope["method"] == "HEAD", is_old)
        # Pinned for the whole request: its ETag and its answer are of the same dataset, also when another one comes.
        scope = {**scope, "state": {**scope.get("state", {}), "dataset": self.live.current}}
        try:
            answer.etag = self._admit(scope, head)
            await answer.begin(self._respond(scope, receive, answer, head))
        except ProblemError as error:
            await error.response(scope["path"])(scope, receive, answer.send)
        except Exception:
            log.exception("a request failed")
            if answer.started:
                raise
            await _mistake(scope)(scope, receive, answer.send)

    def at_once(self, scope: Scope, head: "Head", route: StrictRoute) -> tuple[int, RawHeaders, Written, bytes]:
        """The same for a plain GET of what waits for nothing: the status, two lots of headers, and the body."""
        scope["state"] = {"dataset": self.live.current}
        etag = None
        try:
            etag = self._admit(scope, head)
            response = route.prompt(asking(route, scope))
        except ProblemError as error:
            response, head = error.response(scope["path"]), PLAINEST if etag is None else head
        except Exception:
            log.exception("a request failed")
            response, head = _mistake(scope), PLAINEST
        status, headers, body = response.status_code, response.raw_headers, bytes(response.body)
        if type(response) is Json and etag and not head.encodings:
            return status, [*headers, (b"etag", etag), request_id()], USUAL, body
        if head.encodings:
            headers, body = self._compressed(scope, response)
        own = [pair for pair in headers if pair[0] not in SET_HERE]
        return status, _completed(status, own, {name for name, _ in own}, etag or b""), NONE, body

    def _compressed(self, scope: Scope, response: Response) -> tuple[RawHeaders, bytes]:
        """An answer that is all there, as it is sent to whoever takes some encodings."""
        scope["state"]["response"], told = response, list[Message]()

        async def tell(message: Message) -> None:
            told.append(message)

        with suppress(StopIteration):
            self._compress(scope, _nothing_comes, tell).send(None)
        return list(told[0]["headers"]), b"".join(it.get("body", b"") for it in told[1:])

    def _admit(self, scope: Scope, head: "Head") -> bytes:
        """Read what is asked for, and give its validator; what must not be asked is a problem."""
        dataset: Dataset = scope["state"]["dataset"]
        path = scope["path"] = _checked_path(scope, head)
        pairs, asked = read_query(scope["query_string"])
        scope["state"]["pairs"], scope["state"]["asked"] = pairs, asked
        if dataset is self.live.withdrawn and path != HEALTH:
            raise ProblemError("unavailable", "The dataset is damaged.", headers={"Retry-After": "60"})
        if scope["method"] in ("GET", "HEAD") and "dataset" in dict(pairs):
            _hold(dataset.version, pairs)
        return b"" if path in UNCACHED else _etag(dataset.version, path, asked)

    async def _respond(self, scope: Scope, receive: Receive, answer: "_Answer", head: "Head") -> None:
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
        if isinstance(response, Json) and not head.encodings:
            await answer.send_whole(response)
        else:
            scope["state"]["response"] = response
            await self._compress(scope, receive, answer.send)


async def _as_made(scope: Scope, receive: Receive, send: Send) -> None:
    """The answer that was made of a request, on its way through the layer that compresses it."""
    await scope["state"]["response"](scope, receive, send)


class Head(NamedTuple):
    """What the headers of a request say."""

    size: int
    is_for_us: bool
    """Whether they say once, and well-formed, for which host it is; before HTTP/1.1 they need not."""
    has_body: bool
    is_unusual: bool
    """Whether the answer may be of another kind than to others: a part, or that to a request with a body."""
    is_usual: bool
    """Whether the request is one that is answered like others; of all else the application can judge."""
    encodings: bytes
    """The encodings that are taken, each header after a comma."""
    condition: bytes
    """What is known already, by its validators, in the same way."""

    @classmethod
    def of(cls, headers: RawHeaders, is_old: bool) -> Self:
        """What these headers say; an old request is one before HTTP/1.1."""
        size = hosts = 0
        has_body = is_unusual = False
        encodings = condition = b""
        for name, value in headers:
            size += len(name) + len(value) + 4
            if name == b"host":
                hosts += 1 if is_host(value) else 2
            elif name == b"accept-encoding":
                encodings += b"," + value
            elif name == b"if-none-match":
                condition += b"," + value
            elif name in UNUSUAL:
                is_unusual = True
                has_body = has_body or name == b"transfer-encoding" or (name == b"content-length" and value != b"0")
        is_for_us = hosts == 1 or (is_old and not hosts)
        is_usual = is_for_us and not is_unusual and size <= LARGEST_HEADERS
        return cls(size, is_for_us, has_body, is_unusual, is_usual, encodings, condition)

    @property
    def tags(self) -> list[bytes]:
        """The validators of what is known."""
        return [tag.strip() for tag in self.condition[1:].split(b",")] if self.condition else []


PLAINEST = Head.of([], is_old=True)
"""Of what is refused before it is routed nothing is compressed."""


async def _nothing_comes() -> Message:
    """What a request has besides its head, if it has none."""
    return {"type": "http.request", "body": b"", "more_body": False}


def _mistake(scope: Scope) -> Response:
    return ProblemError("internal-error", "The server made a mistake.").response(scope["path"])


@lru_cache(maxsize=1_000)
def is_host(value: bytes) -> bool:
    """Whether a value of the header Host is well-formed."""
    return HOST.fullmatch(value) is not None


def _checked_path(scope: Scope, head: Head) -> str:
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
    return _path(raw_path)


@lru_cache(maxsize=1_000)
def _path(raw_path: bytes) -> str:
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


def _etag(version: str, path: str, asked: str) -> bytes:
    """A weak validator of what a request asks for: requests that mean the same share it."""
    content = f"{version}\n{__version__}\n{path}\n{asked}".encode()
    return b'W/"%b"' % hashlib.blake2b(content, digest_size=12).hexdigest().encode()


class _Answer:
    """Completes an answer on its way out: headers, no body for HEAD, 304 where that is known only from the answer."""

    def __init__(self, send: Send, tags: list[bytes], is_head: bool, is_old: bool) -> None:
        self._send, self._tags, self._bodiless, self.etag, self.started = send, tags, is_head, b"", False
        self._is_old = is_old
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
        start = {"type": "http.response.start", "status": response.status_code, "headers": response.raw_headers}
        await self.send(start)
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
        if message["status"] in (200, 206) and self.etag and (self._tags == [b"*"] or self.is_unchanged()):
            message["status"], self._bodiless = 304, True
        if self._bodiless and message["status"] == 200 and b"content-length" not in names and not self._is_old:
            # What the body would be sent with; the server says it only where there is one. (HTTP/1.0 has no chunks.)
            own.append((b"transfer-encoding", b"chunked"))
        message["headers"] = _completed(message["status"], own, names, self.etag)


def _completed(status: int, own: RawHeaders, names: Collection[bytes], etag: bytes) -> RawHeaders:
    """The headers of an answer, with those that every answer has; `names` are those of its own."""
    is_good = status in (200, 206, 304) and bool(etag)
    if status == 304:
        # A browser takes over the headers of a 304 for what it has stored: the policy of a page must not change.
        own = [pair for pair in own if pair[0] not in OF_BODIES]
    headers = [*own, *ALWAYS]
    if status != 304 and b"content-security-policy" not in names:
        headers += POLICY
    if is_good and b"etag" not in names:
        headers.append((b"etag", etag))
    if b"cache-control" not in names:
        headers += KEPT if is_good else NOT_KEPT
    headers.append(request_id())
    return headers
