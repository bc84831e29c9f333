"""The pages, in a real browser: drawn whole, from this server alone, on narrow and wide screens."""

from pathlib import Path

import pytest

from tests.browser import Browser

OPERATIONS = "document.querySelectorAll('.opblock-summary-path').length >= 31"
OPENED = [(1280, "#/statements/list_statements", "Who said it."), (390, "#/dataset/get_dataset", "What the dataset")]
"""Operations, one with many parameters and one with a long answer, and what stands there when they are open."""


@pytest.fixture(scope="module")
def profile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One browser profile for all visits, so that later ones find what earlier ones stored."""
    return tmp_path_factory.mktemp("profile")


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("visit", ["first", "again"])
def test_documentation_lists_every_operation(address: str, profile: Path, width: int, visit: str) -> None:
    with Browser(profile, width) as browser:
        browser.open(f"{address}/docs", OPERATIONS)
        assert "/v1/policy-measures" in browser.value("document.body.textContent").replace("\u200b", "")
        assert browser.value("innerWidth") == width
        assert not browser.is_too_wide
        field = "document.querySelector('.operation-filter-input')"
        assert browser.value(f"{field}.clientWidth") > 300
    assert browser.complaints == []


@pytest.mark.parametrize(("width", "link", "shown"), OPENED)
def test_an_operation_can_be_linked_to(address: str, profile: Path, width: int, link: str, shown: str) -> None:
    with Browser(profile, width) as browser:
        browser.open(f"{address}/docs{link}", "document.querySelector('.responses-table .response')")
        assert not browser.is_too_wide
        assert shown in browser.value("document.body.textContent")
        # The form is empty: every filter filled in at once would find nothing.
        assert 'value="howard-lutnick"' not in browser.value("document.body.innerHTML")
    assert browser.complaints == []


def test_a_problem_page_is_drawn(address: str, profile: Path) -> None:
    for _ in range(2):
        with Browser(profile, 390) as browser:
            browser.open(f"{address}/problems/invalid-cursor", "document.querySelector('h1')")
            assert browser.value("document.querySelector('h1').textContent") == "The cursor is not valid here"
            assert not browser.is_too_wide
        assert browser.complaints == []
