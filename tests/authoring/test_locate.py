"""`article-facts locate`: every place where words stand, and the quote that means it."""

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from app.seeding.text import ArticleText
from tests.authoring.conftest import Run

LONDON = "seeds/us-china-london-2025-06-10"
LINE = re.compile(
    r"(?P<file>[^:]+):(?P<line>\d+):(?P<column>\d+): (?P<start>\d+)-(?P<end>\d+), paragraph (?P<paragraph>\d+), "
    r"sentence (?P<sentence>\d+), occurrence (?P<occurrence>\d+) of (?P<of>\d+)"
)


@pytest.mark.parametrize(
    ("words", "times"),
    [
        ("Lutnick did not attend the talks in Geneva.", 1),
        ("White House", 2),
        ("“We want to open up China.", 1),
        ("on Monday", 4),
        (" the ", 34),
        ("US", 20),
        ("We will see", 1),
        ("34.5%", 1),
    ],
)
def test_every_place_has_its_quote(words: str, times: int, with_seed: Path, run: Run) -> None:
    code, out, err = run("locate", words)
    assert (code, err) == (0, "")
    text = ArticleText(Path(LONDON, "article.txt").read_text("utf-8"))
    found = read(out)
    assert len(found) == times == len(text.occurrences(words))
    for number, (place, item) in enumerate(found, 1):
        start = text.occurrences(words)[number - 1]
        line, column = text.line_and_column(start)
        assert place == {
            "file": f"{LONDON}/article.txt",
            "line": str(line),
            "column": str(column),
            "start": str(start),
            "end": str(start + len(words)),
            "paragraph": str(text.paragraph_at(start)),
            "sentence": str(text.sentence_at(start)),
            "occurrence": str(number),
            "of": str(times),
        }
        assert item == {"quote": words, "fields": []} | ({"occurrence": number} if times > 1 else {})


def read(out: str) -> list[tuple[dict[str, str], dict[str, Any]]]:
    """The places and the evidence beneath each."""
    blocks = re.split(r"(?m)^(?=\S)", out)[1:]
    matches = [LINE.match(block) for block in blocks]
    items = [yaml.safe_load(block.split("\n", 1)[1]) for block in blocks]
    return [(match.groupdict(), item) for match, (item,) in zip(matches, items, strict=True) if match]


def test_the_quote_that_is_printed_can_be_put_into_a_facts_file(with_seed: Path, run: Run) -> None:
    facts = Path(LONDON, "facts.yaml")
    item = run("locate", "White House").out.split("\n", 1)[1].split("\nseeds")[0].replace("[]", "[name]")
    before = '      - quote: "Lighthizer discusses progress"\n        fields: [name]\n'
    assert before in facts.read_text("utf-8")
    facts.write_text(facts.read_text("utf-8").replace(before, f"{before}{item}\n"), "utf-8")
    assert run("check").code == 0


def test_words_that_stand_nowhere_get_the_nearest_passage_of_each_article(
    bergen: Path, with_seed: Path, run: Run
) -> None:
    run("new", bergen)
    code, out, err = run("locate", "Lutnick didn't attend the Geneva talks")
    assert code == 1
    assert re.fullmatch(
        rf"{LONDON}/article\.txt:29:187: nearest passage: 'Lutnick did not attend the talks in Geneva\.'\n", out
    )
    assert err == "'Lutnick didn't attend the Geneva talks' stands in none of 2 articles.\n"
    code, out, _ = run("locate", "kari Nes of norway", "--article", "mackerel-talks-bergen")
    assert (code, out) == (1, "seeds/mackerel-talks-bergen/article.txt:3:88: nearest passage: 'Kari Nes of Norway'\n")


@pytest.mark.parametrize(
    ("words", "arguments", "code", "said"),
    [
        ("US", ["--article", "us-china-london-2025-06-11"], 2, "did you mean 'us-china-london-2025-06-10'?"),
        ("US", ["--article", "bergen"], 2, "there are us-china-london-2025-06-10"),
        ("US", ["--seeds", "none"], 1, "none:1:1: no-seeds: "),
        ("US", ["--seeds", "none", "--article", "x"], 1, "none:1:1: no-seeds: "),
        ("", [], 2, "which words?"),
        (" ", [], 2, "which words?"),
        ("progress\n\nOn", [], 1, "stands in none of 1 article."),
        ("\x1b[31mred\x1b[0m", [], 1, "'\ufffd[31mred\ufffd[0m' stands in none"),
    ],
)
def test_what_cannot_be_located(
    words: str, arguments: list[str], code: int, said: str, with_seed: Path, run: Run
) -> None:
    ended, out, err = run("locate", words, *arguments)
    assert (ended, said in out + err) == (code, True), out + err


def test_an_article_without_facts_is_searched_and_a_broken_one_is_reported(with_seed: Path, run: Run) -> None:
    for name, content in (("begun", b"The White House spoke."), ("broken", b"\xff\xfeW\x00")):
        Path("seeds", name).mkdir()
        Path("seeds", name, "article.txt").write_bytes(content)
    code, out, _ = run("locate", "White House")
    assert code == 1
    assert "seeds/broken/article.txt:1:1: bad-encoding: " in out
    assert [place["file"] for place, _ in read(out.split("\n", 1)[1])] == [
        "seeds/begun/article.txt",
        f"{LONDON}/article.txt",
        f"{LONDON}/article.txt",
    ]
    assert run("locate", "White House", "--article", "begun").code == 0


def test_a_text_with_a_byte_order_mark_and_crlf_is_counted_as_it_is_served(with_seed: Path, run: Run) -> None:
    os.mkdir("seeds/windows")
    Path("seeds/windows/article.txt").write_bytes("\ufeffOne\r\n\r\n🐟 Two: 🐟\r\n".encode())
    out = run("locate", "🐟", "--article", "windows").out
    assert re.findall(r"article\.txt:(\d+:\d+: \d+-\d+),", out) == ["3:1: 7-8", "3:8: 14-15"]


def test_json_says_the_same(with_seed: Path, run: Run) -> None:
    code, out, _ = run("locate", "White House", "--format", "json")
    answer = json.loads(out)
    assert (code, answer["nearest"], answer["problems"]) == (0, [], [])
    text = Path(LONDON, "article.txt").read_text("utf-8")
    assert [text[place["start"] : place["end"]] for place in answer["places"]] == ["White House"] * 2
    assert [(place["occurrence"], place["of"]) for place in answer["places"]] == [(1, 2), (2, 2)]
    code, out, _ = run("locate", "White Hous briefing", "--format", "json")
    assert (code, [near["quote"] for near in json.loads(out)["nearest"]]) == (1, ["White House briefing"])
