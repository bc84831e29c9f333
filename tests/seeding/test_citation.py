"""How records are cited: what the line says, and where the link leads."""

import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from app.seeding.build import build

CREDIT = '  credit: "Reuters"\n'
URL_FROM = '  inferred:\n    language: "The article does not name its language; it is written in English."\n'


def cited(seed: Path, tmp_path: Path, address: str | None) -> dict[str, dict[str, Any]]:
    """The citations of all records, by kind and id, where the article is published at an address."""
    folder = tmp_path / "cited" / seed.name
    shutil.copytree(seed, folder)
    if address is not None:
        facts = (folder / "facts.yaml").read_text("utf-8")
        assert facts.count(CREDIT) == facts.count(URL_FROM) == 1
        facts = facts.replace(CREDIT, f'{CREDIT}  url: "{address}"\n')
        facts = facts.replace(URL_FROM, f'{URL_FROM}    url: "Where it was found."\n')
        (folder / "facts.yaml").write_text(facts, "utf-8")
    build(folder.parent, tmp_path / "facts.db")
    with closing(sqlite3.connect(tmp_path / "facts.db")) as connection:
        rows = connection.execute("SELECT ref, document FROM facts JOIN documents USING (key)").fetchall()
        (version,) = connection.execute("SELECT version FROM dataset_info").fetchone()
    found = {ref: json.loads(document)["cite"] for ref, document in rows}
    assert {item["dataset"] for item in found.values()} == {version}
    assert all(item["href"] == f"/v1/{ref}" and version in item["text"] for ref, item in found.items())
    return found


def test_a_citation_says_what_is_known_of_the_article_and_no_more(real_seed: Path, tmp_path: Path) -> None:
    cite = cited(real_seed, tmp_path, None)["statements/lutnick-all-day"]
    line = cite["text"].removesuffix(f"{cite['dataset']}.")
    assert line == (
        "“Lutnick: negotiations all day yesterday and today”, in: US-China trade negotiations enter second day, "
        "Lighthizer discusses progress, Reuters. Article facts, /v1/statements/lutnick-all-day, dataset "
    )
    assert cite["url"] is None


@pytest.mark.parametrize(
    ("address", "page"),
    [
        ("https://news.example/talks", "https://news.example/talks#"),
        ("https://news.example/talks?id=1&x=2", "https://news.example/talks?id=1&x=2#"),
        ("https://news.example/talks#top", "https://news.example/talks#top"),
    ],
)
def test_a_link_opens_the_page_at_the_quote(address: str, page: str, real_seed: Path, tmp_path: Path) -> None:
    found = cited(real_seed, tmp_path, address)
    assert found["topics/rare-earths"]["url"] == (
        f"{page}:~:text=rare%20earths%20have%20become%20a%20crucial%20topic%20of%20discussion%20in%20this%20round%20of%20talks"
    )
    # A hyphen and a comma would mean something to the browser.
    assert "%2D" in found["articles/us-china-london-2025-06-10"]["url"]
    assert "%2C" in found["articles/us-china-london-2025-06-10"]["url"]
    assert all(item["url"].startswith(f"{page}:~:text=") for item in found.values())


def test_words_that_look_like_an_escape_stay_as_they_are(tmp_path: Path) -> None:
    words = r"It is \u0000, \\u0000 and \n."
    folder = tmp_path / "seeds" / "escapes"
    folder.mkdir(parents=True)
    (folder / "article.txt").write_text(words, "utf-8")
    quoted = json.dumps(words)
    evidence = f"[{{quote: {quoted}, fields: [name, title, language]}}]"
    facts = f"article: {{name: {quoted}, title: {quoted}, language: en, evidence: {evidence}}}\n"
    (folder / "facts.yaml").write_text(facts, "utf-8")
    build(folder.parent, tmp_path / "facts.db")
    with closing(sqlite3.connect(tmp_path / "facts.db")) as connection:
        document, summary = map(
            json.loads,
            connection.execute("SELECT document, summary FROM documents JOIN summaries USING (key)").fetchone(),
        )
    assert document["title"] == summary["name"] == summary["evidence"][0]["quote"] == words
    assert words in document["cite"]["text"]
    assert document["cite"] == summary["cite"]
