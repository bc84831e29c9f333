"""The dataset that is being served: opened read-only, and exchanged when the file was replaced by a whole new one."""

import asyncio
import logging
import sqlite3
import time
import weakref
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import Executable, Row, create_engine, select
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.pool import StaticPool
from sqlmodel import col

from app.dataset_file import REMEDY, DatasetError, Identity, identify, verify
from app.errors import ProblemError
from app.models import SCHEMA_REVISION, DatasetInfo

log = logging.getLogger(__name__)

STEPS_BETWEEN_LOOKS = 10_000
"""Steps of SQLite's machine between two looks at the clock: a fraction of a millisecond."""


class Dataset:
    """One state of the dataset, on a connection of its own.

    Queries run in the event loop itself: they take less time than handing them to a thread would, and none may take
    longer than the deadline.
    """

    def __init__(self, database: Path, query_seconds: float) -> None:
        """Open a dataset file; DatasetError says why it cannot be served."""
        self.identity = identify(database)
        verify(database)
        self._query_seconds, self._deadline = query_seconds, 0.0
        # `immutable`: nobody writes to the file (a new one replaces it), so SQLite needs no locks and no side files.
        uri = f"{database.resolve().as_uri()}?mode=ro&immutable=1"
        try:
            raw = sqlite3.connect(uri, uri=True, check_same_thread=False, isolation_level=None)
        except sqlite3.Error as error:
            raise DatasetError(f"{database.name} cannot be opened: {error}; {REMEDY}") from None
        self._guard(raw)
        engine = create_engine("sqlite://", creator=lambda: raw, poolclass=StaticPool)
        self._connection = engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        weakref.finalize(self, raw.close)
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

    def _guard(self, raw: sqlite3.Connection) -> None:
        weak = weakref.ref(self)

        def is_late() -> bool:
            dataset = weak()
            return dataset is not None and time.monotonic() > dataset._deadline

        raw.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
        raw.execute("PRAGMA query_only=ON")
        raw.set_progress_handler(is_late, STEPS_BETWEEN_LOOKS)

    def rows(self, statement: Executable) -> Sequence[Row[Any]]:
        """The rows of a query; 503 where it takes too long."""
        self._deadline = time.monotonic() + self._query_seconds
        try:
            return self._connection.execute(statement).all()
        except OperationalError as error:
            if "interrupted" in str(error.orig):
                raise ProblemError("unavailable", "The query took too long.", headers={"Retry-After": "1"}) from None
            raise


class LiveDataset:
    """Which dataset is served now."""

    def __init__(self, database: Path, query_seconds: float, reload_seconds: float) -> None:
        self._database, self._query_seconds, self._reload_seconds = database, query_seconds, reload_seconds
        self.current = Dataset(database, query_seconds)
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
            self.current = await asyncio.to_thread(Dataset, self._database, self._query_seconds)
        except DatasetError as error:
            log.error("still serving the dataset %s: %s", self.current.version, error)
            self.trouble = str(error)
        else:
            log.info("serving the dataset %s", self.current.version)
            self.trouble = None
        # What was found is not tried again until it changes; what changed meanwhile is seen at the next look.
        self._seen = found
