"""Building the dataset: in a temporary file, which replaces the old one in one step once it is whole."""

import fcntl
import json
import os
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from glob import escape
from pathlib import Path
from tempfile import mkstemp

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from app.counting import fill_tallies
from app.dataset_file import DatasetError, changes_path, manifest_path, seal_of, sha256_of
from app.seeding.check import read_and_check
from app.seeding.differences import write_changes
from app.seeding.load import load
from app.seeding.problems import Report, SeedError, reason
from app.seeding.progress import WRITING, OnProgress, tell_nobody
from app.seeding.render import Rendered

MIGRATIONS = Path(__file__).parents[2] / "migrations"


@dataclass(frozen=True)
class Built:
    """What a build made."""

    version: str
    records: int
    quotes: int


def check(seeds: Path) -> Report:
    """Everything that is wrong with a folder of seeds."""
    report = Report()
    read_and_check(seeds, report)
    return report


def build(seeds: Path, database: Path, on_progress: OnProgress = tell_nobody) -> Built:
    """Make the dataset from the seeds; SeedError and DatasetError leave the old one as it was."""
    report, spare = Report(), _spare(database)
    try:
        with closing(Rendered(spare)) as rendered:
            read_and_check(seeds, report, on_progress, rendered, spare)
            if len(report):
                raise SeedError(report)
            with _exclusively(database), _temporary_file(database) as temporary:
                on_progress(WRITING, 0, 3)
                version = _write(temporary, rendered, on_progress)
                # First: a reader heeds only what led to the version that it serves.
                _tell_changes(temporary, database)
                _replace(temporary, database)
                on_progress(WRITING, 3, 3)
    except OSError as error:
        raise DatasetError(f"cannot write {Path(error.filename2 or database).name}: {reason(error)}") from error
    except (DBAPIError, sqlite3.Error) as error:
        raise DatasetError(f"cannot write {database.name}: {getattr(error, 'orig', error)}") from error
    return Built(version, len(rendered), rendered.quotes)


def _write(file: Path, rendered: Rendered, on_progress: OnProgress) -> str:
    """Make the file, and ask it whether it is whole; the dataset's version."""
    with _writer(file).begin() as connection:
        migrate(connection)
        version = load(connection, rendered)
        rendered.close()
        on_progress(WRITING, 1, 3)
        _verify(connection, len(rendered))
        connection.execute(text("ANALYZE"))
        fill_tallies(connection)
    on_progress(WRITING, 2, 3)
    return version


def _spare(database: Path) -> Path | None:
    """Where there will be room for the dataset, there is some before; where no folder is yet, none is made."""
    # Unlike a method of Path, it raises nothing.
    return database.parent if os.path.isdir(database.parent) else None


def migrate(connection: Connection) -> None:
    """Bring the tables to the newest revision."""
    command.upgrade(alembic_config(connection), "head")


def alembic_config(connection: Connection) -> Config:
    """Alembic's settings for a connection of ours."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    return config


def _writer(file: Path) -> Engine:
    def connect() -> sqlite3.Connection:
        raw = sqlite3.connect(file)
        # Nobody sees the file before it is whole, so it needs no journal. Foreign keys are checked at the end, since
        # records may refer to each other in any order (SQLite leaves them alone unless told otherwise). Most documents
        # would leave a third of a page of 4 kB empty, and there would be more pages on the way to them.
        raw.executescript(
            "PRAGMA page_size=8192; PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA cache_size=-65536"
        )
        return raw

    return create_engine("sqlite://", creator=connect, poolclass=NullPool)


def _verify(connection: Connection, records: int) -> None:
    """What the checks of the seeds should have made sure of, asked once more of the file itself."""
    for question, expected, trouble in (
        ("PRAGMA foreign_key_check", None, "breaks a foreign key"),
        ("PRAGMA quick_check", "ok", "is damaged"),
        ("SELECT count(*) FROM facts", records, "lacks records"),
    ):
        if connection.execute(text(question)).scalar() != expected:
            raise DatasetError(f"the built file {trouble}; the old one was kept")


@contextmanager
def _exclusively(database: Path) -> Iterator[None]:
    """One build at a time for a folder: the lock is on the folder itself, so that no lock file is left behind."""
    _spare_what_is_not_ours(database)
    database.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(database.parent, os.O_RDONLY)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise DatasetError(f"another build is writing to the folder of {database.name}; wait for it") from None
        for leftover in database.parent.glob(f".{escape(database.name)}.*.building"):
            leftover.unlink()
        yield
    finally:
        os.close(descriptor)


def _spare_what_is_not_ours(database: Path) -> None:
    """Refuse to take the place of anything but a dataset: a device, a link, or a file that somebody else wrote."""
    try:
        status = os.lstat(database)
    except FileNotFoundError:
        return
    if stat.S_ISDIR(status.st_mode):
        raise DatasetError(f"{database.name} is a folder")
    if not stat.S_ISREG(status.st_mode):
        what = "a symbolic link; name the file that it leads to" if stat.S_ISLNK(status.st_mode) else "no regular file"
        raise DatasetError(f"{database.name} is {what}")
    if status.st_size and not os.path.lexists(manifest_path(database)) and not _was_built(database):
        raise DatasetError(f"{database.name} is there already, and is no dataset; remove it, or name another file")


def _was_built(database: Path) -> bool:
    """Whether a file without a manifest is a dataset all the same."""
    try:
        with closing(sqlite3.connect(f"{database.absolute().as_uri()}?mode=ro&immutable=1", uri=True)) as connection:
            return bool(connection.execute("SELECT schema_revision FROM dataset_info").fetchone())
    except sqlite3.Error:
        return False


@contextmanager
def _temporary_file(database: Path) -> Iterator[Path]:
    descriptor, name = mkstemp(prefix=f".{database.name}.", suffix=".building", dir=database.parent)
    os.fchmod(descriptor, 0o644)
    os.close(descriptor)
    try:
        yield Path(name)
    finally:
        with suppress(FileNotFoundError):
            os.unlink(name)


def _tell_changes(new: Path, database: Path) -> None:
    """Add a step to the file of changes, if there is one to tell."""
    file = changes_path(database)
    with _temporary_file(file) as temporary:
        with temporary.open("wb") as stream:
            is_told = write_changes(stream, database, new)
        if is_told:
            _flush(temporary)
            os.replace(temporary, file)
            _flush(database.parent)


def _replace(new: Path, database: Path) -> None:
    """Exchange the file; a reader that comes at any moment finds a file that the manifest names."""
    _flush(new)
    this = sha256_of(new)
    _write_manifest(database, [*([sha256_of(database)] if database.is_file() else []), this])
    os.replace(new, database)
    _flush(database.parent)
    _write_manifest(database, [this], seal_of(database))


def _write_manifest(database: Path, hashes: list[str], seal: list[int] | None = None) -> None:
    manifest = {"files": [{"name": database.name, "sha256": item} for item in hashes]}
    content = json.dumps(manifest | ({"as_built": seal} if seal else {}), indent=2)
    with _temporary_file(manifest_path(database)) as temporary:
        temporary.write_text(content + "\n", "utf-8")
        _flush(temporary)
        os.replace(temporary, manifest_path(database))
    _flush(database.parent)


def _flush(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    os.fsync(descriptor)
    os.close(descriptor)
