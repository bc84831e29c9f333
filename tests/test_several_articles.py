"""Several articles in one dataset: what holds for the first holds for all, and they meet in the same records."""

import shutil
from collections.abc import Iterator

import httpx
import pytest

from app.models import RESOURCES
from app.seeding.build import build
from tests import test_every_resource as shared
from tests import test_facets
from tests.asking import LISTS, Api, walk
from tests.conftest import SEEDS, checked, serving
from tests.contract import Contract
from tests.evaluate import Documents
from tests.test_search import FISHERIES, find_every_word

RESOURCE_NAMES = [str(kind) for kind in RESOURCES]


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """A client of a server on the committed articles and those of the tests."""
    folder = tmp_path_factory.mktemp("corpus")
    for seeds in (SEEDS, FISHERIES):
        for article in (path for path in seeds.iterdir() if path.is_dir()):
            shutil.copytree(article, folder / "seeds" / article.name)
    build(folder / "seeds", folder / "facts.db")
    with serving(folder / "facts.db") as client:
        yield client


@pytest.fixture(scope="module")
def described(corpus: httpx.Client) -> Contract:
    return Contract(corpus.get("/openapi.json").json())


@pytest.fixture(scope="module")
def ask(corpus: httpx.Client, described: Contract) -> Api:
    return checked(corpus, described)


@pytest.fixture(scope="module")
def everything(ask: Api, described: Contract) -> Documents:
    return {path.split("/")[2]: list(walk(ask, path, {"limit": "200"})) for path in described.lists}


@pytest.mark.parametrize("path", LISTS)
def test_lists_hold_to_what_is_shared(
    ask: Api, corpus: httpx.Client, described: Contract, everything: Documents, path: str
) -> None:
    shared.test_each_filter_and_operator_finds_what_plain_python_finds(ask, described, everything, path)
    shared.test_each_sort_orders_totally_and_pages_hold_the_whole_list(corpus.get, described, everything, path)
    shared.test_offsets_cut_the_same_list(corpus.get, everything, path)
    if path != "/v1/timeline":
        test_facets.test_values_are_all_there_and_their_links_lead_there_and_back(ask, corpus, described, path)
        test_facets.test_each_cell_is_the_value_of_the_record(ask, everything, path)


@pytest.mark.parametrize("kind", RESOURCE_NAMES)
def test_records_hold_to_what_is_shared(ask: Api, described: Contract, everything: Documents, kind: str) -> None:
    shared.test_each_include_brings_the_related_records_once(ask, described, everything, kind)
    shared.test_each_record_has_its_own_path_and_answers_alike(ask, everything, kind)


def test_all_together_hold_to_what_is_shared(ask: Api, everything: Documents) -> None:
    shared.test_all_facts_are_the_records_of_all_resources(everything)
    shared.test_every_quote_stands_where_it_says(ask, everything)
    test_facets.test_the_bundle_holds_what_the_lists_hold(ask, everything)
    test_facets.test_the_timeline_is_everything_dated_in_order(ask, everything)


def test_every_word_finds_every_record(corpus: httpx.Client, everything: Documents) -> None:
    find_every_word(corpus, [item for kind in RESOURCE_NAMES for item in everything[kind]])


def test_records_that_several_articles_speak_of_are_found(ask: Api, everything: Documents) -> None:
    for kind in RESOURCE_NAMES:
        shared_ones = {item["id"] for item in everything[kind] if item["sources"] > 1}
        disputed = {item["id"] for item in everything[kind] if item["disputed_by"]}
        assert {item["id"] for item in walk(ask, f"/v1/{kind}", {"sources__gte": "2"})} == shared_ones
        assert {item["id"] for item in walk(ask, f"/v1/{kind}", {"disputed": "true"})} == disputed
    facts = list(walk(ask, "/v1/facts", {"sources__gte": "2", "disputed": "true"}))
    assert facts
    for fact in facts:
        record = ask(fact["href"]).json()["data"]
        assert len({item["article"]["id"] for item in record["evidence"]}) == record["sources"] >= 2
        for dispute in record["disputed_by"]:
            assert record[dispute["field"]] != dispute["value"]
            assert all(item["article"] == dispute["article"] for item in dispute["evidence"])


def test_people_keep_one_identity_and_are_found_under_each_of_their_names(ask: Api, everything: Documents) -> None:
    several = [person for person in everything["people"] if person["sources"] > 1 and person["aliases"]]
    assert several
    for person in several:
        for name in (person["name"], *person["aliases"]):
            found = ask("/v1/people", params={"q": f'"{name}"'}).json()["data"]
            assert person["id"] in {item["id"] for item in found}, name
            others = [item for item in found if item["id"] != person["id"] and name in (item["name"], *item["aliases"])]
            assert all(person["id"] in {ref["id"] for ref in other["distinct_from"]} for other in others), name
        articles = {item["article"]["id"] for item in person["evidence"]}
        for article in articles:
            listed = ask("/v1/people", params={"article": article, "limit": "200"}).json()["data"]
            assert person["id"] in {item["id"] for item in listed}


def test_a_withheld_text_is_nowhere_but_its_quotes_are(ask: Api, corpus: httpx.Client, everything: Documents) -> None:
    (article,) = [item for item in everything["articles"] if item["text"] == "withheld"]
    for path in ("text", "sentences", "annotations", "annotations?context=1"):
        problem = ask(f"{article['href']}/{path}").json()
        assert (problem["status"], problem["type"]) == (451, "/problems/text-withheld")
        assert article["withheld_because"].rstrip(".") in problem["detail"]
    annotations = ask(f"{article['href']}/annotations?context=0").json()["items"]
    assert annotations
    assert not corpus.get("/v1/search", params={"q": "a*", "kind": "sentences", "article": article["id"]}).json()[
        "data"
    ]
    for fact in everything["facts"]:
        for item in fact["evidence"]:
            if item["article"]["id"] == article["id"] and len(item["quote"].split()) > 3:
                found = ask("/v1/quotes/check", params={"text": item["quote"], "article": article["id"]}).json()
                assert found["result"] == "exact"
                assert item["start"] in [place["start"] for place in found["places"]]
