"""Pages for people: the documentation, and what each kind of problem means."""

import html
from importlib.resources import files

from fastapi import FastAPI, Request
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from app.errors import PROBLEMS

STATIC = files("app") / "static"
TYPES = {".js": "text/javascript", ".css": "text/css"}
FILES = {
    "swagger-ui-bundle.js": STATIC / "swagger-ui" / "swagger-ui-bundle.js",
    "swagger-ui.css": STATIC / "swagger-ui" / "swagger-ui.css",
    "docs.js": STATIC / "docs.js",
    "page.css": STATIC / "page.css",
}
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


def install(app: FastAPI) -> None:
    """Add the pages to the application; they are no part of its OpenAPI document."""
    documentation = (STATIC / "docs.html").read_bytes()
    contents = {name: file.read_bytes() for name, file in FILES.items()}

    @app.get("/", include_in_schema=False)
    async def home() -> Response:
        return RedirectResponse("/docs")

    @app.get("/docs", include_in_schema=False)
    async def docs() -> Response:
        return _page(documentation)

    @app.get("/problems/{name}", include_in_schema=False)
    async def problem(name: str) -> Response:
        if name not in PROBLEMS:
            raise HTTPException(404)
        return _page(_problem(name).encode())

    @app.get("/static/{name}", include_in_schema=False)
    async def static(name: str, request: Request) -> Response:
        if name not in contents:
            raise HTTPException(404)
        media_type = next(kind for ending, kind in TYPES.items() if name.endswith(ending))
        return Response(contents[name], media_type=media_type)


def _page(content: bytes) -> Response:
    return Response(content, media_type="text/html", headers={"Content-Security-Policy": POLICY})


def _problem(name: str) -> str:
    """The page that explains a kind of problem."""
    kind = PROBLEMS[name]
    others = "".join(
        f'<li><a href="/problems/{other}">{html.escape(item.title)}</a> ({item.status})</li>'
        for other, item in PROBLEMS.items()
    )
    return f"""<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>{html.escape(kind.title)}</title>
  <link rel="icon" href="data:,">
  <link rel="stylesheet" href="/static/page.css">
</head>
<body><main>
  <p>Problem <code>{name}</code>, status {kind.status}</p>
  <h1>{html.escape(kind.title)}</h1>
  <p>{html.escape(kind.about)}</p>
  <h2>All kinds of problems</h2>
  <ul>{others}</ul>
  <p><a href="/docs">API documentation</a></p>
</main></body>
</html>
"""
