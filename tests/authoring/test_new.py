"""`article-facts new`: what it writes is in order as far as a program can tell, and every quote in it is exact."""

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from app.seeding.build import check
from app.seeding.new_article import begin
from app.seeding.passage import passage_at, scalar
from app.seeding.problems import Report
from app.seeding.read import FORBIDDEN, LARGEST, Source, read_seeds
from app.seeding.scaffold import SCHEMA_LINE, slug
from app.seeding.text import ArticleText
from tests.authoring.conftest import BERGEN, Run
from tests.conftest import ROOT

LEFT_TO_A_PERSON = {"missing-field", "missing-evidence", "uncovered-sentence"}
"""What `check` may say of a facts file that has just been begun."""
NOT_OF_QUOTES = LEFT_TO_A_PERSON | {"unknown-support", "unsupported-field", "needless-excuse"}
"""What it may say when all proposals are taken up as they are."""

TEXTS = {
    "the README's": BERGEN,
    "CRLF": BERGEN.replace("\n", "\r\n"),
    "lines that end in CR": BERGEN.replace("\n", "\r"),
    "a byte order mark": "\ufeff" + BERGEN,
    "one line": "Talks",
    "white space around paragraphs": "  \u00a0Talks: a # headline \n\n \t“We are close,” said Kari Nes. \u3000\n",
    "YAML in the text": "k: \"v\" # no\n- a: {b: [c]}, &d *e !f |g >h %i @j `k` 'l'\n\n“a: \\ ' b,” said Kari Nes.",
    "backslashes": 'C:\\new\\table "\\n"\n\n"\\" said Kari Nes, \\ 5% on Monday.\n',
    "emoji": "🐟 talks 👩‍👩‍👧 🇳🇴\n\n“🐟🐟!” Kari Nes said on Tuesday. 🐟 5% 🐟 5% 🐟 5%.",
    "CJK": "卑尔根恢复谈判\n\n“我们很接近，”内斯说。「是的。」2026年3月3日，价格上涨了34.5％。价格上涨了34.5％。",
    "Arabic": "استئناف المحادثات\n\n«نحن قريبون»، قالت كاري نيس يوم الثلاثاء ٣ مارس.",
    "line separators of Unicode": "Talks\u2028go on\n\n“We\u2029are\u0085close,” Kari Nes said.\n",
    "what cannot be seen": "A\u200b go\u00ad on\u00a0\ufeff\n\n“We\u200d are\U000e0001 close,” Kari\u00a0Nes said.",
    "the same again and again": "Monday Monday\n\nMonday. Monday. On Monday, Monday. “Monday,” said Monday Monday.",
    "overlapping": "aa\n\naaaa. “aa.” aaaaa, 5% 5% 55%. 5 5 5 5.",
    "quotations within one another": 'A\n\n“We ‘may’ be,” said Nes. «Nous „sommes“ là» ‘Don’t,’ she said. "Yes." "No',
    "quotations that do not end": 'A\n\n“We “we “we\n\n“and ‘so on. " said Nes',
    "a long headline": "word " * 200 + "\n\nSecond.",
    "dates that do not exist": "A\n\nOn 31 February 2025 or 2025-13-45, at 27:99, said Nes. In May 2025. 5 may be.",
    "figures": "A\n\nIt fell by 34.50%, 1,200.5 tonnes, 007 men, ٣ things, $5bn, €1 234, 1.2.3.4, 9999999999999999.",
    "a name that is a number": "A\n\n“Yes,” said 2025 On Off. “No,” said Null, True and Y.",
}
MARKS = [*"“”„‘’«»「」\"'.,!?…。:#-{}[]&*|>%@`\\ \t\n\r", "\r\n", "\n\n", ". ", "is: ", " #", "- ", "null", "2026"]
WORDS = [
    " said ",
    "Kari Nes",
    "Norway",
    "Monday",
    "on Tuesday",
    "3 March 2026",
    "34.5%",
    "$5 million",
    "in May",
    "8 pm",
]
TOKENS = st.sampled_from(MARKS + WORDS)
ANYTHING = st.characters(exclude_categories=["Cs"]).filter(lambda char: not FORBIDDEN.search(char))
HOSTILE = st.lists(TOKENS | st.text(ANYTHING, max_size=6), min_size=1, max_size=60).map("".join)


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_every_proposal_quotes_the_text(text: str) -> None:
    hold_against_the_rules(text)


@settings(deadline=None, max_examples=150)
@given(HOSTILE.filter(lambda text: text.removeprefix("\ufeff").strip()))
@example("\u2028x")
@example("“\u0085”")
def test_every_proposal_of_any_text_quotes_it(text: str) -> None:
    hold_against_the_rules(text)


def hold_against_the_rules(text: str) -> None:
    """Begin an article; what was written, and all that it proposes, must be in order."""
    with tempfile.TemporaryDirectory() as folder:
        seeds, file = Path(folder, "seeds"), Path(folder, "text")
        file.write_bytes(text.encode())
        begun = begin(file, None, seeds)
        assert begun.article_file.read_bytes() == text.encode()
        written = begun.facts_file.read_text("utf-8")
        assert written.startswith(SCHEMA_LINE + "\n")
        assert {problem.rule for problem in check(seeds)} <= LEFT_TO_A_PERSON
        hold_quotes(the_source(seeds))
        dates = list(proposed_dates(written))
        begun.facts_file.write_bytes(uncommented(written).encode())
        found = list(check(seeds))
        assert {problem.rule for problem in found} <= NOT_OF_QUOTES, [*map(str, found)]
        source = the_source(seeds)
        hold_quotes(source)
        for when, item in dates:
            assert when["stated"] == item["quote"]
            hold_quote(source.text, item)


def the_source(seeds: Path) -> Source:
    report = Report()
    (source,) = read_seeds(seeds, report)
    assert not len(report)
    return source


def uncommented(written: str) -> str:
    """The file with all proposals taken up, but for the dates, which belong into other records."""
    first, rest = written.split("\n", 1)
    without_dates = re.sub(r"(?m)^#     when: .*\n#       - .*\n", "", rest)
    return f"{first}\n" + re.sub(r"(?m)^( *)# ", r"\1", without_dates)


def proposed_dates(written: str) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    for when, item in re.findall(r"(?m)^#     when: (.*)\n#       - (.*)$", written):
        yield yaml.safe_load(when), yaml.safe_load(item)


def hold_quotes(source: Source) -> None:
    def look(tree: Any) -> None:
        if isinstance(tree, dict) and "quote" in tree:
            hold_quote(source.text, tree)
        for part in tree.values() if isinstance(tree, dict) else tree if isinstance(tree, list) else ():
            look(part)

    look(source.facts)


def hold_quote(text: ArticleText, item: dict[str, Any]) -> None:
    places = text.occurrences(item["quote"])
    assert ("occurrence" in item) == (len(places) > 1)
    assert 1 <= int(item.get("occurrence", 1)) <= len(places)


@pytest.mark.parametrize("text", ["aXa aXa", "aaaa", " a  a ", "x🐟x🐟x"])
def test_a_passage_knows_which_of_the_places_it_is(text: str) -> None:
    article = ArticleText(text)
    for start in range(len(text)):
        for end in range(start + 1, len(text) + 1):
            if text[start:end].strip():
                passage = passage_at(article, start, end)
                places = article.occurrences(passage.words)
                assert places[passage.occurrence - 1] == passage.start
                assert (passage.of > 1) == (len(places) > 1)


@given(st.text(ANYTHING, min_size=1))
def test_any_text_is_the_same_after_it_was_written_as_yaml(text: str) -> None:
    assert yaml.safe_load(scalar(text)) == text
    assert yaml.load(scalar(text), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)) == text
    assert len(scalar(text).splitlines()) == 1


def test_it_proposes_what_a_reader_of_the_readme_writes(bergen: Path, run: Run) -> None:
    code, out, err = run("new", bergen)
    assert (code, err) == (0, "")
    facts = Path("seeds/mackerel-talks-bergen/facts.yaml")
    for words in (str(facts), "article-facts check", "article-facts coverage --article mackerel-talks-bergen"):
        assert words in out
    written = facts.read_text("utf-8")
    for line in (
        '  # published: {edtf: 2026-03-03, stated: "3 March 2026"}',
        '##   4  "“We are close,” Kari Nes of Norway said on Tuesday."',
        "#   # Sentence 4, paragraph 2. Candidates for the speaker: Kari Nes, Norway, Iceland.",
        '#     text: "We are close,"',
        '#   - id: "kari-nes"',
        '#     when: {edtf: , stated: "on Tuesday"}',
        '#   - quote: "Rain is expected tomorrow."',
        "#         occurrence: 1",
    ):
        assert f"\n{line}\n" in written
    assert run("check").out.splitlines()[-1].endswith("missing-field: 'language' is missing")


def test_nothing_but_the_headline_is_stated(bergen: Path, run: Run) -> None:
    run("new", bergen)
    live = yaml.safe_load(Path("seeds/mackerel-talks-bergen/facts.yaml").read_text("utf-8"))
    title = "Mackerel talks resume in Bergen"
    assert live == {
        "article": {"name": title, "title": title, "evidence": [{"quote": title, "fields": ["name", "title"]}]}
    }


@pytest.mark.parametrize(
    ("path", "arguments", "article_id"),
    [
        ("Talks, in Bergen (2).txt", [], "talks-in-bergen-2"),
        ("Élodie’s ÜBER-Straße.md", [], "elodie-s-uber-strasse"),
        ("no-ending", [], "no-ending"),
        ("some folder/article.txt", [], "some-folder"),
        ("some folder/article.txt", ["--id", "other"], "other"),
        ("x" * 200, [], "x" * 80),
        ("word " * 40, [], "-".join(["word"] * 16)),
        ("卑尔根", ["--id", "bergen-2026"], "bergen-2026"),
        ("seeds/there-already/article.txt", [], "there-already"),
    ],
)
def test_the_id_is_made_of_the_name(path: str, arguments: list[str], article_id: str, place: Path, run: Run) -> None:
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_text(BERGEN, "utf-8")
    code, _, err = run("new", path, *arguments)
    assert (code, err) == (0, ""), err
    assert sorted(os.listdir(place / "seeds" / article_id)) == ["article.txt", "facts.yaml"]
    assert slug(article_id) == article_id


@pytest.mark.parametrize("given", ["seeds/bergen", "seeds/bergen/article.txt", "./seeds/../seeds/bergen/"])
def test_a_folder_of_the_seeds_gets_its_facts_file(given: str, place: Path, run: Run) -> None:
    Path("seeds/bergen").mkdir(parents=True)
    Path("seeds/bergen/article.txt").write_text(BERGEN, "utf-8")
    assert run("new", given).code == 0
    assert Path("seeds/bergen/facts.yaml").exists()
    assert run("new", given, "--id", "oslo").code == 2


def there(name: str, content: bytes = b"") -> Callable[[Path], object]:
    def write(text: Path) -> None:
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_bytes(content)

    return write


def content(new: bytes) -> Callable[[Path], object]:
    return lambda text: text.write_bytes(new)


def replaced_by(make: Callable[[Path, Path], object]) -> Callable[[Path], object]:
    """The text is moved away, and something else put in its place."""

    def spoil(text: Path) -> None:
        away = text.rename(text.with_name("away"))
        make(text, away)

    return spoil


def linked_folder(text: Path) -> None:
    Path("seeds").mkdir()
    Path("elsewhere").mkdir()
    Path("seeds/bergen").symlink_to("../elsewhere")


def dead_link(text: Path) -> None:
    Path("seeds/bergen").mkdir(parents=True)
    Path("seeds/bergen/facts.yaml").symlink_to("none")


REFUSED: dict[str, tuple[Callable[[Path], object], list[str], int, str]] = {
    "a facts file that is there": (there("seeds/bergen/facts.yaml", b"x"), [], 1, "bergen/facts.yaml exists already"),
    "another text that is there": (there("seeds/bergen/article.txt", b"x"), [], 1, "article.txt exists already, with"),
    "a facts file that is a dead link": (dead_link, [], 1, "bergen/facts.yaml exists already"),
    "an article's folder that is a link": (linked_folder, [], 1, "bergen:1:1: unsafe-file: "),
    "a file in place of the article's folder": (there("seeds/bergen"), [], 1, "bergen:1:1: unsafe-file: "),
    "a file in place of the seeds": (there("seeds"), [], 2, "cannot write "),
    "a link": (replaced_by(lambda text, away: text.symlink_to(away)), [], 1, "bergen.txt:1:1: unsafe-file: "),
    "a pipe": (replaced_by(lambda text, _: os.mkfifo(text)), [], 1, "bergen.txt:1:1: unsafe-file: "),
    "no file": (replaced_by(lambda text, _: None), [], 1, "bergen.txt:1:1: missing-file: "),
    "a folder without a text": (replaced_by(lambda text, _: text.mkdir()), [], 1, "article.txt:1:1: missing-file: "),
    "UTF-16": (
        content("Täglich".encode("utf-16")),
        [],
        1,
        "bergen.txt:1:1: bad-encoding: not UTF-8: byte 0xff; it looks",
    ),
    "Latin-1": (content(b"Talks\nin K\xf8ln"), [], 1, "bergen.txt:2:5: bad-encoding: "),
    "a control character": (content(b"Talks\nin \x00"), [], 1, "bergen.txt:2:4: forbidden-character: "),
    "nothing": (content(b" \n"), [], 1, "bergen.txt:1:1: empty-file: "),
    "too much": (content(b"x" * 4_200_000), [], 1, "bergen.txt:1:1: file-too-large: "),
    "an id that is none": (content(b"Talks"), ["--id", "Bergen 2"], 2, "'Bergen 2' is not an id"),
    "an id that leads elsewhere": (content(b"Talks"), ["--id", "../bergen"], 2, "'../bergen' is not an id"),
    "an empty id": (content(b"Talks"), ["--id", ""], 2, "'' is not an id"),
    "an id that is too long": (content(b"Talks"), ["--id", "x" * 81], 2, "at most 80"),
}


@pytest.mark.parametrize(("spoil", "arguments", "code", "words"), REFUSED.values(), ids=REFUSED)
def test_what_is_refused_leaves_nothing(
    spoil: Callable[[Path], object],
    arguments: list[str],
    code: int,
    words: str,
    place: Path,
    run: Run,
    snapshot: Callable[[Path], dict[str, bytes]],
) -> None:
    text = Path("bergen.txt")
    text.write_text(BERGEN, "utf-8")
    spoil(text)
    before, folders = snapshot(place), sorted(place.rglob("*"))
    ended, out, err = run("new", text, *arguments)
    assert (ended, words in out + err) == (code, True), out + err
    assert snapshot(place) == before
    assert sorted(place.rglob("*")) == folders


def test_a_name_without_an_id_asks_for_one(place: Path, run: Run) -> None:
    Path("卑尔根.txt").write_text(BERGEN, "utf-8")
    assert run("new", "卑尔根.txt")[::2] == (
        2,
        "article-facts: no id can be made of the name '卑尔根'; give one with --id\n",
    )


@pytest.mark.parametrize(
    "passage",
    [
        "“We are close,” Kari Nes said on Monday, 3 March 2026, of 34.5% and $5. ",
        "5% ",
        "“a” ",
        "a。",
        "Nes ",
        "\U000e0001. ",
        '‘“"«',
        "Monday, 5 May 2025 at 8 pm ",
    ],
)
def test_the_largest_texts_are_begun_in_seconds_and_their_facts_files_can_be_read(
    passage: str, place: Path, run_process: Run
) -> None:
    text = "Talks\n\n" + passage * (4_000_000 // len(passage.encode()))
    Path("bergen.txt").write_text(text, "utf-8")
    code, _, err = run_process("new", "bergen.txt", cwd=place)
    assert (code, err) == (0, "")
    assert Path("seeds/bergen/facts.yaml").stat().st_size < LARGEST // 2
    assert "sentences; those from" in Path("seeds/bergen/facts.yaml").read_text("utf-8")


@pytest.mark.skipif(sys.platform != "linux", reason="a full device is Linux's")
def test_a_disk_that_is_full_leaves_nothing(place: Path, bergen: Path, run_process: Run) -> None:
    # A limit on the size of files is met like a full disk, in the middle of the second one.
    command = (
        f"import resource, runpy, sys; resource.setrlimit(resource.RLIMIT_FSIZE, ({len(BERGEN.encode()) + 99}, -1))"
    )
    script = place / "limited.py"
    script.write_text(f"import signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n{command}\n"
        "sys.argv = ['article-facts', 'new', sys.argv[1]]\nrunpy.run_module('app', run_name='__main__')\n")  # fmt: skip
    done = subprocess.run(
        [sys.executable, script, bergen],
        cwd=place,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 2, done.stderr
    assert done.stderr.startswith("article-facts: cannot write ")
    assert not list(place.glob("seeds/*"))
