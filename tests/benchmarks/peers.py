"""The servers that are compared: the project's own, and its peers on the same file.

Each peer says how it is installed into the work folder, how it is started in its fastest sensible configuration, and
how it is asked for the statements that a condition describes.
"""

import getpass
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any
from urllib.parse import quote

import httpx

from tests.benchmarks.bare import Answer
from tests.benchmarks.conditions import PAGE, Condition, Template
from tests.benchmarks.progress import say
from tests.benchmarks.servers import HOST, NotMeasuredError, Server, free_port

ROOT = Path(__file__).parents[2]
INSTALL_SECONDS = 120
OWN = Template(
    f"/v1/statements?party={{party}}&said_on__gte={{start}}&said_on__lte={{end}}&sort={{order}}&limit={PAGE}",
    "said_on",
    "-said_on",
)


@dataclass(frozen=True)
class Bench:
    """Where everything lies, and which cores are whose."""

    application: Path
    """The folder of the application that is measured."""
    work: Path
    server_cores: tuple[int, ...] = ()
    load_cores: tuple[int, ...] = ()
    settings: frozenset[str] = frozenset()
    """The names of the settings that the application knows."""

    def own(self, name: str, database: Path, settings: Mapping[str, object] = MappingProxyType({})) -> Server:
        """The project's server on a dataset."""
        port = free_port()
        environment = {f"FACTS_{key.upper()}": str(value) for key, value in settings.items()}
        return Server(
            name,
            [sys.executable, "-m", "app", "serve", "--database", str(database), "--host", HOST, "--port", str(port)],
            port,
            folder=self.application,
            log=self.log(name),
            ready="/v1/statements?limit=1",
            environment=environment,
            cores=self.server_cores,
        )

    def log(self, name: str) -> Path:
        """The file to which a server's output goes."""
        return self.work / "logs" / f"{re.sub(r'[^a-z0-9]+', '-', name.lower())}.log"

    @property
    def uncached(self) -> dict[str, object]:
        """The settings that switch the cache of answers off, as far as there is one."""
        return {"cache_bytes": 0} if "cache_bytes" in self.settings else {}

    @property
    def tools(self) -> Path:
        """The environment into which peers are installed."""
        return self.work / "peers"


def known_settings(application: Path) -> frozenset[str]:
    """The names of the settings of an application."""
    asked = "import json; from app.settings import Settings; print(json.dumps(list(Settings.model_fields)))"
    ended = subprocess.run(
        [sys.executable, "-c", asked], cwd=application, capture_output=True, text=True, check=False, timeout=60
    )
    if ended.returncode:
        raise NotMeasuredError(f"{application} is no folder of this application: {ended.stderr.strip()[-200:]}")
    return frozenset(json.loads(ended.stdout))


@dataclass(frozen=True)
class Stack:
    """What a server of the same kind is made of: read off the running one, whatever its code says."""

    http: str
    loop: str

    @classmethod
    def of(cls, server: Server) -> "Stack":
        """The stack of a running server."""
        http = "httptools" if server.has_loaded("httptools") else "h11"
        return cls(http, "uvloop" if server.has_loaded("uvloop") else "asyncio")

    @property
    def options(self) -> list[str]:
        """As options of the command line."""
        return ["--http", self.http, "--loop", self.loop]


@dataclass(frozen=True)
class Given:
    """What a peer is made for."""

    bench: Bench
    database: Path
    stack: Stack
    captured: Path
    """The answer that the project's server gave, as a file."""


@dataclass(frozen=True)
class Peer:
    """A server that is compared with the project's."""

    name: str
    about: str
    """What it is and how it is configured."""
    make: Callable[["Peer", Given], Server]
    version: Callable[[Bench], str]
    template: Template | None = None
    """How it is asked for a condition; None where it answers all requests alike."""
    total: Callable[[httpx.Response], int | None] = lambda _: None
    """How many statements there are, as an answer says."""
    is_context: bool = False
    """Whether it is there for comparison only: it is loaded with requests that never repeat, and no goal needs it."""
    is_unchanged: bool = False
    """Whether it answers 304 to everything; it counts as part of the peer of which it is another process."""

    def url(self, condition: Condition) -> str:
        """The path that asks for a condition."""
        return self.template.url(condition) if self.template else "/answer.json"


# ----------------------------------------------------------------------------------------------------- installing


def _run(command: Sequence[str | Path], seconds: float = INSTALL_SECONDS, folder: Path | None = None) -> str:
    """The output of a command; NotMeasuredError where it fails."""
    shown = " ".join(Path(command[0]).name if place == 0 else str(it) for place, it in enumerate(command[:4]))
    try:
        ended = subprocess.run(
            [str(it) for it in command], capture_output=True, text=True, check=False, timeout=seconds, cwd=folder
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NotMeasuredError(f"{shown}: {error.__class__.__name__}") from None
    if ended.returncode:
        said = (ended.stderr or ended.stdout).strip().splitlines()[-1:]
        raise NotMeasuredError(f"{shown} failed: {said[0][:200] if said else ended.returncode}")
    return ended.stdout + ended.stderr


def python_package(bench: Bench, package: str, script: str = "") -> Path:
    """A program of a Python package, installed into the work folder."""
    program = bench.tools / "bin" / (script or package)
    if not program.exists():
        say(f"installing {package}")
        python = bench.tools / "bin" / "python"
        if not python.exists():
            # Without a pip of its own, which takes longer to install than the package: the project's does it.
            _run([sys.executable, "-m", "venv", "--without-pip", bench.tools])
        quiet = ["--quiet", "--disable-pip-version-check", "--no-input"]
        _run([sys.executable, "-m", "pip", "--python", python, "install", *quiet, package])
    if not program.exists():
        raise NotMeasuredError(f"{package} was installed and has no {program.name}")
    return program


def node_package(bench: Bench, package: str) -> Path:
    """A program of a Node package, installed into the work folder."""
    program = bench.work / "node" / "node_modules" / ".bin" / package
    if not program.exists():
        if shutil.which("npm") is None:
            raise NotMeasuredError("npm is missing; on Debian: apt-get install npm")
        say(f"installing {package}")
        (bench.work / "node").mkdir(parents=True, exist_ok=True)
        _run(["npm", "install", "--no-audit", "--no-fund", "--prefix", bench.work / "node", package])
    return program


def _installed(bench: Bench, package: str) -> str:
    asked = f"from importlib.metadata import version; print(version({package!r}))"
    return _run([bench.tools / "bin" / "python", "-c", asked]).strip()


def _own_version(package: str) -> str:
    from importlib.metadata import version

    return version(package)


# ------------------------------------------------------------------------------------------------- the project's own


def _own(peer: Peer, given: Given) -> Server:
    return given.bench.own(peer.name, given.database)


def _project_version(bench: Bench) -> str:
    return _run([sys.executable, "-c", "import app; print(app.__version__)"], folder=bench.application).strip()


def _bare(peer: Peer, given: Given) -> Server:
    port = free_port()
    command = [sys.executable, "-m", "tests.benchmarks.bare", "--answer", str(given.captured), "--port", str(port)]
    return Server(
        peer.name,
        [*command, *given.stack.options],
        port,
        folder=ROOT,
        log=given.bench.log(peer.name),
        ready="/",
        cores=given.bench.server_cores,
    )


def _textbook(peer: Peer, given: Given) -> Server:
    port = free_port()
    command = [
        sys.executable,
        "-m",
        "tests.benchmarks.textbook",
        "--database",
        str(given.database),
        "--port",
        str(port),
    ]
    return Server(
        peer.name,
        [*command, *given.stack.options],
        port,
        folder=ROOT,
        log=given.bench.log(peer.name),
        ready="/statements?limit=1",
        cores=given.bench.server_cores,
    )


# -------------------------------------------------------------------------------------------------------- the others


def _datasette(peer: Peer, given: Given, *settings: str) -> Server:
    program = python_package(given.bench, "datasette")
    counts = given.bench.work / "datasette-counts.json"
    _run([program, "inspect", given.database, "--inspect-file", counts])
    port = free_port()
    return Server(
        peer.name,
        [
            *(str(program), "serve", "--immutable", str(given.database), "--inspect-file", str(counts)),
            *("--setting", "suggest_facets", "off", *settings, "--host", HOST, "--port", str(port)),
        ],
        port,
        folder=given.bench.work,
        log=given.bench.log(peer.name),
        ready="/-/versions.json",
        cores=given.bench.server_cores,
    )


def _roapi(peer: Peer, given: Given) -> Server:
    program = python_package(given.bench, "roapi")
    port = free_port()
    others = ["--addr-postgres", f"{HOST}:{free_port()}", "--addr-flight-sql", f"{HOST}:{free_port()}"]
    return Server(
        peer.name,
        [str(program), "--addr-http", f"{HOST}:{port}", *others, "--table", f"statements=sqlite://{given.database}"],
        port,
        folder=given.bench.work,
        log=given.bench.log(peer.name),
        ready="/api/tables/statements?limit=1",
        environment={"RUST_LOG": "warn"},
        cores=given.bench.server_cores,
    )


def _json_server(peer: Peer, given: Given) -> Server:
    program = node_package(given.bench, "json-server")
    with closing(sqlite3.connect(f"file:{given.database}?mode=ro", uri=True)) as connection:
        connection.row_factory = sqlite3.Row
        rows = [dict(row) for row in connection.execute("SELECT * FROM statements")]
    file, port = given.bench.work / "json-server.json", free_port()
    file.write_text(json.dumps({"statements": rows}), "utf-8")
    return Server(
        peer.name,
        [str(program), "--quiet", "--host", HOST, "--port", str(port), str(file)],
        port,
        folder=given.bench.work,
        log=given.bench.log(peer.name),
        ready="/statements?_limit=1",
        cores=given.bench.server_cores,
    )


def _json_server_version(bench: Bench) -> str:
    described = bench.work / "node" / "node_modules" / "json-server" / "package.json"
    return str(json.loads(described.read_text("utf-8"))["version"])


def _nginx(peer: Peer, given: Given) -> Server:
    program = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")
    if program is None:
        raise NotMeasuredError("nginx is missing; on Debian: apt-get install nginx-light")
    folder, port = given.bench.work / "nginx", free_port()
    folder.mkdir(parents=True, exist_ok=True)
    answer, _ = Answer.read(given.captured)
    (folder / "answer.json").write_bytes(answer.body)
    # It writes these itself.
    own = ("content-length", "content-type", "etag", "last-modified")
    added = [(name, value) for name, value in answer.of_application if name.lower() not in own]
    headers = "\n".join(f"add_header {name} {json.dumps(value.replace('$', ''))};" for name, value in added)
    user = f"user {getpass.getuser()};" if os.geteuid() == 0 else ""
    (folder / "nginx.conf").write_text(
        f"""{user}
daemon off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/error.log error;
events {{ worker_connections 512; }}
http {{
    access_log off;
    keepalive_requests 100000000;
    default_type application/json;
    types {{ application/json json; }}
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    open_file_cache max=10;
    server {{
        listen {HOST}:{port};
        root {folder};
        {headers}
    }}
}}
""",
        "utf-8",
    )
    return Server(
        peer.name,
        [program, "-e", str(folder / "error.log"), "-p", str(folder), "-c", str(folder / "nginx.conf")],
        port,
        folder=folder,
        log=given.bench.log(peer.name),
        ready="/answer.json",
        cores=given.bench.server_cores,
    )


def _nginx_version(bench: Bench) -> str:
    program = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin") or "nginx"
    return _run([program, "-v"]).strip().rpartition("/")[2]


# ---------------------------------------------------------------------------------------------------------- the table


def _header_total(answer: httpx.Response) -> int | None:
    return int(answer.headers["x-total-count"]) if "x-total-count" in answer.headers else None


def _member(*names: str) -> Callable[[httpx.Response], int | None]:
    def total(answer: httpx.Response) -> int | None:
        found: Any = answer.json()
        for name in names:
            found = found[name]
        return int(found)

    return total


WHOLE = """
SELECT f.document, (
  SELECT count(*) FROM statements WHERE party_id = :party AND said_on_latest >= :start AND said_on_earliest <= :end
) AS total FROM statements AS s JOIN documents AS f ON f.key = s.key
WHERE s.party_id = :party AND s.said_on_latest >= :start AND s.said_on_earliest <= :end
ORDER BY s.said_on_earliest """
"""What Datasette is to run for whole records; the direction and the limit follow."""
THIS, BARE, TEXTBOOK, DATASETTE, ROAPI, JSON_SERVER, NGINX = (
    "this project",
    "bare ASGI",
    "FastAPI + SQLModel",
    "Datasette",
    "roapi",
    "json-server",
    "nginx",
)
PEERS: tuple[Peer, ...] = (
    Peer(
        THIS,
        "one worker, default settings; whole records: evidence, what is inferred, references, with the total",
        _own,
        _project_version,
        OWN,
        _member("page", "total"),
    ),
    Peer(
        BARE,
        "an ASGI application that sends this project's captured headers and bytes, on the same server, parser and loop",
        _bare,
        lambda _: f"uvicorn {_own_version('uvicorn')}",
    ),
    Peer(
        TEXTBOOK,
        "plain functions, a session for each request, a response model; the table's columns, with the total; same "
        "server, parser and loop",
        _textbook,
        lambda _: f"fastapi {_own_version('fastapi')}, sqlmodel {_own_version('sqlmodel')}",
        Template(
            "/statements?party={party}&said_from={start}&said_to={end}&newest_first={order}" + f"&limit={PAGE}",
            "false",
            "true",
        ),
        _member("total"),
    ),
    Peer(
        DATASETTE,
        "the file as immutable, its counts from `datasette inspect`, no facets; the table's columns, with the total",
        _datasette,
        lambda bench: _installed(bench, "datasette"),
        Template(
            "/facts/statements.json?party_id={party}&said_on_latest__gte={start}&said_on_earliest__lte={end}"
            f"&{{order}}=said_on_earliest&_size={PAGE}&_nofacet=1",
            "_sort",
            "_sort_desc",
        ),
        _member("filtered_table_rows_count"),
    ),
    Peer(
        ROAPI,
        "the table loaded from the file into memory; its columns, without a total, which its lists do not have",
        _roapi,
        lambda bench: _installed(bench, "roapi"),
        Template(
            "/api/tables/statements?filter[party_id]='{party}'&filter[said_on_latest]gte='{start}'"
            f"&filter[said_on_earliest]lte='{{end}}'&sort={{order}}said_on_earliest&limit={PAGE}",
            "",
            "-",
        ),
    ),
    Peer(
        JSON_SERVER,
        "the table's rows in memory; its columns, with the total in a header",
        _json_server,
        _json_server_version,
        Template(
            "/statements?party_id={party}&said_on_latest_gte={start}&said_on_earliest_lte={end}"
            f"&_sort=said_on_earliest&_order={{order}}&_limit={PAGE}",
            "asc",
            "desc",
        ),
        _header_total,
    ),
    Peer(
        f"{TEXTBOOK}, with quotes",
        "the same, and the quotes of each statement by a relationship, loaded with one more query",
        _textbook,
        lambda _: f"fastapi {_own_version('fastapi')}, sqlmodel {_own_version('sqlmodel')}",
        Template(
            "/statements-with-quotes?party={party}&said_from={start}&said_to={end}&newest_first={order}"
            f"&limit={PAGE}",
            "false",
            "true",
        ),
        _member("total"),
        is_context=True,
    ),
    Peer(
        f"{DATASETTE}, without threads",
        "the same with `num_sql_threads` 0, which is for systems without threads and happens to be faster here",
        lambda peer, given: _datasette(peer, given, "--setting", "num_sql_threads", "0"),
        lambda bench: _installed(bench, "datasette"),
        Template(
            "/facts/statements.json?party_id={party}&said_on_latest__gte={start}&said_on_earliest__lte={end}"
            f"&{{order}}=said_on_earliest&_size={PAGE}&_nofacet=1",
            "_sort",
            "_sort_desc",
        ),
        _member("filtered_table_rows_count"),
        is_context=True,
    ),
    Peer(
        f"{DATASETTE}, whole records",
        "the same, asked in SQL for the stored documents, which this project serves, with the total",
        _datasette,
        lambda bench: _installed(bench, "datasette"),
        Template(
            f"/facts.json?sql={quote(' '.join(WHOLE.split()))}+{{order}}+LIMIT+{PAGE}"
            "&party={party}&start={start}&end={end}&_shape=array",
            "ASC",
            "DESC",
        ),
        lambda answer: int(answer.json()[0]["total"]),
        is_context=True,
    ),
    Peer(NGINX, "a file with this project's captured bytes, and its headers; one worker", _nginx, _nginx_version),
)


def unchanged(peer: Peer) -> Peer:
    """The bare application for another captured answer."""
    return replace(peer, name=f"{peer.name}, 304", is_unchanged=True)
