"""The index of search: the one module, beside the database's, that knows which engine it is (SQLite's FTS5).

It holds words that `app.words` has cut and folded, so that the engine's own idea of a word never matters; queries reach
it as quoted phrases of such words, so that none of its operators can be meant.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any, get_args

from sqlalchemy import Column, ColumnElement, Connection, Float, Integer, MetaData, Table, insert, literal_column, text

from app.models import RESOURCES, Vocabulary
from app.references import Kind
from app.words import indexed

NAMED = "search"
INDEX = Table(NAMED, MetaData(), Column("rowid", Integer, primary_key=True), Column("rank", Float, nullable=False))
"""`rank` orders by relevance, the best first; `rowid` is a fact's key, or a sentence's beyond FIRST_SENTENCE."""
FIRST_SENTENCE = 2**40
WEIGHTS = {"name": 10.0, "body": 4.0, "quotes": 1.0}
"""The index's columns, and how much a word counts in each."""
SUPPORT = ("evidence", "inferred", "disputed_by")
"""The fields whose words are those that a record rests on: they stand in `quotes`."""
SILENT = frozenset(
    re.findall(
        r"\w+",
        "kind id href edtf earliest latest precision local zone utc comparator article field fields language url "
        "text_sha256 cite",
    )
)
"""Fields of records and of what they are made of that hold no words."""
CREATED = (
    f"CREATE VIRTUAL TABLE {NAMED} USING fts5({', '.join(WEIGHTS)}, content='', tokenize='ascii')",
    f"INSERT INTO {NAMED}({NAMED}, rank) VALUES('rank', 'bm25({', '.join(map(str, WEIGHTS.values()))})')",
)
"""How the migrations make it."""


def spoken(document: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """The texts of a record in which search looks, each with the field that it stands in."""
    silent = SILENT | _choices(Kind(document["kind"]))
    for name, value in document.items():
        if name not in silent:
            yield from ((name, words) for words in _texts(value))


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list | dict):
        for item in value if isinstance(value, list) else (v for k, v in value.items() if k not in SILENT):
            yield from _texts(item)


@cache
def _choices(kind: Kind) -> frozenset[str]:
    """The fields of a kind that hold a word of an enumeration."""

    def is_choice(annotation: Any) -> bool:
        return any(isinstance(item, type) and issubclass(item, StrEnum) for item in (annotation, *get_args(annotation)))

    return frozenset(name for name, it in RESOURCES[kind].record.model_fields.items() if is_choice(it.annotation))


def fill(
    connection: Connection, records: Iterable[tuple[int, dict[str, Any]]], sentences: Iterable[tuple[int, str]]
) -> None:
    """Fill the index, and its vocabulary, with records and sentences, each with its key."""
    found: Counter[str] = Counter()
    rows = []
    for key, document in records:
        texts: dict[str, list[str]] = {name: [] for name in WEIGHTS}
        for field, words in spoken(document):
            texts["name" if field == "name" else "quotes" if field in SUPPORT else "body"].append(indexed(words))
        rows.append({"rowid": key} | {name: " ".join(parts) for name, parts in texts.items()})
    rows += [{"rowid": FIRST_SENTENCE + key, "name": "", "body": indexed(it), "quotes": ""} for key, it in sentences]
    for row in rows:
        found.update({word for name in WEIGHTS for word in str(row[name]).split()})
    if rows:
        columns = ("rowid", *WEIGHTS)
        values = ", ".join(f":{name}" for name in columns)
        connection.execute(text(f"INSERT INTO {NAMED}({', '.join(columns)}) VALUES({values})"), rows)
        connection.execute(text(f"INSERT INTO {NAMED}({NAMED}) VALUES('optimize')"))
        connection.execute(insert(Vocabulary), [{"word": it, "found": found[it]} for it in sorted(found)])


@dataclass(frozen=True)
class Phrase:
    """Words that stand together; with `is_prefix`, the last one may go on."""

    words: tuple[str, ...]
    is_prefix: bool


def holds(phrases: Sequence[Phrase]) -> ColumnElement[bool]:
    """Whether an entry of the index holds all the phrases, wherever."""
    return _matches(phrases, " ")


def holds_any(phrases: Sequence[Phrase]) -> ColumnElement[bool]:
    """Whether an entry of the index holds one of the phrases, wherever."""
    return _matches(phrases, " OR ")


def _matches(phrases: Sequence[Phrase], joined: str) -> ColumnElement[bool]:
    quoted = joined.join(f'"{" ".join(it.words)}"{" *" * it.is_prefix}' for it in phrases)
    return literal_column(NAMED).op("MATCH", is_comparison=True)(quoted)
