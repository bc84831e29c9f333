"""The OpenAPI document: complete, as committed, and kept by the server under generated requests."""

import asyncio
import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import httpx
import pytest
from fastapi import FastAPI

from app.cli import main
from app.linked_data import LinkedData
from app.openapi import NEEDED, REFUSED, document, short_request
from app.seeding.build import build
from tests.conftest import ROOT, serving
from tests.contract import Contract

CHECKS = (
    "not_a_server_error,status_code_conformance,content_type_conformance,response_headers_conformance,"
    "response_schema_conformance,negative_data_rejection,unsupported_method,use_after_free,ensure_resource_availability"
)
"""All but `positive_data_acceptance`: that an id has to exist, and that a cursor is ours, no schema can say."""


def test_the_committed_document_is_what_the_server_serves(app: FastAPI, contract: Contract) -> None:
    committed = json.loads((ROOT / "openapi.json").read_text("utf-8"))
    assert committed == contract.document, "openapi.json is out of date: run `make openapi`"
    assert asyncio.run(document(app, app.state.live.current)) == committed


def test_the_command_line_prints_the_document(database: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["openapi", "--database", str(database)]) == 0
    assert capsys.readouterr().out == (ROOT / "openapi.json").read_text("utf-8")


def nodes(value: Any) -> Iterator[dict[str, Any]]:
    """Every object of the document."""
    if isinstance(value, dict):
        yield value
        for item in value.values():
            yield from nodes(item)
    elif isinstance(value, list):
        for item in value:
            yield from nodes(item)


def test_every_operation_parameter_and_field_has_a_sentence(contract: Contract) -> None:
    for path, item in contract.document["paths"].items():
        operation = item["get"]
        assert operation["description"].endswith("."), path
        for parameter in operation.get("parameters", []):
            assert parameter["description"].rstrip().endswith("."), (path, parameter["name"])
            assert "null" not in json.dumps(parameter["schema"])
    for name, schema in contract.document["components"]["schemas"].items():
        for field, about in schema.get("properties", {}).items():
            described = contract.resolved(about).get("description") or about.get("description") or name == "Included"
            assert described, (name, field)


def test_operations_are_called_after_their_functions(contract: Contract) -> None:
    ids = [item["get"]["operationId"] for item in contract.document["paths"].values()]
    assert len(set(ids)) == len(ids)
    assert {"list_statements", "get_statement", "get_article_text", "list_facts", "get_index"} <= set(ids)


def heirs(model: type[Any]) -> Iterator[type[Any]]:
    """All classes below one."""
    for heir in model.__subclasses__():
        yield heir
        yield from heirs(heir)


def test_what_is_always_there_is_required_and_nothing_is_closed(contract: Contract) -> None:
    # In JSON-LD what is not stated is left out: null would mean the same.
    sparse = {"Included", *(model.__name__ for model in heirs(LinkedData))}
    for name, schema in contract.document["components"]["schemas"].items():
        if "properties" in schema and name not in sparse:
            assert set(schema.get("required", [])) == set(schema["properties"]), name
    assert all(node.get("additionalProperties") is not False for node in nodes(contract.document))


def test_enumerations_are_named(contract: Contract) -> None:
    for path in contract.document["paths"].values():
        assert not [node for node in nodes(path) if "enum" in node]


def test_examples_are_real_records(contract: Contract, api: Callable[..., httpx.Response]) -> None:
    found = 0
    for item in contract.document["paths"].values():
        content = item["get"]["responses"]["200"]["content"].get("application/json", {})
        data = content["example"].get("data") if "example" in content else None
        record = data[0] if isinstance(data, list) else data
        if record and "inferred" in record:
            assert api(record["href"]).json()["data"] == record
            found += 1
    assert found == 26
    for path in contract.lists:
        for parameter in contract.parameters(path):
            if parameter.example is not None:
                answer = api(path, params={parameter.name: parameter.example})
                assert answer.status_code == 200
                assert answer.json()["page"]["total"] > 0 or parameter.operator in ("ne", "gt", "lt"), parameter.name


def test_example_values_are_written_as_records_write_them(
    contract: Contract, api: Callable[..., httpx.Response]
) -> None:
    found = set()
    for path in contract.lists:
        records = api(path, params={"limit": 200}).json()["data"]
        for parameter in contract.parameters(path):
            field = parameter.name.partition("__")[0]
            stated = [record[field] for record in records if record.get(field)]
            if isinstance(parameter.example, str) and stated and isinstance(stated[0], str):
                assert parameter.example.replace("\\,", ",") in stated, (path, parameter.name)
                found.add(field)
            elif isinstance(parameter.example, str) and stated and "edtf" in stated[0]:
                assert parameter.example in [date["edtf"] for date in stated], (path, parameter.name)
                found.add(field)
    assert {"name", "office", "city", "metric", "started", "said_on", "since", "period", "when"} <= found


def test_problems_are_shown_as_they_are(contract: Contract, api: Callable[..., httpx.Response]) -> None:
    shown = {}
    for status, response in contract.document["components"]["responses"].items():
        for name, example in response["content"]["application/problem+json"]["examples"].items():
            shown[name] = example["value"]
            assert example["value"].keys() == contract.document["components"]["schemas"]["Problem"]["properties"].keys()
            assert f"Problem{example['value']['status']}" == status
            assert api(example["value"]["type"]).status_code == 200
    for name, (path, parameters) in REFUSED.items():
        query = urlencode(parameters, quote_via=quote, errors="surrogateescape")
        assert api(f"{path}?{query}").json() == shown[name], name


def test_other_examples_are_real_answers(contract: Contract, api: Callable[..., httpx.Response]) -> None:
    needed = NEEDED | {"since": api("/v1").json()["dataset"]}
    found = set()
    for path, item in contract.document["paths"].items():
        for content in item["get"]["responses"]["200"]["content"].values():
            asked = short_request(path, item["get"].get("parameters", []), needed)
            if "example" in content and asked and "included" not in content["example"]:
                assert api(asked[0], params=asked[1]).json() == content["example"], path
                found.add(path)
    assert {"/v1/search", "/v1/quotes/check", "/v1/changes", "/v1/articles/{id}/sentences"} <= found
    assert {"/v1/articles/{id}/annotations", "/v1/statements/{id}.jsonld"} <= found


WITHHELD = """\
article:
  name: "It is cold."
  title: "It is cold."
  language: en
  text: withheld
  withheld_because: "Only quotations are licensed."
  evidence: [{quote: "It is cold.", fields: [name, title, language]}]
"""


def test_a_dataset_that_has_hardly_anything_to_show_is_described_all_the_same(tmp_path: Path) -> None:
    folder = tmp_path / "seeds" / "cold"
    folder.mkdir(parents=True)
    (folder / "article.txt").write_text("It is cold.", "utf-8")
    (folder / "facts.yaml").write_text(WITHHELD, "utf-8")
    build(folder.parent, tmp_path / "facts.db")
    with serving(tmp_path / "facts.db") as client:
        answer = client.get("/openapi.json")
        assert answer.status_code == 200
        paths = answer.json()["paths"]
    sentences = paths["/v1/articles/{id}/sentences"]["get"]["responses"]["200"]["content"]["application/json"]
    assert "example" not in sentences


EXPORTS = r"\.(csv|ndjson)$"
"""Paths that take the parameters of their lists."""


@pytest.mark.parametrize(("phases", "left_out"), [("examples,coverage,stateful", EXPORTS), ("fuzzing", None)])
def test_generated_requests_find_nothing_undeclared(
    address: str, contract: Contract, tmp_path: Path, phases: str, left_out: str | None
) -> None:
    command = [
        *(sys.executable, "-m", "schemathesis.cli", "--config-file", str(ROOT / "tests" / "schemathesis.toml")),
        *("run", f"{address}/openapi.json", "--phases", phases, "--checks", CHECKS, "--max-examples", "15"),
        *("--seed", "20250610", "--generation-deterministic", "--no-color"),
        *(["--exclude-path-regex", left_out] if left_out else []),
    ]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    paths = contract.document["paths"]
    selected = [path for path in paths if not (left_out and re.search(left_out, path))]
    assert f"Selected: {len(selected)}/{len(paths)}" in done.stdout
