"""Addresses of requests like the present one."""

import re
from collections.abc import Iterable, Sequence
from urllib.parse import quote_plus

PLAIN = re.compile(r"[\w.~,:-]*", re.ASCII)
"""Texts that stand for themselves in a query."""
PLAIN_QUERY = re.compile(r"[\w.~,:-]+=[\w.~,:-]*(?:&[\w.~,:-]+=[\w.~,:-]*)*", re.ASCII)
"""The same of a whole query."""


def changed(path: str, pairs: Iterable[tuple[str, str]], but: Sequence[str] = (), **values: str) -> str:
    """A request with some parameters changed or, where the value is empty, left out; without its place in the list."""
    out = {"cursor", "offset", *but, *values}
    asked = [pair for pair in pairs if pair[0] not in out]
    asked += [pair for pair in values.items() if pair[1]]
    return whole(path, as_query(asked))


def whole(path: str, query: str) -> str:
    """A path with a query, if there is one."""
    return f"{path}?{query}" if query else path


def as_query(pairs: Sequence[tuple[str, str]]) -> str:
    """Parameters as a query has them."""
    query = "&".join(map("=".join, pairs))
    if PLAIN_QUERY.fullmatch(query) and query.count("=") == len(pairs):
        return query
    return "&".join([f"{encoded(name)}={encoded(value)}" for name, value in pairs])


def encoded(text: str) -> str:
    """A text as a query has it."""
    # Most texts need no encoding, and looking whether they do takes a tenth of the time.
    return text if PLAIN.fullmatch(text) else quote_plus(text, safe=",:")
