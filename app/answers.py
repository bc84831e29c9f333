"""Answers that are kept: what was asked before is answered again with the same bytes, without the application.

They stand in front of everything else: the server's protocol looks here before it makes a request of what it has read.
A request is known by its target as it was sent and by the encodings it takes; different requests that mean the same
share one answer, by its validator. What was never asked, what is no plain GET or HEAD, and all that is more than a
single answer of status 200 goes to the application.
"""

from collections import OrderedDict
from collections.abc import Iterable
from http import HTTPStatus

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.database import LiveDataset
from app.endpoints import RawHeaders
from app.http import Head, HttpMiddleware, request_id, unchanged, written

Asked = tuple[bytes, bytes]
"""The target of a request and its Accept-Encoding, as they were sent."""
OVERHEAD = 1_000
"""Bytes that an entry takes beside its contents: the objects that hold them, and the headers of its 304."""
MOST_ONCE = 10_000
"""Of so many requests it is remembered that they were asked for, though their answers were not kept."""
SHARE = 8
"""An answer larger than this part of the whole is not kept."""
GOOD, UNCHANGED = b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 304 Not Modified\r\n"
NOTHING_NEW = b"\0"
"""Stands in the place of the encodings of a request that is known to have nothing new: it has no body to encode."""


class Answer:
    """One answer, ready to be sent."""

    __slots__ = ("body", "condition", "head", "headers", "mark", "names", "size", "unchanged", "unchanged_head")

    def __init__(self, mark: tuple[bytes, bytes], headers: RawHeaders, body: bytes) -> None:
        self.mark, self.headers, self.body = mark, headers, body
        # As the values of If-None-Match are put together.
        self.condition = b"," + mark[0]
        self.unchanged = unchanged(mark[0])
        self.head = written(headers)
        # Written out when it is first needed: few answers are asked for by who has them.
        self.unchanged_head = b""
        self.size = len(body) + 2 * len(self.head) + OVERHEAD
        self.names = 0
        """By how many forms of the request it is known."""


class Answers:
    """The answers of one state of the dataset, up to a number of bytes; those that were not asked for longest go."""

    def __init__(self, capacity: int) -> None:
        self.capacity, self.size = capacity, 0
        self._known = OrderedDict[Asked, Answer]()
        self._by_mark: dict[tuple[bytes, bytes], Answer] = {}
        self._once, self._before = set[int](), set[int]()

    def __len__(self) -> int:
        return len(self._by_mark)

    def get(self, asked: Asked) -> Answer | None:
        """The answer to a request, which is thereby the one that was asked for last."""
        found = self._known.get(asked)
        if found is not None:
            self._known.move_to_end(asked)
        return found

    def wants(self, asked: Asked, length: int) -> bool:
        """Whether an answer of this length is worth keeping.

        Where others have to go for it, only if it is asked for again: who asks for everything once displaces nothing.
        """
        if self.size + length + 3 * OVERHEAD <= self.capacity:
            return True
        name = hash(asked)
        if name in self._once or name in self._before:
            return True
        self._once.add(name)
        if len(self._once) > MOST_ONCE // 2:
            self._once, self._before = set(), self._once
        return False

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


def _size(asked: Iterable[bytes]) -> int:
    return OVERHEAD + sum(map(len, asked))


class AnswersKept:
    """In front of the application: answers again what it has answered, as long as the dataset stays the same.

    With room for nothing (a capacity of 0) it asks the application each time.
    """

    def __init__(self, app: ASGIApp, live: LiveDataset, http: HttpMiddleware, capacity: int) -> None:
        self.app, self.live, self._http = app, live, http
        self._capacity, self._dataset, self.answers = capacity, live.current, Answers(capacity)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        head = Head.of(scope["headers"], is_old=False) if scope["type"] == "http" else None
        if head is None or not head.is_usual or scope["method"] not in ("GET", "HEAD"):
            await self.app(scope, receive, send)
            return
        query: bytes = scope["query_string"]
        target = (scope.get("raw_path") or b"") + (b"?" + query if query else b"")
        found = self._find(target, head.encodings, head.condition)
        if found is not None:
            answer, is_unchanged = found
            headers = [*(answer.unchanged if is_unchanged else answer.headers), request_id()]
            await send({"type": "http.response.start", "status": 304 if is_unchanged else 200, "headers": headers})
            await send({"type": "http.response.body", "body": b"" if is_unchanged else answer.body})
        else:
            # Of several validators, or one that is not ours, the application knows what they mean.
            keep = scope["method"] == "GET" and self._capacity
            asked = target, head.encodings, head.condition
            await self.app(scope, receive, _Keeping(send, self.answers, asked).send if keep else send)

    def sent(self, method: bytes, target: bytes, headers: RawHeaders, own: bytes) -> tuple[bytes, bytes] | None:
        """The head of an answer, with the server's `own` headers, and its body, as they are sent.

        There is one if it is kept, or if nothing has to be waited for to make it.
        """
        head = Head.of(headers, is_old=False)
        if not head.is_usual:
            return None
        found = self._find(target, head.encodings, head.condition)
        if found is None:
            return self._made(target, headers, head, own) if method == b"GET" and not head.condition else None
        answer, is_unchanged = found
        named = b"x-request-id: %b\r\n\r\n" % request_id()[1]
        if is_unchanged:
            answer.unchanged_head = answer.unchanged_head or written(answer.unchanged)
            return b"".join((UNCHANGED, own, answer.unchanged_head, named)), b""
        return b"".join((GOOD, own, answer.head, named)), answer.body

    def _made(self, target: bytes, headers: RawHeaders, head: Head, own: bytes) -> tuple[bytes, bytes] | None:
        """The same of an answer that is made now: without a task, and without any layer of the server's."""
        path, _, query = target.partition(b"?")
        text = path.decode("latin-1")
        route = None if b"%" in path else self._http.dispatch.find(text)
        if route is None or not route.is_prompt:
            return None
        scope: Scope = {"type": "http", "app": self.app, "method": "GET", "path": text, "raw_path": path}
        scope["query_string"], scope["headers"] = query, headers
        status, made, usual, body = self._http.at_once(scope, head, route)
        asked = target, head.encodings
        if status == 200 and self._capacity and self.answers.wants(asked, len(body)):
            _keep(self.answers, asked, made + usual.pairs, body)
        line = GOOD if status == 200 else b"HTTP/1.1 %d %b\r\n" % (status, HTTPStatus(status).phrase.encode())
        return b"".join((line, own, usual.lines, written(made), b"\r\n")), body

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


def _keep(answers: Answers, asked: Asked, headers: RawHeaders, body: bytes) -> None:
    """Keep an answer, if it can be given again."""
    found = dict(headers)
    # What has no length is a stream. A strong validator is that of a file, which the system keeps in memory.
    is_whole = b"content-length" in found and found.get(b"etag", b"").startswith(b"W/")
    if is_whole and found[b"cache-control"].startswith(b"public"):
        mark = found[b"etag"], found.get(b"content-encoding", b"")
        answer = Answer(mark, [pair for pair in headers if pair[0] != b"x-request-id"], body)
        answers.keep(asked, answer)


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
                asked, body = (self._target, self._encodings), message.get("body", b"")
                if self._answers.wants(asked, len(body)):
                    _keep(self._answers, asked, self._headers, body)
            self._headers = None

    def _keep_unchanged(self, etag: bytes) -> None:
        """Remember that there is nothing new, for whoever knows that much: nobody else may have asked yet."""
        if self._condition == b"," + etag and etag.startswith(b"W/"):
            self._answers.keep((self._target, NOTHING_NEW), Answer((etag, NOTHING_NEW), [], b""))
