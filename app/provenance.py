"""Which facts rest on which words, and whether an article's words may be shown."""

import json
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple, cast

from sqlalchemy import and_, or_, select

from app.database import Dataset
from app.errors import ProblemError
from app.filters import DOCUMENTS, FACTS, SERVED, kind_of
from app.listing import unknown_record
from app.models import Articles, QuoteRole, Quotes, TextAccess
from app.references import Kind
from app.written import Value

QUOTES: Any = cast(Any, Quotes).__table__


class RestingFact(Value):
    """A record that rests on certain words, or that they dispute."""

    kind: Kind
    """The resource that it belongs to."""
    id: str
    """Its id, unique within its resource."""
    name: str
    """Its short label."""
    href: str
    """Its path on this server."""
    role: QuoteRole
    """`supports`: it rests on the words; `disputes`: with these words, the article says otherwise."""
    fields: list[str]
    """The fields of it that the words speak of."""


class Span(NamedTuple):
    """A stretch of an article, in code points."""

    article_id: str
    start: int
    end: int


def resting_on(dataset: Dataset, spans: Sequence[Span]) -> list[list[RestingFact]]:
    """For each stretch, the facts whose quotes overlap it: those that rest on it first, each once."""
    if not spans:
        return []
    quotes = QUOTES.c
    columns = (quotes.article_id, quotes.start, quotes.end, quotes.role, quotes.fields, quotes.fact_key)
    statement = select(*columns, FACTS.c.kind, FACTS.c.id, FACTS.c.name, FACTS.c.ref)
    statement = statement.join_from(QUOTES, FACTS, FACTS.c.key == quotes.fact_key)
    rows = dataset.rows(statement.where(or_(*_reaches(spans))).order_by(quotes.key))
    return [_facts(row for row in rows if _overlaps(row, span)) for span in spans]


def _reaches(spans: Sequence[Span]) -> Iterable[Any]:
    """For each article, from where to where its stretches reach."""
    for name in sorted({span.article_id for span in spans}):
        own = [span for span in spans if span.article_id == name]
        first, last = min(span.start for span in own), max(span.end for span in own)
        yield and_(QUOTES.c.article_id == name, QUOTES.c.start < last, QUOTES.c.end > first)


def _overlaps(row: Any, span: Span) -> bool:
    return bool(row.article_id == span.article_id and row.start < span.end and row.end > span.start)


def _facts(rows: Iterable[Any]) -> list[RestingFact]:
    found: dict[tuple[bool, int], Any] = {}
    fields: dict[tuple[bool, int], dict[str, None]] = {}
    for row in rows:
        key = row.role == QuoteRole.DISPUTES, row.fact_key
        found[key] = row
        fields.setdefault(key, {}).update(dict.fromkeys(row.fields.split(",")))
    return [
        RestingFact(kind=it.kind, id=it.id, name=it.name, href=f"/v1/{it.ref}", role=it.role, fields=[*fields[key]])
        for key, it in sorted(found.items())
    ]


def record_document(dataset: Dataset, table: Any, record_id: str) -> dict[str, Any]:
    """A record of a table as it is served; 404 where there is none."""
    found = select(DOCUMENTS.c.document).select_from(SERVED)
    rows = dataset.rows(found.where(FACTS.c.ref == f"{kind_of(table.__table__)}/{record_id}"))
    if not rows:
        raise unknown_record(dataset, table, record_id)
    return dict(json.loads(rows[0][0]))


def article_document(dataset: Dataset, article_id: str) -> dict[str, Any]:
    """An article's record; 404 where there is none."""
    return record_document(dataset, Articles, article_id)


def refuse_withheld(article: dict[str, Any], instead: str = "Its facts, their quotes and offsets are served.") -> None:
    """451 where an article's text may not be shown, with what can be had instead."""
    if article["text"] == TextAccess.WITHHELD:
        why = str(article["withheld_because"]).rstrip(".")
        detail = f"The text of this article is withheld: {why}. {instead}"
        # RFC 7725: who it is that does not show it.
        raise ProblemError("text-withheld", detail, headers={"Link": '</v1>; rel="blocked-by"'})
