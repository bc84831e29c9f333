"""Run by test_build.py in a process of its own: builds that kill themselves at a moment, one after the other.

    python build_and_die.py SEEDS OLD_DATASET FOLDER FIRST STEP

Each build is a fork, so that the imports are paid for once. Moments are the audit events of Python (a file opened,
renamed, removed; a database connected to) and the statements sent to SQLite. One line of JSON is printed for each.
"""

import json
import os
import shutil
import signal
import sqlite3
import sys
import time
from contextlib import closing
from pathlib import Path

from sqlalchemy import Engine, event

from app.changes import History
from app.dataset_file import changes_path, manifest_path, sha256_of, verify
from app.seeding.build import build

EVENTS = {
    "open",
    "os.rename",
    "os.remove",
    "os.mkdir",
    "os.chmod",
    "os.truncate",
    "tempfile.mkstemp",
    "sqlite3.connect",
}
AT_MOST = 50
"""So many moments are tried, evenly spaced, and besides all that concern the dataset's own folder."""


class Moments:
    """Counts what happens, and dies at one of them."""

    def __init__(self, folder: Path, die_at: int | None) -> None:
        self.folder, self.die_at, self.count, self.near = str(folder), die_at, 0, list[int]()
        sys.addaudithook(self.audit)
        event.listen(Engine, "before_cursor_execute", self.statement)

    def audit(self, name: str, arguments: tuple[object, ...]) -> None:
        if name in EVENTS:
            self.happen(any(self.folder in str(argument) for argument in arguments))

    def statement(self, *_: object) -> None:
        self.happen(False)

    def happen(self, is_near: bool) -> None:
        if is_near:
            self.near.append(self.count)
        if self.count == self.die_at:
            os.kill(os.getpid(), signal.SIGKILL)
        self.count += 1


def count_moments(seeds: Path, database: Path) -> tuple[int, list[int]]:
    """How many moments a build has, and which of them concern the dataset's folder."""
    read, write = os.pipe()
    if os.fork() == 0:
        moments = Moments(database.parent, None)
        build(seeds, database)
        os.write(write, json.dumps([moments.count, moments.near]).encode())
        os._exit(0)
    os.wait()
    os.close(write)
    with os.fdopen(read) as stream:
        count, near = json.load(stream)
    return count, near


def killed_build(seeds: Path, database: Path, moment: int) -> bool:
    """Whether a build in a fork died of its own hand."""
    if (child := os.fork()) == 0:
        Moments(database.parent, moment)
        build(seeds, database)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL


def version_of(database: Path) -> str:
    with closing(sqlite3.connect(database)) as connection:
        return str(connection.execute("SELECT version FROM dataset_info").fetchone()[0])


def known(database: Path) -> list[str]:
    """The versions from which the changes to this one are known."""
    return History(changes_path(database)).versions(version_of(database))


def main(seeds: Path, old: Path, folder: Path, first: int, step: int) -> None:
    database = folder / old.name

    def restore() -> None:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        for file in (old, manifest_path(old)):
            shutil.copyfile(file, folder / file.name)

    restore()
    count, near = count_moments(seeds, database)
    new_digest, old_digest = sha256_of(database), sha256_of(old)
    versions = [version_of(old), version_of(database)]
    moments = sorted({*range(0, count, max(count // AT_MOST, 1)), *near, count - 1})
    started = time.monotonic()
    for moment in moments[first::step]:
        restore()
        died = killed_build(seeds, database, moment)
        verify(database)
        after = {old_digest: "old", new_digest: "new"}.get(sha256_of(database), "another")
        known_after = known(database)
        build(seeds, database)
        verify(database)
        found = sorted(file.name for file in folder.iterdir())
        result = {
            "moment": moment,
            "died": died,
            "after": after,
            "found": found,
            "versions": versions,
            "known": known_after,
            "known_next": known(database),
            "next": sha256_of(database) == new_digest,
        }
        print(json.dumps(result), flush=True)  # noqa: T201
    print(f"{len(moments)} moments, {time.monotonic() - started:.1f} s", file=sys.stderr)  # noqa: T201


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]), int(sys.argv[4]), int(sys.argv[5]))
