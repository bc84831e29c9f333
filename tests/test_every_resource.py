"""What holds for every resource, read off the OpenAPI document: nothing here names one."""

import json
import re
from base64 import urlsafe_b64encode
from hashlib import blake2b
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.models import RESOURCES
from tests import evaluate
from tests.asking import LISTS, Api, candidates, filters, holds, ids, walk
from tests.contract import Contract, Parameter
from tests.evaluate import Document, Documents


@pytest.mark.parametrize("path", LISTS)
def test_each_filter_and_operator_finds_what_plain_python_finds(
    api: Api, contract: Contract, documents: Documents, path: str
) -> None:
    asked = 0
    all_items = documents[path.split("/")[2]]
    for parameter in filters(contract, path):
        for wanted in candidates(documents, path, parameter):
            dated = parameter.schema.get("items", parameter.schema).get("x-format") == "edtf"
            for certain in (False, True) if dated else (False,):
                query = {parameter.name: ",".join(item.replace(",", "\\,") for item in wanted), "limit": "200"}
                query |= {"date_match": "certain"} if certain else {}
                answer = api(path, params=query).json()
                expected = [i for i in all_items if holds(documents, i, parameter, wanted, certain)]
                assert ids(answer["data"]) == ids(evaluate.ordered(expected, contract.order(path))), query
                assert answer["page"]["total"] == len(expected)
                asked += 1
    assert asked >= 2 * len(filters(contract, path)) - 2


@pytest.mark.parametrize("path", LISTS)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_filters_combine_with_and(
    api: Api, contract: Contract, documents: Documents, path: str, data: st.DataObject
) -> None:
    chosen = data.draw(st.lists(st.sampled_from(filters(contract, path)), max_size=3, unique_by=lambda p: p.name))
    query, expected = {"limit": "200"}, documents[path.split("/")[2]]
    for parameter in chosen:
        options = candidates(documents, path, parameter)
        if options:
            wanted = data.draw(st.sampled_from(options))
            query[parameter.name] = ",".join(item.replace(",", "\\,") for item in wanted)
            expected = [item for item in expected if holds(documents, item, parameter, wanted, False)]
    assert ids(api(path, params=query).json()["data"]) == ids(evaluate.ordered(expected, contract.order(path)))


@pytest.mark.parametrize("path", LISTS)
def test_each_sort_orders_totally_and_pages_hold_the_whole_list(
    api: Api, contract: Contract, documents: Documents, path: str
) -> None:
    names = contract.enumeration(path, "sort")
    assert not names or {"id", "-id", "name", "-name"} <= set(names)
    combined = [f"{names[-2]},-name", f"-name,{names[-1]}"] if names and "name" not in names[-1] else names[:1]
    for sort in ["", *names, *combined]:
        keys = sort.split(",") if sort else contract.order(path)
        expected = ids(evaluate.ordered(documents[path.split("/")[2]], keys))
        asked = {"sort": sort} if sort else {}
        for limit in ("1", "3", "200") if len(expected) < 50 else ("7", "200"):
            assert ids(list(walk(api, path, asked | {"limit": limit}))) == expected, (sort, limit)
        assert ids(list(walk_back(api, path, asked | {"limit": "4"}))) == expected, sort


def walk_back(api: Api, path: str, parameters: dict[str, str]) -> list[Document]:
    """All records of a list, from the last page to the first one."""
    page = api(path, params=parameters).json()
    while page["page"]["next"]:
        page = api(page["page"]["next"]).json()
    found = page["data"]
    while page["page"]["prev"]:
        page = api(page["page"]["prev"]).json()
        found = page["data"] + found
    return list(found)


@pytest.mark.parametrize("path", LISTS)
def test_offsets_cut_the_same_list(api: Api, documents: Documents, path: str) -> None:
    whole = documents[path.split("/")[2]]
    for offset in (0, 1, 2, len(whole) - 1, len(whole), 10_000):
        answer = api(path, params={"offset": str(offset), "limit": "2"}).json()
        assert answer["data"] == whole[offset : offset + 2]
        assert (answer["page"]["next"] is None) == (offset + 2 >= len(whole))
        assert (answer["page"]["prev"] is None) == (offset == 0)
        before = api(answer["page"]["prev"]).json()["data"] if offset else []
        assert before == whole[max(min(offset, len(whole)) - 2, 0) : offset]


@pytest.mark.parametrize("kind", RESOURCES)
def test_each_include_brings_the_related_records_once(
    api: Api, contract: Contract, documents: Documents, kind: str
) -> None:
    names = contract.enumeration(f"/v1/{kind}", "include")
    assert "notes" in names
    for name in [*names, ",".join(names)]:
        for url in (f"/v1/{kind}?limit=200", *(f"/v1/{kind}/{item['id']}?" for item in documents[kind])):
            answer = api(f"{url}&include={name}").json()
            shown = answer["data"] if isinstance(answer["data"], list) else [answer["data"]]
            expected: dict[str, set[str]] = {}
            for one in name.split(","):
                for other, found in evaluate.related(documents, kind, shown, one).items():
                    expected.setdefault(other, set()).update(found)
            got = {other: {item["id"] for item in items} for other, items in answer["included"].items()}
            assert {k: v for k, v in got.items() if v} == {k: v for k, v in expected.items() if v}, (url, name)
            for other, items in answer["included"].items():
                assert items == [item for item in documents[other] if item in items]
    without = api(f"/v1/{kind}?limit=200").json()
    assert without["included"] == {}
    assert without["data"] == documents[kind]


@pytest.mark.parametrize("kind", RESOURCES)
def test_each_record_has_its_own_path_and_answers_alike(api: Api, documents: Documents, kind: str) -> None:
    assert documents[kind]
    for item in documents[kind]:
        assert item["kind"] == kind
        assert api(item["href"]).json()["data"] == item
        for ref in (ref for value in item.values() for ref in evaluate.references(value)):
            assert api(ref["href"]).json()["data"]["name"] == ref["name"]


def test_all_facts_are_the_records_of_all_resources(documents: Documents) -> None:
    when = {kind: resource.record.happened for kind, resource in RESOURCES.items()}
    expected = {
        (kind, item["id"]): [item["name"], item["href"], item["evidence"], item.get(str(when[kind]))]
        for kind in RESOURCES for item in documents[kind]
    }  # fmt: skip
    found = {(i["kind"], i["id"]): [i["name"], i["href"], i["evidence"], i["when"]] for i in documents["facts"]}
    assert found == expected


def test_every_quote_stands_where_it_says(api: Api, documents: Documents) -> None:
    shown = [item for item in documents["articles"] if item["text"] == "served"]
    texts = {item["id"]: api(f"{item['href']}/text").text for item in shown}
    for fact in documents["facts"]:
        assert fact["evidence"]
        for item in fact["evidence"]:
            if item["article"]["id"] not in texts:
                continue
            text = texts[item["article"]["id"]]
            assert text[item["start"] : item["end"]] == item["quote"]
            units = text.encode("utf-16-le")[2 * item["start_utf16"] : 2 * item["end_utf16"]]
            assert units.decode("utf-16-le") == item["quote"]
            assert item["href"] == f"{item['article']['href']}/text#char={item['start']},{item['end']}"


# ----------------------------------------------------------------------------------------------- what is refused

NUMBERS = ["-1", "9223372036854775808", "9" * 5000, "1_0", " 5 ", "5.0", "05", "٣", "", "x", "1e3", "0x10"]
FIGURES = ["1e400", "nan", "inf", "-inf", "1_0", " 5 ", "٣", "", "x", "1,5x", "9" * 5000]
BAD_DATES = ["2025-02-30", "2025-13", "2025-06-10/2025-06-09", "yesterday", "0000", "2025-6-9", "", " 2025", "20250609"]
CONTROLS = ["a\x00b", "\x1f", "a\x7f", "a\nb", "\x85"]


def malformed(parameter: Parameter) -> list[str]:
    """Values that no parameter of this type accepts."""
    items = parameter.schema.get("items", parameter.schema)
    if "enum" in items:
        return ["nonsense", str(items["enum"][0]).upper(), "", f"{items['enum'][0]},nonsense", "' OR 1=1 --", *CONTROLS]
    if items.get("x-format") == "edtf":
        return [*BAD_DATES, *CONTROLS]
    if items.get("type") in ("integer", "number"):
        return [*(NUMBERS if items["type"] == "integer" else FIGURES), *CONTROLS]
    if items.get("type") == "boolean":
        return ["True", "1", "yes", "", "truee", *CONTROLS]
    if "pattern" in items:
        return ["No Id", "Ä", "", "a--b", "-a", "a" * 81, "x' OR '1'='1", "../secret", *CONTROLS]
    return ["", *CONTROLS] if parameter.name != "cursor" else CONTROLS


@pytest.mark.parametrize("path", LISTS)
def test_each_malformed_value_is_refused_by_name(api: Api, contract: Contract, path: str) -> None:
    for parameter in contract.parameters(path):
        for value in malformed(parameter):
            answer = api(path, params={parameter.name: value})
            problem = answer.json()
            assert answer.status_code == 422, (parameter.name, value)
            assert [error["parameter"] for error in problem["errors"]] == [parameter.name], (parameter.name, value)
            assert all(len(error["value"] or "") <= 64 for error in problem["errors"])
            assert "enum" not in parameter.schema.get("items", {}) or problem["errors"][0]["allowed"] or value in (
                "", *CONTROLS
            )  # fmt: skip


@pytest.mark.parametrize("path", LISTS)
def test_each_documented_example_finds_something(api: Api, contract: Contract, path: str) -> None:
    for parameter in contract.parameters(path):
        if parameter.example is not None:
            shown = parameter.description.rpartition("For example `")[2].removesuffix("`.")
            assert api(path, params={parameter.name: shown}).status_code == 200, (parameter.name, shown)


@pytest.mark.parametrize("path", LISTS)
def test_a_parameter_given_twice_is_refused_unless_it_is_a_list(api: Api, contract: Contract, path: str) -> None:
    for parameter in contract.parameters(path):
        if not parameter.is_list:
            problem = api(f"{path}?{parameter.name}=1&{parameter.name}=1").json()
            assert (problem["status"], problem["errors"][0]["parameter"]) == (422, parameter.name)
            assert problem["errors"][0]["code"] == "repeated_parameter"


@pytest.mark.parametrize("path", LISTS)
def test_an_unknown_parameter_is_refused_with_the_nearest_name(api: Api, contract: Contract, path: str) -> None:
    for parameter in contract.parameters(path):
        for wrong in (parameter.name.upper(), parameter.name[:-1] + "x" if len(parameter.name) > 3 else "limitt"):
            if wrong in {known.name for known in contract.parameters(path)}:
                continue
            error = api(f"{path}?{wrong}=1").json()["errors"][0]
            assert (error["parameter"], error["code"]) == (wrong, "unknown_parameter")
            assert error["did_you_mean"], wrong
            if wrong == parameter.name.upper():
                assert error["did_you_mean"][0] == parameter.name


@pytest.mark.parametrize("path", LISTS)
def test_an_id_that_names_nothing_is_refused_with_the_nearest_one(
    api: Api, contract: Contract, documents: Documents, path: str
) -> None:
    for parameter in filters(contract, path):
        items = parameter.schema.get("items", {})
        known = [wanted[0] for wanted in candidates(documents, path, parameter) if len(wanted) == 1]
        if "pattern" in items and known:
            answer = api(path, params={parameter.name: [known[0], known[0] + "x"]})
            error = answer.json()["errors"][0]
            assert (answer.status_code, error["parameter"], error["code"]) == (422, parameter.name, "unknown_id")
            assert known[0] in error["did_you_mean"]


NEEDED = {"q": "talks", "text": "talks"}
"""Values for parameters that have to be there."""


def asked_of(contract: Contract, path: str, version: str) -> str:
    """A request for a path that is no list, with what has to be there."""
    operation = contract.document["paths"][path]["get"]
    for parameter in operation.get("parameters", []):
        if parameter["in"] == "path":
            path = path.replace(f"{{{parameter['name']}}}", parameter["example"])
        elif parameter.get("required"):
            path += f"?{parameter['name']}={NEEDED.get(parameter['name'], version)}"
    return path


def test_what_is_no_list_is_as_strict(http: httpx.Client, api: Api, contract: Contract) -> None:
    version = api("/v1").json()["dataset"]
    others = [path for path in contract.document["paths"] if path not in contract.lists and "." not in path[-8:]]
    assert len(others) > 20
    for path in others:
        url = asked_of(contract, path, version)
        assert api(url).status_code == 200, url
        join = "&" if "?" in url else "?"
        error = api(f"{url}{join}nonsense=1").json()["errors"][0]
        assert (error["parameter"], error["code"]) == ("nonsense", "unknown_parameter"), path
        assert http.get(f"{url}{join}dataset={version}").status_code == 200
        assert http.get(f"{url}{join}dataset={'0' * 16}").status_code == 409
        for parameter in contract.parameters(path):
            needed = f"{parameter.name}=" in url
            plain = url.partition("?")[0] if needed else url
            for value in malformed(parameter):
                answer = api(
                    plain, params={**(dict(httpx.URL(url).params) if not needed else {}), parameter.name: value}
                )
                problem = answer.json()
                assert answer.status_code == 422, (path, parameter.name, value)
                assert [item["parameter"] for item in problem["errors"]] == [parameter.name], (path, value)
            if not parameter.is_list:
                twice = f"{plain}{'&' if '?' in plain else '?'}{parameter.name}=1&{parameter.name}=1"
                assert api(twice).json()["errors"][0]["code"] == "repeated_parameter", twice


def test_single_records_take_no_parameter_but_include(api: Api, documents: Documents) -> None:
    for kind in RESOURCES:
        href = documents[kind][0]["href"]
        assert api(f"{href}?limit=1").status_code == 422
        assert api(f"{href}?include=nonsense").json()["errors"][0]["did_you_mean"] is not None
        problem = api(f"{href}x").json()
        assert (problem["status"], documents[kind][0]["id"] in problem["did_you_mean"]) == (404, True)


def test_cursors_that_are_not_ours_are_refused(api: Api) -> None:
    following = api("/v1/facts?limit=2&sort=-when").json()["page"]["next"]
    token = re.search(r"cursor=([^&]+)", following)
    assert token
    genuine = token[1]
    base = "/v1/facts?limit=2&sort=-when&cursor="
    assert api(base + genuine).status_code == 200
    flipped = [genuine[:i] + ("A" if genuine[i] != "A" else "B") + genuine[i + 1 :] for i in range(len(genuine))]
    wrong = [*flipped, genuine[:-1], genuine[1:], genuine + "A", genuine + "=", "A", "x" * 2000, "e30", "💥"]
    for cursor in wrong:
        assert api("/v1/facts", params={"limit": 2, "sort": "-when", "cursor": cursor}).status_code == 400, cursor
    for other in (
        "facts?sort=when",
        "facts?limit=2",
        "facts?sort=-when&kind=notes",
        "facts?sort=-when&date_match=certain",
    ):
        assert api(f"/v1/{other}&cursor={genuine}").status_code == 400, other
    assert api(f"/v1/statements?sort=-said_on&cursor={genuine}").status_code == 400
    assert api(f"/v1/facts?limit=2&sort=-when&cursor={genuine}&offset=1").status_code == 422
    dataset = api("/v1").json()["dataset"]
    bound = json.dumps([dataset, "/v1/facts", [["sort", "-when"]]]).encode()
    odd = ["[]", "{}", "null", "[false,1]", '[false,{"a":1},2,3,4]', "[false,1,2,[3],4]", "[1,2,3,4,5]", "[" * 2000]
    for place in [*odd, f'[false,"a","b","c",{2**63}]']:
        checksum = blake2b(bound + b"\n" + place.encode(), digest_size=12).digest()
        forged = urlsafe_b64encode(checksum + place.encode()).decode().rstrip("=")
        assert api(f"/v1/facts?sort=-when&cursor={forged}").status_code == 400, place
    assert api(f"/v1/facts?sort=-when&limit=5&cursor={genuine}").status_code == 200
    assert api(f"/v1/facts?sort=-when&cursor={'A' * 3000}").status_code == 400


# ------------------------------------------------------------------------------------------- how it is answered


def is_plain(path: str, operation: dict[str, Any]) -> bool:
    """Whether a path can be asked as it stands."""
    required = any(parameter.get("required") for parameter in operation.get("parameters", []))
    return path.startswith("/v1/") and not required


def requests(contract: Contract, documents: Documents) -> list[str]:
    """Requests of every shape."""
    urls = ["/v1", *(path for path, item in contract.document["paths"].items() if is_plain(path, item["get"]))]
    for path in contract.lists:
        asked = [parameter for parameter in contract.parameters(path) if parameter.example is not None]
        urls += [str(httpx.URL(path, params={item.name: item.example})) for item in asked[:9]]
        urls += [f"{path}?sort={name}" for name in contract.enumeration(path, "sort")]
        urls += [f"{path}?include={name}&limit=3" for name in contract.enumeration(path, "include")]
        urls += [f"{path}?limit=1", f"{path}?limit=2", f"{path}?offset=1", f"{path}?q=talks"]
        urls += [f"{path}?facet={name}" for name in contract.enumeration(path, "facet")]
    urls += [item["href"] for kind in RESOURCES for item in documents[kind][:2]]
    urls += [f"{item['href']}/text" for item in documents["articles"]]
    return urls


def test_the_same_request_gets_the_same_bytes_and_the_etag_differs_whenever_the_answer_does(
    api: Api, contract: Contract, documents: Documents
) -> None:
    seen: dict[str, bytes] = {}
    for url in requests(contract, documents):
        first, second = api(url), api(url)
        assert first.status_code == 200, url
        assert first.content == second.content
        assert first.headers["etag"] == second.headers["etag"]
        assert seen.setdefault(first.headers["etag"], first.content) == first.content, url


def test_requests_that_mean_the_same_share_bytes_and_etag(api: Api) -> None:
    one = api("/v1/statements?speaker=trump&limit=2&mode=direct")
    other = api("/v1/statements?mode=direct&limit=%32&speaker=trump")
    assert (one.content, one.headers["etag"]) == (other.content, other.headers["etag"])


def test_head_has_the_headers_of_get_and_no_body(http: httpx.Client, contract: Contract, documents: Documents) -> None:
    variable = ("date", "x-request-id")
    for url in [*requests(contract, documents), "/v1/nothing", "/v1/facts?limit=0", "/docs", "/healthz", "/readyz"]:
        get, head = http.get(url), http.head(url)
        assert head.status_code == get.status_code, url
        assert head.content == b""
        without = [{k: v for k, v in answer.headers.items() if k not in variable} for answer in (get, head)]
        assert without[0] == without[1], url


def test_answers_are_compact_json(api: Api) -> None:
    body = api("/v1/statements?limit=1").text
    assert body == json.dumps(json.loads(body), ensure_ascii=False, separators=(",", ":"))
