"""The dataset that is being served: opened read-only, and exchanged when the file was replaced by a whole new one."""

import asyncio
import hashlib
import logging
import os
import sqlite3
import sys
import threading
import time
import weakref
from array import array
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple, Self, TypeVar, cast

from sqlalchemy import Executable, Row, create_engine, select
from sqlalchemy.dialects.sqlite import dialect
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.pool import StaticPool
from sqlalchemy.sql.elements import UnaryExpression
from sqlalchemy.sql.operators import custom_op
from sqlmodel import col

from app.changes import History
from app.dataset_file import REMEDY, DatasetError, Identity, Manifest, changes_path, identify
from app.errors import ProblemError
from app.models import SCHEMA_REVISION, DatasetInfo

log = logging.getLogger(__name__)
T = TypeVar("T")

STEPS_BETWEEN_LOOKS = 10_000
"""Steps of SQLite's machine between two looks at the clock: a fraction of a millisecond."""


MOST_PREPARED, MOST_OPEN = 2_000, 200
"""Statements that are remembered as text, for all datasets; and as SQLite's programs, for each connection."""
PAGES = 24 * 2**20
"""Bytes of the file's pages that a connection keeps."""
CHUNK = 2**20
"""Bytes of the file that are read at a time, where all of it is."""
NICE = 10
"""So much less urgent is the reading of the whole file than requests: on a core that is never idle it has a tenth."""
MOST_TOTALS, MOST_DAYS, MOST_FACETS = 5_000, 5_000, 300
"""Totals, days and facets that are remembered of a dataset."""
DIALECT = dialect()


class Prepared(NamedTuple):
    """A statement as SQLite takes it, with the names of its parameters in their order."""

    sql: str
    names: tuple[str, ...]
    fixed: Mapping[str, Any]
    """The values that are always the same; all others have to be given."""

    @classmethod
    def of(cls, statement: Executable) -> Self:
        """A statement, put into words."""
        compiled: Any = cast(Any, statement).compile(dialect=DIALECT, compile_kwargs={"render_postcompile": True})
        as_stored = compiled._bind_processors
        own = {
            name: it
            for name, it in compiled.params.items()
            if name not in compiled.binds or compiled.binds[name].unique
        }
        fixed = {name: as_stored[name](it) if name in as_stored else it for name, it in own.items()}
        return cls(compiled.string, tuple(compiled.positiontup), fixed)

    def arguments(self, values: Mapping[str, Any]) -> list[Any]:
        """The values of its parameters, in their order."""
        return [*map({**self.fixed, **values}.__getitem__ if self.fixed else values.__getitem__, self.names)]


def several(values: Sequence[Any]) -> dict[str, Any]:
    """Values for a statement that takes some, by their names: one serves all numbers of them up to a power of two."""
    last = len(values) - 1
    # The last one is repeated.
    return {f"v_{i}": values[min(i, last)] for i in range(1 << last.bit_length())}


def unindexed(column: Any) -> Any:
    """A column as it stands, but so that no index is looked into for it: the order of the records leads, not this."""
    return UnaryExpression(column, operator=custom_op("+"), type_=column.type)


_prepared = OrderedDict[Hashable, Prepared]()


def prepared(form: Hashable, make: Callable[[], Executable]) -> Prepared:
    """The statement for requests of one form; it is made when the first of them comes."""
    found = _prepared.get(form)
    if found is None:
        found = _prepared[form] = Prepared.of(make())
        if len(_prepared) > MOST_PREPARED:
            _prepared.popitem(last=False)
    return found


class _Reader:
    """A connection that only reads, and on which no query takes longer than it may."""

    def __init__(self, database: Path, seconds: float) -> None:
        self._seconds, self._deadline = seconds, 0.0
        # `immutable`: nobody writes to the file (a new one replaces it), so SQLite needs no locks and no side files.
        uri = f"{database.resolve().as_uri()}?mode=ro&immutable=1"
        try:
            raw = sqlite3.connect(
                uri, uri=True, check_same_thread=False, isolation_level=None, cached_statements=MOST_OPEN
            )
        except sqlite3.Error as error:
            raise DatasetError(f"{database.name} cannot be opened: {error}; {REMEDY}") from None
        self._raw = raw
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
        raw.executescript(f"PRAGMA query_only=ON; PRAGMA temp_store=MEMORY; PRAGMA cache_size=-{PAGES // 1024}")
        raw.set_progress_handler(is_late, STEPS_BETWEEN_LOOKS)

    def rows(self, statement: Executable) -> Sequence[Row[Any]]:
        return self._in_time(lambda: self._connection.execute(statement).all())

    def run(self, form: Hashable, make: Callable[[], Executable], values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """The rows of a statement for requests of one form, which is made once."""
        statement = _prepared.get(form) or prepared(form, make)
        self._deadline = time.monotonic() + self._seconds
        try:
            return self._raw.execute(statement.sql, statement.arguments(values)).fetchall()
        except sqlite3.OperationalError as error:
            raise _late(error) from None

    def numbers(self, statement: Executable) -> "array[int]":
        """The first column of a query of numbers, of which there may be very many."""
        return self._in_time(lambda: array("q", (row[0] for row in self._connection.execute(statement))))

    def _in_time(self, ask: Callable[[], T]) -> T:
        self._deadline = time.monotonic() + self._seconds
        try:
            return ask()
        except OperationalError as error:
            raise _late(error) from None


def _late(error: Exception) -> Exception:
    """What to say of a query that failed: that it took too long, if it did."""
    if "interrupted" in str(error):
        return ProblemError("unavailable", "The query took too long.", headers={"Retry-After": "1"})
    return error


class _DatasetFile:
    """The file itself, which stays readable when another one takes its place."""

    def __init__(self, database: Path) -> None:
        manifest = Manifest.read(database)
        self.is_verified = not manifest.is_sealed(database)
        self.sha256 = manifest.verify(database) if self.is_verified else manifest.hashes[0]
        try:
            self._descriptor = os.open(database, os.O_RDONLY)
        except OSError:
            raise DatasetError(f"{database.name} cannot be opened; {REMEDY}") from None
        weakref.finalize(self, os.close, self._descriptor)
        self.size = os.fstat(self._descriptor).st_size

    def digest(self) -> str:
        """The SHA-256 of its bytes, read anew."""
        state = hashlib.sha256()
        for start in range(0, self.size, CHUNK):
            state.update(os.pread(self._descriptor, CHUNK, start))
        return state.hexdigest()

    def read(self, start: int, length: int) -> bytes:
        """Some of its bytes; OSError where they are no longer there."""
        found = os.pread(self._descriptor, length, start)
        if len(found) < length:
            raise OSError("the file of the dataset was cut off")
        return found


class Remembered(OrderedDict[Hashable, T]):
    """What was counted, by what was asked; the oldest goes where there is too much."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self._most = most

    def keep(self, asked: Hashable, counted: T) -> None:
        """Remember what was counted."""
        self[asked] = counted
        if len(self) > self._most:
            self.popitem(last=False)


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
        # It has one thread, made when it is first needed, which ends with the dataset.
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="dataset")
        try:
            self._reader, self.walker = _Reader(database, query_seconds), _Reader(database, export_seconds)
            self.run = self._reader.run
            """The rows of a statement for requests of one form, which is made once; 503 where it takes too long."""
            row = self.rows(select(col(DatasetInfo.version), col(DatasetInfo.schema_revision)))[0]
        except (DBAPIError, sqlite3.Error, IndexError):
            raise DatasetError(f"{database.name} is not a dataset of this program; {REMEDY}") from None
        if row.schema_revision != SCHEMA_REVISION:
            found = f"the schema {row.schema_revision}, this program {SCHEMA_REVISION}"
            raise DatasetError(f"{database.name} has {found}; {REMEDY}")
        if identify(database) != self.identity:
            raise DatasetError(f"{database.name} was replaced while it was opened")
        self.version: str = row.version
        self.forget()

    def forget(self) -> None:
        """Count everything anew that is asked for from now on."""
        self.totals = Remembered[tuple[int, Sequence[bool]]](MOST_TOTALS)
        """How many records there are, and which words of the search stand anywhere."""
        self.days = Remembered[int](MOST_DAYS)
        """How many records begin, or end, up to a day."""
        self.facets = Remembered[Any](MOST_FACETS)
        """The first values of facets."""

    def verify(self) -> None:
        """Read the file as a whole, if that was not done; DatasetError where it is not the one that was built."""
        if not self.file.is_verified:
            if self.file.digest() != self.file.sha256:
                raise DatasetError(f"the file of the dataset {self.version} is damaged and no longer served; {REMEDY}")
            self.file.is_verified = True

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
        return await self.in_background(partial(self.walker.numbers, statement))

    async def in_background(self, work: Callable[[], T]) -> T:
        """What a function returns that runs in the dataset's thread; `walk` is there to ask queries."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    def walk(self, statement: Executable) -> Sequence[Row[Any]]:
        """The rows of a query that may take its time, in the dataset's thread and nowhere else."""
        return self.walker.rows(statement)


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
        self.withdrawn: Dataset | None = None
        """A dataset whose file was found to be damaged while it was served: it no longer is."""
        self._seen: Identity = self.current.identity
        self._seen_to: Dataset | None = None

    async def watch(self) -> None:
        """Look for a new file again and again; runs until it is cancelled."""
        while True:
            self._see_to(self.current)
            await asyncio.sleep(self._reload_seconds)
            await self.refresh()

    def _see_to(self, dataset: Dataset) -> None:
        """See to it that what is served is what was built, where it would have taken too long to wait for that."""
        if dataset is not self._seen_to:
            self._seen_to = dataset
            # Nobody waits for its end: not the answers, and not the end of the server.
            threading.Thread(target=self._verify, args=(dataset,), daemon=True).start()

    def _verify(self, dataset: Dataset) -> None:
        if sys.platform == "linux":
            # Only there it is the thread's alone. A request on the same core would wait for milliseconds else.
            thread = threading.get_native_id()
            os.setpriority(os.PRIO_PROCESS, thread, os.getpriority(os.PRIO_PROCESS, thread) + NICE)
        try:
            dataset.verify()
        except DatasetError as error:
            log.critical("%s", error)
            self.withdrawn, self.trouble = dataset, str(error)

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
