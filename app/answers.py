"""Answers that are kept: what was asked before is answered again with the same bytes, without the application.

They stand in front of everything else: the server's protocol looks here before it makes a request of what it has read.
A request is known by its target as it was sent and by the encodings it takes; different requests that mean the same
share one answer, by its validator. What was never asked, what is no plain GET or HEAD, and all that is more than a
single answer of status 200 goes to the application.
"""

from collections import OrderedDict
from collections.abc import Iterable
from http import HTTPStatus
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.database import LiveDataset
from app.dispatch import Dispatch
from app.http import LARGEST_HEADERS, RawHeaders, is_host, request_id, unchanged

Asked = tuple[bytes, bytes]
"""The target of a request and its Accept-Encoding, as they were sent."""
OVERHEAD = 1_000
"""Bytes that an entry takes beside its contents: the objects that hold them, and the headers of its 304."""
SHARE = 8
"""An answer larger than this part of the whole is not kept."""
GOOD, UNCHANGED = b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 304 Not Modified\r\n"
NOTHING_NEW = b"\0"
"""Stands in the place of the encodings of a request that is known to have nothing new: it has no body to encode."""
UNUSUAL = frozenset((b"range", b"content-length", b"transfer-encoding"))
"""Headers of requests whose answers may be of another kind."""


class Answer:
    """One answer, ready to be sent."""

    __slots__ = ("body", "condition", "head", "headers", "mark", "names", "size", "unchanged", "unchanged_head")

    def __init__(self, mark: tuple[bytes, bytes], headers: RawHeaders, body: bytes) -> None:
        self.mark, self.headers, self.body = mark, headers, body
        # As the values of If-None-Match are put together.
        self.condition = b"," + mark[0]
        self.unchanged = unchanged(mark[0])
        # Written out when they are first needed: most answers are never asked for again.
        self.head = self.unchanged_head = b""
        self.size = len(body) + 2 * sum(len(name) + len(value) + 4 for name, value in headers) + OVERHEAD
        self.names = 0
        """By how many forms of the request it is known."""


class Answers:
    """The answers of one state of the dataset, up to a number of bytes; those that were not asked for longest go."""

    def __init__(self, capacity: int) -> None:
        self.capacity, self.size = capacity, 0
        self._known = OrderedDict[Asked, Answer]()
        self._by_mark: dict[tuple[bytes, bytes], Answer] = {}

    def __len__(self) -> int:
        return len(self._by_mark)

    def get(self, asked: Asked) -> Answer | None:
        """The answer to a request, which is thereby the one that was asked for last."""
        found = self._known.get(asked)
        if found is not None:
            self._known.move_to_end(asked)
        return found

    def keep(self, asked: Asked, answer: Answer) -> None:
        """Keep an answer, unless it is too large."""
        if answer.size > self.capacity // SHARE or asked in self._known:
            return
        answer = self._by_mark.setdefault(answer.mark, answer)
        self.size += _size(asked) + (0 if answer.names else answer.size)
        answer.names += 1
        self._known[asked] = answer
        while self.size > self.capacity:
            self._forget(*self._known.popitem(last=False))

    def _forget(self, asked: Asked, answer: Answer) -> None:
        answer.names -= 1
        self.size -= _size(asked)
        if not answer.names:
            self.size -= answer.size
            del self._by_mark[answer.mark]


async def _nothing_comes() -> Message:
    """What a request has besides its head, if it has none."""
    return {"type": "http.request", "body": b"", "more_body": False}


def _written(headers: RawHeaders) -> bytes:
    return b"".join([b"%b: %b\r\n" % pair for pair in headers])


def _size(asked: Iterable[bytes]) -> int:
    return OVERHEAD + sum(map(len, asked))


class AnswersKept:
    """In front of the application: answers again what it has answered, as long as the dataset stays the same.

    With room for nothing (a capacity of 0) it asks the application each time.
    """

    def __init__(self, app: ASGIApp, live: LiveDataset, dispatch: Dispatch, capacity: int) -> None:
        self.app, self.live, self._dispatch = app, live, dispatch
        self._capacity, self._dataset, self.answers = capacity, live.current, Answers(capacity)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_question = scope["type"] == "http" and scope["method"] in ("GET", "HEAD")
        meant = _meant(scope["headers"]) if is_question else None
        if meant is None:
            await self.app(scope, receive, send)
            return
        query: bytes = scope["query_string"]
        target = (scope.get("raw_path") or b"") + (b"?" + query if query else b"")
        found = self._find(target, *meant)
        if found is not None:
            answer, is_unchanged = found
            headers = [*(answer.unchanged if is_unchanged else answer.headers), request_id()]
            await send({"type": "http.response.start", "status": 304 if is_unchanged else 200, "headers": headers})
            await send({"type": "http.response.body", "body": b"" if is_unchanged else answer.body})
        else:
            # Of several validators, or one that is not ours, the application knows what they mean.
            keep = scope["method"] == "GET" and self._capacity
            await self.app(scope, receive, _Keeping(send, self.answers, (target, *meant)).send if keep else send)

    def sent(self, method: bytes, target: bytes, headers: RawHeaders, own: bytes) -> tuple[bytes, bytes] | None:
        """The head of an answer, with the server's `own` headers, and its body, as they are sent.

        There is one if it is kept, or if nothing has to be waited for to make it.
        """
        meant = _meant(headers)
        if meant is None:
            return None
        found = self._find(target, *meant)
        if found is None:
            return self._made(target, headers, meant, own) if method == b"GET" else None
        answer, is_unchanged = found
        named = b"x-request-id: %b\r\n\r\n" % request_id()[1]
        if is_unchanged:
            answer.unchanged_head = answer.unchanged_head or _written(answer.unchanged)
            return b"".join((UNCHANGED, own, answer.unchanged_head, named)), b""
        answer.head = answer.head or _written(answer.headers)
        return b"".join((GOOD, own, answer.head, named)), answer.body

    def _made(
        self, target: bytes, headers: RawHeaders, meant: tuple[bytes, bytes], own: bytes
    ) -> tuple[bytes, bytes] | None:
        """The same of an answer that is made now: without a task, and without any layer of the server's."""
        path, _, query = target.partition(b"?")
        endpoint = None if b"%" in path else self._dispatch.find(path.decode("latin-1"))
        if endpoint is None or not endpoint.is_prompt or meant[1]:
            return None
        scope: Scope = {"type": "http", "http_version": "1.1", "method": "GET", "scheme": "http", "root_path": ""}
        scope["path"], scope["raw_path"], scope["query_string"] = path.decode("latin-1"), path, query
        scope["headers"], scope["state"] = headers, {}
        told = list[Message]()

        async def tell(message: Message) -> None:
            told.append(message)

        keeping = _Keeping(tell, self.answers, (target, *meant))
        answering: Any = self.app(scope, _nothing_comes, keeping.send if self._capacity else tell)
        try:
            answering.send(None)
        except StopIteration:
            start, body = told
            head = b"HTTP/1.1 %d %b\r\n" % (start["status"], HTTPStatus(start["status"]).phrase.encode())
            return b"".join((head, own, _written(start["headers"]), b"\r\n")), body["body"]
        # It waits after all, so that the server has to.
        answering.close()
        return None

    def _find(self, target: bytes, encodings: bytes, condition: bytes) -> tuple[Answer, bool] | None:
        """An answer that is kept, and whether it is known to whoever asks."""
        dataset = self.live.current
        if dataset is not self._dataset:
            self._dataset, self.answers = dataset, Answers(self._capacity)
        if dataset is self.live.withdrawn:
            return None
        answer = self.answers.get((target, encodings))
        if answer is None and condition:
            answer = self.answers.get((target, NOTHING_NEW))
        if answer is None or (condition and condition != answer.condition):
            return None
        return answer, bool(condition)


def _meant(headers: RawHeaders) -> tuple[bytes, bytes] | None:
    """The encodings that a request takes, and on which condition; None for what only the application can judge."""
    hosts = size = 0
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
            return None
    return None if hosts != 1 or size > LARGEST_HEADERS else (encodings, condition)


class _Keeping:
    """Passes an answer on, and keeps it if it can be given again."""

    def __init__(self, send: Send, answers: Answers, asked: tuple[bytes, bytes, bytes]) -> None:
        self._send, self._answers = send, answers
        self._target, self._encodings, self._condition = asked
        self._headers: RawHeaders | None = None

    async def send(self, message: Message) -> None:
        """Pass a message on."""
        await self._send(message)
        if message["type"] == "http.response.start":
            self._headers = None
            if message["status"] == 304:
                self._keep_unchanged(dict(message["headers"]).get(b"etag", b""))
            elif message["status"] == 200 and not self._condition:
                self._headers = message["headers"]
        elif self._headers is not None:
            if not message.get("more_body", False):
                self._keep(self._headers, message.get("body", b""))
            self._headers = None

    def _keep(self, headers: RawHeaders, body: bytes) -> None:
        found = dict(headers)
        # What has no length is a stream. A strong validator is that of a file, which the system keeps in memory.
        is_whole = b"content-length" in found and found.get(b"etag", b"").startswith(b"W/")
        if is_whole and found[b"cache-control"].startswith(b"public"):
            mark = found[b"etag"], found.get(b"content-encoding", b"")
            kept = [pair for pair in headers if pair[0] != b"x-request-id"]
            self._answers.keep((self._target, self._encodings), Answer(mark, kept, body))

    def _keep_unchanged(self, etag: bytes) -> None:
        """Remember that there is nothing new, for whoever knows that much: nobody else may have asked yet."""
        if self._condition == b"," + etag and etag.startswith(b"W/"):
            self._answers.keep((self._target, NOTHING_NEW), Answer((etag, NOTHING_NEW), [], b""))
