"""The application: resources mounted, errors shaped, HTTP around it."""

import asyncio
import gc
import logging
import os
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from importlib import import_module
from typing import Any

import uvicorn
from fastapi import FastAPI
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette_compress import add_compress_type
from uvicorn.supervisors import Multiprocess

from app import __version__, errors, openapi, pages
from app.answers import AnswersKept
from app.database import LiveDataset
from app.dataset_file import DatasetError
from app.endpoints import StrictRoute
from app.export import CsvResponse, NdjsonResponse
from app.http import HttpMiddleware
from app.protocol import ProblemProtocol
from app.references import Kind
from app.settings import PREFIX, Settings

MODULES = (*(kind.replace("-", "_") for kind in Kind), "facts", "passages", "quotes", "search", "dataset", "service")
"""A module of `app.resources` for each kind, and those for what spans them."""
OWN: Any = {"openapi_url": None, "docs_url": None, "redoc_url": None, "redirect_slashes": False}
"""What FastAPI would add by itself, and what we serve in our own way."""
QUIET = {"server_header": False, "proxy_headers": False, "access_log": False, "log_level": "warning"}
SERVER: Any = QUIET | {"http": ProblemProtocol, "ws": "none", "timeout_graceful_shutdown": 5}


COLLECTED = 20_000, 50, 50
"""After how many new objects the collector looks for rings of them: an answer leaves none behind."""
LOG = "%(levelname)s: %(message)s"


class Application(FastAPI):
    """FastAPI, with our own layers before its own: what they answer costs it nothing."""

    way_in: HttpMiddleware

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            scope["app"] = self
            await self.way_in(scope, receive, send)
        else:
            await self.answer(scope, receive, send)

    async def answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The framework's own way."""
        await super().__call__(scope, receive, send)


def create_app(settings: Settings) -> Application:
    """The application on an existing dataset; DatasetError says why one cannot be served."""
    live = LiveDataset(settings.database, settings.query_seconds, settings.reload_seconds, settings.export_seconds)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        watching = asyncio.create_task(live.watch())
        yield
        watching.cancel()
        with suppress(asyncio.CancelledError):
            await watching

    about: Any = {"title": "Article facts", "version": __version__, "description": openapi.DESCRIPTION}
    app = Application(**about, lifespan=lifespan, **OWN)
    app.state.live, app.state.settings = live, settings
    app.router.route_class = StrictRoute
    for name in MODULES:
        # As they are: to include a router would analyse each of its routes once more.
        app.router.routes += import_module(f"app.resources.{name}").router.routes
    errors.install(app)
    openapi.install(app)
    pages.install(app)
    for media_type in (errors.PROBLEM_TYPE, CsvResponse.media_type, NdjsonResponse.media_type):
        add_compress_type(media_type)
    app.way_in = HttpMiddleware(app.answer, live, app.router)
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


def in_front(app: Application) -> AnswersKept:
    """The application as it is served: with the answers that it has given before it."""
    settings: Settings = app.state.settings
    front = AnswersKept(app, app.state.live, app.way_in, settings.cache_bytes)
    app.state.front = front
    return front


def server_for(app: Application) -> uvicorn.Server:
    """The server, not yet running."""
    return uvicorn.Server(uvicorn.Config(in_front(app), **SERVER))


def worker() -> ASGIApp:
    """What one of several processes serves: the settings come from the environment."""
    logging.basicConfig(level=logging.INFO, format=LOG)
    return in_front(_settled(create_app(Settings())))


def _settled(app: Application) -> Application:
    """An application that is whole: what it is made of is not looked through for what could be thrown away."""
    gc.freeze()
    gc.set_threshold(*COLLECTED)
    return app


def serve(settings: Settings) -> int:
    """Run the server until it is stopped."""
    logging.basicConfig(level=logging.INFO, format=LOG)
    # Also where others serve: what is wrong with the dataset is said once, and before there are any.
    app = _settled(create_app(settings))
    with listen(settings) as listener, suppress(KeyboardInterrupt):
        host, port = listener.getsockname()[:2]
        shown = f"[{host}]" if ":" in host else host
        logging.getLogger(__name__).info("serving http://%s:%s (documentation at /docs); Ctrl+C stops it", shown, port)
        if settings.workers == 1:
            server_for(app).run(sockets=[listener])
        else:
            os.environ |= {PREFIX + name.upper(): str(value) for name, value in settings.model_dump().items()}
            several = uvicorn.Config("app.main:worker", factory=True, workers=settings.workers, **SERVER)
            Multiprocess(several, sockets=[listener]).run()
    return 0
