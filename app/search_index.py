"""The index of search: the one module, beside the database's, that knows which engine it is (SQLite's FTS5).

It holds words that `app.words` has cut and folded, so that the engine's own idea of a word never matters; queries reach
it as quoted phrases of such words, so that none of its operators can be meant.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any, get_args

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Float,
    Integer,
    MetaData,
    Table,
    bindparam,
    literal_column,
    text,
)

from app.models import RESOURCES, Record
from app.references import Kind
from app.words import SEPARATOR, indexed
from app.written import Value

NAMED = "search"
INDEX = Table(NAMED, MetaData(), Column("rowid", Integer, primary_key=True), Column("rank", Float, nullable=False))
"""`rank` orders by relevance, the best first; `rowid` is a fact's key, or a sentence's beyond FIRST_SENTENCE."""
FIRST_SENTENCE = 2**40
WEIGHTS = {"name": 10.0, "body": 4.0, "quotes": 1.0}
"""The index's columns, and how much a word counts in each."""
Texts = list[tuple[str, str]]
"""Texts of a record, each with the field that it stands in."""
SUPPORT = ("evidence", "inferred", "disputed_by")
"""The fields whose words are those that a record rests on: they stand in `quotes`."""
SILENT = frozenset(
    re.findall(
        r"\w+",
        "kind id href edtf earliest latest precision local zone utc comparator article field fields language url "
        "text_sha256 cite start end start_utf16 end_utf16 paragraph sentence",
    )
)
"""Fields of records and of what they are made of that hold no words."""
CREATED = (
    f"CREATE VIRTUAL TABLE {NAMED} USING fts5("
    f"{', '.join(WEIGHTS)}, content='', tokenize=\"ascii tokenchars '{SEPARATOR}'\")",
    f"INSERT INTO {NAMED}({NAMED}, rank) VALUES('rank', 'bm25({', '.join(map(str, WEIGHTS.values()))})')",
)
"""How the migrations make it."""


def spoken(document: dict[str, Any]) -> Texts:
    """The texts of a record in which search looks, each with the field that it stands in; rendered or not."""
    found: Texts = []
    silent = _silent(Kind(document["kind"]))
    for name, value in document.items():
        if name not in silent:
            _speak(name, value, found)
    return found


def _speak(field: str, value: Any, found: Texts) -> None:
    if type(value) is str:
        found.append((field, value))
    elif type(value) is list:
        for item in value:
            _speak(field, item, found)
    elif type(value) is dict:
        for name, item in value.items():
            if item and name not in SILENT:
                _speak(field, item, found)
    else:
        for name in _speaking(value.__class__):
            _speak(field, getattr(value, name), found)


@cache
def _speaking(kind: type[Any]) -> list[str]:
    """The fields of a value's class that hold words; none where it is no `Value`."""
    return [name for name in kind.model_fields if name not in SILENT] if issubclass(kind, Value) else []


def is_choice(annotation: Any) -> bool:
    """Whether a field holds one value of an enumeration."""
    return any(isinstance(item, type) and issubclass(item, StrEnum) for item in (annotation, *get_args(annotation)))


@cache
def _silent(kind: Kind) -> frozenset[str]:
    """The fields of a kind that hold no words, or only one of an enumeration."""
    fields = RESOURCES[kind].record.model_fields.items()
    return SILENT | {name for name, info in fields if is_choice(info.annotation)}


def entry(record: Record) -> tuple[str, ...]:
    """A record's words, for each of the index's columns."""
    texts: dict[str, list[str]] = {name: [] for name in WEIGHTS}
    for field, words in spoken(vars(record)):
        texts["name" if field == "name" else "quotes" if field in SUPPORT else "body"].append(words)
    return tuple(indexed(*parts) for parts in texts.values())


def sentence(key: int, words: str) -> tuple[Any, ...]:
    """A sentence's row in the index, with its words as `indexed` gives them."""
    return (FIRST_SENTENCE + key, "", words, "")


INSERTED = f"INSERT INTO {NAMED}(rowid, {', '.join(WEIGHTS)}) VALUES(?{', ?' * len(WEIGHTS)})"
"""How a row gets into the index; rows come in the order of their keys."""


def begin(connection: Connection) -> None:
    """Before all rows come at once: what is merged in the end is not merged again and again before."""
    for option, value in (("automerge", 0), ("crisismerge", 1_000)):
        connection.execute(text(f"INSERT INTO {NAMED}({NAMED}, rank) VALUES('{option}', {value})"))


def finish(connection: Connection) -> None:
    """Tidy the index when all rows are in it, and fill its vocabulary from it."""
    connection.execute(text(f"INSERT INTO {NAMED}({NAMED}) VALUES('optimize')"))
    connection.execute(text(f"CREATE VIRTUAL TABLE temp.counted USING fts5vocab('main', '{NAMED}', 'row')"))
    # The words come in the order of their code points.
    statement = (
        "INSERT INTO vocabulary(word, found) SELECT term, doc FROM temp.counted WHERE term <> :apart ORDER BY term"
    )
    connection.execute(text(statement), {"apart": SEPARATOR})
    connection.execute(text("DROP TABLE temp.counted"))


@dataclass(frozen=True)
class Phrase:
    """Words that stand together; with `is_prefix`, the last one may go on."""

    words: tuple[str, ...]
    is_prefix: bool


MATCH = "v_match"
"""What stands in statements for what the entries have to hold."""
RANKS = ("name", "name body", "")
"""How relevant an entry is: it holds all that is asked for in its name, or else in what it says, or else anywhere."""


def holds(phrases: Sequence[Phrase]) -> ColumnElement[bool]:
    """Whether an entry of the index holds all the phrases, wherever."""
    return _matches(bindparam(MATCH, matched(phrases)))


def holds_any(phrases: Sequence[Phrase]) -> ColumnElement[bool]:
    """Whether an entry of the index holds one of the phrases, wherever."""
    return _matches(matched(phrases, " OR "))


def has_rank(phrases: Sequence[Phrase], rank: int) -> ColumnElement[bool]:
    """Whether an entry holds all the phrases, and is so relevant: no more, and no less."""
    return _matches(bindparam(f"{MATCH}_{rank}", ranked(phrases, rank)))


def match_values(phrases: Sequence[Phrase]) -> dict[str, str]:
    """The values of what stands for phrases in statements."""
    return {MATCH: matched(phrases)} | {f"{MATCH}_{rank}": ranked(phrases, rank) for rank in range(len(RANKS))}


def _matches(query: Any) -> ColumnElement[bool]:
    return literal_column(NAMED).op("MATCH", is_comparison=True)(query)


def ranked(phrases: Sequence[Phrase], rank: int) -> str:
    """What the entries of a rank hold, as the engine reads it."""
    asked = matched(phrases)
    within = [f"{{{columns}}} : ({asked})" if columns else f"({asked})" for columns in RANKS[: rank + 1]]
    return " NOT ".join(f"({it})" for it in reversed(within[-2:]))


def matched(phrases: Sequence[Phrase], joined: str = " ") -> str:
    """Phrases as the engine reads them: quoted, so that nothing in them means anything to it."""
    return joined.join(f'"{" ".join(it.words)}"{" *" * it.is_prefix}' for it in phrases)
