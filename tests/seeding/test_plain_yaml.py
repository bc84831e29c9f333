"""What is read without the parser is read as the parser would: the events are the truth, and here they are asked."""

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.seeding.plain_yaml import read_plain_yaml
from app.seeding.problems import Report, StopReadingError
from app.seeding.read import FORBIDDEN, _Tree, read_article, unpacked
from app.written import Plain
from tests.conftest import ROOT
from tests.seeding.test_hostile_files import edited

# Not those that the benchmarks generate.
FILES = sorted(file for name in ("seeds", "tests") for file in (ROOT / name).glob("**/facts.yaml"))


def by_events(text: str) -> dict[str, Any] | None:
    """The tree as the parser's events give it; None where there is any problem."""
    report = Report()
    try:
        tree = _Tree(Path("facts.yaml"), report).read(text)
    except StopReadingError:
        return None
    return None if len(report) else tree


def typed(tree: Any) -> Any:
    """A tree with the class of everything in it, and the order of its keys."""
    if isinstance(tree, dict):
        return [(type(key), key, typed(value)) for key, value in tree.items()]
    return [typed(item) for item in tree] if isinstance(tree, list) else (type(tree), tree)


def held_against_the_parser(text: str) -> bool:
    """Whether it was read without the parser; then it is what the parser reads."""
    if (tree := read_plain_yaml(text)) is None or FORBIDDEN.search(text):
        return False
    assert typed(tree) == typed(by_events(text)), text
    return True


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.parent.name))
def test_facts_files_as_people_write_them_need_no_parser(file: Path) -> None:
    assert held_against_the_parser(file.read_bytes().decode("utf-8-sig"))


PLAIN: dict[str, Any] = {
    "a: b": {"a": Plain("b")},
    'a: "b"': {"a": "b"},
    "a:\n  b: c": {"a": {"b": Plain("c")}},
    "a:\n- b\n- c\nd:": {"a": [Plain("b"), Plain("c")], "d": None},
    'a:\n  - b: c\n    d: [e, "f, g"]\n  - h: {i: j}': {
        "a": [{"b": Plain("c"), "d": [Plain("e"), "f, g"]}, {"h": {"i": Plain("j")}}]
    },
    'a: null\nb: []\nc: {}\nd: ""': {"a": None, "b": [], "c": {}, "d": ""},
    "# x\na:   NO # y\n\n  # z\nb: 010": {"a": Plain("NO"), "b": Plain("010")},
    'a: "b \\"c\\" \\\\"': {"a": 'b "c" \\'},
    "a: it's “so”, 10:30 [x]\r\nb: c\r\n": {"a": Plain("it's “so”, 10:30 [x]"), "b": Plain("c")},
    "a: b\u00a0#c": None,
}


@pytest.mark.parametrize("text", PLAIN, ids=repr)
def test_what_is_plain_is_read(text: str) -> None:
    tree = read_plain_yaml(text)
    assert typed(tree) == typed(PLAIN[text])
    assert tree is None or typed(tree) == typed(by_events(text))


NOT_PLAIN = [
    *("", "# nothing", "a", "- a", "a: b: c", "a: b\na: c", "a: b\n  c", "a: b\n  c: d", "a:\n  b: c\n d: e", "a: 'b'"),
    *("a: |\n  b", "a: &b c", "a: *b", "a: !!str b", "<<: {a: b}", "? a", "a: {b: c, b: d}", "a: [b, [c]]", "a: [b"),
    *("---\na: b", "a: b\n---\nc: d", "%YAML 1.1\n---\na: b", "a:\n\t- b", 'a: "b\n  c"', 'a: "\\n"', "a:\n  - - b"),
    *("a:\n  -\n    b: c", "a: [b,]", "a: {b}", "a: b\u2028c", "a: b\x85c", "a: b\rc: d", "a: -", "'a': b", "a : b"),
    "\n".join(" " * i + "a:" for i in range(12)),
]


@pytest.mark.parametrize("text", NOT_PLAIN, ids=repr)
def test_what_is_not_plain_is_left_to_the_parser(text: str) -> None:
    assert read_plain_yaml(text) is None


VALUES = [
    *(
        "",
        "a",
        "b c",
        "true",
        "null",
        "~",
        "-5",
        "3.4",
        '"q"',
        '"q \\"x\\" \\\\"',
        '""',
        '" a"',
        "[a, b]",
        "[]",
        "[a,b]",
        "{k: v}",
    ),
    *(
        '["a, b", c]',
        '{k: "v, w", l: 2}',
        "“q” r",
        "é",
        "a, b",
        "it's",
        "a [b]",
        "10:30",
        "http://a/b",
        "a#b",
        "a  b",
        "a ",
    ),
    *(
        "{k: v, k: w}",
        "[a, ]",
        "[a, [b]]",
        "{k: }",
        "{k:v}",
        "a:",
        "a: b",
        "a #c",
        "#c",
        "- a",
        "-",
        "---",
        "...",
        "? a",
        "&a b",
    ),
    *(
        "*a",
        "|",
        ">",
        "%a",
        "@a",
        "`a",
        "'a'",
        'a "b"',
        '"a" b',
        '"a\\n"',
        "a\u00a0",
        "\u00a0a",
        "\u3000a",
        "½",
        "<<",
        "-a",
        "--a",
    ),
    *(
        "[a?]",
        "[a-b, -c]",
        "[½]",
        "[a , b]",
        "{a: b , c: d}",
        "{a: -1}",
        "[(a), b]",
        "_a",
        "🙂 a",
        "a\u00a0#c",
        "a:\u00a0b",
    ),
]


def documents(count: int) -> Iterator[str]:
    """Small documents, some of which are YAML."""
    chance = random.Random(7)
    for _ in range(count):
        lines, indent = list[str](), 0
        for _ in range(chance.randint(1, 6)):
            indent = max(0, indent + chance.choice([0, 0, 0, 0, 2, 2, -2, -2, 1, -1, -4]))
            dash, key = (
                chance.choice(["", "", "- ", "-  ", "-"]),
                chance.choice(["a: ", "b:  ", "c-d: ", "null: ", "e:", ""]),
            )
            value = chance.choice(VALUES[: chance.choice([28, len(VALUES)])])
            lines.append(" " * indent + dash + key + value + chance.choice(["", "", "", "", " ", " # c", "#c", "\t"]))
            indent += 2 if (key and not value) or (dash and key) else 0
        yield chance.choice(["\n", "\n", "\n", "\r\n"]).join(lines) + chance.choice(["", "\n"])


def test_60000_documents_are_read_as_the_parser_reads_them() -> None:
    assert sum(map(held_against_the_parser, documents(60_000))) > 1_000


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.parent.name))
def test_edits_of_facts_files_are_read_as_the_parser_reads_them(file: Path) -> None:
    lines, read = file.read_text("utf-8").splitlines(keepends=True), 0
    for number in range(500):
        chance = random.Random(number)
        at = chance.randrange(len(lines))
        while not lines[at].strip() or lines[at].startswith(" "):
            at -= 1
        read += held_against_the_parser(edited("".join(lines[at : at + 40]), chance))
    assert read > 50


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.parent.name))
def test_a_tree_is_set_aside_whole(file: Path) -> None:
    source = read_article(file.parent, Report())
    assert source is not None
    assert typed(unpacked(source.packed()).facts) == typed(by_events(file.read_bytes().decode("utf-8-sig")))
