"""An ASGI application that does nothing: it sends one answer, whatever is asked. It shows what the server costs."""

import argparse
import json
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import uvicorn

Message = MutableMapping[str, Any]
BY_THE_SERVER = ("date", "server", "connection", "keep-alive", "transfer-encoding")
"""Headers that the server writes, not the application."""


@dataclass(frozen=True)
class Answer:
    """An answer as it was captured from the project's server."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes

    @property
    def of_application(self) -> list[tuple[str, str]]:
        """The headers that the application writes."""
        return [(name, value) for name, value in self.headers if name.lower() not in BY_THE_SERVER]

    def write(self, file: Path) -> None:
        """Keep it in a file, the body beside it."""
        has = {name.lower() for name, _ in self.headers}
        described = {
            "status": self.status,
            "headers": self.of_application,
            "date": "date" in has,
            "server": "server" in has,
        }
        file.with_suffix(".body").write_bytes(self.body)
        file.write_text(json.dumps(described), "utf-8")

    @classmethod
    def read(cls, file: Path) -> tuple[Self, dict[str, bool]]:
        """The answer that a file keeps, and which headers the server is to write."""
        described = json.loads(file.read_text("utf-8"))
        headers = [(name, value) for name, value in described["headers"]]
        by_server = {"date_header": described["date"], "server_header": described["server"]}
        return cls(described["status"], headers, file.with_suffix(".body").read_bytes()), by_server


class BareApplication:
    """Sends one answer to everybody."""

    def __init__(self, answer: Answer) -> None:
        headers = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in answer.headers]
        self.start = {"type": "http.response.start", "status": answer.status, "headers": headers}
        self.body = {"type": "http.response.body", "body": answer.body}

    async def __call__(self, scope: Message, receive: Any, send: Callable[[Message], Awaitable[None]]) -> None:
        await send(self.start)
        await send(self.body)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--answer", type=Path, required=True)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--http", default="auto")
    parser.add_argument("--loop", default="auto")
    given = parser.parse_args()
    answer, by_server = Answer.read(given.answer)
    options: Any = {
        "http": given.http,
        "loop": given.loop,
        "access_log": False,
        "log_level": "warning",
        "lifespan": "off",
    }
    uvicorn.run(BareApplication(answer), port=given.port, **options, **by_server)  # type: ignore[arg-type]
