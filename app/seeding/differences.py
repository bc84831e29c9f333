"""What differs between the dataset that a build replaces and the new one: the file of changes grows by a step."""

import json
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from heapq import merge
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import IO

from app.changes import UNCOMPARED, Difference, History, fields_changed, write_step
from app.dataset_file import VERSION, DatasetError, changes_path, verify
from app.references import Kind


def write_changes(file: IO[bytes], old: Path, new: Path) -> bool:
    """Write the history of a dataset that is about to replace the old one.

    False where there is nothing new to tell: the version is the same, or the old file is not a whole dataset.
    """
    with suppress(DatasetError, sqlite3.Error, ValueError):
        verify(old)
        with closing(_opened(old)) as before, closing(_opened(new)) as after:
            since, until = _version(before), _version(after)
            if re.fullmatch(VERSION, since) and since != until:
                return write_step(file, since, until, differences(before, after), History(changes_path(old)))
    return False


def _opened(database: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{database.resolve().as_uri()}?mode=ro&immutable=1", uri=True)


def _version(connection: sqlite3.Connection) -> str:
    row = connection.execute("SELECT version FROM dataset_info").fetchone()
    return str(row[0]) if row else ""


def differences(old: sqlite3.Connection, new: sqlite3.Connection) -> Iterator[Difference]:
    """The records that are not what they were, in the order of the dataset; an older schema's are compared as well."""
    for kind in Kind:
        both = merge(_documents(old, kind, "old"), _documents(new, kind, "new"), key=itemgetter(0))
        for record_id, group in groupby(both, key=itemgetter(0)):
            states = {age: document for _, age, document in group}
            before, after = states.get("old"), states.get("new")
            if before != after and (not before or not after or fields_changed(json.loads(before), json.loads(after))):
                yield kind.value, record_id, before


def _documents(connection: sqlite3.Connection, kind: Kind, age: str) -> Iterator[tuple[str, str, str]]:
    found = connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'documents'").fetchone()
    # In older schemas documents stand in the row itself. Within a kind, keys are in the order of the ids.
    served = f"JOIN {'documents' if found else 'facts'} AS served ON served.key = facts.key"
    document = f"json_remove(served.document, '$.{UNCOMPARED}')"
    question = f"SELECT facts.id, ?, {document} FROM facts {served} WHERE facts.kind = ? ORDER BY facts.key"  # noqa: S608
    return connection.execute(question, (age, kind.value))
