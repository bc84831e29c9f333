"""One dataset and one server for all tests, and a client that holds every answer against the OpenAPI document."""

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.main import Application, create_app, listen, server_for
from app.references import Kind
from app.seeding.build import build
from app.settings import Settings
from tests.asking import walk
from tests.contract import Contract
from tests.evaluate import Document, Documents

ROOT = Path(__file__).parents[1]
SEEDS = ROOT / "seeds"


@pytest.fixture(scope="session")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The dataset of the committed seeds."""
    file = tmp_path_factory.mktemp("dataset") / "facts.db"
    build(SEEDS, file)
    return file


@pytest.fixture(scope="session")
def app(database: Path) -> Application:
    """The application on the dataset."""
    return create_app(Settings(database=database, port=0))


@pytest.fixture(scope="session")
def address(app: Application) -> Iterator[str]:
    """Where the application is being served."""
    with running(app) as url:
        yield url


@pytest.fixture
def forgetful(database: Path) -> Iterator[tuple[Application, httpx.Client]]:
    """An application that keeps no answers, and a client of it: what it does for a request it does each time."""
    app = create_app(Settings(database=database, port=0, cache_bytes=0))
    with running(app) as url, httpx.Client(base_url=url, timeout=30) as client:
        yield app, client


class running:  # noqa: N801  (a context manager, used like a function)
    """Serves an application on a free port, in a thread."""

    def __init__(self, app: Application) -> None:
        self.server = server_for(app)
        self.listener = listen(Settings(port=0))
        self.thread = threading.Thread(target=self.server.run, kwargs={"sockets": [self.listener]})

    def __enter__(self) -> str:
        self.thread.start()
        url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        # The socket listens already: the first request waits until the server takes it.
        httpx.get(f"{url}/healthz", timeout=30).raise_for_status()
        return url

    def __exit__(self, *_: object) -> None:
        self.server.should_exit = True
        self.thread.join()
        self.listener.close()


@contextmanager
def serving(database: Path) -> Iterator[httpx.Client]:
    """A client of a server on a dataset of one's own."""
    with (
        running(create_app(Settings(database=database, port=0))) as url,
        httpx.Client(base_url=url, timeout=30) as client,
    ):
        yield client


@pytest.fixture(scope="session")
def contract(address: str) -> Contract:
    """The OpenAPI document, as the server gives it."""
    return Contract(httpx.get(f"{address}/openapi.json", timeout=30).json())


@pytest.fixture(scope="session")
def http(address: str) -> Iterator[httpx.Client]:
    """A client whose answers nobody checks."""
    with httpx.Client(base_url=address, timeout=30) as client:
        yield client


@pytest.fixture(scope="session")
def api(http: httpx.Client, contract: Contract) -> Callable[..., httpx.Response]:
    """GET, with the answer held against the OpenAPI document."""
    return checked(http, contract)


def checked(client: httpx.Client, contract: Contract) -> Callable[..., httpx.Response]:
    """GET through a client, with the answer held against an OpenAPI document."""

    def get(url: str, **options: Any) -> httpx.Response:
        response = client.get(url, **options)
        contract.check(response)
        return response

    return get


@pytest.fixture(scope="session")
def fisheries(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., httpx.Response]]:
    """GET from the dataset of three articles that agree, differ and use many scripts, one of them withheld."""
    file = tmp_path_factory.mktemp("fisheries") / "facts.db"
    build(ROOT / "tests" / "articles" / "fisheries", file)
    with running(create_app(Settings(database=file, port=0))) as url, httpx.Client(base_url=url, timeout=30) as client:
        yield checked(client, Contract(client.get("/openapi.json").json()))


@pytest.fixture(scope="session")
def documents(api: Callable[..., httpx.Response], contract: Contract) -> Documents:
    """All records, as the lists give them."""
    return {path.split("/")[2]: list(walk(api, path, {"limit": "200"})) for path in contract.lists}


@pytest.fixture(scope="session")
def records(documents: Documents) -> dict[str, Document]:
    """All records in full, by their href."""
    return {item["href"]: item for kind in Kind for item in documents[kind]}


def missing(part: str) -> None:
    """Skip a test where a part of the machine is missing; in CI that is a failure."""
    if os.environ.get("CI"):
        pytest.fail(f"{part} is missing")
    pytest.skip(f"{part} is missing on this machine")
