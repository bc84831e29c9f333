"""Tallies: how many records of a list have each value of a field, counted once when the dataset is built.

So the first look at a list, its total and its facets cost the same however many records it has. Of each facet the
values that most records have are there; of a value that is not, there are so few records that counting is no work.
"""

from typing import Any, cast

from sqlalchemy import Executable, bindparam, select

from app.models import Tallies

ALL = "facts"
"""The list of all records."""
TOTAL = ""
"""What stands in the place of a facet for the number of all records of a list."""
SEARCH = "q"
"""The facet whose values are the words of search that stand in many records."""
DAYS = (":earliest", ":latest")
"""What stands after a date's name in the facets whose values are days: how many records begin, or end, up to each."""
MOST_TALLIED = 1_000
"""How many values of a facet there are at most."""
PLACE_OF_NONE = -1
"""The place of what is not stated: it is among the first values, however few are asked for."""
TALLIES: Any = cast(Any, Tallies).__table__.c


def spoken(value: Any) -> str:
    """A value as a parameter has it."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def one() -> Executable:
    """How many records have one value."""
    return select(TALLIES.found).where(*_of_facet(), TALLIES.value == bindparam("value"))


def up_to() -> Executable:
    """How many records begin, or end, up to a day."""
    until = select(TALLIES.found).where(*_of_facet(), TALLIES.value <= bindparam("value"))
    return until.order_by(TALLIES.value.desc()).limit(1)


def first() -> Executable:
    """What is not stated, if there is any, and the first values of a facet."""
    columns = (TALLIES.value, TALLIES.shown, TALLIES.found, TALLIES.certain)
    return select(*columns).where(*_of_facet(), TALLIES.place < bindparam("limit")).order_by(TALLIES.place)


def _of_facet() -> tuple[Any, Any]:
    return TALLIES.list == bindparam("list"), TALLIES.facet == bindparam("facet")
