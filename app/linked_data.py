"""Records for programs that know schema.org: statements as quotations and claims, articles as news articles.

Only what a record states is said of it; what is null there is left out. The context stands in the document itself, so
that nobody has to fetch one.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Literal

from fastapi import Response
from fastapi.responses import JSONResponse
from pydantic import Field
from pydantic.json_schema import SkipJsonSchema

from app.models import StatementMode
from app.references import Kind
from app.written import Value

JSON_LD = "application/ld+json"
VOCABULARY = "https://schema.org/"
ALTERNATE: Any = {200: {"headers": {"Link": {"$ref": "#/components/headers/Link"}}}}
"""How an endpoint says that its answer has the header."""
ADDRESSES, DATES = ("url",), ("dateCreated", "datePublished")
CONTEXT: dict[str, Any] = {"@vocab": VOCABULARY}
CONTEXT |= {name: {"@id": VOCABULARY + name, "@type": "@id"} for name in ADDRESSES}
CONTEXT |= {name: {"@id": VOCABULARY + name, "@type": f"{VOCABULARY}Date"} for name in DATES}
PLAIN_DATE = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")
ABSENT: Any = Field(default=None)
"""Left out where the record does not state it."""
Optional = SkipJsonSchema[None]


class LinkedData(Value):
    """Base of what is served as JSON-LD: what is not stated is left out."""


class LinkedDataResponse(JSONResponse):
    """How an endpoint declares that it answers in JSON-LD."""

    media_type = JSON_LD


def linked(content: LinkedData, profile: str = "") -> Response:
    """The answer with a document; a profile says which context it uses."""
    media_type = f'{JSON_LD}; profile="{profile}"' if profile else JSON_LD
    return Response(content.model_dump_json(by_alias=True, exclude_none=True), media_type=media_type)


class Thing(LinkedData):
    """Something that is named."""

    type: Annotated[str, Field(alias="@type")]
    """Its type in schema.org."""
    id: Annotated[str | Optional, Field(alias="@id")] = None
    """The path of its record on this server."""
    name: str
    """Its name."""


class DatasetThing(LinkedData):
    """The dataset that a record is taken from."""

    type: Annotated[Literal["Dataset"], Field(alias="@type")]
    """`Dataset`."""
    name: str
    """Its name."""
    url: str
    """Its path on this server."""
    version: str
    """Its version."""


class Document(LinkedData):
    """What all these documents have."""

    context: Annotated[dict[str, Any], Field(alias="@context")]
    """What the terms mean: those of schema.org."""
    type: Annotated[str, Field(alias="@type")]
    """Its type in schema.org."""
    id: Annotated[str, Field(alias="@id")]
    """The path of the record on this server."""
    name: str
    """The record's short label."""
    subject_of: Annotated[DatasetThing, Field(alias="subjectOf")]
    """The dataset that it is taken from."""


class Saying(Document):
    """A statement, as schema.org knows it: a `Quotation`, or, where the words are the reporter's, a `Claim`."""

    type: Annotated[Literal["Quotation", "Claim"], Field(alias="@type")]
    """`Quotation` for a direct or mixed statement, `Claim` for an indirect one."""
    text: str
    """What was said, verbatim from the article."""
    spoken_by: Annotated[Thing | Optional, Field(alias="spokenByCharacter")] = None
    """Who said it; of a quotation."""
    author: Thing | Optional = ABSENT
    """Whose claim it is; of a claim."""
    date_created: Annotated[str | Optional, Field(alias="dateCreated")] = None
    """When it was said, where that is a plain year, month or day."""
    about: list[Thing] | Optional = ABSENT
    """The topics and the policy measures that it is about."""
    is_part_of: Annotated[list[Thing] | Optional, Field(alias="isPartOf")] = None
    """The articles in which these words stand; of a quotation."""
    appearance: list[Thing] | Optional = ABSENT
    """The articles in which these words stand; of a claim."""


class NewsArticle(Document):
    """An article, as schema.org knows it."""

    type: Annotated[Literal["NewsArticle"], Field(alias="@type")]
    """`NewsArticle`."""
    headline: str
    """The headline."""
    language: Annotated[str, Field(alias="inLanguage")]
    """The text's language, as a BCP 47 tag."""
    date_published: Annotated[str | Optional, Field(alias="datePublished")] = None
    """When it was published, where that is a plain year, month or day."""
    publisher: Thing | Optional = ABSENT
    """Who published it."""
    credit_text: Annotated[str | Optional, Field(alias="creditText")] = None
    """Whom the article credits as its source."""
    url: str | Optional = ABSENT
    """Where it was published."""
    mentions: list[Thing] | Optional = ABSENT
    """The people, sides, topics, rounds and events that rest on it."""


MENTIONED = {
    Kind.PEOPLE: "Person",
    Kind.PARTIES: "Thing",
    Kind.TOPICS: "Thing",
    Kind.ROUNDS: "Event",
    Kind.EVENTS: "Event",
}
"""The kinds of records that an article mentions, and their types in schema.org."""


def saying(record: Mapping[str, Any], version: str) -> Saying:
    """A statement's record in the terms of schema.org."""
    is_claim = record["mode"] == StatementMode.INDIRECT
    support = (item["article"] for item in record["evidence"] if "text" in item["fields"])
    articles = _things("NewsArticle", {article["id"]: article for article in support}.values())
    shown = {"spoken_by": _thing("Person", record["speaker"]), "is_part_of": articles}
    if is_claim:
        shown = {"author": _thing("Person", record["speaker"]), "appearance": articles}
    return Saying.model_validate(
        _document("Claim" if is_claim else "Quotation", record, version)
        | {"text": record["text"], "date_created": _plain(record["said_on"])}
        | {"about": _things("Thing", [*record["topics"], *record["measures"]])}
        | shown,
        by_name=True,
    )


def news_article(record: Mapping[str, Any], mentions: Iterable[Thing], version: str) -> NewsArticle:
    """An article's record in the terms of schema.org, with what it mentions."""
    publisher = record["publisher"] and Thing.model_validate({"@type": "Organization", "name": record["publisher"]})
    return NewsArticle.model_validate(
        _document("NewsArticle", record, version)
        | {"headline": record["title"], "language": record["language"], "url": record["url"]}
        | {"date_published": _plain(record["published"]), "publisher": publisher, "credit_text": record["credit"]}
        | {"mentions": [*mentions] or None},
        by_name=True,
    )


def _document(type_: str, record: Mapping[str, Any], version: str) -> dict[str, Any]:
    dataset = {"@type": "Dataset", "name": "Article facts", "url": "/v1", "version": version}
    shared = {"context": CONTEXT, "type": type_, "id": record["href"], "name": record["name"]}
    return shared | {"subject_of": DatasetThing.model_validate(dataset)}


def _thing(type_: str, reference: Mapping[str, Any]) -> Thing:
    return Thing.model_validate({"@type": type_, "@id": reference["href"], "name": reference["name"]})


def _things(type_: str, references: Iterable[Mapping[str, Any]]) -> list[Thing] | None:
    return [_thing(type_, reference) for reference in references] or None


def mention(kind: Kind, reference: Mapping[str, Any]) -> Thing:
    """A record that rests on an article."""
    return _thing(MENTIONED[kind], reference)


def _plain(when: Mapping[str, Any] | None) -> str | None:
    """A date, where it is a year, a month or a day and nothing else."""
    return str(when["edtf"]) if when and PLAIN_DATE.fullmatch(when["edtf"]) else None


def with_alternate(response: Response, path: str) -> Response:
    """The answer with a record, with the header that leads to the same in JSON-LD."""
    response.headers["Link"] = f'<{path}.jsonld>; rel="alternate"; type="{JSON_LD}"'
    return response
