"""Addresses of requests like the present one."""

import re
from collections.abc import Callable, Iterable, Sequence
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
    query = "&".join(map("=".join, asked))
    if not PLAIN_QUERY.fullmatch(query) or query.count("=") > len(asked):
        query = "&".join([f"{_encoded(name)}={_encoded(value)}" for name, value in asked])
    return f"{path}?{query}" if query else path


def adding(url: str, name: str) -> Callable[[str], str]:
    """The same request with a value for one parameter more; without it where that is empty."""
    begun = f"{url}{'&' if '?' in url else '?'}{_encoded(name)}="
    return lambda value: begun + _encoded(value) if value else url


def _encoded(text: str) -> str:
    # Most texts need no encoding, and looking whether they do takes a tenth of the time.
    return text if PLAIN.fullmatch(text) else quote_plus(text, safe=",:")
