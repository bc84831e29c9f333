"""Cells of tables: what a value becomes, and that no spreadsheet takes a text for a formula."""

import csv
import io
import json
from typing import Any

import pytest

from app import flat
from app.models import RESOURCES, Fact, Statement
from app.written import Value


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        ("text", "text"),
        ("=SUM(A1:A9)", "'=SUM(A1:A9)"),
        ("+1 555", "'+1 555"),
        ("-1", "'-1"),
        ("@cmd", "'@cmd"),
        ("\t=1", "'\t=1"),
        (-1.5, -1.5),
        (6, 6),
        (True, "true"),
        (False, "false"),
        ('a,"b"\nc', 'a,"b"\nc'),
    ],
)
def test_a_single_value(value: Any, cell: Any) -> None:
    assert flat.plain(value) == cell
    if isinstance(value, str):
        (row,) = csv.reader(io.StringIO(flat.rows([[flat.plain(value)]]), newline=""))
        assert row == [str(cell)]


@pytest.mark.parametrize(
    ("values", "cell"),
    [([], ""), (["a"], "a"), (["a", "b c"], "a | b c"), (["a|b", "c\\d"], "a\\|b | c\\\\d"), (["=1", "2"], "'=1 | 2")],
)
def test_a_list_of_texts(values: list[str], cell: str) -> None:
    assert flat.joined(values) == cell


def test_columns_are_named_after_the_way_to_their_values() -> None:
    names = [column.name for column in flat.columns(Statement)]
    assert {"speaker.id", "speaker.name", "said_on.edtf", "said_on.stated", "topics.id", "measures.name"} <= set(names)
    assert names[-4:] == ["cite.text", "cite.href", "cite.dataset", "cite.url"]
    models: list[type[Value]] = [Fact, *(resource.record for resource in RESOURCES.values())]
    for model in models:
        own = [column.name for column in flat.columns(model)]
        assert len(own) == len(set(own))
        assert {name.partition(".")[0] for name in own} == set(model.model_fields)


def test_what_is_not_stated_is_an_empty_cell_in_each_of_its_columns() -> None:
    document: dict[str, Any] = dict.fromkeys(Statement.model_fields)
    document |= {"topics": [], "measures": [], "evidence": [], "inferred": [], "disputed_by": []}
    cells = {column.name: column.cell(document) for column in flat.columns(Statement)}
    assert cells["said_on.edtf"] is None
    assert cells["topics.id"] == ""
    assert json.loads(str(cells["evidence"])) == []
