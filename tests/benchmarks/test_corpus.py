"""Made-up corpora are in order, say a bit of everything, and are the same whenever they are made."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from app.models import RESOURCES
from app.references import Kind
from app.seeding.build import check
from app.seeding.records import informative
from tests.benchmarks.corpus import POOLS_FILE, Corpus, survey, write_corpus
from tests.benchmarks.drafts import KINDS

ARTICLES = 60
Facts = dict[str, Any]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("corpus") / "seeds"
    write_corpus(folder, ARTICLES)
    return folder


@pytest.fixture(scope="module")
def facts(folder: Path) -> list[Facts]:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return [yaml.load(file.read_text("utf-8"), loader) for file in sorted(folder.glob("*/facts.yaml"))]


def contents(folder: Path) -> dict[str, bytes]:
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


@pytest.mark.parametrize("articles", [1, 3])
def test_a_small_corpus_is_in_order(tmp_path: Path, articles: int) -> None:
    write_corpus(tmp_path, articles)
    assert [str(problem) for problem in check(tmp_path)] == []


def test_a_corpus_is_in_order(folder: Path) -> None:
    assert [str(problem) for problem in check(folder)] == []


@pytest.mark.parametrize("seed", [2, 3])
def test_a_corpus_of_another_seed_is_in_order_and_another_one(tmp_path: Path, folder: Path, seed: int) -> None:
    write_corpus(tmp_path, ARTICLES, seed)
    assert [str(problem) for problem in check(tmp_path)] == []
    texts = {content for name, content in contents(folder).items() if name.endswith(".txt")}
    assert texts.isdisjoint(contents(tmp_path).values())


def test_the_same_seed_gives_the_same_bytes(tmp_path: Path, folder: Path) -> None:
    write_corpus(tmp_path, ARTICLES)
    assert contents(tmp_path) == contents(folder)


def test_a_smaller_corpus_is_the_beginning_of_a_larger_one(tmp_path: Path, folder: Path) -> None:
    write_corpus(tmp_path, 20)
    smaller = {name: content for name, content in contents(tmp_path).items() if name != POOLS_FILE}
    assert len(smaller) == 2 * 20
    assert smaller.items() <= contents(folder).items()


def test_a_folder_that_holds_something_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "something").write_text("")
    with pytest.raises(FileExistsError):
        write_corpus(tmp_path, 1)


@pytest.mark.parametrize("kind", RESOURCES)
def test_every_field_of_every_kind_is_given(facts: list[Facts], kind: Kind) -> None:
    records = [file["article"] for file in facts] if kind is Kind.ARTICLES else _all(facts, kind)
    missing = {*informative(RESOURCES[kind].record)} - {name for record in records for name in record}
    assert not missing


@pytest.mark.parametrize("section", ["corroborates", "disputes", "no_facts"])
def test_articles_speak_of_records_of_others_and_of_nothing(facts: list[Facts], section: str) -> None:
    assert _all(facts, section)


def test_an_article_is_as_large_as_articles_are(folder: Path, facts: list[Facts]) -> None:
    counts = [1 + sum(len(file.get(kind, [])) for kind in KINDS) for file in facts]
    assert min(counts) >= 6
    assert max(counts) <= 40
    assert 12 <= sum(counts) / len(counts) <= 18
    lengths = [len(file.read_text("utf-8")) for file in folder.glob("*/article.txt")]
    assert min(lengths) >= 900
    assert 1_300 <= sum(lengths) / len(lengths) <= 2_000


def test_dates_are_given_in_every_way(facts: list[Facts]) -> None:
    found = [str(it["said_on"]["edtf"]) for it in _all(facts, "statements") if "said_on" in it]
    found += [str(it["period"]["edtf"]) for it in _all(facts, "indicators") if "period" in it]
    assert {len(it) for it in found} >= {4, 7, 10, len("2012/.."), len("2025-06-02/2025-06-08")}
    assert any("said_on" not in it for it in _all(facts, "statements"))


def test_what_is_told_of_a_corpus_is_so(folder: Path, facts: list[Facts]) -> None:
    told = Corpus.load(folder)
    assert told == survey(ARTICLES)
    counted = {kind: len(_all(facts, kind)) for kind in KINDS} | {"articles": ARTICLES}
    assert told.facts == counted
    assert told.total == sum(counted.values())
    assert {name for name, _ in told.people} == {it["id"] for it in _all(facts, "people")}
    assert told.statements[0] in {it["id"] for it in _all(facts, "statements")}
    assert {*told.article_ids} == {file.name for file in folder.iterdir() if file.is_dir()}
    assert told.first_day <= told.last_day


def _all(facts: list[Facts], section: str) -> list[Any]:
    return [item for file in facts for item in file.get(section) or []]
