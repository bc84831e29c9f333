"""The contract holds without kept answers, and where there is room for none; all else is tested with them."""

from contextlib import ExitStack

import pytest

from tests.asking import holding_the_contract


@pytest.mark.slow
def test_the_contract_holds_without_kept_answers() -> None:
    # Both at once: it takes minutes, and at the end of a run nothing else is left to be done.
    with ExitStack() as both:
        for cache_bytes in (0, 1):
            both.enter_context(holding_the_contract(cache_bytes))
