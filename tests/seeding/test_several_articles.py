"""Three articles on the same talks: what becomes of a record of which several of them speak."""

import json
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from itertools import permutations
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from app.seeding.build import build, check
from app.values import fold

BERGEN, REYKJAVIK, TORSHAVN = (f"mackerel-talks-{city}" for city in ("bergen", "reykjavik", "torshavn"))
SEEDS = Path(__file__).parents[1] / "articles" / "fisheries"

Document = dict[str, Any]


class Dataset(NamedTuple):
    """A dataset and the articles that it was made from."""

    connection: sqlite3.Connection
    documents: dict[str, Document]
    """Every record, by its kind and id."""
    texts: dict[str, str]
    """Every article's text, by its id."""


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dataset]:
    database = tmp_path_factory.mktemp("fisheries") / "facts.db"
    build(SEEDS, database)
    with closing(sqlite3.connect(f"{database.as_uri()}?mode=ro&immutable=1", uri=True)) as connection:
        yield read(connection, SEEDS)


def read(connection: sqlite3.Connection, seeds: Path) -> Dataset:
    found = connection.execute("SELECT ref, document FROM facts JOIN documents USING (key) ORDER BY key").fetchall()
    texts = {file.parent.name: file.read_bytes().decode("utf-8-sig") for file in seeds.glob("*/article.txt")}
    return Dataset(connection, {ref: json.loads(text) for ref, text in found}, texts)


def support(document: Document) -> list[tuple[str, str]]:
    """The articles that a record rests on, each with the fields that its quotes support."""
    return [(item["article"]["id"], " ".join(item["fields"])) for item in document["evidence"]]


# ------------------------------------------------------------------------------------------- what the articles are


def test_the_articles_have_what_is_hard_about_articles(data: Dataset) -> None:
    assert (SEEDS / REYKJAVIK / "article.txt").read_bytes().startswith(b"\xef\xbb\xbf")
    assert data.texts[REYKJAVIK].count("\r\n") == data.texts[REYKJAVIK].count("\n") > 10
    assert "\N{COMBINING ACUTE ACCENT}" in data.texts[REYKJAVIK]
    assert data.texts[BERGEN].index("🐟") < data.texts[BERGEN].index("“Nobody wants")
    for words, article in (("斎藤春香", BERGEN), ("Νίκος", TORSHAVN), ("يوسف", REYKJAVIK)):
        assert words in data.texts[article]


@pytest.mark.parametrize("article", [BERGEN, REYKJAVIK, TORSHAVN])
def test_every_sentence_of_the_articles_is_covered_or_excused(article: str, data: Dataset) -> None:
    coverage = data.documents[f"articles/{article}"]["coverage"]
    assert coverage["covered"] + len(coverage["excused"]) == coverage["sentences"]
    assert coverage["covered"] / coverage["sentences"] > 0.7


def quotes(document: Document) -> Iterator[Document]:
    yield from document["evidence"]
    for dispute in document["disputed_by"]:
        yield from dispute["evidence"]


def test_every_quote_is_where_it_says_to_be_in_its_article(data: Dataset) -> None:
    for ref, document in data.documents.items():
        for item in quotes(document):
            text = data.texts[item["article"]["id"]]
            units = text.encode("utf-16-le")
            assert text[item["start"] : item["end"]] == item["quote"], ref
            assert units[2 * item["start_utf16"] : 2 * item["end_utf16"]].decode("utf-16-le") == item["quote"], ref
            assert item["href"] == f"/v1/articles/{item['article']['id']}/text#char={item['start']},{item['end']}"
    assert any(item["start"] != item["start_utf16"] for it in data.documents.values() for item in quotes(it))


def test_support_names_only_fields_that_say_something(data: Dataset) -> None:
    for ref, document in data.documents.items():
        claims = [name for item in document["evidence"] for name in item["fields"]]
        for name in [*claims, *(item["field"] for item in document["inferred"])]:
            assert document.get(name) not in (None, []), f"{ref}: {name}"


# ------------------------------------------------------------------------------------------------- what is merged

MERGED: dict[str, list[tuple[str, str]]] = {
    "people/kari-nes": [(BERGEN, "name office party"), (REYKJAVIK, "name aliases"), (TORSHAVN, "name office party")],
    "people/gudrun-jonsdottir": [
        (BERGEN, "name office party"),
        (REYKJAVIK, "name office party"),
        (TORSHAVN, "name office party"),
    ],
    "topics/mackerel": [(BERGEN, "name"), (REYKJAVIK, "name")],
    "parties/norway": [(BERGEN, "name"), (TORSHAVN, "name")],
    "statements/nes-close": [
        (BERGEN, "name speaker party audience setting mode text is_conditional"),
        (BERGEN, "round said_on"),
        (REYKJAVIK, "speaker setting mode text"),
        (TORSHAVN, "speaker said_on"),
        (TORSHAVN, "mode text"),
    ],
    "indicators/iceland-landings": [
        (BERGEN, "name metric amount direction period publisher"),
        (REYKJAVIK, "metric direction period"),
        (TORSHAVN, "name amount direction period publisher"),
    ],
    "delegates/gudrun-jonsdottir-bergen": [
        (BERGEN, "name person round party office is_lead"),
        (REYKJAVIK, "person party is_lead"),
    ],
    "people/joannes-dam": [(TORSHAVN, "name office party"), (TORSHAVN, "aliases")],
}


@pytest.mark.parametrize("ref", MERGED)
def test_a_record_rests_on_the_words_of_all_articles_its_own_first(ref: str, data: Dataset) -> None:
    document = data.documents[ref]
    assert support(document) == MERGED[ref]
    assert document["sources"] == len({article for article, _ in MERGED[ref]})


def test_each_record_is_there_once(data: Dataset) -> None:
    (rows,) = data.connection.execute("SELECT count(*) FROM facts").fetchone()
    assert rows == len(data.documents)
    assert data.documents["topics/mackerel"]["name"] == "mackerel"


REASONS: dict[str, list[tuple[str, str]]] = {
    "statements/nes-close": [("round", BERGEN), ("said_on", BERGEN), ("said_on", TORSHAVN), ("text", TORSHAVN)],
    "indicators/iceland-landings": [
        ("name", BERGEN),
        *(("period", article) for article in (BERGEN, REYKJAVIK, TORSHAVN)),
    ],
    "people/gudrun-jonsdottir": [("party", REYKJAVIK)],
}


@pytest.mark.parametrize("ref", REASONS)
def test_an_inference_names_the_article_from_whose_words_it_follows(ref: str, data: Dataset) -> None:
    assert [(it["field"], it["article"]["id"]) for it in data.documents[ref]["inferred"]] == REASONS[ref]


ALIASES = {
    "people/kari-nes": ["Nes"],
    "people/nikos-papadakis": ["Νίκος Παπαδάκης"],
    "people/haruka-saito": ["斎藤春香"],
    "people/yusuf-al-haddad": ["يوسف الحداد"],
    "people/gudrun-jonsdottir": [],
}


@pytest.mark.parametrize("ref", ALIASES)
def test_a_person_has_the_names_of_all_articles_each_once(ref: str, data: Dataset) -> None:
    assert data.documents[ref]["aliases"] == ALIASES[ref]


def test_a_name_with_decomposed_accents_is_the_same_name(data: Dataset) -> None:
    record = data.documents["people/gudrun-jonsdottir"]
    (decomposed,) = (it["quote"] for it in record["evidence"] if it["article"]["id"] == REYKJAVIK)
    assert record["name"] not in decomposed
    assert fold(record["name"]) in fold(decomposed)


def test_people_who_share_a_name_are_kept_apart(data: Dataset) -> None:
    other = data.documents["people/kari-nes-floro"]
    assert other["name"] == data.documents["people/kari-nes"]["name"]
    assert [it["href"] for it in other["distinct_from"]] == ["/v1/people/kari-nes"]


# ----------------------------------------------------------------------------------------------- what is disputed

NORWAY = {"id": "norway", "name": "Norway", "href": "/v1/parties/norway"}
FAROES = {"id": "faroe-islands", "name": "Faroe Islands", "href": "/v1/parties/faroe-islands"}
MONDAY = {"edtf": "2026-03-02", "earliest": "2026-03-02", "latest": "2026-03-02", "precision": "day"}
LANDED = {"value": 112000, "unit": "tonne", "comparator": "exact", "stated": "112,000 tonnes"}
DISPUTED: dict[str, list[tuple[str, str, Any]]] = {
    "rounds/bergen": [
        (REYKJAVIK, "started", MONDAY | {"stated": "on Monday evening"}),
        (TORSHAVN, "venue", "det gamle rådhuset"),
        (TORSHAVN, "status", "broken_off"),
    ],
    "policy-measures/norway-tariffs-halved": [
        (REYKJAVIK, "status", "agreed"),
        (REYKJAVIK, "imposed_by", [NORWAY, FAROES]),
    ],
    "indicators/iceland-landings": [(REYKJAVIK, "amount", LANDED)],
    "statements/papadakis-prices": [(TORSHAVN, "text", "Prisene har tredoblet seg siden jul")],
}


@pytest.mark.parametrize("ref", DISPUTED)
def test_a_dispute_says_who_says_what_instead(ref: str, data: Dataset) -> None:
    disputes = data.documents[ref]["disputed_by"]
    assert [(it["article"]["id"], it["field"], it["value"]) for it in disputes] == DISPUTED[ref]
    for item in disputes:
        assert {it["article"]["id"] for it in item["evidence"]} == {item["article"]["id"]}
        assert {name for it in item["evidence"] for name in it["fields"]} == {item["field"]}
        assert all(it["field"] == item["field"] and it["article"] == item["article"] for it in item["inferred"])


def test_a_disputed_record_keeps_its_own_value(data: Dataset) -> None:
    assert data.documents["rounds/bergen"]["venue"] == "Harbour Hall"
    assert data.documents["indicators/iceland-landings"]["amount"]["value"] == 108000
    assert data.documents["rounds/bergen"]["sources"] == 1


def test_only_what_is_disputed_says_so(data: Dataset) -> None:
    assert {ref for ref, it in data.documents.items() if it["disputed"]} == set(DISPUTED)
    assert all(bool(it["disputed_by"]) is it["disputed"] for it in data.documents.values())


def test_a_disputing_figure_is_written_as_the_field_writes_it(data: Dataset) -> None:
    query = "SELECT document FROM facts JOIN documents USING (key) WHERE ref = 'indicators/iceland-landings'"
    (document,) = data.connection.execute(query).fetchone()
    assert '"value":112000,' in document
    assert '"value":108000,' in document


def test_the_rows_agree_with_the_documents(data: Dataset) -> None:
    for ref, sources, disputed in data.connection.execute("SELECT ref, sources, disputed FROM facts"):
        assert (sources, bool(disputed)) == (data.documents[ref]["sources"], data.documents[ref]["disputed"])
    query = "SELECT ref, role, article_id, quote FROM quotes JOIN facts ON facts.key = fact_key ORDER BY quotes.key"
    rows = data.connection.execute(query).fetchall()
    expected = []
    for ref, document in data.documents.items():
        roles = ["supports"] * len(document["evidence"]) + ["disputes"] * 99
        for role, item in zip(roles, quotes(document), strict=False):
            expected.append((ref, role, item["article"]["id"], item["quote"]))
    assert rows == expected


# ----------------------------------------------------------------------------------------------- what is withheld


def test_an_article_whose_text_is_withheld_has_its_quotes_and_no_text(data: Dataset) -> None:
    article = data.documents[f"articles/{TORSHAVN}"]
    assert article["text"] == "withheld"
    assert article["withheld_because"] == "The agency licenses its texts for quotation only."
    (text,) = data.connection.execute("SELECT article_text FROM articles WHERE id = ?", [TORSHAVN]).fetchone()
    assert text is None
    count = "SELECT count(*) FROM {} WHERE article_id = ?"
    assert data.connection.execute(count.format("sentences"), [TORSHAVN]).fetchone() == (0,)
    assert data.connection.execute(count.format("quotes"), [TORSHAVN]).fetchone()[0] > 20


@pytest.mark.parametrize("article", [BERGEN, REYKJAVIK])
def test_other_articles_have_their_text(article: str, data: Dataset) -> None:
    document = data.documents[f"articles/{article}"]
    assert (document["text"], document["withheld_because"]) == ("served", None)
    (text,) = data.connection.execute("SELECT article_text FROM articles WHERE id = ?", [article]).fetchone()
    assert text == data.texts[article]


def test_no_sentence_of_a_withheld_text_stands_anywhere_else(data: Dataset) -> None:
    said = {item["quote"] for document in data.documents.values() for item in quotes(document)}
    excused = [it["why"] for it in data.documents[f"articles/{TORSHAVN}"]["coverage"]["excused"]]
    assert excused == []
    for sentence in data.texts[TORSHAVN].split(". "):
        if not any(quote in sentence or sentence in quote for quote in said):
            assert all(sentence not in json.dumps(it, ensure_ascii=False) for it in data.documents.values())


# ---------------------------------------------------------------------------------------------------- determinism


def test_the_same_bytes_come_out_in_whatever_order_the_folders_were_made(tmp_path: Path) -> None:
    made = set()
    for order in permutations([BERGEN, REYKJAVIK, TORSHAVN]):
        folder = tmp_path / "-".join(order)
        for article in order:
            shutil.copytree(SEEDS / article, folder / "seeds" / article)
        build(folder / "seeds", folder / "facts.db")
        made.add((folder / "facts.db").read_bytes())
    assert len(made) == 1


# --------------------------------------------------------------------------------------- small articles of two files

ARTICLE = """\
article:
  name: News of {id}
  title: News of {id}
  language: en
  evidence: [{{quote: News of {id}, fields: [name, title]}}]
  inferred: {{language: It is English.}}
"""
LI = """\
people:
  - id: li-na
    name: Li Na
    office: minister
    evidence: [{quote: "Li Na, the minister", fields: [name, office]}]
"""
LI_SAID = """\
corroborates:
  - record: people/li-na
    aliases: [Madam Li]
    evidence: [{quote: Madam Li, fields: [aliases]}, {quote: Li Na, fields: [name]}]
    inferred: {office: Who speaks for the ministry is its minister.}
"""
LI_ELSEWHERE = LI.replace("Li Na, the minister", "the minister Li Na")

Write = Callable[..., None]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write an article with what a facts file says of it, in the folder `seeds`."""

    def put(article: str, text: str, facts: str) -> None:
        folder = tmp_path / "seeds" / article
        folder.mkdir(parents=True)
        (folder / "article.txt").write_text(f"News of {article}\n\n{text}\n", "utf-8")
        (folder / "facts.yaml").write_text(ARTICLE.format(id=article) + facts, "utf-8")

    return put


def built(folder: Path) -> Dataset:
    assert [str(problem) for problem in check(folder / "seeds")] == []
    build(folder / "seeds", folder / "facts.db")
    with closing(sqlite3.connect(folder / "facts.db")) as connection:
        return read(connection, folder / "seeds")


def rules(folder: Path) -> list[tuple[str, int, str]]:
    return [(p.position.file.parent.name, p.position.line, p.rule) for p in check(folder / "seeds")]


def test_a_record_may_be_defined_by_the_later_article(write: Write, tmp_path: Path) -> None:
    write("a", "Madam Li spoke. Li Na left.", LI_SAID)
    write("b", "Li Na, the minister, spoke.", LI)
    person = built(tmp_path).documents["people/li-na"]
    assert [article for article, _ in support(person)] == ["b", "a", "a"]
    assert person["aliases"] == ["Madam Li"]
    assert [(it["field"], it["article"]["id"]) for it in person["inferred"]] == [("office", "a")]


def test_equal_definitions_are_one_record_that_a_third_article_may_add_to(write: Write, tmp_path: Path) -> None:
    write("c", "Li Na, the minister, spoke.", LI)
    write("b", "Madam Li spoke. Li Na left.", LI_SAID)
    write("d", "They heard the minister Li Na.", LI_ELSEWHERE)
    person = built(tmp_path).documents["people/li-na"]
    assert [article for article, _ in support(person)] == ["c", "b", "b", "d"]
    assert person["sources"] == 3


def test_what_two_files_state_otherwise_is_told_at_the_second_only(write: Write, tmp_path: Path) -> None:
    write("a", "Li Na, the minister, spoke.", LI)
    write("b", "Li Na, the minister, spoke.", LI.replace("office: minister", "office: the minister"))
    assert rules(tmp_path) == [("b", 8, "conflicting-record")]


def test_people_who_share_their_names_are_told_of_once(write: Write, tmp_path: Path) -> None:
    aliases = LI.replace("office: minister", "aliases: [Li, Madam]").replace("fields: [name, office]", "fields: [name]")
    two = aliases.rstrip().removesuffix("]") + ", {quote: Madam Li, fields: [aliases]}]\n"
    write("a", "Li Na, the minister, spoke. Madam Li left.", two)
    write("b", "Li Na, the minister, spoke. Madam Li left.", two.replace("id: li-na", "id: na-li"))
    assert rules(tmp_path) == [("b", 9, "same-person")]


def test_either_of_two_people_may_be_said_to_be_somebody_else(write: Write, tmp_path: Path) -> None:
    distinct = LI.replace("office: minister", "office: minister\n    distinct_from: [{}]")
    inferred = "    inferred: {distinct_from: One is dead.}\n"
    write("a", "Li Na, the minister, spoke.", distinct.replace("{}", "na-li") + inferred)
    write("b", "Li Na, the minister, spoke.", LI.replace("id: li-na", "id: na-li"))
    assert built(tmp_path).documents["people/li-na"]["distinct_from"][0]["id"] == "na-li"


def test_a_broken_file_does_not_hide_what_is_wrong_with_the_others(write: Write, tmp_path: Path) -> None:
    write("a", "Li Na, the minister, spoke.", LI.replace("office: minister", "offic: minister"))
    write("b", "Madam Li spoke. Li Na left.", LI_SAID.replace("[name]", "[nam]"))
    write("c", "Nothing.", "people: [\n")
    assert {(article, rule) for article, _, rule in rules(tmp_path)} == {
        ("a", "unknown-field"),
        ("a", "unknown-support"),
        ("b", "unknown-support"),
        ("c", "yaml-syntax"),
    }


def test_4000_people_of_one_name_are_checked_in_seconds(write: Write, tmp_path: Path) -> None:
    person = "  - {{id: p{}, name: A, evidence: [{{quote: A, fields: [name]}}]}}\n"
    write("a", "A.", "people:\n" + "".join(map(person.format, range(4_000))))
    assert len(check(tmp_path / "seeds")) == 3_999
