"""Addresses of requests like the present one."""

from collections.abc import Iterable, Sequence
from urllib.parse import urlencode


def changed(path: str, pairs: Iterable[tuple[str, str]], but: Sequence[str] = (), **values: str) -> str:
    """A request with some parameters changed or, where the value is empty, left out; without its place in the list.

    The parameters stand in the order of their names: requests that mean the same get the same bytes.
    """
    kept = [pair for pair in sorted(pairs, key=_name) if pair[0] not in ("cursor", "offset", *but, *values)]
    query = urlencode([*kept, *((name, value) for name, value in values.items() if value)], safe=",:")
    return f"{path}?{query}" if query else path


def _name(pair: tuple[str, str]) -> str:
    return pair[0]
