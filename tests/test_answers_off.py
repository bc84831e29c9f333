"""The contract holds without kept answers; all else is tested with them."""

import pytest

from tests.asking import hold_the_contract


@pytest.mark.slow
def test_the_contract_holds_without_kept_answers() -> None:
    hold_the_contract(cache_bytes=0)
