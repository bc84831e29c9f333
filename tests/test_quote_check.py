"""Is this a quote? Every stored quote is; with a word changed it is not, and the check says what stands there."""

import random
import re
import time
import unicodedata
from collections.abc import Callable
from typing import Any

import httpx
import pytest

Api = Callable[..., httpx.Response]
Document = dict[str, Any]
CHECK = "/v1/quotes/check"
FIRST = "us-china-london-2025-06-10"
WORD = re.compile(r"(?<![\w\u0300-\u036f])[^\W\d_]{4,}(?![\w\u0300-\u036f])")


@pytest.fixture(params=["api", "fisheries"], scope="module")
def get(request: pytest.FixtureRequest) -> Api:
    """GET from the first article's dataset, and from the one with several articles."""
    found: Api = request.getfixturevalue(request.param)
    return found


@pytest.fixture(scope="module")
def stored(get: Api) -> list[Document]:
    """All quotes, each once, with the record that it supports."""
    found: dict[tuple[str, int, int], Document] = {}
    for fact in get("/v1/facts?limit=200").json()["data"]:
        for item in fact["evidence"]:
            place = (item["article"]["id"], item["start"], item["end"])
            found.setdefault(place, item | {"facts": []})["facts"].append(fact["href"])
    return list(found.values())


def check(get: Api, text: str, **parameters: str) -> Document:
    answer = get(CHECK, params={"text": text, **parameters})
    assert answer.status_code == 200, answer.text
    found: Document = answer.json()
    assert (found["result"] == "exact") == bool(found["places"])
    assert (found["result"] == "differs") == bool(found["nearest"])
    return found


def span(place: Document) -> tuple[str, int, int]:
    return place["article"]["id"], place["start"], place["end"]


def holds(get: Api, place: Document) -> None:
    """A place stands where it says."""
    article = get(place["article"]["href"]).json()["data"]
    assert place["article"]["compared"] == {"served": "text", "withheld": "quotes"}[article["text"]]
    if article["text"] == "served":
        text = get(f"{article['href']}/text").content.decode()
        assert text[place["start"] : place["end"]] == place["text"]
        units = text.encode("utf-16-le")[2 * place["start_utf16"] : 2 * place["end_utf16"]]
        assert units.decode("utf-16-le") == place["text"]
        (sentence,) = get(f"{article['href']}/sentences?at={place['start']}").json()["data"]
        assert (sentence["number"], sentence["paragraph"]) == (place["sentence"], place["paragraph"])
    assert place["href"] == f"{article['href']}/text#char={place['start']},{place['end']}"


def test_every_stored_quote_is_exact_where_it_stands(get: Api, stored: list[Document]) -> None:
    for item in stored:
        for parameters in ({}, {"article": item["article"]["id"]}):
            found = check(get, item["quote"], **parameters)
            assert (found["result"], found["is_complete"]) == ("exact", True), item["quote"]
            (place,) = [it for it in found["places"] if span(it) == span(item)]
            assert place["text"] == item["quote"]
            assert place["start_utf16"] == item["start_utf16"]
            assert set(item["facts"]) <= {fact["href"] for fact in place["facts"]}
            assert [span(it) for it in found["places"]] == sorted({span(it) for it in found["places"]})


def test_places_stand_where_they_say(get: Api, stored: list[Document]) -> None:
    for item in stored[::5]:
        for place in check(get, item["quote"])["places"]:
            holds(get, place)


VARIANTS: dict[str, Callable[[str], str]] = {
    "straight marks": lambda text: re.sub("[“”„«»]", '"', text).replace("’", "'").replace("‘", "'"),
    "other marks": lambda text: re.sub("[“«]", "„", re.sub("[”»]", "‟", text)).replace("’", "‛"),
    "in quotation marks": lambda text: f"»{text}«",
    "long dashes": lambda text: re.sub("[-–—]", "―", text),
    "hyphens": lambda text: re.sub("[-–—]", "‐", text),
    "white space": lambda text: "\u2003" + text.replace(" ", "\u00a0 \u2009") + " ",
    "NFD": lambda text: unicodedata.normalize("NFD", text),
    "NFC": lambda text: unicodedata.normalize("NFC", text),
}


@pytest.mark.parametrize("variant", VARIANTS)
def test_marks_dashes_white_space_and_composition_may_differ(get: Api, stored: list[Document], variant: str) -> None:
    for item in stored:
        found = check(get, VARIANTS[variant](item["quote"]))
        assert found["result"] == "exact", item["quote"]
        near = [it for it in found["places"] if it["article"]["id"] == item["article"]["id"]]
        # Marks around the whole may be those that the article has there.
        assert any(abs(it["start"] - item["start"]) <= 1 and abs(it["end"] - item["end"]) <= 1 for it in near)


def test_a_quote_with_one_word_changed_differs_and_the_words_are_named(get: Api, stored: list[Document]) -> None:
    chosen = random.Random(20250610)
    tried = 0
    for item in stored:
        places = list(WORD.finditer(item["quote"]))
        if len(re.findall(r"\w+", item["quote"])) < 4 or not places:
            continue
        for match in chosen.sample(places, min(3, len(places))):
            other = chosen.choice(["Umbrellas", "quietly", "seventeen", "tomorrow", "minister"])
            text = item["quote"][: match.start()] + other + item["quote"][match.end() :]
            found = check(get, text, article=item["article"]["id"])
            nearest = found["nearest"]
            # A long word in a short quote may be more than half of it: then nothing is said to be alike.
            if nearest is None and len(match[0]) > 0.3 * len(item["quote"]):
                continue
            assert found["result"] == "differs", text
            assert nearest["start"] < item["end"]
            assert nearest["end"] > item["start"]
            replaced = {it["given"]: it["article"] for it in nearest["diff"] if it["op"] != "equal"}
            assert other in replaced, (text, nearest["diff"])
            assert match[0] in replaced[other]
            tried += 1
    assert tried > 30


def test_the_diff_holds_all_words_of_both(get: Api, stored: list[Document]) -> None:
    for item in stored[::3]:
        text = "Perhaps " + item["quote"].replace(" the ", " a ").replace(" i ", " på ")
        nearest = check(get, text)["nearest"]
        if nearest:
            holds(get, nearest)
            for side, whole in (("given", text), ("article", nearest["text"])):
                assert re.findall(r"\w+", " ".join(it[side] for it in nearest["diff"])) == re.findall(r"\w+", whole)
            assert 60 <= nearest["similarity"] < 100


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("We want to open up China", "exact"),
        ("we want to open up China", "exact"),
        ("WE want to open up China", "differs"),
        ("We want to open up china", "differs"),
        ("want to open up Chin", "differs"),
        ("“Negotiations took place all day yesterday", "exact"),
        ("(Translated and adapted from a report by Reuters)", "exact"),
        ("negotiating with the Chinese government. He mentioned that the US negotiating team", "exact"),
        ("progress On Tuesday, June 10th, the US Secretary of Commerce", "exact"),
        ("around 8 pm London time on Monday.The second day", "exact"),
        ("the Chinese government. She mentioned that the US negotiating team", "differs"),
        ("Where have all the flowers gone", "not_found"),
        ("China China China China China China", "not_found"),
        ("Zxcvb", "not_found"),
        ("会谈于周二在伦敦举行", "not_found"),
        ("🐟 talks 🐟", "differs"),
    ],
)
def test_the_first_article_says(api: Api, text: str, result: str) -> None:
    if text == "we want to open up China":
        assert [it["start"] for it in check(api, text)["places"]] == [1459]
    found = check(api, text)
    assert found["result"] == result
    for place in [*found["places"], *filter(None, [found["nearest"]])]:
        holds(api, place)


def test_a_thousand_characters_of_other_words_are_not_found(api: Api, fisheries: Api) -> None:
    other = api(f"/v1/articles/{FIRST}/text").text[:1000].replace("\n", " ")
    assert check(fisheries, other)["result"] == "not_found"
    assert check(api, other)["result"] == "exact"
    assert check(api, other[:400] + " Umbrellas " + other[400:900])["result"] == "differs"


def test_a_withheld_text_is_compared_by_its_quotes(fisheries: Api) -> None:
    found = check(fisheries, '"Vi er nær, men nær er ikke en underskrift"')
    assert {(it["article"]["id"], it["article"]["compared"]) for it in found["places"]} == {
        ("mackerel-talks-torshavn", "quotes")
    }


@pytest.mark.parametrize(
    ("text", "article"),
    [
        ("“everything”", "mackerel-talks-bergen"),
        ("gate. 🐟📉 “Nobody wants", "mackerel-talks-bergen"),
        ("斎藤春香", "mackerel-talks-bergen"),
        ("斎藤", "mackerel-talks-bergen"),
        ("Haruka Saitō (斎藤春香), a trader", "mackerel-talks-bergen"),
        ("يوسف الحداد (Yusuf al-Haddad)", "mackerel-talks-reykjavik"),
        ("📣 Harbour bulletin", "mackerel-talks-reykjavik"),
        ("Bergen Reykjavík, 4 March 2026", "mackerel-talks-reykjavik"),
    ],
)
def test_many_scripts(fisheries: Api, text: str, article: str) -> None:
    found = check(fisheries, text)
    assert (found["result"], {it["article"]["id"] for it in found["places"]}) == ("exact", {article})
    for place in found["places"]:
        holds(fisheries, place)


def test_one_article_alone(fisheries: Api) -> None:
    words = "We are close, but close is not a signature"
    everywhere = [it["article"]["id"] for it in check(fisheries, words)["places"]]
    assert everywhere == ["mackerel-talks-bergen", "mackerel-talks-reykjavik"]
    for name in everywhere:
        assert [it["article"]["id"] for it in check(fisheries, words, article=name)["places"]] == [name]
    assert check(fisheries, words, article="mackerel-talks-torshavn")["result"] == "not_found"


@pytest.mark.parametrize(
    ("query", "status", "parameter"),
    [
        ("", 422, "text"),
        ("text=", 422, "text"),
        ("text=%20", 422, "text"),
        ("text=...", 422, "text"),
        ("text=%F0%9F%90%9F", 422, "text"),
        ("text=" + "x" * 1001, 422, "text"),
        ("text=a%00b", 422, "text"),
        ("text=a&text=b", 422, "text"),
        ("text=China&article=us-china-london", 422, "article"),
        ("text=China&article=A", 422, "article"),
        ("text=China&articel=x", 422, "articel"),
        ("text=%ff", 400, None),
    ],
)
def test_what_cannot_be_checked_is_refused(api: Api, query: str, status: int, parameter: str | None) -> None:
    answer = api(f"{CHECK}?{query}")
    assert answer.status_code == status
    assert [error["parameter"] for error in answer.json()["errors"]] == ([parameter] if parameter else [])


def test_an_unknown_article_is_refused_with_near_ids(api: Api) -> None:
    (error,) = api(f"{CHECK}?text=China&article=us-china-london-2025").json()["errors"]
    assert (error["code"], error["did_you_mean"]) == ("unknown_id", [FIRST])


SIGNS = "\"'“”’*^:(){}[]-–—.!?。%_\\/+&;=<>|~`$#@0123456789 \u00a0\u200b\u200d\ufe0f\ufeff\u0301\u1161½ﬁß🐟👩💻中"
PHRASES = ["NEAR(", "AND", "OR", "NOT", "trade talks", "the US and China", "body:", "he", "U.S.", '"', "*", "-a"]


def hostile(chosen: random.Random) -> str:
    """A text of signs that mean something somewhere, of words, and of any characters at all."""
    parts: list[str] = []
    for _ in range(chosen.randint(1, 12)):
        code = chosen.choice([chosen.randint(0xA0, 0xD7FF), chosen.randint(0xE000, 0x10FFFF)])
        parts.append(chosen.choice([chosen.choice(SIGNS), chosen.choice(PHRASES), chr(code), " "]))
    return "".join(parts)


@pytest.mark.slow
def test_hostile_texts_are_answered(http: httpx.Client) -> None:
    chosen = random.Random(20250610)
    for _ in range(5_000):
        text = hostile(chosen)
        answer = http.get(CHECK, params={"text": text})
        assert answer.status_code in (200, 422), (text, answer.text)


@pytest.mark.parametrize(
    "text",
    ["a. " * 333, "the " * 250, "中" * 900, "e\u0301" * 400, "ab! 中。" * 120, "x" * 1000, "the of and to in a " * 50],
)
def test_long_texts_are_quick(http: httpx.Client, text: str) -> None:
    began = time.monotonic()
    assert http.get(CHECK, params={"text": text}).status_code == 200
    assert time.monotonic() - began < 1
