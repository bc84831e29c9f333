"""Where the time goes: samples of the stacks of a loaded server, or of a build, by what their frames belong to."""

import re
import signal
import subprocess
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

SAMPLES_A_SECOND = 500
SERVING = ("serve (app/main.py", "serve (main.py", "uvicorn/server.py", "run_forever", "run_until_complete")
GROUPS: tuple[tuple[str, str], ...] = (
    ("the event loop itself, and waiting for requests", r"^(Runner\.run|BaseEventLoop\.\w+|EpollSelector\.select) "),
    ("SQLite: running queries", r"do_execute|fetchall|fetchone|_raw_all_rows|\(.*sqlite3|/app/database\.py"),
    ("SQLAlchemy: making queries, reading rows", r"/sqlalchemy/|/sqlmodel/"),
    ("validation of parameters and answers", r"/pydantic|/fastapi/_compat|/app/parameters\.py|/annotated_types/"),
    ("framework: routing, dependencies, answers", r"/fastapi/|/starlette/|/starlette_compress|/anyio/"),
    ("sending to the socket", r"\b(write|send|sendall|_write_send)\b.*selector_events\.py"),
    ("server: protocol and event loop", r"/uvicorn/|/h11/|/httptools/|/uvloop/|/asyncio/|/selectors\.py|/app/http\.py"),
    ("JSON", r"/json/"),
    ("the application's own code", r"/app/"),
)
BUILDING: tuple[tuple[str, str], ...] = (
    ("SQLite: counting for tallies", r"^fill_tallies "),
    ("SQLite: writing, indexing, checking", r"^DefaultDialect\.do_execute"),
    ("checksums", r"^(file_digest|digest) "),
    ("rows: how each record is cited, and what its tables hold", r"/app/seeding/load\.py"),
    ("documents, columns and words of search", r"/app/seeding/render\.py"),
    ("what several articles say of one record", r"^Across\."),
    ("checking: values, by Pydantic and the models", r"^BaseModel\.model_validate "),
    ("checking: the rules", r"^check_file "),
    ("reading, and setting aside", r"/app/seeding/(read|spool|plain_yaml)\.py|^_read "),
    ("between the processes", r"/app/seeding/crew\.py|/multiprocessing/"),
    ("starting: imports and tables", r"importlib|^migrate "),
)
"""The parts of a build; what belongs to several counts for the first."""


def group_of(frames: Sequence[str]) -> str:
    """What the innermost frame belongs to, as `function (file:line)`; where that is anybody's, what called it."""
    for frame in reversed(frames):
        for name, pattern in GROUPS:
            if re.search(pattern, frame):
                return name
    return "everything else"


def shares(stacks: Iterable[str]) -> dict[str, float]:
    """The share of each group in stacks of the form `frame;frame;frame count`; only those that serve count."""
    return _shares((group_of(frames), count) for frames, count in _serving(stacks))


def parts_of_a_build(stacks: Iterable[str]) -> dict[str, float]:
    """The share of each part of a build, in stacks of all its processes."""

    def part(stack: str) -> str:
        frames = stack.split(";")
        found = (name for name, pattern in BUILDING if any(re.search(pattern, frame) for frame in frames))
        return next(found, "everything else")

    lines = (line.rpartition(" ") for line in stacks)
    return _shares((part(stack), int(count)) for stack, _, count in lines if count.strip().isdigit())


def functions(stacks: Iterable[str], most: int = 12) -> dict[str, float]:
    """The share of each innermost function, of those with the largest ones."""
    named = ((re.sub(r":\d+\)$", ")", frames[-1]), count) for frames, count in _serving(stacks))
    shown = ((re.sub(r"\(.*/(?:site-packages/|lib/python[\d.]+/|(?=app/))", "(", name), count) for name, count in named)
    return dict(list(_shares(shown).items())[:most])


def _serving(stacks: Iterable[str]) -> Iterator[tuple[list[str], int]]:
    for line in stacks:
        stack, _, count = line.rpartition(" ")
        if count.strip().isdigit() and any(mark in stack for mark in SERVING):
            yield stack.split(";"), int(count)


def _shares(counts: Iterable[tuple[str, int]]) -> dict[str, float]:
    counted: Counter[str] = Counter()
    for name, count in counts:
        counted[name] += count
    return {name: count / counted.total() for name, count in counted.most_common()}


class Profiler:
    """Samples a running process while it is loaded."""

    def __init__(self, program: Path, process: int, output: Path) -> None:
        self.output = output
        command = [*self.recording(program, output, SAMPLES_A_SECOND), "--pid", str(process), "--duration", "600"]
        output.unlink(missing_ok=True)
        self._process = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True
        )

    @staticmethod
    def recording(program: Path, output: Path, rate: int) -> list[str]:
        """The command that records so many samples a second; what it looks at follows."""
        how = ["--format", "raw", "--full-filenames", "--rate", str(rate), "--output", str(output)]
        return [str(program), "record", *how]

    def stop(self) -> list[str]:
        """The stacks so far; empty where nothing could be sampled."""
        self._process.send_signal(signal.SIGINT)
        self._process.communicate(timeout=30)
        return self.output.read_text("utf-8", "replace").splitlines() if self.output.exists() else []
