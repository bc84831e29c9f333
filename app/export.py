"""Exports: all records that a list's filters let through, as a stream of rows or lines.

The order is found first, as a list of keys; then the records are read in batches, so that memory does not grow with
their number. Both happen in the background: nobody else has to wait.
"""

import asyncio
from array import array
from collections.abc import AsyncIterator, Callable, Sequence
from functools import partial
from types import new_class
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from pydantic_core import from_json
from sqlalchemy import select
from starlette.responses import Response, StreamingResponse

from app import filters, flat
from app.database import Dataset
from app.endpoints import Served, path_of, with_headers
from app.models import RESOURCES, Fact
from app.queries import ListQuery
from app.selection import Asked

BATCH, PIECE = 250, 64 * 1024
"""Records that are read at a time, and characters that are sent, and compressed, at a time."""
PAGING = ("limit", "offset", "cursor", "include", "facet", "facet_limit")
"""Parameters of a list that mean nothing where all of it is sent."""
Written = Callable[[list[str]], str]
"""How some documents are written."""


class CsvResponse(StreamingResponse):
    media_type = "text/csv"


class NdjsonResponse(StreamingResponse):
    media_type = "application/x-ndjson"


def add_exports(router: APIRouter, query_class: type[ListQuery]) -> None:
    """Add to a resource's router its list as `.csv` and as `.ndjson`, with the filters and the sort of its list."""
    kind = query_class.kind_asked()
    name, record = (kind.value, RESOURCES[kind].record) if kind else ("facts", Fact)
    whole: Any = new_class(
        f"{query_class.__name__}Export",
        (query_class,),
        exec_body=lambda names: names.update(without=PAGING, __module__=__name__),
    )
    columns = flat.columns(record)
    header = flat.rows([[column.name for column in columns]])

    async def as_csv(query: Any, dataset: Served, request: Request) -> Response:
        def write(documents: list[str]) -> str:
            return flat.rows([column.cell(record) for column in columns] for record in map(from_json, documents))

        return await _export(CsvResponse, dataset, query, request, write, header)

    async def as_ndjson(query: Any, dataset: Served, request: Request) -> Response:
        return await _export(NdjsonResponse, dataset, query, request, lambda documents: "\n".join([*documents, ""]))

    for ending, response, export, about in (
        ("csv", CsvResponse, as_csv, "All records that the filters let through as a table: one row each."),
        ("ndjson", NdjsonResponse, as_ndjson, "All records that the filters let through as JSON: one line each."),
    ):
        # Only here is it known which parameters they have and how they are called.
        export.__annotations__["query"] = Annotated[whole, Query()]
        called = f"export_{name}_{ending}".replace("-", "_")
        options: Any = {"name": called, "response_class": response, "description": about}
        options["responses"] = {200: with_headers("Content-Disposition")}
        router.add_api_route(f"/v1/{name}.{ending}", export, **options)


async def _export(
    response: type[StreamingResponse],
    dataset: Dataset,
    query: ListQuery,
    request: Request,
    write: Written,
    header: str = "",
) -> Response:
    selection = Asked(dataset, query, request)
    # What is wrong with the request is said now: a stream that has begun cannot be taken back.
    total = selection.total()
    key, keys = selection.form.keys[-1].column, array("q")
    for part in selection.form.parts:
        order = (term for key in selection.form.keys_of(part) for term in key.order(backward=False))
        keys += await dataset.background_numbers(selection.select(part, key).order_by(*order))
    name = path_of(request).rpartition("/")[2]
    headers = {"X-Total-Count": str(total), "Content-Disposition": f'attachment; filename="{name}"'}
    batches = stream(dataset, type(query).document, keys)

    async def body() -> AsyncIterator[str]:
        yield header
        async for documents in batches:
            # What it takes to write a few hundred rows is longer than others should wait.
            written = await dataset.in_background(partial(write, documents))
            for start in range(0, len(written), PIECE):
                # So is what it takes to compress them.
                yield written[start : start + PIECE]
                await asyncio.sleep(0)

    return response(body(), headers=headers)


async def stream(dataset: Dataset, document: Any, keys: Sequence[int]) -> AsyncIterator[list[str]]:
    """The documents of the records with these keys, in their order, in batches."""
    key = filters.plain(document).table.c.key
    for start in range(0, len(keys), BATCH):
        batch = keys[start : start + BATCH]
        rows = await dataset.background(select(key, document).where(key.in_(batch)))
        found = {row[0]: row[1] for row in map(tuple, rows)}
        yield [found[item] for item in batch]
