"""Pages for people: the documentation, and what each kind of problem means."""

import html
from importlib.resources import files
from mimetypes import guess_type
from string import Template
from typing import NoReturn

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from app.errors import PROBLEMS
from app.queries import Nothing

STATIC = files("app") / "static"
FILES = {file: STATIC / file for file in ("docs.js", "page.css")}
FILES |= {file: STATIC / "swagger-ui" / file for file in ("swagger-ui-bundle.js", "swagger-ui.css")}
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


def install(app: FastAPI) -> None:
    """Add the pages to the application; they are no part of its OpenAPI document."""
    contents = {name: file.read_bytes() for name, file in FILES.items()}
    documentation = (STATIC / "docs.html").read_text("utf-8")
    template = Template((STATIC / "problem.html").read_text("utf-8"))

    @app.get("/", include_in_schema=False)
    async def home(query: Nothing) -> Response:
        return RedirectResponse("/docs")

    @app.get("/docs", include_in_schema=False)
    async def docs(query: Nothing) -> Response:
        return _page(documentation)

    @app.get("/problems/{name}", include_in_schema=False)
    async def problem(name: str, query: Nothing) -> Response:
        kind = PROBLEMS.get(name) or missing()
        links = (
            f'<li><a href="/problems/{n}">{html.escape(k.title)}</a> ({k.status})</li>' for n, k in PROBLEMS.items()
        )
        shown = {"title": html.escape(kind.title), "about": html.escape(kind.about), "others": "".join(links)}
        return _page(template.substitute(shown, name=name, status=kind.status))

    @app.get("/static/{name}", include_in_schema=False)
    async def static(name: str, query: Nothing) -> Response:
        return Response(contents.get(name) or missing(), media_type=guess_type(name)[0])


def missing() -> NoReturn:
    """There is no such page."""
    raise HTTPException(404)


def _page(content: str) -> Response:
    return Response(content, media_type="text/html", headers={"Content-Security-Policy": POLICY})
