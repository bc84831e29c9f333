"""The server's side of a connection: what is not HTTP, too large or too slow is refused before there is a request."""

from asyncio import TimerHandle, Transport

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from app.answers import AnswersKept
from app.errors import ProblemError
from app.http import CLOSE, HEADERS, written

REQUEST_SECONDS = 10.0
"""From its first byte on, or from the connection's beginning, a request has so long to come whole."""
LARGEST_HEAD = 64 * 1024
"""Beyond this, nothing more is read of a request; below, the application says what is too large."""
STALL_SECONDS, LEAST_TAKEN = 30.0, 64 * 1024
"""Of an answer that waits to be taken, so many bytes have to be taken within so many seconds."""
VERSIONS = ("1.0", "1.1")
QUESTIONS = (b"GET", b"HEAD")


class ProblemProtocol(HttpToolsProtocol):
    """Uvicorn's protocol, which refuses what is not HTTP; here that is a problem too, and so is taking too long.

    Whoever asks and does not take the answer is cut off, since what was not taken is held in memory.
    """

    _deadline: TimerHandle | None = None
    _waiting: TimerHandle | None = None
    _read = 0
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
        # What is raised here is answered as what is not HTTP: a fragment is never sent, and would be passed over.
        version = self.parser.get_http_version()
        if b"#" in self.url or version not in VERSIONS:
            raise ValueError
        self._is_answered = version == "1.1" and self._answer_at_once()
        if not self._is_answered:
            self._begin_message()
            super().on_headers_complete()

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
        self.timeout_keep_alive_task = self.loop.call_later(self.timeout_keep_alive, self.timeout_keep_alive_handler)
        return True

    def _unsupported_upgrade_warning(self) -> None:
        """Whoever asks for another protocol is answered in this one, as HTTP has it."""

    def send_400_response(self, msg: str) -> None:
        self._refuse("malformed-request", "The request is not HTTP.")

    def _refuse(self, problem: str, detail: str) -> None:
        response = ProblemError(problem, detail, headers=HEADERS["always"] | CLOSE).response("/")
        lines = [b"%b: %b\r\n" % pair for pair in (*self.server_state.default_headers, *response.raw_headers)]
        head = b"HTTP/1.1 %d Refused\r\n" % response.status_code
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


def _cancelled(timer: TimerHandle | None) -> TimerHandle | None:
    """What is left of a timer that is no longer needed: nothing."""
    if timer is not None:
        timer.cancel()
    return None
