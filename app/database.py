"""The dataset that is being served: opened read-only, and exchanged when the file was replaced by a whole new one."""

import asyncio
import logging
import os
import sqlite3
import time
import weakref
from array import array
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Executable, Row, create_engine, select
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.pool import StaticPool
from sqlmodel import col

from app.changes import History
from app.dataset_file import REMEDY, DatasetError, Identity, changes_path, identify, verify
from app.errors import ProblemError
from app.models import SCHEMA_REVISION, DatasetInfo

log = logging.getLogger(__name__)
T = TypeVar("T")

STEPS_BETWEEN_LOOKS = 10_000
"""Steps of SQLite's machine between two looks at the clock: a fraction of a millisecond."""


class _Reader:
    """A connection that only reads, and on which no query takes longer than it may."""

    def __init__(self, database: Path, seconds: float) -> None:
        self._seconds, self._deadline = seconds, 0.0
        # `immutable`: nobody writes to the file (a new one replaces it), so SQLite needs no locks and no side files.
        uri = f"{database.resolve().as_uri()}?mode=ro&immutable=1"
        try:
            raw = sqlite3.connect(uri, uri=True, check_same_thread=False, isolation_level=None)
        except sqlite3.Error as error:
            raise DatasetError(f"{database.name} cannot be opened: {error}; {REMEDY}") from None
        self._guard(raw)
        # When it is given up there is nothing to reset, and by then it may be closed.
        options: Any = {"poolclass": StaticPool, "pool_reset_on_return": None, "isolation_level": "AUTOCOMMIT"}
        self._connection = create_engine("sqlite://", creator=lambda: raw, **options).connect()
        weakref.finalize(self, raw.close)

    def _guard(self, raw: sqlite3.Connection) -> None:
        weak = weakref.ref(self)

        def is_late() -> bool:
            reader = weak()
            return reader is not None and time.monotonic() > reader._deadline

        raw.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
        # Where nothing can be written there is no place for temporary files.
        raw.executescript("PRAGMA query_only=ON; PRAGMA temp_store=MEMORY")
        raw.set_progress_handler(is_late, STEPS_BETWEEN_LOOKS)

    def rows(self, statement: Executable) -> Sequence[Row[Any]]:
        with self._in_time():
            return self._connection.execute(statement).all()

    def numbers(self, statement: Executable) -> "array[int]":
        """The first column of a query of numbers, of which there may be very many."""
        with self._in_time():
            return array("q", (row[0] for row in self._connection.execute(statement)))

    @contextmanager
    def _in_time(self) -> Iterator[None]:
        self._deadline = time.monotonic() + self._seconds
        try:
            yield
        except OperationalError as error:
            if "interrupted" in str(error.orig):
                raise ProblemError("unavailable", "The query took too long.", headers={"Retry-After": "1"}) from None
            raise


class _DatasetFile:
    """The file itself, which stays readable when another one takes its place."""

    def __init__(self, database: Path) -> None:
        self.sha256 = verify(database)
        try:
            self._descriptor = os.open(database, os.O_RDONLY)
        except OSError:
            raise DatasetError(f"{database.name} cannot be opened; {REMEDY}") from None
        weakref.finalize(self, os.close, self._descriptor)
        self.size = os.fstat(self._descriptor).st_size

    def read(self, start: int, length: int) -> bytes:
        """Some of its bytes; OSError where they are no longer there."""
        found = os.pread(self._descriptor, length, start)
        if len(found) < length:
            raise OSError("the file of the dataset was cut off")
        return found


class Dataset:
    """One state of the dataset, on two connections of its own.

    Queries for an answer run in the event loop itself: they take less time than handing them to a thread would, and
    none may take longer than the deadline. What walks through the whole dataset runs in a thread, one query at a time,
    on a connection and with a deadline of its own, so that the others need not wait for it.
    """

    def __init__(self, database: Path, query_seconds: float, export_seconds: float = 30.0) -> None:
        """Open a dataset file; DatasetError says why it cannot be served."""
        self.identity = identify(database)
        self.file = _DatasetFile(database)
        self.history = History(changes_path(database))
        self._reader, self._walker = _Reader(database, query_seconds), _Reader(database, export_seconds)
        # It has one thread, made when it is first needed, which ends with the dataset.
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="dataset")
        try:
            row = self.rows(select(col(DatasetInfo.version), col(DatasetInfo.schema_revision)))[0]
        except (DBAPIError, IndexError):
            raise DatasetError(f"{database.name} is not a dataset of this program; {REMEDY}") from None
        if row.schema_revision != SCHEMA_REVISION:
            found = f"the schema {row.schema_revision}, this program {SCHEMA_REVISION}"
            raise DatasetError(f"{database.name} has {found}; {REMEDY}")
        if identify(database) != self.identity:
            raise DatasetError(f"{database.name} was replaced while it was opened")
        self.version: str = row.version

    def rows(self, statement: Executable) -> Sequence[Row[Any]]:
        """The rows of a query; 503 where it takes too long."""
        return self._reader.rows(statement)

    async def background(self, statement: Executable) -> Sequence[Row[Any]]:
        """The same for a query that may take its time: others are answered meanwhile.

        Keep its result small: a stream asks for one batch after the other.
        """
        return await self.in_background(partial(self.walk, statement))

    async def background_numbers(self, statement: Executable) -> "array[int]":
        """The first column of such a query, where that is a number: a few bytes for each row."""
        return await self.in_background(partial(self._walker.numbers, statement))

    async def in_background(self, work: Callable[[], T]) -> T:
        """What a function returns that runs in the dataset's thread; `walk` is there to ask queries."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    def walk(self, statement: Executable) -> Sequence[Row[Any]]:
        """The rows of a query that may take its time, in the dataset's thread and nowhere else."""
        return self._walker.rows(statement)


class LiveDataset:
    """Which dataset is served now."""

    def __init__(
        self, database: Path, query_seconds: float, reload_seconds: float, export_seconds: float = 30.0
    ) -> None:
        self._database, self._reload_seconds = database, reload_seconds
        self._open = partial(Dataset, database, query_seconds, export_seconds)
        self.current = self._open()
        self.trouble: str | None = None
        """Why the file that lies there now is not served; None where it is."""
        self._seen: Identity = self.current.identity

    async def watch(self) -> None:
        """Look for a new file again and again; runs until it is cancelled."""
        while True:
            await asyncio.sleep(self._reload_seconds)
            await self.refresh()

    async def refresh(self) -> None:
        """Serve the file that lies there now, if it is another one and whole; otherwise go on with the old one."""
        found = identify(self._database)
        if found == self._seen:
            return
        try:
            self.current = await asyncio.to_thread(self._open)
        except DatasetError as error:
            log.error("still serving the dataset %s: %s", self.current.version, error)
            self.trouble = str(error)
        else:
            log.info("serving the dataset %s", self.current.version)
            self.trouble = None
        # What was found is not tried again until it changes; what changed meanwhile is seen at the next look.
        self._seen = found
