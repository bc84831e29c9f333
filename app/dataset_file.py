"""The dataset as a file: what its manifest says of it, and whether it is whole.

A manifest beside the file holds its SHA-256, because SQLite's own checks pass over a flipped byte. While the build
exchanges the file, the manifest names both the old and the new one, so that it is right at every moment. A third file
tells what changed since earlier versions; a dataset without it is whole.
"""

import hashlib
import json
import os
from pathlib import Path

REMEDY = "build it anew with 'article-facts build'"
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


def verify(database: Path) -> str:
    """The file's SHA-256, which is one that its manifest names; DatasetError where it is not."""
    if not database.is_file():
        raise DatasetError(f"there is no dataset {database.name}; {REMEDY}")
    try:
        manifest = json.loads(manifest_path(database).read_text("utf-8"))
        expected = {item["sha256"] for item in manifest["files"]}
        actual = sha256_of(database)
    except FileNotFoundError:
        raise DatasetError(f"{database.name} has no manifest {manifest_path(database).name}; {REMEDY}") from None
    except (OSError, ValueError, LookupError, TypeError, RecursionError):
        raise DatasetError(f"{manifest_path(database).name} or its dataset cannot be read; {REMEDY}") from None
    if actual not in expected:
        raise DatasetError(f"{database.name} is not the file that was built: its SHA-256 differs; {REMEDY}")
    return actual
