"""Pages: how one is asked for by its place, and what an answer tells of it in its body and its headers."""

from typing import Annotated

from fastapi import Request
from pydantic import Field

from app.endpoints import RawHeaders, pairs_of, path_of
from app.models import Page
from app.parameters import WHOLE
from app.queries import DEFAULT_LIMIT, LARGEST_LIMIT, LARGEST_OFFSET, NoParameters
from app.urls import changed


class PagedQuery(NoParameters):
    """The parameters of what is read page by page, but is no list of records."""

    limit: Annotated[int, Field(ge=1, le=LARGEST_LIMIT), WHOLE] = DEFAULT_LIMIT
    """How many items a page has at most."""
    offset: Annotated[int, Field(ge=0, le=LARGEST_OFFSET), WHOLE] = 0
    """How many items to pass over."""


def page(request: Request, query: PagedQuery, total: int, returned: int, furthest: int = LARGEST_OFFSET) -> Page:
    """Where a page stands that was asked for by its offset."""
    pairs, limit, offset = pairs_of(request), query.limit, query.offset
    following, before = offset + limit, max(min(offset, total) - limit, 0)
    has_next = returned and following < total and following <= furthest
    return Page(
        total=total,
        limit=limit,
        returned=returned,
        next=changed(path_of(request), pairs, offset=str(following)) if has_next else None,
        prev=changed(path_of(request), pairs, offset=str(before)) if offset and total else None,
    )


def headers(total: int, following: str | None, before: str | None) -> RawHeaders:
    """What the headers say of a page: how many there are in all, and the URLs of the next one and the one before."""
    count = (b"x-total-count", b"%d" % total)
    if following is None and before is None:
        return [count]
    links = f'<{following}>; rel="next"' if following else ""
    links += (", " if links and before else "") + (f'<{before}>; rel="prev"' if before else "")
    return [count, (b"link", links.encode("latin-1"))]
