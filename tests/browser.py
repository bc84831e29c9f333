"""A real browser, asked through pipes (the Chrome DevTools Protocol): a page at any width, and what stands in it."""

import itertools
import json
import os
import re
import shutil
import subprocess
import time
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tests.conftest import missing

FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync --remote-debugging-pipe"
)
COMPLAINTS = re.compile(r"violates|refused|uncaught|net::ERR|could not|failed to load", re.IGNORECASE)
PATIENCE = 60.0


class Browser:
    """One browser with one page; its width is the page's own, however narrow (a window has 500 pixels at least)."""

    def __init__(self, profile: Path, width: int) -> None:
        program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
        if program is None:
            missing("chromium")
        read_by_it, self._to = os.pipe()
        self._from, written_by_it = os.pipe()
        # It reads from 3 and writes to 4, by convention.
        command = f'exec "$0" "$@" 3<&{read_by_it} 4>&{written_by_it}'
        self._process = subprocess.Popen(
            ["bash", "-c", command, str(program), *FLAGS.split(), f"--user-data-dir={profile}", "about:blank"],
            pass_fds=(read_by_it, written_by_it),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(read_by_it)
        os.close(written_by_it)
        self._numbers, self._rest, self._session = itertools.count(1), b"", ""
        self.complaints: list[str] = []
        """What it wrote to its console that nobody wants there."""
        (target,) = (it for it in self._ask("Target.getTargets")["targetInfos"] if it["type"] == "page")
        given = {"targetId": target["targetId"], "flatten": True}
        self._session = self._ask("Target.attachToTarget", **given)["sessionId"]
        for domain in ("Page", "Runtime", "Log"):
            self._ask(f"{domain}.enable")
        size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 500}
        self._ask("Emulation.setDeviceMetricsOverride", **size)

    def open(self, url: str, ready: str) -> None:
        """Open a page, and wait until an expression in JavaScript is true of it."""
        self._ask("Page.navigate", url=url)
        self.wait_for(ready)

    def wait_for(self, condition: str) -> None:
        """Wait until an expression in JavaScript is true of the page."""
        end = time.monotonic() + PATIENCE
        waiting = (
            f"new Promise(done => {{ const look = () => ({condition}) ? done(true) : setTimeout(look, 20); look() }})"
        )
        while time.monotonic() < end:
            # A page that is replaced meanwhile takes the question with it.
            found = self._ask("Runtime.evaluate", expression=waiting, awaitPromise=True, returnByValue=True)
            if found.get("result", {}).get("value") is True:
                return
        raise AssertionError(f"never true of the page: {condition}")

    def value(self, expression: str) -> Any:
        """What an expression in JavaScript is on the page."""
        return self._ask("Runtime.evaluate", expression=expression, returnByValue=True)["result"].get("value")

    @property
    def is_too_wide(self) -> bool:
        """Whether something on the page reaches beyond its width."""
        return bool(self.value("document.documentElement.scrollWidth > document.documentElement.clientWidth"))

    def _ask(self, method: str, **parameters: Any) -> dict[str, Any]:
        number = next(self._numbers)
        asked: dict[str, Any] = {"id": number, "method": method, "params": parameters}
        os.write(self._to, json.dumps(asked | ({"sessionId": self._session} if self._session else {})).encode() + b"\0")
        while (message := self._next()).get("id") != number:
            self._hear(message)
        return dict(message.get("result", {}))

    def _next(self) -> dict[str, Any]:
        while b"\0" not in self._rest:
            more = os.read(self._from, 65_536)
            assert more, "the browser ended"
            self._rest += more
        message, _, self._rest = self._rest.partition(b"\0")
        return dict(json.loads(message))

    def _hear(self, message: dict[str, Any]) -> None:
        about = message.get("params", {})
        if message.get("method") == "Runtime.exceptionThrown":
            self.complaints.append(about["exceptionDetails"]["text"])
        elif message.get("method") == "Log.entryAdded" and COMPLAINTS.search(about["entry"]["text"]):
            self.complaints.append(about["entry"]["text"])

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._session = ""
        with suppress(OSError, AssertionError):
            self._ask("Browser.close")
        os.close(self._to)
        os.close(self._from)
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
