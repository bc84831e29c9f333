"""`article-facts coverage`: what is read and what is not, also of files that are not yet in order."""

import json
from pathlib import Path

import pytest

from app.seeding.text import ArticleText
from tests.authoring.conftest import Run

ARTICLE = "seeds/mackerel-talks-bergen/article.txt"
FACTS = Path("seeds/mackerel-talks-bergen/facts.yaml")
SENTENCES = {
    "2": f"{ARTICLE}:3:1: sentence 2, paragraph 2: 'BERGEN, 3 March 2026.'",
    "3": f"{ARTICLE}:3:23: sentence 3, paragraph 2: 'Norway and Iceland resumed their mackerel talks.'",
    "4": f"{ARTICLE}:3:72: sentence 4, paragraph 2: '“We are close,” Kari Nes of Norway said on Tuesday.'",
    "5": f"{ARTICLE}:3:124: sentence 5, paragraph 2: 'Rain is expected tomorrow.'",
}
HEADLINE = """
article:
  name: Mackerel talks resume in Bergen
  title: Mackerel talks resume in Bergen
  evidence:
    - quote: Mackerel talks resume in Bergen
      fields: [name, title]
"""
PARTY = """
parties:
  - id: norway
    name: Norway
    evidence: [{quote: Norway and Iceland resumed their mackerel talks., fields: [name]}]
"""
EXCUSE = """
no_facts:
  - quote: Rain is expected tomorrow.
    why: It is about the weather.
"""
TWICE = """\
  - quote: Norway and Iceland resumed their mackerel talks.
    why: It carries a fact, and is excused needlessly.
"""
ADDITION = """
corroborates:
  - record: people/somebody-else
    evidence: [{quote: Kari Nes, fields: [name]}]
disputes:
  - record: rounds/no-such
    field: started
    value: {edtf: 2026-03-03, stated: 3 March 2026}
    evidence: [{quote: "BERGEN, 3 March 2026.", fields: [started]}]
"""


@pytest.mark.parametrize(
    ("facts", "unread", "counts"),
    [
        (HEADLINE, "2345", "5 sentences, 1 with facts, 0 excused, 4 unread: 20 % read"),
        (HEADLINE + PARTY, "245", "5 sentences, 2 with facts, 0 excused, 3 unread: 40 % read"),
        (HEADLINE + EXCUSE, "234", "5 sentences, 1 with facts, 1 excused, 3 unread: 40 % read"),
        (HEADLINE + ADDITION, "35", "5 sentences, 3 with facts, 0 excused, 2 unread: 60 % read"),
        (HEADLINE + PARTY + EXCUSE + ADDITION, "", "5 sentences, 4 with facts, 1 excused, 0 unread: 100 % read"),
        # What is wrong is for `check` to say; what is right counts.
        ("article: {}\n", "12345", "5 sentences, 0 with facts, 0 excused, 5 unread: 0 % read"),
        ("article:\n", "12345", "5 sentences, 0 with facts, 0 excused, 5 unread: 0 % read"),
        (HEADLINE + PARTY.replace("Iceland", "Greenland"), "2345", "4 unread: 20 % read"),
        (HEADLINE + PARTY.replace("name: ", "nmae: "), "245", "3 unread: 40 % read"),
        (HEADLINE + PARTY.replace("id: norway", "id:"), "245", "3 unread: 40 % read"),
        (HEADLINE + EXCUSE.replace("    why: It is about the weather.\n", ""), "2345", "4 unread: 20 % read"),
        (HEADLINE + EXCUSE + TWICE + PARTY, "24", "5 sentences, 2 with facts, 1 excused, 2 unread: 60 % read"),
    ],
)
def test_what_is_unread_is_listed(facts: str, unread: str, counts: str, bergen: Path, run: Run) -> None:
    run("new", bergen)
    FACTS.write_text(facts, "utf-8")
    code, out, err = run("coverage")
    first, *lines = out.splitlines()
    assert first.startswith("seeds/mackerel-talks-bergen: ")
    assert first.endswith(counts)
    headline = f"{ARTICLE}:1:1: sentence 1, paragraph 1: 'Mackerel talks resume in Bergen'"
    assert lines == [(SENTENCES | {"1": headline})[number] for number in unread]
    assert code == (1 if unread else 0)
    if not unread:
        assert err == "Every sentence carries a fact or is excused.\n"


def test_the_committed_seeds_are_read_to_the_end(with_seed: Path, run: Run) -> None:
    code, out, err = run("coverage")
    assert (code, err) == (0, "Every sentence carries a fact or is excused.\n")
    assert out.endswith(" 0 unread: 100 % read\n")


def test_every_unread_sentence_is_where_it_is_said_to_be(with_seed: Path, run: Run) -> None:
    facts = Path("seeds/us-china-london-2025-06-10/facts.yaml")
    facts.write_text("article: {}\n", "utf-8")
    text = ArticleText((facts.parent / "article.txt").read_text("utf-8"))
    answer = json.loads(run("coverage", "--format", "json").out)
    (article,) = answer["articles"]
    assert (article["sentences"], article["with_facts"], article["percent"]) == (len(text.sentences), 0, 0)
    for sentence, piece in zip(article["unread"], text.sentences, strict=True):
        assert (sentence["line"], sentence["column"]) == text.line_and_column(piece.start)
        assert sentence["text"] == text.text[piece.start : piece.end]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"article: [\n", "facts.yaml:2:1: yaml-syntax: "),
        (b"\xff", "facts.yaml:1:1: bad-encoding: "),
        (b"", "facts.yaml:1:1: empty-file: "),
        (None, "facts.yaml:1:1: missing-file: "),
    ],
)
def test_a_file_that_cannot_be_read_is_reported_as_by_check(
    content: bytes | None, problem: str, with_seed: Path, bergen: Path, run: Run
) -> None:
    run("new", bergen)
    if content is None:
        FACTS.unlink()
    else:
        FACTS.write_bytes(content)
    code, out, err = run("coverage")
    assert code == 1
    assert out.splitlines()[0].startswith(f"seeds/mackerel-talks-bergen/{problem}")
    assert "100 % read" in out
    assert err == "1 problem found.\n"
    assert run("coverage", "--article", "us-china-london-2025-06-10").code == 0
    assert run("coverage", "--article", "mackerel-talks-bergen")[:2] == (1, out.splitlines()[0] + "\n")
    (reported,) = json.loads(run("coverage", "--format", "json").out)["problems"]
    assert out.startswith("{file}:{line}:{column}: {rule}: {message}\n".format(**reported))


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["--article", "us-china-london-2025-06-1"], 2, "did you mean 'us-china-london-2025-06-10'?"),
        (["--seeds", "none"], 1, "none:1:1: no-seeds: "),
    ],
)
def test_what_is_not_there(arguments: list[str], code: int, said: str, with_seed: Path, run: Run) -> None:
    ended, out, err = run("coverage", *arguments)
    assert (ended, said in out + err) == (code, True), out + err
