"""The contract holds where there is room for none; all else is tested with them."""

import pytest

from tests.asking import hold_the_contract


@pytest.mark.slow
def test_the_contract_holds_where_there_is_room_for_none() -> None:
    hold_the_contract(cache_bytes=1)
