"""Records as rows of a table, for spreadsheets.

- What has parts becomes a column for each part: `said_on.edtf`, `speaker.id`.
- A list of texts is one cell, with ` | ` between them; a list of references is one such cell for each of their parts.
  A `|` inside a text is written `\\|`, and a `\\` is written `\\\\`.
- Any other list (evidence, sessions …) is a cell of JSON.
- What is not stated is an empty cell. A text that a spreadsheet would take for a formula is preceded by an apostrophe.
"""

import csv
import io
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from app.models import SUPPORT
from app.references import Reference
from app.written import Value

FORMULA = ("=", "+", "-", "@", "\t", "\r")
Cell = str | int | float | None


@dataclass(frozen=True)
class Column:
    """A column: its name, which is the way to its values, and how a value is written."""

    name: str
    path: tuple[str, ...]
    written: Callable[[Any], Cell]

    def cell(self, document: Any) -> Cell:
        """The cell of a record."""
        for name in self.path:
            if isinstance(document, list):
                document = [item[name] for item in document]
            elif document is not None:
                document = document[name]
        return None if document is None else self.written(document)


def columns(model: type[Value], path: tuple[str, ...] = ()) -> list[Column]:
    """The columns of a kind of record, in the order of its document."""
    names = [name for name in model.model_fields if name not in SUPPORT]
    names += [name for name in SUPPORT if name in model.model_fields]
    return [column for name in names for column in _columns(model.model_fields[name].annotation, (*path, name))]


def _columns(annotation: Any, path: tuple[str, ...]) -> list[Column]:
    kind, name = _bare(annotation), ".".join(path)
    if get_origin(kind) is list:
        item = _bare(get_args(kind)[0])
        if item is Reference:
            return [Column(f"{name}.{part}", (*path, part), joined) for part in Reference.model_fields]
        return [Column(name, path, joined if item is str else as_json)]
    is_value = isinstance(kind, type) and issubclass(kind, Value)
    return columns(kind, path) if is_value else [Column(name, path, plain)]


def _bare(annotation: Any) -> Any:
    """The type inside `Annotated[…]` and `… | None`."""
    while get_origin(annotation) in (Annotated, Union, UnionType):
        annotation = next(item for item in get_args(annotation) if item is not NoneType)
    return annotation


def plain(value: Any) -> Cell:
    """A single value."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return inert(value) if isinstance(value, str) else value if isinstance(value, int | float) else as_json(value)


def joined(values: list[str]) -> str:
    """Several texts."""
    return inert(" | ".join(value.replace("\\", "\\\\").replace("|", "\\|") for value in values))


def as_json(value: Any) -> str:
    """What no cell can hold otherwise."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def inert(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(FORMULA) else text


def rows(lines: Iterable[Iterable[Cell]]) -> str:
    """Rows as CSV (RFC 4180)."""
    written = io.StringIO()
    csv.writer(written).writerows(lines)
    return written.getvalue()
