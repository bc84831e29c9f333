"""The dataset of the real article: every fact stands on the article's words, and nothing of it dangles."""

import hashlib
import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from app.seeding.build import check

ARTICLE_SHA256 = "c927718e2129299c6250a934cd81453594fcfaa6b62b0ee18386e352bf204eca"
KINDS = [
    *("articles", "parties", "people", "topics", "negotiations", "rounds", "delegates", "statements"),
    *("policy-measures", "positions", "indicators", "events", "notes"),
]
ABOUT_THE_RECORD = {"id", "kind", "href", "evidence", "inferred", "sources", "disputed", "disputed_by", "cite"}
COMPUTED = {"text_sha256", "characters", "coverage"}
EDITORIAL = {"text", "withheld_because"}
"""What an article's record says of how its text is treated, and not of what the text says."""

Document = dict[str, Any]


@pytest.fixture(scope="module")
def connection(dataset: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(f"{dataset.as_uri()}?mode=ro&immutable=1", uri=True)) as connection:
        yield connection


@pytest.fixture(scope="module")
def documents(connection: sqlite3.Connection) -> list[Document]:
    return [json.loads(row[0]) for row in connection.execute("SELECT document FROM documents ORDER BY key")]


@pytest.fixture(scope="module")
def text(real_seed: Path) -> str:
    return (real_seed / "article.txt").read_bytes().decode()


@pytest.fixture(scope="module")
def article(documents: list[Document]) -> Document:
    (article,) = [document for document in documents if document["kind"] == "articles"]
    return article


def label(document: Document) -> str:
    return f"{document['kind']}/{document['id']}"


def test_the_article_is_the_one_that_was_received(real_seed: Path, article: Document) -> None:
    assert hashlib.sha256((real_seed / "article.txt").read_bytes()).hexdigest() == ARTICLE_SHA256
    assert article["text_sha256"] == ARTICLE_SHA256


def test_the_seed_is_in_order(real_seed: Path) -> None:
    assert [str(problem) for problem in check(real_seed.parent)] == []


def test_every_kind_has_records(documents: list[Document]) -> None:
    assert {document["kind"] for document in documents} == set(KINDS)


def test_documents_are_in_the_order_of_kinds_and_ids(documents: list[Document]) -> None:
    assert documents == sorted(documents, key=lambda item: (KINDS.index(item["kind"]), item["id"]))


def test_every_record_has_evidence(documents: list[Document]) -> None:
    assert [label(document) for document in documents if not document["evidence"]] == []


def test_every_quote_is_where_it_says_to_be(documents: list[Document], text: str) -> None:
    units = text.encode("utf-16-le")
    for document in documents:
        for item in document["evidence"]:
            assert text[item["start"] : item["end"]] == item["quote"], label(document)
            by_unit = units[2 * item["start_utf16"] : 2 * item["end_utf16"]].decode("utf-16-le")
            assert by_unit == item["quote"], label(document)
            assert item["href"] == f"{item['article']['href']}/text#char={item['start']},{item['end']}"


def test_every_quote_tells_its_paragraph(documents: list[Document], text: str) -> None:
    for document in documents:
        for item in document["evidence"]:
            before = [line for line in text[: item["start"] + 1].split("\n") if line.strip()]
            assert item["paragraph"] == len(before), label(document)


def test_sentences_are_numbered_in_the_order_of_the_text(documents: list[Document], article: Document) -> None:
    items = sorted((item["start"], item["sentence"]) for document in documents for item in document["evidence"])
    numbers = [number for _, number in items]
    assert numbers == sorted(numbers)
    assert numbers[0] == 1
    assert numbers[-1] == article["coverage"]["sentences"]


def test_every_informative_field_is_supported_or_inferred(documents: list[Document]) -> None:
    unsupported = []
    for document in documents:
        supported = {name for item in document["evidence"] for name in item["fields"]}
        supported |= {item["field"] for item in document["inferred"]}
        informative = {name for name, value in document.items() if value not in (None, [], {}, "")}
        informative -= ABOUT_THE_RECORD | COMPUTED | (EDITORIAL if document["kind"] == "articles" else set())
        unsupported += [f"{label(document)}: {name}" for name in informative - supported]
    assert unsupported == []


def test_support_names_only_fields_that_say_something(documents: list[Document]) -> None:
    for document in documents:
        claims = [name for item in document["evidence"] for name in item["fields"]]
        for name in [*claims, *(item["field"] for item in document["inferred"])]:
            assert document.get(name) not in (None, []), f"{label(document)}: {name}"
            assert name not in ABOUT_THE_RECORD | COMPUTED


def test_every_inference_says_why(documents: list[Document]) -> None:
    assert all(len(item["why"]) > 10 for document in documents for item in document["inferred"])


def test_every_sentence_is_covered_or_excused(article: Document, text: str) -> None:
    coverage = article["coverage"]
    assert coverage["covered"] + len(coverage["excused"]) == coverage["sentences"]
    assert article["characters"] == len(text)


def test_what_is_not_stated_is_null_and_never_an_empty_text(documents: list[Document]) -> None:
    def texts(value: Any) -> Iterator[str]:
        if isinstance(value, str):
            yield value
        elif isinstance(value, dict | list):
            for item in value.values() if isinstance(value, dict) else value:
                yield from texts(item)

    for document in documents:
        assert all(item.strip() == item != "" for item in texts(document)), label(document)


def references(value: Any) -> Iterator[Document]:
    """Every link to another record inside a document."""
    if isinstance(value, dict):
        if value.keys() == {"id", "name", "href"}:
            yield value
        for item in value.values():
            yield from references(item)
    elif isinstance(value, list):
        for item in value:
            yield from references(item)


def test_every_reference_names_a_record_that_exists(documents: list[Document]) -> None:
    known = {document["href"]: (document["id"], document["name"]) for document in documents}
    found = [reference for document in documents for reference in references(document)]
    assert len(found) > 300
    for reference in found:
        assert known.get(reference["href"]) == (reference["id"], reference["name"])


def test_every_record_has_a_name_and_a_path_of_its_own(documents: list[Document]) -> None:
    assert len({document["href"] for document in documents}) == len(documents)
    for document in documents:
        assert document["href"] == f"/v1/{document['kind']}/{document['id']}"
        assert document["name"].strip()


def test_the_file_is_whole(connection: sqlite3.Connection) -> None:
    assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
    assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("delete",)


def test_the_rows_agree_with_the_documents(connection: sqlite3.Connection, documents: list[Document]) -> None:
    rows = connection.execute("SELECT kind, id, name FROM facts ORDER BY key").fetchall()
    assert rows == [(document["kind"], document["id"], document["name"]) for document in documents]
