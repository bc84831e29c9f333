"""Search: every word finds what it stands in, and nothing else; no query is an error of the engine."""

import random
import re
import unicodedata
from pathlib import Path
from typing import Any

import httpx
import pytest

from app import search
from app.references import Kind
from app.search_index import Phrase, spoken
from app.seeding.build import build
from app.values import fold
from app.words import words
from tests.asking import LISTS, Api
from tests.conftest import ROOT, serving
from tests.evaluate import Document, Documents

FISHERIES = ROOT / "tests" / "articles" / "fisheries"
"""Articles with names in several scripts, emoji, decomposed accents, CRLF and a BOM."""


def texts(document: Document) -> list[str]:
    """The texts of a record in which search looks."""
    return [text for _, text in spoken(document)]


def written_words(document: Document) -> set[str]:
    """Every word of a record's texts, as it is written there: cut without the code that is tested."""
    return {word for text in texts(document) for word in re.findall(r"[^\W_]+", unicodedata.normalize("NFC", text))}


@pytest.fixture(scope="module")
def fisheries(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A dataset of articles in several scripts."""
    file = tmp_path_factory.mktemp("fisheries") / "facts.db"
    build(FISHERIES, file)
    return file


def everything(client: httpx.Client, path: str, **query: Any) -> list[Document]:
    """All records of a list."""
    found, url = list[Document](), str(httpx.URL(path, params={"limit": 200, **query}))
    while url:
        answer = client.get(url).raise_for_status().json()
        found += answer["data"]
        url = answer["page"]["next"]
    return found


def test_every_word_of_every_record_finds_it(http: httpx.Client, records: dict[str, Document]) -> None:
    find_every_word(http, list(records.values()))


@pytest.mark.parametrize(
    ("path", "phrase", "total"),
    [
        ("/v1/people", "Chinese leader", 1),
        # The last word of somebody's office, and the name of his party.
        ("/v1/people", "Council China", 0),
        ("/v1/people", "Council | China", 0),
        ("/v1/search", "Council China", 0),
        ("/v1/facts", "|", 0),
    ],
)
def test_a_phrase_stands_in_one_text(http: httpx.Client, path: str, phrase: str, total: int) -> None:
    answer = http.get(path, params={"q": f'"{phrase}"'})
    assert answer.status_code == (200 if phrase != "|" else 422)
    assert answer.status_code == 422 or answer.json()["page"]["total"] == total


def test_so_does_every_word_in_other_scripts(fisheries: Path) -> None:
    with serving(fisheries) as client:
        kinds = [entry["kind"] for entry in client.get("/v1").json()["resources"]]
        find_every_word(client, [item for kind in kinds for item in everything(client, f"/v1/{kind}")])


def find_every_word(client: httpx.Client, whole: list[Document]) -> None:
    by_word: dict[str, set[str]] = {}
    for document in whole:
        for word in written_words(document):
            by_word.setdefault(word, set()).add(document["href"])
    assert len(by_word) > 300
    for word, expected in by_word.items():
        answer = client.get("/v1/search", params={"q": word, "limit": 200}).raise_for_status().json()
        found = {hit["href"] for hit in answer["data"] if hit["kind"] != "sentences"}
        # Words that differ in case or accents only find each other's records, and so do parts of unspaced scripts.
        assert expected <= found, word
        assert answer["did_you_mean"] == []


def test_a_word_finds_only_what_holds_it(http: httpx.Client, documents: Documents) -> None:
    for kind in ("statements", "people", "notes", "rounds"):
        held = {item["id"]: {fold(word) for word in written_words(item)} for item in documents[kind]}
        for word in sorted({word for own in held.values() for word in own}):
            found = {item["id"] for item in everything(http, f"/v1/{kind}", q=word)}
            assert found == {name for name, own in held.items() if word in own}, (kind, word)


def test_ranges_slice_exactly_the_words(http: httpx.Client, records: dict[str, Document]) -> None:
    vocabulary = sorted({word for item in records.values() for word in written_words(item)})
    for word in vocabulary[::3]:
        for hit in http.get("/v1/search", params={"q": word, "limit": 50}).json()["data"]:
            assert hit["matches"], (word, hit["href"])
            for match in hit["matches"]:
                assert match["ranges"]
                for item in match["ranges"]:
                    assert fold(match["snippet"][item["start"] : item["end"]]) == fold(word)
                if hit["kind"] != "sentences":
                    own = [text for name, text in spoken(records[hit["href"]]) if name == match["field"]]
                    assert any(match["snippet"] in text for text in own)


def test_every_sentence_is_found_by_itself(http: httpx.Client, documents: Documents) -> None:
    for article in documents["articles"]:
        for sentence in http.get(f"{article['href']}/sentences?limit=200").json()["data"]:
            phrase = " ".join(re.findall(r"[^\W_]+", sentence["text"])[:20])
            answer = http.get("/v1/search", params={"q": f'"{phrase}"', "kind": "sentences"}).json()
            assert f"{article['id']}/{sentence['number']}" in {hit["id"] for hit in answer["data"]}
            (hit,) = [hit for hit in answer["data"] if hit["id"].endswith(f"/{sentence['number']}")]
            assert http.get(hit["href"]).json()["data"][0]["text"] == sentence["text"]


CODES = {
    *("kind", "id", "href", "type", "status", "effect", "mode", "direction", "comparator", "language", "text_sha256"),
    *("edtf", "earliest", "latest", "precision", "local", "zone", "utc", "field", "fields", "dataset", "url"),
}
"""Fields that hold codes, dates and addresses: the only ones in which search does not look."""


def strings(value: Any, name: str = "", outer: tuple[str, ...] = ()) -> list[tuple[str, str]]:
    """Every text inside a record, with the field that it is in; of a quote's article and the citation, none."""
    if outer[-1:] in (("article",), ("cite",)):
        return []
    if isinstance(value, dict):
        return [found for key, item in value.items() for found in strings(item, key, (*outer, key))]
    if isinstance(value, list):
        return [found for item in value for found in strings(item, name, outer)]
    return [(name, value)] if isinstance(value, str) else []


def test_search_looks_into_every_text_but_codes(records: dict[str, Document]) -> None:
    for href, document in records.items():
        looked_into = set(texts(document))
        for name, text in strings(document):
            is_choice = document["kind"] == "articles" and name == "text"
            assert text in looked_into or name in CODES or is_choice, (href, name, text)


QUERIES = {
    "search?q=lutnick geneva attend&kind=delegates": ["delegates/howard-lutnick-geneva"],
    'search?q="rare earth export"&kind=positions': [
        "positions/us-rare-earth-deal",
        "positions/china-relaxed-semiconductor-controls",
    ],
    "search?q=semicond*&kind=topics": ["topics/semiconductors"],
    "search?q=Secretary of the Treasury&kind=people": [],
    "search?q=treasury secretary&kind=people": ["people/scott-bessent"],
    "search?q=HASSETT&kind=people": ["people/kevin-hassett"],
    "search?q=hassett&kind=people": ["people/kevin-hassett"],
    'search?q=ra"re earths&kind=topics': [],
    "search?q=rare-earths&kind=topics": ["topics/rare-earths", "topics/magnets"],
    "search?q=rare OR magnets&kind=topics": [],
    "search?q=NEAR(rare earths)&kind=topics": [],
    "search?q=name:magnets&kind=topics": [],
    "search?q=-magnets&kind=topics": ["topics/magnets"],
    "search?q=^magnets&kind=topics": ["topics/magnets"],
    "search?q=magnets {}&kind=topics": ["topics/magnets"],
    "search?q=mágnets&kind=topics": ["topics/magnets"],
    "search?q=magnet&kind=topics": [],
    "search?q=mag*&kind=topics&article=us-china-london-2025-06-10": ["topics/magnets"],
}


@pytest.mark.parametrize("query", QUERIES)
def test_words_mean_words(api: Api, query: str) -> None:
    answer = api(f"/v1/{query}")
    assert answer.status_code == 200, answer.text
    assert [f"{hit['kind']}/{hit['id']}" for hit in answer.json()["data"]] == QUERIES[query]


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("lutnik", "lutnick"),
        ("hasset semiconducters", "hassett semiconductors"),
        ('"rare erths"', '"rare earths"'),
        ("Lutnick", None),
        ("lutni*", None),
        ("zzzzqqqq", None),
    ],
)
def test_a_misspelt_word_yields_the_one_that_may_have_been_meant(api: Api, given: str, meant: str | None) -> None:
    everywhere = api("/v1/search", params={"q": given}).json()
    of_list = api("/v1/facts", params={"q": given}).json()["search"]
    assert everywhere["did_you_mean"][:1] == of_list["did_you_mean"][:1] == ([meant] if meant else [])
    if meant:
        assert api("/v1/search", params={"q": meant}).json()["page"]["total"] > 0


@pytest.mark.parametrize("q", ["", "*", '"', '""', "&", "🚢", "-", "a\x00b", "%", " ".join(["or"] * 51), "x" * 501])
def test_what_holds_no_word_or_too_many_is_refused(api: Api, q: str) -> None:
    for path in ("/v1/search", "/v1/statements", "/v1/facts.csv"):
        problem = api(path, params={"q": q}).json()
        assert (problem["status"], problem["errors"][0]["parameter"]) == (422, "q")


def test_q_is_needed_where_there_is_nothing_else_to_ask(api: Api) -> None:
    problem = api("/v1/search").json()
    assert (problem["status"], problem["errors"][0]["parameter"]) == (422, "q")


@pytest.mark.parametrize("path", LISTS)
def test_a_search_in_a_list_finds_what_the_search_for_all_finds_there(
    api: Api, documents: Documents, path: str
) -> None:
    for q in ("talks", "lutnick", "rare earths", '"export controls"', "us*"):
        answer = api(path, params={"q": q, "limit": 200}).json()
        kind = path.split("/")[2]
        only = {"kind": kind} if kind in list(Kind) else {}
        everywhere = api("/v1/search", params={"q": q, "limit": 200} | only)
        found = {hit["href"] for hit in everywhere.json()["data"] if hit["kind"] != "sentences"}
        listed = {item["href"] for item in documents[kind]}
        assert {item["href"] for item in answer["data"]} == found & listed
        assert answer["search"]["matches"].keys() == {item["href"] for item in answer["data"]}
        assert all(answer["search"]["matches"].values())
    assert api(path).json()["search"] is None


def test_pages_of_a_search_hold_each_record_once_in_one_order(api: Api) -> None:
    whole = [item["href"] for item in api("/v1/facts?q=talks&limit=200").json()["data"]]
    assert len(whole) > 20
    url, walked = "/v1/facts?q=talks&limit=7", []
    while url:
        answer = api(url).json()
        walked += [item["href"] for item in answer["data"]]
        url = answer["page"]["next"]
    assert walked == whole
    url, walked = "/v1/search?q=talks&limit=7", []
    while url:
        answer = api(url).json()
        walked += [(hit["kind"], hit["id"]) for hit in answer["data"]]
        url = answer["page"]["next"]
    assert len(walked) == len(set(walked)) == api("/v1/search?q=talks").json()["page"]["total"]


def test_a_word_in_the_name_counts_more_than_one_in_a_quote(api: Api) -> None:
    first = api("/v1/search?q=magnets").json()["data"][0]
    assert first["href"] == "/v1/topics/magnets"


PIECES = [
    *('"', "*", "NEAR(", "a AND", "col:x", "-a", "{}", "OR", "NOT", "^", "+", "(", ")", "[", "]", "'", "''", "\\", "%"),
    *("_", "é", "e\u0301", "Élodie", "🚢", "❤️", "北京", "हिन्दी", "สวัสดี", "ﷺ", "½", "rank", "search", "rowid", "name"),
    *("lutnick", "--", ";", "DROP TABLE facts", "\u200b", "\u202e", "\ufeff", "\u0085", "a" * 200, "*" * 40, '"""'),
    *("a*b", "a**", "* *"),
]


def test_no_query_is_an_error_of_the_engine(http: httpx.Client) -> None:
    chance = random.Random(20250610)
    statuses = set()
    for _ in range(5_000):
        q = chance.choice(["", " "]).join(chance.choices(PIECES, k=chance.randint(1, 8)))
        answer = http.get("/v1/search", params={"q": q, "limit": 1})
        assert answer.status_code in (200, 422), (q, answer.text)
        statuses.add(answer.status_code)
    assert statuses == {200, 422}
    for path in LISTS:
        for _ in range(20):
            q = " ".join(chance.choices(PIECES, k=3))
            assert http.get(path, params={"q": q, "limit": 1}).status_code in (200, 422), q


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Rare-earths, 34.5%", ["rare", "earths", "34", "5"]),
        ("Straße ﬁn ½", ["strasse", "fin", "1", "2"]),
        ("Élodie e\u0301lodie", ["elodie", "elodie"]),
        ("北京會談", ["北", "京", "會", "談"]),
        ("หวัด", ["ห", "วั", "ด"]),
        ("हिन्दी कार्य", ["हिन्दी", "कार्य"]),
        ("a_b don’t", ["a", "b", "don", "t"]),
        ("❤️ 🚢", []),
        ("x" * 150, ["x" * 100]),
    ],
)
def test_words_are_runs_of_letters_and_digits(text: str, expected: list[str]) -> None:
    assert [word.folded for word in words(text)] == expected
    assert all(
        fold(text[word.start : word.end])[:100].find(word.folded) >= 0 or len(text) == 1
        for word in words(text)
        if word.folded not in "12"
    )


@pytest.mark.parametrize(
    ("text", "phrases"),
    [
        ("rare earths", [Phrase(("rare",), False), Phrase(("earths",), False)]),
        ('"rare earths"', [Phrase(("rare", "earths"), False)]),
        ("rare-earth*", [Phrase(("rare", "earth"), True)]),
        ('"rare ear"*', [Phrase(("rare", "ear"), True)]),
        ('open "quote', [Phrase(("open",), False), Phrase(("quote",), False)]),
        ("a*b", [Phrase(("a", "b"), False)]),
        ("talks talks", [Phrase(("talks",), False)]),
    ],
)
def test_a_query_is_words_phrases_and_beginnings(text: str, phrases: list[Phrase]) -> None:
    assert list(search.read(text).phrases) == phrases


def test_names_in_every_script_are_found(fisheries: Path) -> None:
    with serving(fisheries) as client:
        for person in everything(client, "/v1/people"):
            for name in (person["name"], *person["aliases"], *filter(None, [person["office"]])):
                for form in ("NFC", "NFD"):
                    q = unicodedata.normalize(form, name).replace('"', "")
                    found = [item["id"] for item in everything(client, "/v1/people", q=f'"{q}"')]
                    assert person["id"] in found, (name, form)


def test_level_texts_are_marked_as_all_texts_are() -> None:
    """What is level is marked in another way than what is not, and all of a record at once: the places are the same."""
    chance = random.Random(1)
    level = [*"abAB1_ -.“’…é«\n", "ab", "aB", "a1", "  ", "b’s", "b" * 101]
    odd = [*"Éßøİ½ªŉµ²ﬁ中か\0", "e\u0301", "b\u0327"]
    words_asked = ["a", "b", "ab", "1", "a1", "aa", "s", "e", "i", "ss", "中", "b" * 100]
    marked = 0
    for _ in range(20_000):
        pieces = [*level, *chance.choices(odd, k=chance.choice((0, 0, 1, 2)))]
        texts = ["".join(chance.choices(pieces, k=chance.randint(0, 8))) for _ in range(chance.randint(0, 4))]
        asked = [
            Phrase(tuple(chance.choices(words_asked, k=chance.randint(1, 3))), chance.random() < 0.3)
            for _ in range(chance.randint(1, 2))
        ]
        query = search.SearchQuery("", tuple(asked), ())
        expected = [search._ranges_of_words(text, asked) for text in texts]
        assert [dict(query._held([text])).get(0, []) for text in texts] == expected, (texts, asked)
        assert dict(query._held(texts)) == {i: places for i, places in enumerate(expected) if places}, (texts, asked)
        marked += any(expected)
    assert marked > 1_000
