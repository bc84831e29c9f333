"""JSON-LD as a processor reads it: no term is lost, addresses are whole, and nothing is fetched."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from pyld import jsonld  # type: ignore[import-untyped]

Api = Callable[..., httpx.Response]
BASE = "https://facts.example"
OA, AS, SCHEMA = "http://www.w3.org/ns/oa#", "https://www.w3.org/ns/activitystreams#", "https://schema.org/"
NS_ANNO = "http://www.w3.org/ns/anno.jsonld"
XSD = "http://www.w3.org/2001/XMLSchema#"
ADDRESS, NAME, COUNT = {"@type": "@id"}, {"@type": "@vocab"}, {"@type": f"{XSD}nonNegativeInteger"}
ANNOTATION_CONTEXT = {
    "id": {"@id": "@id", **ADDRESS},
    "type": {"@id": "@type", **ADDRESS},
    "Annotation": f"{OA}Annotation",
    "SpecificResource": f"{OA}SpecificResource",
    "TextualBody": f"{OA}TextualBody",
    "TextQuoteSelector": f"{OA}TextQuoteSelector",
    "TextPositionSelector": f"{OA}TextPositionSelector",
    "AnnotationCollection": f"{AS}OrderedCollection",
    "AnnotationPage": f"{AS}OrderedCollectionPage",
    "describing": f"{OA}describing",
    "linking": f"{OA}linking",
    "questioning": f"{OA}questioning",
    "tagging": f"{OA}tagging",
    "motivation": {"@id": f"{OA}motivatedBy", **NAME},
    "purpose": {"@id": f"{OA}hasPurpose", **NAME},
    "body": {"@id": f"{OA}hasBody", **ADDRESS},
    "target": {"@id": f"{OA}hasTarget", **ADDRESS},
    "source": {"@id": f"{OA}hasSource", **ADDRESS},
    "selector": {"@id": f"{OA}hasSelector", **ADDRESS},
    "exact": f"{OA}exact",
    "prefix": f"{OA}prefix",
    "suffix": f"{OA}suffix",
    "start": {"@id": f"{OA}start", **COUNT},
    "end": {"@id": f"{OA}end", **COUNT},
    "value": "http://www.w3.org/1999/02/22-rdf-syntax-ns#value",
    "format": "http://purl.org/dc/elements/1.1/format",
    "label": "http://www.w3.org/2000/01/rdf-schema#label",
    "items": {"@id": f"{AS}items", "@container": "@list", **ADDRESS},
    "partOf": {"@id": f"{AS}partOf", **ADDRESS},
    "next": {"@id": f"{AS}next", **ADDRESS},
    "prev": {"@id": f"{AS}prev", **ADDRESS},
    "startIndex": {"@id": f"{AS}startIndex", **COUNT},
    "total": {"@id": f"{AS}totalItems", **COUNT},
}
"""The terms of the Web Annotation context that are used here, as it defines them; its other terms are left out."""


def load(url: str, options: Any) -> dict[str, Any]:
    """Only the one context is known, and no network is used."""
    assert url == NS_ANNO
    return {"contextUrl": None, "documentUrl": url, "document": {"@context": ANNOTATION_CONTEXT}}


def expanded(api: Api, path: str) -> dict[str, Any]:
    answer = api(path)
    assert answer.headers["content-type"].startswith("application/ld+json")
    (found,) = jsonld.expand(answer.json(), {"base": BASE + path, "documentLoader": load})
    return dict(found)


def keys(node: Any) -> Iterator[str]:
    """The names of a document, without its context."""
    if isinstance(node, dict):
        for name, value in node.items():
            if name != "@context":
                yield name
                yield from keys(value)
    elif isinstance(node, list):
        for item in node:
            yield from keys(item)


def addresses(node: Any) -> Iterator[str]:
    """All ids and types of an expanded document."""
    if isinstance(node, dict):
        yield from [node["@id"]] if "@id" in node else []
        yield from node.get("@type", []) if isinstance(node.get("@type"), list) else []
        for value in node.values():
            yield from addresses(value)
    elif isinstance(node, list):
        for item in node:
            yield from addresses(item)


def triples(document: Any, path: str) -> str:
    return str(jsonld.to_rdf(document, {"base": BASE + path, "documentLoader": load, "format": "application/n-quads"}))


@pytest.fixture(params=["api", "fisheries"])
def get(request: pytest.FixtureRequest) -> Api:
    """GET from the first article's dataset, and from the one with several articles."""
    found: Api = request.getfixturevalue(request.param)
    return found


def test_annotations_are_web_annotations(get: Api) -> None:
    for article in get("/v1/articles?limit=200").json()["data"]:
        context = "?context=0" if article["text"] == "withheld" else ""
        path = f"{article['href']}/annotations{context}"
        answer = get(path)
        assert answer.headers["content-type"] == f'application/ld+json; profile="{NS_ANNO}"'
        document, found = answer.json(), expanded(get, path)
        assert set(keys(document)) - {"id", "type", "dataset"} <= set(ANNOTATION_CONTEXT)
        assert len([*keys(document)]) == sum(
            name not in ("@value", "@list") and not (name == "@type" and isinstance(value, str))
            for name, value in pairs(found, of_references=False)
        )
        assert all(it.startswith(("http://", "https://")) for it in addresses(found))
        assert found["@id"] == BASE + path
        assert found["@type"] == [f"{AS}OrderedCollectionPage"]
        (items,) = found[f"{AS}items"]
        assert len(items["@list"]) == len(document["items"])
        for item in items["@list"]:
            assert item["@type"] == [f"{OA}Annotation"]
            assert item[f"{OA}motivatedBy"][0]["@id"] in (f"{OA}linking", f"{OA}questioning")
            (target,) = item[f"{OA}hasTarget"]
            assert target[f"{OA}hasSource"] == [{"@id": f"{BASE}{article['href']}/text"}]
            types = [selector["@type"] for selector in target[f"{OA}hasSelector"]]
            assert types == [[f"{OA}TextQuoteSelector"], [f"{OA}TextPositionSelector"]]
        assert triples(document, path).count(f"<{OA}hasTarget>") == len(document["items"])


def pairs(node: Any, of_references: bool) -> Iterator[tuple[str, Any]]:
    """Names and values of an expanded document; a bare reference was a plain text before."""
    if isinstance(node, dict):
        if not of_references and set(node) == {"@id"}:
            return
        for name, value in node.items():
            yield name, value
            yield from pairs(value, of_references)
    elif isinstance(node, list):
        for item in node:
            yield from pairs(item, of_references)


def test_statements_are_quotations_and_claims(get: Api) -> None:
    modes = set()
    for record in get("/v1/statements?limit=200").json()["data"]:
        path = f"{record['href']}.jsonld"
        document, found = get(path).json(), expanded(get, path)
        modes.add(record["mode"])
        is_claim = record["mode"] == "indirect"
        assert found["@id"] == BASE + record["href"]
        assert found["@type"] == [SCHEMA + ("Claim" if is_claim else "Quotation")]
        assert found[f"{SCHEMA}text"] == [{"@value": record["text"]}]
        (speaker,) = found[SCHEMA + ("author" if is_claim else "spokenByCharacter")]
        assert (speaker["@id"], speaker["@type"]) == (BASE + record["speaker"]["href"], [f"{SCHEMA}Person"])
        articles = {it["@id"] for it in found[SCHEMA + ("appearance" if is_claim else "isPartOf")]}
        assert articles == {BASE + it["article"]["href"] for it in record["evidence"] if "text" in it["fields"]}
        about = {it["@id"] for it in found.get(f"{SCHEMA}about", [])}
        assert about == {BASE + it["href"] for it in [*record["topics"], *record["measures"]]}
        when = record["said_on"]
        if when and when["precision"] in ("year", "month", "day") and when["edtf"] in when["earliest"]:
            assert found[f"{SCHEMA}dateCreated"] == [{"@type": f"{SCHEMA}Date", "@value": when["edtf"]}]
        elif when is None:
            assert "dateCreated" not in document
        nothing_is_lost(document, found)
    assert {"direct", "indirect"} <= modes


def test_articles_are_news_articles(get: Api) -> None:
    for record in get("/v1/articles").json()["data"]:
        path = f"{record['href']}.jsonld"
        document, found = get(path).json(), expanded(get, path)
        assert (found["@id"], found["@type"]) == (BASE + record["href"], [f"{SCHEMA}NewsArticle"])
        assert document["headline"] == record["title"]
        assert document["inLanguage"] == record["language"]
        assert document.get("creditText") == record["credit"]
        assert document.get("publisher", {}).get("name") == record["publisher"]
        assert document.get("datePublished") == (record["published"] and record["published"]["edtf"])
        assert document.get("url") == record["url"]
        mentioned = {it["@id"]: it["@type"] for it in document["mentions"]}
        for href, type_ in mentioned.items():
            mention = get(href).json()["data"]
            assert record["id"] in {it["article"]["id"] for it in mention["evidence"]}
            assert (mention["kind"] == "people") == (type_ == "Person")
        nothing_is_lost(document, found)


def nothing_is_lost(document: Any, found: Any) -> None:
    """Every name of a document is one of schema.org when it is read; nothing is null."""
    assert "null" not in json.dumps(document)
    names = {name if name.startswith("@") else SCHEMA + name for name in keys(document)}
    assert names == {name for name in keys(found) if name != "@value"}
    assert all(it.startswith((BASE, SCHEMA)) for it in addresses(found))


@pytest.mark.parametrize("path", ["/v1/statements/lutnick-all-days.jsonld", "/v1/articles/us-china-london.jsonld"])
def test_an_unknown_record_is_404_with_near_ids(api: Api, path: str) -> None:
    answer = api(path)
    assert answer.status_code == 404
    assert answer.json()["did_you_mean"]
