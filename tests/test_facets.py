"""Facets, timeline and exports agree with the lists, whatever is asked for."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.main import Application
from app.seeding.build import build
from tests.asking import LISTS, Api, candidates, filters
from tests.conftest import serving
from tests.contract import Contract
from tests.evaluate import Document, Documents

OFTEN = settings(
    max_examples=8,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


def total(http: httpx.Client, path: str, query: dict[str, Any]) -> int:
    """How many records a list has."""
    return int(http.get(path, params=query | {"limit": "1"}).raise_for_status().json()["page"]["total"])


def drawn(data: st.DataObject, contract: Contract, documents: Documents, path: str) -> dict[str, str]:
    """Some filters with values, a search now and then."""
    chosen = data.draw(st.lists(st.sampled_from(filters(contract, path)), max_size=2, unique_by=lambda p: p.name))
    query = {}
    for parameter in chosen:
        if options := candidates(documents, path, parameter):
            wanted = data.draw(st.sampled_from(options))
            query[parameter.name] = ",".join(item.replace(",", "\\,") for item in wanted)
    if data.draw(st.booleans()):
        query["q"] = data.draw(st.sampled_from(["talks", "us", '"rare earths"', "contr*"]))
    if data.draw(st.booleans()) and any(parameter.name == "date_match" for parameter in contract.parameters(path)):
        query["date_match"] = "certain"
    return query


@pytest.mark.parametrize("path", [path for path in LISTS if path != "/v1/timeline"])
@OFTEN
@given(data=st.data())
def test_each_count_is_that_of_the_list(
    api: Api, http: httpx.Client, contract: Contract, documents: Documents, path: str, data: st.DataObject
) -> None:
    query, names = drawn(data, contract, documents, path), contract.enumeration(path, "facet")
    facets = api(path, params=query | {"facet": ",".join(names), "limit": "1"}).json()["facets"]
    assert list(facets) == names
    for facet in names:
        name = facet.partition(":")[0]
        others = {key: value for key, value in query.items() if key not in (name, f"{name}__isnull")}
        for item in facets[facet]:
            own = {f"{name}__isnull": "true"} if item["value"] is None else {name: item["value"].replace(",", "\\,")}
            assert item["count"] == total(http, path, others | own) > 0, (facet, item)
            if name not in query and f"{name}__isnull" not in query:
                assert item["selected"] is False
                assert http.get(item["href"]).json()["page"]["total"] == item["count"]


@pytest.mark.parametrize("path", [path for path in LISTS if path != "/v1/timeline"])
def test_values_are_all_there_and_their_links_lead_there_and_back(
    api: Api, http: httpx.Client, contract: Contract, path: str
) -> None:
    for facet in contract.enumeration(path, "facet"):
        plain = f"{path}?facet={facet}"
        values = api(plain).json()["facets"][facet]
        everything = total(http, path, {})
        if ":" not in facet and facet in next(iter(api(path).json()["data"]), {}):
            singles = not isinstance(api(path).json()["data"][0][facet], list)
            assert not singles or sum(item["count"] for item in values) == everything, facet
        for place, item in enumerate(values):
            there = http.get(item["href"]).json()
            again = there["facets"][facet]
            assert [value["value"] for value in again] == [value["value"] for value in values], facet
            assert [value["count"] for value in again] == [value["count"] for value in values], facet
            assert [value["selected"] for value in again] == [i == place for i in range(len(values))]
            back = http.get(again[place]["href"]).json()
            assert (back["page"]["total"], back["facets"][facet]) == (everything, values)


def test_a_facet_is_counted_without_its_own_filter_and_with_the_others(api: Api) -> None:
    answer = api("/v1/statements?speaker=howard-lutnick&mode=direct&facet=speaker,mode").json()
    speakers = {item["value"]: (item["count"], item["selected"]) for item in answer["facets"]["speaker"]}
    assert speakers == {"howard-lutnick": (2, True), "trump": (2, False), "kevin-hassett": (1, False)}
    modes = {item["value"]: (item["count"], item["selected"]) for item in answer["facets"]["mode"]}
    assert modes == {"direct": (2, True), "indirect": (2, False)}
    trump = next(item for item in answer["facets"]["speaker"] if item["value"] == "trump")
    assert trump["name"] == "Trump"
    assert api(trump["href"]).json()["page"]["total"] == 4


LONG_TIME = """\
article:
  name: "It rained"
  title: "It rained"
  language: en
  evidence: [{quote: "It rained", occurrence: 1, fields: [name, title, language]}]
events:
  - id: first-rain
    name: "It rained in 1900."
    type: arrival
    when: {edtf: "1900", stated: "in 1900"}
    evidence: [{quote: "It rained in 1900.", fields: [name, type, when]}]
  - id: last-rain
    name: "It rained in 2000."
    type: arrival
    when: {edtf: "2000", stated: "in 2000"}
    evidence: [{quote: "It rained in 2000.", fields: [name, type, when]}]
"""


def test_too_many_periods_are_refused_whatever_else_is_asked(tmp_path: Path) -> None:
    folder = tmp_path / "seeds" / "rain"
    folder.mkdir(parents=True)
    (folder / "article.txt").write_text("It rained in 1900. It rained in 2000.", "utf-8")
    (folder / "facts.yaml").write_text(LONG_TIME, "utf-8")
    build(tmp_path / "seeds", tmp_path / "facts.db")
    with serving(tmp_path / "facts.db") as client:
        for path in ("/v1/events", "/v1/facts"):
            for also in ("", "&when=2000", "&name__ne=x", "&date_match=certain", "&q=rained"):
                answer = client.get(f"{path}?facet=when:day{also}")
                assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "too_many_values"), (
                    path,
                    also,
                )
                assert client.get(f"{path}?facet=when:year{also}").status_code == 200


def test_what_is_not_stated_is_a_value_that_comes_last(api: Api) -> None:
    days = api("/v1/statements?facet=said_on:day").json()["facets"]["said_on:day"]
    assert [(item["value"], item["count"]) for item in days] == [("2025-06-09", 3), ("2025-06-10", 3), (None, 7)]
    assert days[-1]["href"] == "/v1/statements?facet=said_on:day&said_on__isnull=true"


def test_selected_values_are_there_beyond_the_limit(api: Api) -> None:
    query = {"facet": "topic", "facet_limit": "1", "topic": "magnets"}
    found = api("/v1/statements", params=query).json()["facets"]["topic"]
    assert [item["selected"] for item in found if item["value"]] == [False, True]
    assert found[1]["value"] == "magnets"


@pytest.mark.parametrize("written", ["london", "LONDON", "Lóndon"])
def test_a_selected_text_is_one_value_however_it_is_written(api: Api, written: str) -> None:
    found = api("/v1/rounds", params={"facet": "city", "city": written}).json()["facets"]["city"]
    values = [item for item in found if item["value"]]
    assert [item["value"] for item in values if item["selected"]] == ["london"]
    assert len({item["value"] for item in values}) == len(values)
    (selected,) = (item for item in values if item["selected"])
    assert selected["href"] == "/v1/rounds?facet=city"


@pytest.mark.parametrize(
    ("facet", "name", "spellings"),
    [
        ("said_on:month", "said_on", ("2025-06", "2025-06-01/2025-06-30")),
        ("said_on:day", "said_on", ("2025-06-09", "2025-06-09/2025-06-09")),
        ("setting", "setting", ("a white house briefing", "A White House briefing")),
    ],
)
def test_values_do_not_depend_on_what_was_asked_before(
    app: Application, api: Api, facet: str, name: str, spellings: tuple[str, str]
) -> None:
    found = []
    # Another limit, so that no whole answer is given again.
    for limit, order in enumerate((spellings, spellings[::-1]), 1):
        app.state.live.current.forget()
        query = {"facet": facet, "facet_limit": "1", "limit": str(limit)}
        facets = {it: api("/v1/statements", params=query | {name: it}).json()["facets"][facet] for it in order}
        found.append({it: [value | {"href": ""} for value in values] for it, values in facets.items()})
    assert found[0] == found[1]


def test_values_keep_commas_and_case(api: Api) -> None:
    for path, facet in (("/v1/people", "office"), ("/v1/statements", "setting"), ("/v1/indicators", "metric")):
        for item in api(path, params={"facet": facet}).json()["facets"][facet]:
            shown = api(item["href"]).json()["data"]
            assert {record[facet] for record in shown} == {item["name"]}
    for path, facet, field in (("/v1/people", "alias", "aliases"), ("/v1/policy-measures", "goods", "goods")):
        values = [item for item in api(path, params={"facet": facet}).json()["facets"][facet] if item["value"]]
        assert values
        for item in values:
            assert all(item["name"] in record[field] for record in api(item["href"]).json()["data"])


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("facet=speeker", "facet"),
        ("facet=speaker,speaker", "facet"),
        ("facet=said_on", "facet"),
        ("facet=text", "facet"),
        ("facet_limit=0", "facet_limit"),
        ("facet_limit=1001", "facet_limit"),
    ],
)
def test_a_wrong_facet_is_refused_by_name(api: Api, query: str, parameter: str) -> None:
    problem = api(f"/v1/statements?{query}").json()
    assert (problem["status"], problem["errors"][0]["parameter"]) == (422, parameter)


# ------------------------------------------------------------------------------------------------------- timeline


@pytest.mark.parametrize("bucket", ["day", "week", "month", "year"])
@OFTEN
@given(data=st.data())
def test_each_bucket_counts_what_the_list_of_facts_finds_there(
    api: Api, http: httpx.Client, contract: Contract, documents: Documents, bucket: str, data: st.DataObject
) -> None:
    query = drawn(data, contract, documents, "/v1/timeline")
    query.pop("date_match", None)
    buckets = api("/v1/timeline", params=query | {"bucket": bucket, "limit": "1"}).json()["buckets"]
    others = {name: value for name, value in query.items() if name != "when"}
    for item in buckets if "when" not in query else []:
        within = others | {"when": f"{item['start']}/{item['end']}"}
        assert item["count"] == total(http, "/v1/facts", within) == sum(item["kinds"].values()), item
        assert item["certain"] == total(http, "/v1/facts", within | {"date_match": "certain"}), item
        for kind, count in item["kinds"].items():
            if "kind" not in query:
                assert count == total(http, "/v1/facts", within | {"kind": kind})


def test_the_timeline_is_everything_dated_in_order(api: Api, documents: Documents) -> None:
    found = documents["timeline"]
    assert {item["href"] for item in found} == {item["href"] for item in documents["facts"] if item["when"]}
    days = [(item["when"]["earliest"] or "", item["when"]["latest"] or "9999") for item in found]
    assert days == sorted(days)


@pytest.mark.parametrize(
    ("query", "first", "last", "count"),
    [
        ("from=2025-06-05&to=2025-06-12&bucket=day", "2025-06-05", "2025-06-12", 8),
        ("from=2025-06-05&to=2025-06-12&bucket=week", "2025-06-02", "2025-06-15", 2),
        ("from=2025-05&to=2025-08&bucket=month", "2025-05-01", "2025-08-31", 4),
        ("from=2020&to=2026&bucket=year", "2020-01-01", "2026-12-31", 7),
        ("from=2025-06&bucket=day&kind=statements", "2025-06-01", "2025-06-10", 10),
        ("to=2025-06&bucket=month&kind=rounds", "2025-05-01", "2025-06-30", 2),
    ],
)
def test_buckets_reach_from_end_to_end_and_empty_ones_are_there(
    api: Api, query: str, first: str, last: str, count: int
) -> None:
    buckets = api(f"/v1/timeline?{query}").json()["buckets"]
    assert (buckets[0]["start"], buckets[-1]["end"], len(buckets)) == (first, last, count)


def test_buckets_do_not_depend_on_the_page(api: Api) -> None:
    first = api("/v1/timeline?limit=3&bucket=day").json()
    assert api(first["page"]["next"]).json()["buckets"] == first["buckets"]


@pytest.mark.parametrize(
    "query",
    ["from=yesterday", "to=2025-13", "bucket=decade", "from=1900&bucket=day", "sort=when", "from=2025&from=2026"],
)
def test_a_wrong_timeline_is_refused(api: Api, query: str) -> None:
    problem = api(f"/v1/timeline?{query}").json()
    assert problem["status"] == 422
    assert problem["errors"][0]["parameter"] in ("from", "to", "bucket", "sort")


def test_nothing_dated_has_no_buckets(api: Api) -> None:
    answer = api("/v1/timeline?kind=topics").json()
    assert (answer["data"], answer["buckets"]) == ([], [])


# -------------------------------------------------------------------------------------------------------- exports

EXPORTED = [path for path in LISTS if path != "/v1/timeline"]


@pytest.mark.parametrize("path", EXPORTED)
@OFTEN
@given(data=st.data())
def test_exports_hold_what_the_list_holds(
    api: Api, contract: Contract, documents: Documents, path: str, data: st.DataObject
) -> None:
    query = drawn(data, contract, documents, path)
    if names := contract.enumeration(path, "sort"):
        query |= data.draw(st.sampled_from([{}, {"sort": names[-1]}, {"sort": names[0]}]))
    listed = api(path, params=query | {"limit": "200"}).json()["data"]
    lines = api(f"{path}.ndjson", params=query)
    assert [json.loads(line) for line in lines.text.splitlines()] == listed
    rows = api(f"{path}.csv", params=query)
    found = list(csv.DictReader(io.StringIO(rows.text, newline="")))
    assert [(row["kind"], row["id"]) for row in found] == [(item["kind"], item["id"]) for item in listed]
    assert lines.headers["x-total-count"] == rows.headers["x-total-count"] == str(len(listed))


def test_the_bundle_holds_what_the_lists_hold(api: Api, documents: Documents) -> None:
    bundle = api("/v1/bundle.json").json()
    assert {kind: bundle["data"][kind] for kind in bundle["data"]} == {
        kind: items for kind, items in documents.items() if kind not in ("facts", "timeline")
    }


def unflattened(row: dict[str, str], document: Document, prefix: str = "") -> None:
    """Holds each cell of a row against the document, by the rules that the API's description gives."""
    for name, value in document.items():
        path = f"{prefix}{name}"
        if isinstance(value, dict):
            unflattened(row, value, f"{path}.")
        elif isinstance(value, list) and f"{path}.id" in row:
            for part in ("id", "name", "href"):
                assert row[f"{path}.{part}"] == " | ".join(item[part].replace("|", "\\|") for item in value)
        elif isinstance(value, list) and (not value or isinstance(value[0], str)):
            assert row[path] in (" | ".join(value), "[]")
        elif isinstance(value, list):
            assert json.loads(row[path]) == value
        elif path in row:
            cell = row[path].removeprefix("'") if str(value).startswith(("=", "+", "-", "@")) else row[path]
            assert cell == ("" if value is None else str(value).lower() if isinstance(value, bool) else str(value))
        else:
            # What is null as a whole has a column for each of its parts.
            assert value is None
            assert not any(row[column] for column in row if column.startswith(f"{path}."))


@pytest.mark.parametrize("path", EXPORTED)
def test_each_cell_is_the_value_of_the_record(api: Api, documents: Documents, path: str) -> None:
    rows = list(csv.DictReader(io.StringIO(api(f"{path}.csv").text, newline="")))
    for row, document in zip(rows, documents[path.split("/")[2]], strict=True):
        unflattened(row, document)


@pytest.mark.parametrize("path", EXPORTED)
def test_an_empty_export_is_a_header_or_nothing(api: Api, path: str) -> None:
    assert api(f"{path}.csv?name=Nowhere").text.count("\n") == 1
    assert api(f"{path}.ndjson?name=Nowhere").text == ""


@pytest.mark.parametrize("parameter", ["limit=1", "offset=1", "cursor=x", "include=notes", "facet=article"])
def test_what_means_nothing_to_an_export_is_refused(api: Api, parameter: str) -> None:
    for ending in ("csv", "ndjson"):
        problem = api(f"/v1/statements.{ending}?{parameter}").json()
        assert (problem["status"], problem["errors"][0]["code"]) == (422, "unknown_parameter")


def test_what_is_wrong_is_said_before_the_stream_begins(api: Api) -> None:
    problem = api("/v1/statements.csv?speaker=howard-lutnik").json()
    assert (problem["status"], problem["errors"][0]["did_you_mean"]) == (422, ["howard-lutnick"])


def test_exports_are_files_with_names(api: Api) -> None:
    csv_headers, lines = api("/v1/people.csv").headers, api("/v1/people.ndjson").headers
    assert csv_headers["content-type"] == "text/csv; charset=utf-8"
    assert csv_headers["content-disposition"] == 'attachment; filename="people.csv"'
    assert lines["content-type"] == "application/x-ndjson"


@pytest.mark.parametrize(
    "asked", ["topic=magnets,rare-earths,magnets", "speaker=howard-lutnick,trump", "mode=mixed,direct,mixed"]
)
def test_fewer_values_are_the_first_of_more_and_none_is_there_twice(api: Api, asked: str) -> None:
    name = asked.partition("=")[0]
    for limit in (1, 2, 30, 1, 2):
        found = api(f"/v1/statements?facet={name}&{asked}&limit={limit}&facet_limit={limit}").json()["facets"][name]
        whole = api(f"/v1/statements?facet={name}&{asked}&limit={limit}&facet_limit=100").json()["facets"][name]
        shown = [it for i, it in enumerate(whole) if i < limit or it["value"] is None or it["selected"]]
        assert [it["value"] for it in found] == [it["value"] for it in shown]
        assert len({it["value"] for it in found}) == len(found)
