"""What can be asked of a list, read off the OpenAPI document, and what it should find."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
from fastapi import FastAPI

from app.models import RESOURCES
from tests import evaluate
from tests.contract import Contract, Parameter
from tests.evaluate import Document, Documents

Api = Callable[..., httpx.Response]
LISTS = ["/v1/facts", "/v1/timeline", *(f"/v1/{kind}" for kind in RESOURCES)]
DATES = ["2025", "2025-05", "2025-06", "2025-06-09", "2025-06-10", "2025-05/2025-06-09", "2024", "2026-01-01"]
SINGLE = ("limit", "offset", "cursor", "date_match", "dataset", "facet_limit", "from", "to", "bucket", "q")
OWN = (*SINGLE, "sort", "include", "facet")
"""Parameters of lists that are no filters."""


def walk(api: Api, path: str, parameters: dict[str, str]) -> Iterator[Document]:
    """All records of a list, page by page."""
    url: str | None = str(httpx.URL(path, params=parameters))
    while url:
        answer = api(url).json()
        yield from answer["data"]
        url = answer["page"]["next"]


def ids(items: list[Document]) -> list[tuple[str, str]]:
    return [(item["kind"], item["id"]) for item in items]


def filters(contract: Contract, path: str) -> list[Parameter]:
    return [parameter for parameter in contract.parameters(path) if parameter.name not in OWN]


def candidates(documents: Documents, path: str, parameter: Parameter) -> list[list[str]]:
    """Values to ask for: all that occur, several at once, and one that does not."""
    if parameter.operator == "isnull":
        return [["true"], ["false"]]
    values = [evaluate.value_of(documents, item, parameter.base) for item in documents[path.split("/")[2]]]
    flat = [item for value in values for item in (value if isinstance(value, list) else [value])]
    flat = [item for item in flat if evaluate.plain(item) is not None]
    items = parameter.schema.get("items", parameter.schema)
    if items.get("x-format") == "edtf":
        wanted = [[date] for date in DATES]
    elif "enum" in items:
        wanted = [[name] for name in items["enum"]]
    elif items.get("type") == "boolean":
        wanted = [["true"], ["false"]]
    else:
        known = sorted({spoken(item, parameter.base) for item in flat})
        wanted = [[name] for name in known] + ([known[:2]] if len(known) > 1 else [])
        if items.get("type") in ("integer", "number"):
            wanted += [["0"], ["7"]]
        elif "pattern" not in items:
            wanted += [["Nowhere"], ["%"], ["_"]]
    return wanted if parameter.is_list else [item for item in wanted if len(item) == 1]


def spoken(value: Any, name: str) -> str:
    """A value as one asks for it."""
    if isinstance(value, dict):
        if name == "about":
            return "/".join(value["href"].split("/")[2:])
        return str(value["value"] if "comparator" in value else value["id"])
    return str(value)


def holds(documents: Documents, item: Document, parameter: Parameter, wanted: list[str], certain: bool) -> bool:
    value = evaluate.value_of(documents, item, parameter.base)
    if parameter.base == "about" and parameter.operator != "isnull":
        return bool({spoken(ref, "about") for ref in value} & set(wanted)) is (parameter.operator == "eq")
    return evaluate.satisfies(value, parameter.operator, wanted, certain)


@contextmanager
def statements(app: FastAPI) -> Iterator[list[str]]:
    """The SQL statements that an application asks of its dataset meanwhile."""
    seen: list[str] = []

    def note(statement: str) -> None:
        # What the search engine asks of its own tables is a remark, or names the file.
        if not statement.startswith("--") and "'main'." not in statement:
            seen.append(statement)

    dataset = app.state.live.current
    connections = [reader._raw for reader in (dataset._reader, dataset.walker)]
    for connection in connections:
        connection.set_trace_callback(note)
    try:
        yield seen
    finally:
        for connection in connections:
            connection.set_trace_callback(None)


CONTRACT = ("http", "queries", "every_resource", "provenance")
"""The tests of the contract over HTTP."""


@contextmanager
def holding_the_contract(cache_bytes: int) -> Iterator[None]:
    """Runs the tests of the contract, with so much room for answers, beside what is done meanwhile."""
    folder = Path(__file__).parent
    files = [str(folder / f"test_{name}.py") for name in CONTRACT]
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:xdist", "-p", "no:cacheprovider", *files]
    environment = os.environ | {"FACTS_CACHE_BYTES": str(cache_bytes)}
    with subprocess.Popen(command, cwd=folder.parent, env=environment, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield
            said = process.communicate()[0]
        finally:
            process.kill()
    assert process.returncode == 0, said[-3_000:]
