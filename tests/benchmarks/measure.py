"""What is measured of a server besides its load: latency of single requests, the last page, the start."""

import re
import socket
import time
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median, quantiles
from types import TracebackType
from typing import Self

from tests.benchmarks.servers import HOST, NotMeasuredError, Server

LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
NEXT = re.compile(rb'"next":(?:null|"((?:[^"\\]|\\.)*)")')
LONGEST_IDLE = 2.0
"""Servers close a connection that was idle for some seconds: it is opened anew before."""
FEWEST, AT_ONCE = 20, 10
"""A series has so many requests at least; so many are asked before it is another one's turn."""


class Connection:
    """One connection that is kept: so thin a client that it adds next to nothing to what the server takes."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._open()

    def _open(self) -> None:
        self._socket = socket.create_connection((HOST, self._port), timeout=120)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._used = time.monotonic()

    def ask(self, path: str) -> tuple[int, float, bytes]:
        """The status, the seconds until the last byte, and the body."""
        request = f"GET {path} HTTP/1.1\r\nHost: {HOST}\r\n\r\n".encode()
        if time.monotonic() - self._used > LONGEST_IDLE:
            self._socket.close()
            self._open()
        began = time.perf_counter()
        self._socket.sendall(request)
        answer = b""
        while (end := answer.find(b"\r\n\r\n")) < 0:
            answer += self._more()
        length = LENGTH.search(answer, 0, end)
        if length is None:
            raise NotMeasuredError(f"{path.partition('?')[0]} is answered without a length")
        parts, missing = [answer[end + 4 :]], int(length[1]) - (len(answer) - end - 4)
        while missing > 0:
            parts.append(self._more())
            missing -= len(parts[-1])
        took = time.perf_counter() - began
        self._used = time.monotonic()
        return int(answer[9:12]), took, b"".join(parts)

    def body(self, path: str) -> bytes:
        """The body of an answer that has to be 200."""
        status, _, body = self.ask(path)
        if status != 200:
            raise NotMeasuredError(f"{path} is answered with {status}: {body[:200].decode('utf-8', 'replace')}")
        return body

    def _more(self) -> bytes:
        found = self._socket.recv(262_144)
        if not found:
            raise NotMeasuredError("the server closed the connection")
        return found

    def close(self) -> None:
        """Close it."""
        self._socket.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


@dataclass(frozen=True)
class Series:
    """The latencies of a series of requests, one after the other."""

    milliseconds: tuple[float, ...]
    median_bytes: float
    refused: int
    """How many answers were not 200."""

    @property
    def median(self) -> float:
        """The middle one."""
        return median(self.milliseconds)

    @property
    def p95(self) -> float:
        """What 95 % of them do not exceed."""
        return quantiles(self.milliseconds, n=20)[-1] if len(self.milliseconds) > 1 else self.milliseconds[0]


def series(connection: Connection, paths: Sequence[str]) -> Series:
    """Ask for one path after the other."""
    answers = [connection.ask(path) for path in paths]
    taken = tuple(took * 1000 for _, took, _ in answers)
    return Series(taken, median(len(body) for *_, body in answers), sum(status != 200 for status, *_ in answers))


def in_turn(tasks: Sequence[tuple[Connection, Sequence[str]]], seconds: float) -> list[Series]:
    """A series for each task, some requests of each in turn; fewer requests, but some, where they take too long."""
    parts: list[list[Series]] = [[] for _ in tasks]
    began, most = time.monotonic(), max(len(paths) for _, paths in tasks)
    for first in range(0, most, AT_ONCE):
        for (connection, paths), found in zip(tasks, parts, strict=True):
            found.append(series(connection, paths[first : first + AT_ONCE]))
        if first + AT_ONCE >= FEWEST and time.monotonic() - began > seconds:
            break
    return [joined(found) for found in parts]


def joined(parts: Sequence[Series]) -> Series:
    """Several series as one."""
    taken = tuple(value for part in parts for value in part.milliseconds)
    return Series(taken, median(part.median_bytes for part in parts), sum(part.refused for part in parts))


@dataclass(frozen=True)
class LastPage:
    """The last page of a list, and how far from the first it lies."""

    path: str
    depth: int
    """How many records come before it."""
    is_last: bool


def last_page(connection: Connection, path: str, limit: int, seconds: float) -> LastPage:
    """Follow `next` through a whole list, in pages as large as they may be; the last full page of `limit` records."""
    began, large = time.monotonic(), 200
    current: str | None = f"{path}{'&' if '?' in path else '?'}limit={large}"
    depth, last_large = 0, ""
    while current and time.monotonic() - began < seconds:
        body = connection.body(current)
        last_large, current = current, _next(body)
        depth += large
    # The cursor says where the page begins and not how long it is: the rest is walked in pages of the size wanted.
    depth -= large
    small = re.sub(rf"limit={large}\b", f"limit={limit}", last_large)
    while current is None and (following := _next(connection.body(small))):
        if b'"returned":%d,' % limit not in connection.body(following):
            break
        small, depth = following, depth + limit
    return LastPage(small, depth, current is None)


def _next(body: bytes) -> str | None:
    """The URL of the page after."""
    found = NEXT.search(body, body.rfind(b'"page":{'))
    return found[1].decode().replace("\\/", "/") if found and found[1] else None


def start_seconds(server: Server) -> float:
    """The seconds from the start of a server's process to its first answer; it is stopped again."""
    try:
        return server.start()
    finally:
        server.stop()
