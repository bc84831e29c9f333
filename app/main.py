"""The application: resources mounted, errors shaped, HTTP around it."""

import asyncio
import logging
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from importlib import import_module
from typing import Any

import uvicorn
from fastapi import FastAPI
from starlette_compress import CompressMiddleware, add_compress_type

from app import __version__, errors, openapi, pages
from app.database import LiveDataset
from app.dataset_file import DatasetError
from app.endpoints import StrictRoute
from app.http import HttpMiddleware, ProblemProtocol
from app.references import Kind
from app.settings import Settings

MODULES = (*(kind.replace("-", "_") for kind in Kind), "facts", "passages", "quotes", "search", "dataset", "service")
"""A module of `app.resources` for each kind, and those for what spans them."""
OWN: Any = {"openapi_url": None, "docs_url": None, "redoc_url": None, "redirect_slashes": False}
"""What FastAPI would add by itself, and what we serve in our own way."""
QUIET = {"server_header": False, "access_log": False, "log_level": "warning"}
SERVER: Any = QUIET | {"http": ProblemProtocol, "timeout_graceful_shutdown": 5, "h11_max_incomplete_event_size": 2**16}


def create_app(settings: Settings) -> FastAPI:
    """The application on an existing dataset; DatasetError says why one cannot be served."""
    live = LiveDataset(settings.database, settings.query_seconds, settings.reload_seconds, settings.export_seconds)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        watching = asyncio.create_task(live.watch())
        yield
        watching.cancel()
        with suppress(asyncio.CancelledError):
            await watching

    app = FastAPI(title="Article facts", version=__version__, description=openapi.DESCRIPTION, lifespan=lifespan, **OWN)
    app.state.live = live
    app.router.route_class = StrictRoute
    for name in MODULES:
        app.include_router(import_module(f"app.resources.{name}").router)
    errors.install(app)
    openapi.install(app)
    pages.install(app)
    add_compress_type(errors.PROBLEM_TYPE)
    app.add_middleware(CompressMiddleware)
    app.add_middleware(HttpMiddleware, live=live, router=app.router)
    return app


def listen(settings: Settings) -> socket.socket:
    """A socket that listens where the settings say; DatasetError where that cannot be."""
    try:
        family = socket.getaddrinfo(settings.host, settings.port, type=socket.SOCK_STREAM)[0][0]
        listener = socket.create_server((settings.host, settings.port), family=family, backlog=2048)
    except OSError as error:
        why = (error.strerror or str(error)).partition(" (")[0].lower()
        raise DatasetError(f"cannot listen on {settings.host}:{settings.port}: {why}") from None
    # Inherited by the connections: without it each answer waits 40 ms for the client to acknowledge its headers.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


def server_for(app: FastAPI) -> uvicorn.Server:
    """The server, not yet running."""
    return uvicorn.Server(uvicorn.Config(app, **SERVER))


def serve(settings: Settings) -> int:
    """Run the server until it is stopped."""
    logging.basicConfig(level=logging.INFO, format="%(levelname)s: %(message)s")
    app = create_app(settings)
    with listen(settings) as listener, suppress(KeyboardInterrupt):
        host, port = listener.getsockname()[:2]
        shown = f"[{host}]" if ":" in host else host
        logging.getLogger(__name__).info("serving http://%s:%s (documentation at /docs); Ctrl+C stops it", shown, port)
        server_for(app).run(sockets=[listener])
    return 0
