"""The quotes of an article as W3C Web Annotations: which words say what of which record."""

from collections.abc import Iterable, Iterator
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import Field

from app.linked_data import ABSENT, LinkedData, Optional
from app.models import QuoteRole

PROFILE = "http://www.w3.org/ns/anno.jsonld"
CONTEXT = [PROFILE, {"dataset": "https://schema.org/version"}]
MOTIVATIONS = {QuoteRole.SUPPORTS: "linking", QuoteRole.DISPUTES: "questioning"}


class TextQuoteSelector(LinkedData):
    """The words, by themselves and by those around them."""

    type: Literal["TextQuoteSelector"]
    """`TextQuoteSelector`."""
    exact: str
    """The words, verbatim."""
    prefix: str | Optional = ABSENT
    """The text right before them; left out with `context=0`."""
    suffix: str | Optional = ABSENT
    """The text right after them; left out with `context=0`."""


class TextPositionSelector(LinkedData):
    """The words, by their place."""

    type: Literal["TextPositionSelector"]
    """`TextPositionSelector`."""
    start: int
    """Where they start, in Unicode code points from the start of the text."""
    end: int
    """Where they end (exclusive), in code points."""


class AnnotationTarget(LinkedData):
    """Words of an article."""

    type: Literal["SpecificResource"]
    """`SpecificResource`."""
    source: str
    """The path of the article's text."""
    selector: tuple[TextQuoteSelector, TextPositionSelector]
    """Two ways to find the same words."""


class AnnotationFact(LinkedData):
    """The record that the words speak of."""

    type: Literal["SpecificResource"]
    """`SpecificResource`."""
    purpose: str
    """`linking`: the record rests on the words; `questioning`: they say otherwise."""
    source: str
    """The record's path on this server."""


class TextualBody(LinkedData):
    """What is said of the words."""

    type: Literal["TextualBody"]
    """`TextualBody`."""
    purpose: Literal["describing", "tagging"]
    """`describing`: the record's name; `tagging`: a field of it that the words speak of."""
    value: str
    """The name, or the field."""
    format: Literal["text/plain"]
    """`text/plain`."""


class Annotation(LinkedData):
    """A quote: words of the article that a record rests on, or that dispute it."""

    id: str
    """The path of a page with this annotation alone, without surroundings."""
    type: Literal["Annotation"]
    """`Annotation`."""
    motivation: str
    """`linking`: a record rests on the words; `questioning`: with these words, the article says otherwise."""
    body: list[AnnotationFact | TextualBody]
    """The record, its name, and each of its fields that the words speak of."""
    target: AnnotationTarget
    """The words."""


class AnnotationCollection(LinkedData):
    """All annotations that were asked for."""

    id: str
    """The path of its first page."""
    type: Literal["AnnotationCollection"]
    """`AnnotationCollection`."""
    label: str
    """What it is."""
    total: int
    """How many annotations it has."""


class AnnotationPage(LinkedData):
    """A page of annotations."""

    context: Annotated[list[str | dict[str, str]], Field(alias="@context")]
    """What the terms mean: those of Web Annotations, and `dataset`."""
    id: str
    """The path of this page."""
    type: Literal["AnnotationPage"]
    """`AnnotationPage`."""
    part_of: Annotated[AnnotationCollection, Field(alias="partOf")]
    """The collection that it is a page of."""
    start_index: Annotated[int, Field(alias="startIndex")]
    """How many annotations come before this page."""
    items: list[Annotation]
    """The annotations, in the order of the text."""
    next: str | Optional = ABSENT
    """The path of the next page; left out on the last one."""
    prev: str | Optional = ABSENT
    """The path of the page before; left out on the first one."""
    dataset: str
    """The version of the dataset that the page was made from."""


class Surroundings(NamedTuple):
    """An article's text, and how much of it to show around a quote."""

    text: str | None
    context: int

    def selector(self, quote: str, start: int, end: int) -> dict[str, Any]:
        """The words with what stands before and after them."""
        selector: dict[str, Any] = {"type": "TextQuoteSelector", "exact": quote}
        if self.text is not None and self.context:
            selector["prefix"] = self.text[max(start - self.context, 0) : start]
            selector["suffix"] = self.text[end : end + self.context]
        return selector


def annotations(path: str, rows: Iterable[Any], around: Surroundings) -> Iterator[dict[str, Any]]:
    """The annotations of an article with a path, from rows of quotes with their records."""
    for row in rows:
        role, position = QuoteRole(row.role), {"start": row.start, "end": row.end}
        fact = {"type": "SpecificResource", "purpose": MOTIVATIONS[role], "source": f"/v1/{row.ref}"}
        said = [("describing", row.name), *(("tagging", name) for name in sorted(set(row.fields.split(","))))]
        texts = [{"type": "TextualBody", "purpose": it, "value": text, "format": "text/plain"} for it, text in said]
        selectors = around.selector(row.quote, row.start, row.end), {"type": "TextPositionSelector"} | position
        yield {
            "id": f"{path}/annotations?char={row.start},{row.end}&context=0&fact={row.ref}&role={role}",
            "type": "Annotation",
            "motivation": MOTIVATIONS[role],
            "body": [fact, *texts],
            "target": {"type": "SpecificResource", "source": f"{path}/text", "selector": selectors},
        }
