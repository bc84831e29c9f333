"""A TypeScript and a Python client generate from the OpenAPI document, compile, and work against a live server."""

import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
SECONDS = 120
"""How long a single step may take before it counts as hung."""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a live server, on a free port and a dataset of its own."""
    folder = tmp_path_factory.mktemp("server")
    log = folder / "stderr"
    settings = {name: value for name, value in os.environ.items() if not name.startswith("FACTS_")}
    settings["FACTS_DATABASE"] = str(folder / "facts.sqlite")
    command = [sys.executable, "-m", "app", "serve", "--port", "0"]
    with log.open("w") as stderr, subprocess.Popen(command, cwd=ROOT, env=settings, stderr=stderr) as process:
        try:
            yield _ready(process, log)
        finally:
            process.terminate()


def _ready(process: subprocess.Popen[bytes], log: Path) -> str:
    """The address that the server says it serves at, once it answers there."""
    deadline = time.monotonic() + SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        if said := re.search(r"serving (http://\S+:\d+)", log.read_text()):
            base = said[1]
            try:
                if httpx.get(f"{base}/readyz").is_success:
                    return base
            except httpx.TransportError:
                pass
        time.sleep(0.05)
    pytest.fail(f"the server did not start:\n{log.read_text()}")


@pytest.fixture(scope="module")
def document(server: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The OpenAPI document, as the server gives it out."""
    file = tmp_path_factory.mktemp("document") / "openapi.json"
    file.write_bytes(httpx.get(f"{server}/openapi.json").raise_for_status().content)
    return file


@pytest.fixture(scope="module")
def operations(document: Path) -> list[dict[str, Any]]:
    paths = json.loads(document.read_text())["paths"]
    return [operation for item in paths.values() for operation in item.values()]


@pytest.fixture(scope="module")
def python_client(document: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The generated package; a warning of the generator means that it left something out, and fails."""
    folder = tmp_path_factory.mktemp("python")
    package = folder / "article_facts_client"
    config = folder / "config.json"
    # Two media types that the generator does not know are ones that it does: lines of text, and bytes.
    known = {"application/x-ndjson": "text/plain", "application/vnd.sqlite3": "application/octet-stream"}
    config.write_text(json.dumps({"post_hooks": [], "content_type_overrides": known}))
    generator = Path(sysconfig.get_path("scripts"), "openapi-python-client")
    options = ("--meta", "none", "--fail-on-warning", "--config", config, "--output-path", package)
    said = _run(generator, "generate", "--path", document, *options, cwd=folder)
    assert "warning" not in said.lower(), said
    return package


def test_python_client_has_every_operation_and_parameter(python_client: Path, operations: list[dict[str, Any]]) -> None:
    modules = {file.stem: file.read_text() for file in python_client.glob("api/*/*.py")}
    assert not {operation["operationId"] for operation in operations} - set(modules)
    for operation in operations:
        queried = {item["name"] for item in operation.get("parameters", []) if item["in"] == "query"}
        assert set(re.findall(r'^    params\["(.+?)"\]', modules[operation["operationId"]], re.M)) == queried


def test_python_client_and_its_consumer_type_check(python_client: Path, tmp_path: Path) -> None:
    options = ("--strict", "--config-file=", "--cache-dir", tmp_path)
    _run(sys.executable, "-m", "mypy", *options, python_client, HERE / "python_consumer.py", cwd=python_client.parent)


def test_python_consumer_finds_the_quotes(python_client: Path, server: str, tmp_path: Path) -> None:
    environment = os.environ | {"PYTHONPATH": str(python_client.parent), "PYTHONDONTWRITEBYTECODE": "1"}
    command = (sys.executable, HERE / "python_consumer.py", server, "howard-lutnick")
    said = _run(*command, cwd=tmp_path, environment=environment)
    assert re.search(r"^[1-9]\d* statements .* [1-9]\d* quotes found$", said, re.M), said


@pytest.fixture(scope="module")
def typescript_project(document: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the consumer with its tools installed and the types generated."""
    _npm()
    project = tmp_path_factory.mktemp("typescript") / "consumer"
    shutil.copytree(HERE / "typescript", project, ignore=shutil.ignore_patterns("node_modules", "built"))
    shutil.copy(document, project)
    _run(_npm(), "ci", "--ignore-scripts", cwd=project)
    said = _run(_npm(), "run", "--silent", "generate", cwd=project)
    assert "warn" not in said.lower(), said
    return project


def _npm() -> str:
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        missing = pytest.fail if os.environ.get("CI") else pytest.skip
        missing("the TypeScript client was not tried: node and npm are not both installed")
    return npm


def test_typescript_client_has_every_operation(typescript_project: Path, operations: list[dict[str, Any]]) -> None:
    types = (typescript_project / "openapi.d.ts").read_text()
    assert not [each["operationId"] for each in operations if f"    {each['operationId']}: {{" not in types]


def test_typescript_consumer_compiles_and_finds_the_quotes(typescript_project: Path, server: str) -> None:
    _run(_npm(), "run", "--silent", "check", cwd=typescript_project)
    said = _run(_npm(), "run", "--silent", "start", server, cwd=typescript_project)
    assert re.search(r"^[1-9]\d* statements, [1-9]\d* quotes found", said, re.M), said


def test_typescript_tools_are_pinned_without_addresses() -> None:
    package = json.loads((HERE / "typescript/package.json").read_text())
    lock = (HERE / "typescript/package-lock.json").read_text()
    assert "://" not in lock
    assert json.loads(lock)["packages"][""]["devDependencies"] == package["devDependencies"]
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in package["devDependencies"].values())


def _run(*command: str | Path, cwd: Path, environment: dict[str, str] | None = None) -> str:
    """Run a command to its good end, and give what it said."""
    done = subprocess.run(
        command,
        cwd=cwd,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        timeout=SECONDS,
        check=False,
    )
    assert done.returncode == 0, f"{' '.join(map(str, command))} ended with {done.returncode}:\n{done.stdout}"
    return done.stdout
