"""From the words of an article to the facts that rest on them: sentences, annotations, and what rights forbid."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from sqlalchemy import Engine, event

from app.main import create_app
from app.seeding.build import build
from app.settings import Settings
from tests.conftest import ROOT, running

Api = Callable[..., httpx.Response]
Document = dict[str, Any]
FIRST = "/v1/articles/us-china-london-2025-06-10"
SERVED = "/v1/articles/mackerel-talks-reykjavik"
WITHHELD = "/v1/articles/mackerel-talks-torshavn"
README = (ROOT / "README.md").read_text("utf-8")


@pytest.fixture(params=["api", "fisheries"])
def get(request: pytest.FixtureRequest) -> Api:
    """GET from the first article's dataset, and from the one with several articles."""
    found: Api = request.getfixturevalue(request.param)
    return found


def articles(get: Api, text: str = "served") -> list[Document]:
    found = get("/v1/articles?limit=200").json()["data"]
    return [article for article in found if article["text"] == text]


def walk(get: Api, url: str) -> Iterator[Document]:
    """All pages from a first one on."""
    following: str | None = url
    while following:
        answer = get(following)
        page = answer.json()
        yield page
        following = page["page"]["next"] if "page" in page else page.get("next")
        assert (f'<{following}>; rel="next"' in answer.headers.get("link", "")) == bool(following)


def quotes(get: Api, article: str) -> list[tuple[str, str, int, int, frozenset[str]]]:
    """The quotes from an article as the records have them: record, role, from, to, fields."""
    found: dict[tuple[str, str, int, int], set[str]] = {}
    for page in walk(get, "/v1/facts?limit=200"):
        for href in (fact["href"] for fact in page["data"]):
            record = get(href).json()["data"]
            disputing = [item for dispute in record["disputed_by"] for item in dispute["evidence"]]
            for role, items in (("supports", record["evidence"]), ("disputes", disputing)):
                for item in items:
                    if item["article"]["href"] == article:
                        found.setdefault((href, role, item["start"], item["end"]), set()).update(item["fields"])
    return [(*key, frozenset(fields)) for key, fields in found.items()]


# ------------------------------------------------------------------------------------------------------ sentences


def test_sentences_are_the_text_in_order_with_all_that_rests_on_them(get: Api) -> None:
    for article in articles(get):
        path = article["href"]
        text = get(f"{path}/text").content.decode()
        sentences = [it for page in walk(get, f"{path}/sentences?limit=7") for it in page["data"]]
        assert [it["number"] for it in sentences] == list(range(1, article["coverage"]["sentences"] + 1))
        assert sum(it["status"] == "covered" for it in sentences) == article["coverage"]["covered"]
        excused = {it["sentence"]: it["why"] for it in article["coverage"]["excused"]}
        assert {it["number"]: it["excused_because"] for it in sentences if it["status"] == "excused"} == excused
        known, end = quotes(get, path), 0
        for it in sentences:
            assert text[it["start"] : it["end"]] == it["text"]
            assert (
                text.encode("utf-16-le")[2 * it["start_utf16"] : 2 * it["end_utf16"]].decode("utf-16-le") == it["text"]
            )
            assert it["href"] == f"{path}/text#char={it['start']},{it['end']}"
            assert not text[end : it["start"]].strip()
            end = it["end"]
            shown = {(fact["href"], fact["role"]): set(fact["fields"]) for fact in it["facts"]}
            expected: dict[tuple[str, str], set[str]] = {}
            for href, role, start, after, fields in known:
                if start < it["end"] and after > it["start"]:
                    expected.setdefault((href, role), set()).update(fields)
            assert shown == expected
            assert len(shown) == len(it["facts"])
            assert (it["status"] == "covered") <= bool(it["facts"])
            assert [fact["role"] for fact in it["facts"]] == sorted((f["role"] for f in it["facts"]), reverse=True)


def test_a_dispute_is_shown_at_the_words_that_dispute(fisheries: Api) -> None:
    sentences = fisheries(f"{SERVED}/sentences").json()["data"]
    disputing = [fact for it in sentences for fact in it["facts"] if fact["role"] == "disputes"]
    assert disputing
    for fact in disputing:
        assert fisheries(fact["href"]).json()["data"]["disputed"] is True


def test_each_offset_is_in_one_sentence(get: Api) -> None:
    for article in articles(get):
        path, text = article["href"], get(f"{article['href']}/text").content.decode()
        sentences = [it for page in walk(get, f"{path}/sentences?limit=200") for it in page["data"]]
        edges = {offset for it in sentences for offset in (it["start"] - 1, it["start"], it["end"] - 1, it["end"])}
        for offset in sorted(edges | {0, len(text) - 1}):
            if 0 <= offset < len(text):
                expected = [it for it in sentences if it["start"] <= offset][-1:] or sentences[:1]
                answer = get(f"{path}/sentences?at={offset}").json()
                assert answer["data"] == expected
                assert answer["page"]["total"] == 1
        for it in sentences:
            assert get(f"{path}/sentences?number={it['number']}").json()["data"] == [it]


@pytest.mark.parametrize(
    ("query", "parameter", "code", "detail"),
    [
        ("at=3917", "at", "out_of_range", "The offsets of this article go from 0 to 3916."),
        ("at=999999999", "at", "out_of_range", "The offsets of this article go from 0 to 3916."),
        ("number=34", "number", "out_of_range", "The sentences of this article go from 1 to 33."),
        ("number=0", "number", "invalid_value", "Input should be greater than or equal to 1."),
        ("at=-1", "at", "invalid_value", "A whole number in plain digits is expected."),
        ("at=1&number=1", "number", "conflicting_parameter", "A sentence is asked for by an offset"),
        ("offse=1", "offse", "unknown_parameter", "There is no such parameter."),
        ("limit=201", "limit", "invalid_value", "Input should be less than or equal to 200."),
    ],
)
def test_a_sentence_that_is_not_there(api: Api, query: str, parameter: str, code: str, detail: str) -> None:
    answer = api(f"{FIRST}/sentences?{query}")
    (error,) = answer.json()["errors"]
    assert (answer.status_code, error["parameter"], error["code"]) == (422, parameter, code)
    assert error["detail"].startswith(detail)


@pytest.mark.parametrize("path", ["sentences", "annotations", "text"])
def test_an_unknown_article_is_404_with_near_ids(api: Api, path: str) -> None:
    answer = api(f"/v1/articles/us-china-london-2025-06-1/{path}")
    assert (answer.status_code, answer.json()["did_you_mean"]) == (404, ["us-china-london-2025-06-10"])


# ---------------------------------------------------------------------------------------------------- annotations


def annotations(get: Api, url: str) -> list[Document]:
    return [item for page in walk(get, url) for item in page["items"]]


def test_every_quote_is_an_annotation_whose_selectors_find_it(get: Api) -> None:
    for article in articles(get):
        path = article["href"]
        text = get(f"{path}/text").content.decode()
        found = annotations(get, f"{path}/annotations?limit=13")
        shown = set()
        for it in found:
            words, place = it["target"]["selector"]
            fact, name, *tags = it["body"]
            assert it["target"]["source"] == f"{path}/text"
            assert text[place["start"] : place["end"]] == words["exact"]
            assert text[: place["start"]].endswith(words["prefix"])
            assert text[place["end"] :].startswith(words["suffix"])
            assert (len(words["prefix"]), len(words["suffix"])) == (
                min(32, place["start"]),
                min(32, len(text) - place["end"]),
            )
            assert name["value"] == get(fact["source"]).json()["data"]["name"]
            role = {"linking": "supports", "questioning": "disputes"}[it["motivation"]]
            fields = frozenset(tag["value"] for tag in tags)
            shown.add((fact["source"], role, place["start"], place["end"], fields))
        assert shown == set(quotes(get, path))
        assert len(shown) == len(found)
        places = [tuple(it["target"]["selector"][1].values())[1:] for it in found]
        assert places == sorted(places)


@pytest.mark.parametrize("context", [0, 1, 200])
def test_the_context_is_as_long_as_asked_for(api: Api, context: int) -> None:
    for it in annotations(api, f"{FIRST}/annotations?context={context}&limit=200"):
        words = it["target"]["selector"][0]
        assert ("prefix" in words, "suffix" in words) == (context > 0, context > 0)
        assert len(words.get("prefix", "")) <= context


def test_an_annotation_has_an_address_at_which_it_stands_alone(get: Api) -> None:
    for text in ("served", "withheld"):
        for article in articles(get, text):
            found = annotations(get, f"{article['href']}/annotations?context=0&limit=200")
            assert len({it["id"] for it in found}) == len(found) > 0
            for it in found:
                answer = get(it["id"]).json()
                assert (answer["items"], answer["partOf"]["total"]) == ([it], 1)


def test_pages_of_annotations_name_their_collection(api: Api) -> None:
    pages = list(walk(api, f"{FIRST}/annotations?role=supports&limit=50"))
    collection = {page["partOf"]["id"] for page in pages}
    assert collection == {f"{FIRST}/annotations?role=supports"}
    assert [page["startIndex"] for page in pages] == list(range(0, pages[0]["partOf"]["total"], 50))
    for page in pages:
        assert api(page["id"]).json() == page


def test_annotations_of_one_record(api: Api) -> None:
    found = annotations(api, f"{FIRST}/annotations?fact=statements/lutnick-all-day")
    assert {it["body"][0]["source"] for it in found} == {"/v1/statements/lutnick-all-day"}
    assert api(f"{FIRST}/annotations?fact=statements/lutnick-all-day&role=disputes").json()["items"] == []
    error = api(f"{FIRST}/annotations?fact=statements/lutnick-all-days").json()["errors"][0]
    assert (error["code"], error["did_you_mean"][0]) == ("unknown_id", "statements/lutnick-all-day")


@pytest.mark.parametrize("query", ["context=201", "context=-1", "char=5", "char=5,1x", "char=01,2", "fact=x", "role=x"])
def test_what_is_no_annotation_query_is_refused(api: Api, query: str) -> None:
    assert api(f"{FIRST}/annotations?{query}").status_code == 422


# --------------------------------------------------------------------------------------------------------- rights


@pytest.mark.parametrize("path", ["text", "sentences", "sentences?at=99999", "annotations", "annotations?context=1"])
def test_a_withheld_text_is_451_with_the_reason(fisheries: Api, path: str) -> None:
    answer = fisheries(f"{WITHHELD}/{path}")
    problem = answer.json()
    assert (answer.status_code, problem["type"]) == (451, "/problems/text-withheld")
    assert "The agency licenses its texts for quotation only." in problem["detail"]
    assert ("context=0" in problem["detail"]) == path.startswith("annotations")
    assert answer.headers["link"] == '</v1>; rel="blocked-by"'


def test_of_a_withheld_text_everything_but_the_text_is_served(fisheries: Api) -> None:
    article = fisheries(WITHHELD).json()["data"]
    assert (article["text"], article["withheld_because"][:10]) == ("withheld", "The agency")
    found = annotations(fisheries, f"{WITHHELD}/annotations?context=0&limit=200")
    assert {it["target"]["selector"][0]["exact"] for it in found} >= {item["quote"] for item in article["evidence"]}
    shown = set()
    for it in found:
        place = it["target"]["selector"][1]
        fields = frozenset(tag["value"] for tag in it["body"][2:])
        role = {"linking": "supports", "questioning": "disputes"}[it["motivation"]]
        shown.add((it["body"][0]["source"], role, place["start"], place["end"], fields))
    assert shown == set(quotes(fisheries, WITHHELD))
    assert fisheries(f"{WITHHELD}.jsonld").status_code == 200


HIDDEN = "Rain is expected tomorrow."


@pytest.fixture(scope="module")
def hiding(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """The article of the README, withheld: one of its sentences is no quote."""
    folder = tmp_path_factory.mktemp("hiding")
    seeds = folder / "seeds" / "mackerel-talks-bergen"
    seeds.mkdir(parents=True)
    text, facts = (re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)[0] for language in ("text", "yaml"))
    facts = facts.replace("language: en", "language: en\n  text: withheld\n  withheld_because: It is licensed.", 1)
    (seeds / "article.txt").write_text(text, "utf-8")
    (seeds / "facts.yaml").write_text(facts, "utf-8")
    build(folder / "seeds", folder / "facts.db")
    with (
        running(create_app(Settings(database=folder / "facts.db", port=0))) as url,
        httpx.Client(base_url=url) as client,
    ):
        yield client


def test_nothing_shows_words_of_a_withheld_text_that_are_no_quote(hiding: httpx.Client) -> None:
    article = "/v1/articles/mackerel-talks-bergen"
    paths = [
        article,
        f"{article}.jsonld",
        f"{article}/annotations?context=0",
        f"{article}/text",
        f"{article}/sentences",
    ]
    paths += [
        "/v1/facts",
        "/v1/search?q=rain",
        "/v1/search?q=norway",
        "/v1/articles?q=rain",
        "/v1/statements/nes-close",
    ]
    for path in paths:
        assert "Rain" not in hiding.get(path).text, path
    for text, result in ((HIDDEN, "not_found"), ("Kari Nes of Norway", "exact"), ("Kari Nes of Iceland", "differs")):
        answer = hiding.get("/v1/quotes/check", params={"text": text}).json()
        assert (answer["result"], "Rain" in str(answer)) == (result, False)


# -------------------------------------------------------------------------------------------------------- queries


def test_the_number_of_queries_does_not_grow(http: httpx.Client) -> None:
    for url, most in (
        (f"{FIRST}/sentences?limit=1", 3),
        (f"{FIRST}/sentences?limit=200", 3),
        (f"{FIRST}/sentences?at=100", 3),
        (f"{FIRST}/annotations?limit=1", 4),
        (f"{FIRST}/annotations?limit=200", 4),
        (f"{FIRST}.jsonld", 2),
        ("/v1/statements/lutnick-all-day.jsonld", 1),
        ("/v1/quotes/check?text=China", 6),
        ("/v1/quotes/check?text=cheese", 1),
        ("/v1/quotes/check?text=Lutnick+told+the+lawyers&article=us-china-london-2025-06-10", 9),
    ):
        seen: list[str] = []

        def note(conn: Any, cursor: Any, statement: str, *_: Any, seen: list[str] = seen) -> None:
            seen.append(statement)

        event.listen(Engine, "before_cursor_execute", note)
        try:
            assert http.get(url).status_code == 200
        finally:
            event.remove(Engine, "before_cursor_execute", note)
        assert len(seen) <= most, (url, seen)


def test_the_same_request_gets_the_same_bytes(api: Api) -> None:
    for url in (f"{FIRST}/sentences", f"{FIRST}/annotations", "/v1/quotes/check?text=the", f"{FIRST}.jsonld"):
        assert len({api(url).content for _ in range(3)}) == 1


def test_records_lead_to_themselves_in_json_ld(api: Api) -> None:
    for path in (FIRST, "/v1/statements/lutnick-all-day"):
        (found,) = re.findall(r'<(.*?)>; rel="alternate"; type="application/ld\+json"', api(path).headers["link"])
        assert api(found).json()["@id"] == path
