"""What the command line writes: for people at a terminal, as plain lines, or as JSON for programs.

Colours and tables are for a terminal only. Elsewhere the same words come out as plain lines, so that editors and CI can
read `file:line:column:`. `rich` is imported only when there is a terminal to write to.
"""

import json
import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkstemp
from typing import IO, TYPE_CHECKING, Any

from app.dataset_file import DatasetError

if TYPE_CHECKING:
    from app.seeding.progress import OnProgress

Line = Sequence[tuple[str, str]]
"""The words of a line, each with how they look at a terminal (a style of `rich`, or nothing)."""
PATIENCE = 1.0
"""What takes less than this many seconds needs no progress bar."""
OFTEN = 0.1
"""After so many seconds a bar is drawn anew."""
PLACE, NAME, WARNING, GOOD = "bold cyan", "magenta", "yellow", "green"


def prepare() -> None:
    """Let no character of a text end the program, whatever the terminal's encoding."""
    # Both are missing where they were closed before.
    sys.stdout = sys.stdout or open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
    sys.stderr = sys.stderr or open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


def place(file: str, line: int, column: int) -> tuple[str, str]:
    """A place in a file, in the form that editors and terminals make a link of."""
    return f"{file}:{line}:{column}:", PLACE


def show(lines: Iterable[Line]) -> None:
    """Write lines to standard output."""
    with _until_closed():
        if not sys.stdout.isatty():
            for line in lines:
                sys.stdout.write("".join(words for words, _ in line) + "\n")
        elif listed := list(lines):
            from rich.text import Text

            # Neither wrapped nor searched for markup: a place stays one word, and the article's words stay as they are.
            text = Text("\n").join(Text.assemble(*line) for line in listed)
            _console(sys.stdout).print(text, soft_wrap=True, highlight=False)
        sys.stdout.flush()


def show_table(titles: Sequence[str], rows: Iterable[Sequence[tuple[str, str]]], plain: Iterable[Line]) -> None:
    """Write a table to a terminal; elsewhere, the plain lines that say the same."""
    if not sys.stdout.isatty():
        show(plain)
        return
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, header_style="bold")
    for index, title in enumerate(titles):
        table.add_column(title, justify="right" if index else "left", overflow="fold")
    for row in rows:
        table.add_row(*(Text(words, style) for words, style in row))
    with _until_closed():
        _console(sys.stdout).print(table, "", sep="\n")
        sys.stdout.flush()


def show_json(value: Any) -> None:
    """Write one JSON document to standard output: UTF-8, as JSON is, whatever the terminal's encoding."""
    with _until_closed():
        write_text(json.dumps(value, ensure_ascii=False, indent=2) + "\n")


def write_text(text: str) -> None:
    """Write text to standard output as UTF-8."""
    sys.stdout.flush()
    sys.stdout.buffer.write(text.encode("utf-8", "backslashreplace"))
    sys.stdout.buffer.flush()


def say(message: str) -> None:
    """Write a remark to standard error."""
    sys.stderr.write(f"{message}\n")


@contextmanager
def output(file: Path | None) -> Iterator[Callable[[bytes], object]]:
    """What writes bytes to standard output, or to a file that appears, or is exchanged, once all is written."""
    if file is None:
        with _until_closed():
            yield sys.stdout.buffer.write
            sys.stdout.buffer.flush()
        return
    try:
        with _replacing(Path(os.path.realpath(file))) as stream:
            yield stream.write
    except OSError as error:
        raise DatasetError(f"cannot write {file}: {(error.strerror or str(error)).lower()}") from None


@contextmanager
def _replacing(file: Path) -> Iterator[IO[bytes]]:
    if os.path.lexists(file) and not file.is_file():
        raise OSError(0, "not a regular file")
    descriptor, name = mkstemp(prefix=f".{file.name}.", dir=file.parent)
    try:
        with open(descriptor, "wb") as stream:
            os.fchmod(descriptor, 0o644)
            yield stream
        os.replace(name, file)
    except BaseException:
        os.unlink(name)
        raise


@contextmanager
def progress() -> Iterator["OnProgress"]:
    """A bar on standard error for what turns out to take long; nothing where that is no terminal."""
    if not sys.stderr.isatty():
        yield lambda phase, done, total: None
        return
    bar = _Bar()
    try:
        yield bar.update
    finally:
        bar.close()


class _Bar:
    def __init__(self) -> None:
        self._begin, self._tasks = time.monotonic(), dict[str, Any]()
        self._shown: Any = None
        self._drawn = 0.0

    def update(self, phase: str, done: int, total: int) -> None:
        if self._shown is None:
            if time.monotonic() - self._begin < PATIENCE:
                return
            self._shown = _new_bar()
        task = self._tasks.get(phase)
        if task is None:
            task = self._tasks[phase] = self._shown.add_task(phase, total=total)
        self._shown.update(task, completed=done, total=total)
        if done == total or time.monotonic() - self._drawn > OFTEN:
            self._drawn = time.monotonic()
            self._shown.refresh()

    def close(self) -> None:
        if self._shown is not None:
            self._shown.stop()


def _new_bar() -> Any:
    from rich.progress import Progress

    # What a command prints meanwhile goes where it always goes. No thread draws: a build is forked.
    bar = Progress(
        console=_console(sys.stderr), auto_refresh=False, transient=True, redirect_stdout=False, redirect_stderr=False
    )
    bar.start()
    return bar


def _console(stream: IO[str]) -> Any:
    from rich.console import Console

    return Console(file=stream, markup=False, emoji=False, highlight=False)


@contextmanager
def _until_closed() -> Iterator[None]:
    """Who reads only the beginning (`| head`) is not told of an error; what was found out still counts."""
    try:
        yield
    except BrokenPipeError:
        discard_output()
    except OSError as error:
        discard_output()
        raise DatasetError(f"cannot write what was asked for: {(error.strerror or str(error)).lower()}") from None


def discard_output() -> None:
    """Write what is still to come to nowhere, because nobody reads it."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)
