"""The server's side of a connection: what is not HTTP, too large or too slow is refused before there is a request."""

import re
from asyncio import TimerHandle, Transport
from collections.abc import Mapping
from http import HTTPStatus
from types import MappingProxyType
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from app.answers import AnswersKept
from app.errors import ALLOWED_METHODS, ProblemError, cut
from app.http import CLOSE, HEADERS, written

REQUEST_SECONDS = 10.0
"""From its first byte on, or from the connection's beginning, a request has so long to come whole."""
LARGEST_HEAD = 64 * 1024
"""Beyond this, nothing more is read of a request; below, the application says what is too large."""
STALL_SECONDS, LEAST_TAKEN = 30.0, 64 * 1024
"""Of an answer that waits to be taken, so many bytes have to be taken within so many seconds."""
VERSIONS = ("1.0", "1.1")
QUESTIONS = (b"GET", b"HEAD")
ANSWERED = (*QUESTIONS, b"OPTIONS")
REQUEST_LINE = re.compile(rb"(?P<method>[\w!#$%&'*+.^`|~-]+) (?P<target>[^\s]+) HTTP/1\.[01]\r?\n", re.ASCII)


class ProblemProtocol(HttpToolsProtocol):
    """Uvicorn's protocol, which refuses what is not HTTP; here that is a problem too, and so is taking too long.

    Whoever asks and does not take the answer is cut off, since what was not taken is held in memory.
    """

    _deadline: TimerHandle | None = None
    _waiting: TimerHandle | None = None
    _read, _latest = 0, b""
    _is_head_whole = _is_whole = _is_answered = False

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._deadline = self.loop.call_later(REQUEST_SECONDS, transport.close)

    def connection_lost(self, exc: Exception | None) -> None:
        self._waiting = _cancelled(self._waiting)
        self._deadline = _cancelled(self._deadline)
        super().connection_lost(exc)

    # ------------------------------------------------------------------------------------------ what comes

    def data_received(self, data: bytes) -> None:
        self._read += len(data)
        self._latest = data
        super().data_received(data)
        if self._is_whole:
            if self._deadline is not None:
                self._deadline = _cancelled(self._deadline)
        elif not self.transport.is_closing():
            if not self._is_head_whole and self._read > LARGEST_HEAD:
                self._refuse("headers-too-large", f"The headers have more than {LARGEST_HEAD:,} bytes.")
            elif self._deadline is None:
                self._deadline = self.loop.call_later(REQUEST_SECONDS, self.transport.close)

    def on_message_begin(self) -> None:
        self._is_head_whole = self._is_whole = self.expect_100_continue = False
        self.url, self.headers = b"", []

    def on_headers_complete(self) -> None:
        self._is_head_whole, self._read = True, 0
        if self.transport.is_closing():
            # After an answer that says so, nothing more is.
            self._is_answered = True
            return
        # What is raised here is answered as what is not HTTP: a fragment is never sent, and would be passed over.
        version = self.parser.get_http_version()
        if b"#" in self.url or version not in VERSIONS:
            raise ValueError
        self._is_answered = version == "1.1" and self._answer_at_once()
        if not self._is_answered:
            self._begin_message()
            super().on_headers_complete()
            if version == "1.0":
                _Ended.by_closing(self.cycle)

    def _begin_message(self) -> None:
        """Make what a request is made of; few are."""
        url, headers, expects = self.url, self.headers, self.expect_100_continue
        super().on_message_begin()
        self.url, self.expect_100_continue = url, expects
        self.headers += headers

    def on_message_complete(self) -> None:
        self._is_whole = True
        if not self._is_answered:
            super().on_message_complete()

    def _answer_at_once(self) -> bool:
        """Give an answer that needs no waiting, without making a request of what was read; whether there was one.

        Only where nothing else is on its way: no answer that comes before it, and none that waits to be taken.
        """
        is_free = (self.cycle is None or self.cycle.response_complete) and not self.flow.write_paused
        method = self.parser.get_method()
        if not is_free or method not in QUESTIONS or not isinstance(self.app, AnswersKept):
            return False
        if not self.parser.should_keep_alive():
            return False
        found = self.app.sent(method, self.url, self.headers, written(self.server_state.default_headers))
        if found is None:
            return False
        head, body = found
        self.transport.writelines((head, body) if body and method == b"GET" else (head,))
        self.server_state.total_requests += 1
        if b"\r\nconnection: close\r\n" in head:
            self.transport.close()
            return True
        self.timeout_keep_alive_task = self.loop.call_later(self.timeout_keep_alive, self.timeout_keep_alive_handler)
        return True

    def _unsupported_upgrade_warning(self) -> None:
        """Whoever asks for another protocol is answered in this one, as HTTP has it."""

    def send_400_response(self, msg: str) -> None:
        line = REQUEST_LINE.match(self._latest)
        if line is None:
            self._refuse("malformed-request", "The request is not HTTP.")
        elif line["method"] not in ANSWERED:
            # One that the parser has not heard of.
            detail = f"{cut(line['method'].decode('ascii'))} is not answered; the API is read-only."
            self._refuse("method-not-allowed", detail, {"Allow": ALLOWED_METHODS})
        elif not line["target"].isascii():
            detail = (
                "A URL has ASCII characters only; encode others: %C3%A9 is é. (curl does so with --data-urlencode.)"
            )
            self._refuse("malformed-request", detail)
        elif b"#" in line["target"]:
            self._refuse("malformed-request", "A URL is sent without its fragment, which begins with #.")
        else:
            self._refuse("malformed-request", "The request is not HTTP.")

    def _refuse(self, problem: str, detail: str, headers: Mapping[str, str] = MappingProxyType({})) -> None:
        response = ProblemError(problem, detail, headers={**HEADERS["always"], **CLOSE, **headers}).response("/")
        lines = [b"%b: %b\r\n" % pair for pair in (*self.server_state.default_headers, *response.raw_headers)]
        head = b"HTTP/1.1 %d %b\r\n" % (response.status_code, HTTPStatus(response.status_code).phrase.encode())
        self.transport.write(head + b"".join(lines) + b"\r\n" + bytes(response.body))
        self.transport.close()

    # ----------------------------------------------------------------------------------------- what is taken

    def pause_writing(self) -> None:
        super().pause_writing()
        self._wait_on(self.transport.get_write_buffer_size())

    def resume_writing(self) -> None:
        self._waiting = _cancelled(self._waiting)
        super().resume_writing()

    def _wait_on(self, untaken: int) -> None:
        _cancelled(self._waiting)
        self._waiting = self.loop.call_later(STALL_SECONDS, self._cut_off_if_stalled, untaken)

    def _cut_off_if_stalled(self, before: int) -> None:
        untaken = self.transport.get_write_buffer_size()
        if untaken > before - LEAST_TAKEN:
            self.transport.abort()
        else:
            self._wait_on(untaken)


class _Ended:
    """An answer in HTTP/1.0: what has no length cannot come in chunks there, and ends with the connection."""

    def __init__(self, cycle: RequestResponseCycle) -> None:
        self._cycle, self._send = cycle, cycle.send
        self._is_open = False

    @classmethod
    def by_closing(cls, cycle: RequestResponseCycle) -> None:
        """Send what the cycle answers in this way."""
        cycle.send = cls(cycle).send  # type: ignore[method-assign]

    async def send(self, message: Any) -> None:
        """Pass a message on, or send it."""
        cycle = self._cycle
        if message["type"] == "http.response.start":
            names = {name for name, _ in message["headers"]}
            self._is_open = (
                message["status"] == 200 and b"content-length" not in names and cycle.scope["method"] == "GET"
            )
        if not self._is_open:
            await self._send(message)
            return
        if cycle.flow.write_paused and not cycle.disconnected:
            await cycle.flow.drain()
        if cycle.disconnected:
            return
        if message["type"] == "http.response.start":
            cycle.response_started = True
            headers = [*cycle.default_headers, *message["headers"], (b"connection", b"close")]
            cycle.transport.write(b"HTTP/1.1 200 OK\r\n" + written(headers) + b"\r\n")
            return
        cycle.transport.write(message.get("body", b""))
        if not message.get("more_body", False):
            cycle.response_complete = True
            cycle.message_event.set()
            cycle.transport.close()
            cycle.on_response()


def _cancelled(timer: TimerHandle | None) -> TimerHandle | None:
    """What is left of a timer that is no longer needed: nothing."""
    if timer is not None:
        timer.cancel()
    return None
