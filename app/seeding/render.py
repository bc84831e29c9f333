"""From checked drafts to the records as they are served."""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from app.models import RESOURCES, SCHEMA_REVISION, Fact, Record
from app.seeding.check import covered_sentences
from app.seeding.interpret import Draft, Excuse, Pending, Quote
from app.values import Coverage, Evidence, Inferred, Kind, Reference, Uncovered


@dataclass(frozen=True)
class Rendered:
    """A record, and its two documents: in full, and in the shape that all kinds share."""

    draft: Draft
    record: Record
    document: str
    summary: str


def render(drafts: list[Draft], excuses: dict[str, list[Excuse]]) -> Iterator[Rendered]:
    """Every record in the order of the dataset: by kind, then by id."""
    names = {(draft.kind, draft.id): str(draft.values["name"]) for draft in drafts}
    order = list(Kind)
    for draft in sorted(drafts, key=lambda draft: (order.index(draft.kind), draft.id)):
        values = {name: _resolve(value, names) for name, value in draft.values.items()}
        if draft.kind is Kind.ARTICLES:
            values |= _of_text(draft, drafts, excuses[draft.source.article_id])
        article = reference(Kind.ARTICLES, draft.source.article_id, names)
        own = reference(draft.kind, draft.id, names)
        record = RESOURCES[draft.kind].record.model_validate(
            {
                "kind": draft.kind,
                "id": own.id,
                "href": own.href,
                **values,
                "evidence": [evidence(quote, draft, article) for quote in draft.quotes],
                "inferred": [Inferred(field=name, why=why) for name, (why, _) in draft.inferred.items()],
            }
        )
        when = getattr(record, record.happened) if record.happened else None
        summary = Fact(when=when, **{name: getattr(record, name) for name in Fact.model_fields if name != "when"})
        yield Rendered(draft, record, _document(record), to_json(summary.model_dump(mode="json")))


def version(documents: Iterable[str]) -> str:
    """The dataset's version: a digest of its documents in order and of the schema that they are stored in."""
    digest = hashlib.sha256(SCHEMA_REVISION.encode())
    for document in documents:
        digest.update(b"\n" + document.encode())
    return digest.hexdigest()[:16]


def reference(kind: Kind, record_id: str, names: dict[tuple[Kind, str], str]) -> Reference:
    """The link to a record."""
    return Reference(id=record_id, name=names[kind, record_id], href=f"/v1/{kind}/{record_id}")


def evidence(quote: Quote, draft: Draft, article: Reference) -> Evidence:
    """A quote with its place in the text, in every unit that clients count in."""
    text = draft.source.text
    return Evidence(
        article=article,
        quote=text.text[quote.start : quote.end],
        start=quote.start,
        end=quote.end,
        start_utf16=text.utf16(quote.start),
        end_utf16=text.utf16(quote.end),
        paragraph=text.paragraph_at(quote.start),
        sentence=text.sentence_at(quote.start),
        fields=list(quote.fields),
        href=f"{article.href}/text#char={quote.start},{quote.end}",
    )


def _resolve(value: Any, names: dict[tuple[Kind, str], str]) -> Any:
    if isinstance(value, Pending):
        return reference(value.kind, value.id, names)
    if isinstance(value, list):
        return [_resolve(item, names) for item in value]
    return value


def _of_text(draft: Draft, drafts: list[Draft], excuses: list[Excuse]) -> dict[str, Any]:
    """What the build computes of an article's text."""
    text = draft.source.text
    why = {number: e.why for e in excuses for number in text.sentences_between(e.start, e.end)}
    excused = [
        Uncovered(sentence=s.number, start=s.start, end=s.end, why=why[s.number])
        for s in text.sentences
        if s.number in why
    ]
    covered = len(covered_sentences(draft.source, drafts))
    return {
        "text_sha256": hashlib.sha256(text.text.encode()).hexdigest(),
        "characters": len(text.text),
        "coverage": Coverage(sentences=len(text.sentences), covered=covered, excused=excused),
    }


def _document(record: Record) -> str:
    fields = record.model_dump(mode="json")
    # What a record says comes before what it rests on.
    support = {name: fields.pop(name) for name in ("evidence", "inferred")}
    return to_json(fields | support)


def to_json(value: Any) -> str:
    """JSON without superfluous white space."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
