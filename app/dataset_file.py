"""The dataset as a file: what its manifest says of it, and whether it is whole.

A manifest beside the file holds its SHA-256, because SQLite's own checks pass over a flipped byte. While the build
exchanges the file, the manifest names both the old and the new one, so that it is right at every moment. A third file
tells what changed since earlier versions; a dataset without it is whole. Of a large file the manifest also holds how
the system saw it when it was built, so that it can be served at once, while it is being read.
"""

import hashlib
import json
import os
from pathlib import Path
from typing import NamedTuple, Self

REMEDY = "build it anew with 'article-facts build'"
LARGE = 64 * 2**20
"""Bytes from which on a file is not read as a whole before it is served, if nobody wrote to it since it was built."""
VERSION = "^[0-9a-f]{16}$"
"""What a version looks like."""


class DatasetError(Exception):
    """The dataset cannot be used; the message says why and what to do."""


def manifest_path(database: Path) -> Path:
    """Where the manifest of a dataset lies."""
    return database.with_name(database.name + ".manifest.json")


def changes_path(database: Path) -> Path:
    """Where the file of changes of a dataset lies."""
    return database.with_name(database.name + ".changes.ndjson")


Identity = tuple[tuple[int, int, int, int] | None, ...]
"""What tells one state of a dataset and its manifest from another without reading them."""


def identify(database: Path) -> Identity:
    """The two files as they are now: device, inode, size and time of change of each, None where it is missing."""
    return _state(database), _state(manifest_path(database))


def _state(file: Path) -> tuple[int, int, int, int] | None:
    try:
        status = os.stat(file)
    except OSError:
        return None
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns


def sha256_of(file: Path) -> str:
    """The SHA-256 of a file's bytes."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def seal_of(database: Path) -> list[int] | None:
    """What tells that a file was not written to since; None for a small one, which is soon read as a whole."""
    status = os.stat(database)
    return [status.st_dev, status.st_ino, status.st_size, status.st_ctime_ns] if status.st_size >= LARGE else None


class Manifest(NamedTuple):
    """What is known of a file: the SHA-256 that it may have, and how the system saw it when it was built."""

    hashes: list[str]
    seal: list[int] | None

    @classmethod
    def read(cls, database: Path) -> Self:
        """The manifest of a dataset; DatasetError where it is missing or cannot be read."""
        file = manifest_path(database)
        if not os.path.isfile(database):
            raise DatasetError(f"there is no dataset {database.name}; {REMEDY}")
        try:
            manifest = json.loads(file.read_text("utf-8"))
            return cls([str(item["sha256"]) for item in manifest["files"]], manifest.get("as_built"))
        except FileNotFoundError:
            raise DatasetError(f"{database.name} has no manifest {file.name}; {REMEDY}") from None
        except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError):
            raise DatasetError(f"{file.name} or its dataset cannot be read; {REMEDY}") from None

    def is_sealed(self, database: Path) -> bool:
        """Whether the file is, by all that the system tells of it, the one that was built."""
        return len(self.hashes) == 1 and self.seal is not None and self.seal == seal_of(database)

    def verify(self, database: Path) -> str:
        """The file's SHA-256, which is one that the manifest names; DatasetError where it is not."""
        try:
            actual = sha256_of(database)
        except OSError:
            raise DatasetError(f"{manifest_path(database).name} or its dataset cannot be read; {REMEDY}") from None
        if actual not in self.hashes:
            raise DatasetError(f"{database.name} is not the file that was built: its SHA-256 differs; {REMEDY}")
        return actual


def verify(database: Path) -> str:
    """The file's SHA-256, which is one that its manifest names; DatasetError where it is not."""
    return Manifest.read(database).verify(database)
