"""What filters, sorts and includes mean, once more in plain Python over the documents: a second opinion."""

from collections.abc import Callable, Iterable
from typing import Any

from app.values import fold

Document = dict[str, Any]
Documents = dict[str, list[Document]]

NAMED_OTHERWISE = {"topic": "topics", "measure": "measures", "alias": "aliases", "participant": "participants"}
"""Filters that are called after one item of the list that they look into."""
BACKWARD = {
    ("parties", "imposes"): ("policy-measures", "imposed_by"),
    ("parties", "targeted_by"): ("policy-measures", "target"),
    ("statements", "proposes"): ("policy-measures", "proposed_in"),
    ("policy-measures", "responses"): ("policy-measures", "in_response_to"),
}
"""Includes that lead backward along one of several fields, or under a name that is not the other resource's."""


def value_of(documents: Documents, document: Document, name: str) -> Any:
    """What a filter of this name looks at."""
    if name == "negotiation" and "round" in document and name not in document:
        rounds = {item["id"]: item for item in documents["rounds"]}
        return [rounds[document["round"]["id"]]["negotiation"]] if document["round"] else []
    if name == "party" and "parties" in document:
        return document["parties"]
    if name == "article":
        (whole,) = [item for item in documents[document["kind"]] if item["id"] == document["id"]]
        return [it["article"] for it in [*whole["evidence"], *(e for d in whole["disputed_by"] for e in d["evidence"])]]
    return document[name if name in document else NAMED_OTHERWISE[name]]


def satisfies(value: Any, operator: str, wanted: list[str], certain: bool) -> bool:
    """Whether a field's value satisfies a filter."""
    if operator == "isnull":
        return (value == [] or plain(value) is None) is (wanted == ["true"])
    if isinstance(value, list):
        if not value:
            return False
        found = {plain(item) for item in value}
        return bool(found & {canonical(item, "") for item in wanted} or found & set(wanted)) is (operator == "eq")
    if plain(value) is None:
        return False
    if isinstance(value, dict) and "edtf" in value:
        if operator == "ne":
            return not any(compare_dates(value, "eq", item, not certain) for item in wanted)
        return any(compare_dates(value, operator, item, certain) for item in wanted)
    own = plain(value)
    others = [canonical(item, own) for item in wanted]
    if operator in ("eq", "ne"):
        return (own in others) is (operator == "eq")
    return ORDER[operator](own, others[0])


ORDER: dict[str, Callable[[Any, Any], bool]] = {
    "gt": lambda a, b: a > b,
    "gte": lambda a, b: a >= b,
    "lt": lambda a, b: a < b,
    "lte": lambda a, b: a <= b,
}


def compare_dates(when: Document, operator: str, wanted: str, certain: bool) -> bool:
    """An uncertain date against another: by the days that both can mean."""
    (first, last), (start, end) = (when["earliest"] or "0001-01-01", when["latest"] or "9999-12-31"), span(wanted)
    if operator == "eq":
        return (start <= first and last <= end) if certain else (first <= end and last >= start)
    # The days of the record that decide: all of them must lie right if it has to be certain, one if it may be possible.
    days = (first, last)
    check = all if certain else any
    limit = {"gt": end, "gte": start, "lt": start, "lte": end}[operator]
    return check(ORDER[operator](day, limit) for day in days)


def span(edtf: str) -> tuple[str, str]:
    """The days of the dates that the tests use: years, months, days and intervals of them."""
    if "/" in edtf:
        start, end = edtf.split("/")
        return span(start)[0], span(end)[1]
    ends = {"02": "28", "04": "30", "06": "30", "09": "30", "11": "30"}
    if len(edtf) == 4:
        return f"{edtf}-01-01", f"{edtf}-12-31"
    return (f"{edtf}-01", f"{edtf}-{ends.get(edtf[5:7], '31')}") if len(edtf) == 7 else (edtf, edtf)


def plain(value: Any) -> Any:
    """The comparable core of a value."""
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        if "edtf" in value:
            return (value["earliest"] or "0001-01-01", value["latest"] or "9999-12-31")
        return value["value"] if "comparator" in value else value["id"]
    return fold(value) if isinstance(value, str) else value


def canonical(wanted: str, like: Any) -> Any:
    """A parameter's value, of the type of the field's."""
    if isinstance(like, bool):
        return wanted == "true"
    return float(wanted) if isinstance(like, int | float) else fold(wanted)


def ordered(documents: Iterable[Document], keys: list[str]) -> list[Document]:
    """Documents in an order: what is null comes last in both directions, and the id breaks ties."""
    result = sorted(documents, key=lambda item: (item["id"], list(KINDS).index(item["kind"])))
    for key in reversed(keys):
        name, descending = key.removeprefix("-"), key.startswith("-")
        stated = [item for item in result if plain(item[name]) is not None]
        # A reversed sort keeps the order of equals, which is that of the ids.
        stated.sort(key=lambda item: sortable(item, name), reverse=descending)
        result = stated + [item for item in result if plain(item[name]) is None]
    return result


def sortable(document: Document, name: str) -> Any:
    value = document[name]
    if name in ("kind", "id") or (isinstance(value, str) and name in VERBATIM_SORT):
        return value
    return plain(value)


VERBATIM_SORT = ("type", "status", "effect", "mode", "direction", "language")
KINDS = (
    "articles", "parties", "people", "topics", "negotiations", "rounds", "delegates", "statements", "policy-measures",
    "positions", "indicators", "events", "notes",
)  # fmt: skip


def related(documents: Documents, kind: str, shown: list[Document], include: str) -> dict[str, list[str]]:
    """The ids that an include brings for some documents, by kind."""
    if shown and include in shown[0]:
        return forward(shown, include)
    other, field = BACKWARD.get((kind, include), (include, None))
    own = {item["href"] for item in shown}
    found = [
        item["id"] for item in documents[other]
        if own & {ref["href"] for name, value in item.items() if field in (None, name) for ref in references(value)}
    ]  # fmt: skip
    return {other: found}


def forward(shown: list[Document], field: str) -> dict[str, list[str]]:
    found: dict[str, set[str]] = {}
    for item in shown:
        for ref in references(item[field]):
            found.setdefault(ref["href"].split("/")[2], set()).add(ref["id"])
    return {kind: sorted(ids) for kind, ids in found.items()}


def references(value: Any) -> list[Document]:
    """The references in a field."""
    values = value if isinstance(value, list) else [value]
    return [item for item in values if isinstance(item, dict) and item.keys() == {"id", "name", "href"}]
