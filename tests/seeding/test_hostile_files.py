"""Files made to hurt: each is accepted or reported with its place, in seconds, and never ends in a traceback."""

import json
import multiprocessing
import os
import random
import re
import sqlite3
import traceback
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from app.dataset_file import manifest_path, verify
from app.seeding.build import build, check
from app.seeding.problems import RULES, SeedError

Run = Callable[..., tuple[int, str, str]]
Spoil = Callable[[Path], object]
FACTS, ARTICLE = "facts.yaml", "article.txt"
LINE = re.compile(r"(?P<file>[^:]+):(?P<line>[1-9][0-9]*):(?P<column>[1-9][0-9]*): (?P<rule>[a-z-]+): \S.*")
ROOT_ONLY = pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")


def content(file: str, text: str | bytes) -> Spoil:
    """The whole file is this."""
    return lambda seed: (seed / file).write_bytes(text.encode() if isinstance(text, str) else text)


def replaced(file: str, old: str, new: str | bytes) -> Spoil:
    """The first of these words in the file are replaced."""

    def spoil(seed: Path) -> None:
        before = (seed / file).read_bytes()
        assert old.encode() in before
        (seed / file).write_bytes(before.replace(old.encode(), new.encode() if isinstance(new, str) else new, 1))

    return spoil


def converted(file: str, convert: Callable[[str], bytes]) -> Spoil:
    return lambda seed: (seed / file).write_bytes(convert((seed / file).read_bytes().decode()))


def all_of(*spoils: Spoil) -> Spoil:
    return lambda seed: [spoil(seed) for spoil in spoils]


def moved_and(file: str, put: Callable[[Path, Path], object]) -> Spoil:
    """The file is moved out of the seeds, and something else put in its place."""

    def spoil(seed: Path) -> None:
        away = Path.cwd() / "away"
        os.rename(seed / file, away)
        put(seed / file, away)

    return spoil


def linked_folder(seed: Path) -> None:
    os.rename(seed, "away")
    seed.symlink_to(Path.cwd() / "away", target_is_directory=True)


BOMB = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{chr(98 + i)}: &{chr(98 + i)} [{','.join(['*' + chr(97 + i)] * 9)}]\n" for i in range(9)
)
LANGUAGE = "  language: en\n"
TITLE = '  title: "US-China trade negotiations enter second day, Lighthizer discusses progress"'

REFUSED: dict[str, tuple[str, str, Spoil]] = {
    # ------------------------------------------------------------------------------------------------- YAML
    "an alias bomb": ("yaml-feature", FACTS, content(FACTS, BOMB)),
    "an anchor": ("yaml-feature", FACTS, replaced(FACTS, "language: en", "language: &a en")),
    "an alias of nothing": ("yaml-feature", FACTS, replaced(FACTS, "language: en", "language: *a")),
    "an alias of itself": ("yaml-feature", FACTS, content(FACTS, "article: &a\n  name: *a\n")),
    "a tag": ("yaml-feature", FACTS, replaced(FACTS, "language: en", "language: !!str en")),
    "a tag that makes objects": (
        "yaml-feature",
        FACTS,
        replaced(FACTS, "language: en", "language: !!python/object/apply:os.system [touch /tmp/pwned]"),
    ),
    "a tag on a mapping": ("yaml-feature", FACTS, replaced(FACTS, "article:\n", "article: !!map\n")),
    "a tag on the document": ("yaml-feature", FACTS, replaced(FACTS, "article:\n", "--- !!map\narticle:\n")),
    "a tag that is a bare mark": ("yaml-feature", FACTS, replaced(FACTS, "language: en", "language: ! en")),
    "an anchor on a key": ("yaml-feature", FACTS, replaced(FACTS, "language: en", "&a language: en")),
    "a merge key": ("yaml-feature", FACTS, replaced(FACTS, LANGUAGE, LANGUAGE + "  <<: {language: de}\n")),
    "a second document": ("yaml-feature", FACTS, converted(FACTS, lambda text: (text + "\n---\na: 1\n").encode())),
    "the same document twice": ("yaml-feature", FACTS, converted(FACTS, lambda text: f"{text}\n---\n{text}".encode())),
    "a YAML directive": ("yaml-feature", FACTS, converted(FACTS, lambda text: f"%YAML 1.1\n---\n{text}".encode())),
    "a TAG directive": ("yaml-feature", FACTS, converted(FACTS, lambda text: f"%TAG ! x:\n---\n{text}".encode())),
    "a directive of a later version": (
        "yaml",
        FACTS,
        converted(FACTS, lambda text: f"%YAML 9.9\n---\n{text}".encode()),
    ),
    "200,000 nested lists": ("yaml-depth", FACTS, content(FACTS, "a: " + "[" * 200_000)),
    "200,000 nested mappings": ("yaml-depth", FACTS, content(FACTS, "{a: " * 200_000)),
    "200,000 nested dashes": ("yaml-depth", FACTS, content(FACTS, "- " * 200_000)),
    "200,000 nested question marks": ("", FACTS, content(FACTS, "? " * 200_000)),
    "200,000 nested and closed": ("yaml-depth", FACTS, content(FACTS, "a: " + "[" * 200_000 + "]" * 200_000)),
    "10,000 nested by indentation": (
        "yaml-depth",
        FACTS,
        content(FACTS, "\n".join(" " * i + "a:" for i in range(2000))),
    ),
    "a key twice": ("duplicate-key", FACTS, replaced(FACTS, LANGUAGE, LANGUAGE * 2)),
    "a key twice in different quotation marks": (
        "duplicate-key",
        FACTS,
        replaced(FACTS, LANGUAGE, LANGUAGE + '  "language": de\n'),
    ),
    "a key 20,000 times": ("duplicate-key", FACTS, replaced(FACTS, LANGUAGE, LANGUAGE * 20_000)),
    "a list for a key": ("wrong-shape", FACTS, replaced(FACTS, LANGUAGE, LANGUAGE + "  [a, b]: c\n")),
    "a mapping for a key": ("wrong-shape", FACTS, replaced(FACTS, LANGUAGE, LANGUAGE + "  {a: b}: c\n")),
    "a number for a key": ("unknown-field", FACTS, replaced(FACTS, LANGUAGE, LANGUAGE + "  1: c\n")),
    "a null for a key": ("unknown-field", FACTS, replaced(FACTS, LANGUAGE, LANGUAGE + "  ~: c\n")),
    "nothing for a key": ("", FACTS, replaced(FACTS, LANGUAGE, LANGUAGE + "  : c\n")),
    "a truth value for a key": ("unknown-field", FACTS, replaced(FACTS, LANGUAGE, LANGUAGE + "  yes: c\n")),
    "a key of 100,000 characters": ("", FACTS, replaced(FACTS, LANGUAGE, LANGUAGE + f"  ? {'k' * 100_000}\n  : c\n")),
    "the name of a method for a key": (
        "unknown-field",
        FACTS,
        replaced(FACTS, LANGUAGE, LANGUAGE + "  __class__: c\n"),
    ),
    "the name of a model's attribute for a key": (
        "unknown-field",
        FACTS,
        replaced(FACTS, LANGUAGE, LANGUAGE + "  model_config: c\n"),
    ),
    "an unclosed quotation": ("yaml-syntax", FACTS, replaced(FACTS, 'credit: "Reuters"', 'credit: "Reuters')),
    "an unclosed list": (
        "yaml-syntax",
        FACTS,
        converted(FACTS, lambda text: text.replace("no_facts: []", "no_facts: [").encode()),
    ),
    "a tab": ("yaml-syntax", FACTS, replaced(FACTS, LANGUAGE, "\tlanguage: en\n")),
    "an escape that is none": ("yaml-syntax", FACTS, replaced(FACTS, 'credit: "Reuters"', r'credit: "\q"')),
    "a file cut in half": ("", FACTS, converted(FACTS, lambda text: text[: len(text) // 2].encode())),
    # ------------------------------------------------------------------------------------- shape of the whole file
    "an empty file of facts": ("empty-file", FACTS, content(FACTS, "")),
    "only comments": ("empty-file", FACTS, content(FACTS, "# nothing yet\n\n# still nothing\n")),
    "only a document's mark": ("", FACTS, content(FACTS, "---\n")),
    "only a null": ("", FACTS, content(FACTS, "null\n")),
    "a list": ("wrong-shape", FACTS, content(FACTS, "- article\n")),
    "a text": ("wrong-shape", FACTS, content(FACTS, "article\n")),
    "an empty mapping": ("missing-field", FACTS, content(FACTS, "{}\n")),
    "an article that is null": ("", FACTS, content(FACTS, "article: null\n")),
    "an article that is a list": ("wrong-shape", FACTS, content(FACTS, "article: [a, b]\n")),
    "kinds that are texts": ("wrong-shape", FACTS, replaced(FACTS, "no_facts: []", "no_facts: nothing")),
    "records that are null": ("wrong-shape", FACTS, replaced(FACTS, "\ntopics:\n", "\ntopics:\n  - null\n")),
    "an id that is a list": ("", FACTS, replaced(FACTS, "- id: magnets", "- id: [magnets]")),
    "an id that is null": ("", FACTS, replaced(FACTS, "- id: magnets", "- id: null")),
    "a name that is a mapping": ("wrong-shape", FACTS, replaced(FACTS, 'name: "magnets"', "name: {a: b}")),
    "evidence that is a text": (
        "",
        FACTS,
        replaced(
            FACTS, '    evidence:\n      - quote: "trade talks', '    evidence: x\n    x:\n      - quote: "trade talks'
        ),
    ),
    "a quote that is a list": ("", FACTS, replaced(FACTS, 'quote: "focusing on export controls"', "quote: [focusing]")),
    "fields that are a mapping": ("", FACTS, replaced(FACTS, "fields: [name, title]", "fields: {name: title}")),
    "fields that are a text": ("", FACTS, replaced(FACTS, "fields: [name, title]", "fields: name")),
    "fields with a null": ("", FACTS, replaced(FACTS, "fields: [name, title]", "fields: [name, title, null]")),
    "inferred that is a list": (
        "wrong-shape",
        FACTS,
        replaced(FACTS, '  inferred:\n    language: "', '  inferred:\n    - "'),
    ),
    "an inference that is a list": (
        "",
        FACTS,
        replaced(FACTS, '    language: "The article', '    language: ["The article", x]\n    url: "'),
    ),
    "a reference that is a mapping": ("", FACTS, replaced(FACTS, "party: us", "party: {id: us}")),
    "a complete reference": (
        "",
        FACTS,
        replaced(FACTS, "party: us", "party: {id: us, name: Them, href: //evil.example}"),
    ),
    "a reference that is a list": ("", FACTS, replaced(FACTS, "party: us", "party: [us]")),
    "a date that is a text": (
        "wrong-shape",
        FACTS,
        replaced(FACTS, '{edtf: "2025-05", stated: "in May"}', '"2025-05"'),
    ),
    "a date that is a mapping": ("bad-date", FACTS, replaced(FACTS, '{edtf: "2025-05",', '{edtf: {a: "2025-05"},')),
    "a clock time that is a list": ("", FACTS, replaced(FACTS, 'local: "2025-06-09T20:00"', "local: [2025]")),
    "a time zone that climbs": ("bad-date", FACTS, replaced(FACTS, "zone: Europe/London", "zone: ../../etc/passwd")),
    "a time zone that is a folder": ("bad-date", FACTS, replaced(FACTS, "zone: Europe/London", "zone: Europe")),
    "a time zone of 5,000 characters": ("", FACTS, replaced(FACTS, "zone: Europe/London", f"zone: {'a' * 5000}")),
    "a time zone with a NUL": ("", FACTS, replaced(FACTS, "zone: Europe/London", r'zone: "Europe\0London"')),
    "an amount that is a number": (
        "wrong-shape",
        FACTS,
        replaced(FACTS, '{value: 34.5, unit: percent, comparator: exact, stated: "34.5%"}', "34.5"),
    ),
    "an amount without its hedge": ("", FACTS, replaced(FACTS, "unit: percent, comparator: exact", "unit: percent")),
    "a figure with the hedge none": ("bad-value", FACTS, replaced(FACTS, "comparator: exact", "comparator: none")),
    # ------------------------------------------------------------------------------- values that YAML reads variously
    "NO": ("ambiguous-scalar", FACTS, replaced(FACTS, 'credit: "Reuters"', "credit: NO")),
    "010": ("ambiguous-scalar", FACTS, replaced(FACTS, 'credit: "Reuters"', "credit: 010")),
    "1.10": ("ambiguous-scalar", FACTS, replaced(FACTS, 'credit: "Reuters"', "credit: 1.10")),
    "yes": ("ambiguous-scalar", FACTS, replaced(FACTS, 'credit: "Reuters"', "credit: yes")),
    "0x1F": ("ambiguous-scalar", FACTS, replaced(FACTS, 'credit: "Reuters"', "credit: 0x1F")),
    "190:20:30": ("ambiguous-scalar", FACTS, replaced(FACTS, 'credit: "Reuters"', "credit: 190:20:30")),
    "1e3": ("ambiguous-scalar", FACTS, replaced(FACTS, 'credit: "Reuters"', "credit: 1e3")),
    "a plain date for a title": ("", FACTS, replaced(FACTS, TITLE, "  title: 2025-06-10")),
    "a plain date for a name": ("", FACTS, replaced(FACTS, 'name: "magnets"', "name: 2025-06-10")),
    "a plain time for a name": ("", FACTS, replaced(FACTS, 'name: "magnets"', "name: 2025-06-10T10:00:00Z")),
    "a null for a name": ("missing-field", FACTS, replaced(FACTS, 'name: "magnets"', "name: ~")),
    "5,000 digits": ("bad-value", FACTS, replaced(FACTS, "number: 2\n", f"number: {'9' * 5000}\n")),
    "1e400": ("bad-value", FACTS, replaced(FACTS, "value: 34.5", "value: 1e400")),
    "Arabic digits": ("bad-value", FACTS, replaced(FACTS, "number: 2\n", "number: ٢\n")),
    "1_0": ("bad-value", FACTS, replaced(FACTS, "number: 2\n", "number: 1_0\n")),
    "braces": ("bad-value", FACTS, replaced(FACTS, "status: agreed", 'status: "{x}{0}{}%s"')),
    "a text of 1,000,000 characters": (
        "",
        FACTS,
        replaced(FACTS, 'credit: "Reuters"', f'credit: "{"Reuters " * 125_000}x"'),
    ),
    "a quote of 200,000 characters": (
        "quote-not-found",
        FACTS,
        replaced(FACTS, '"focusing on export controls"', f'"{"focusing on export " * 10_000}controls"'),
    ),
    "escaped control characters": ("", FACTS, replaced(FACTS, 'name: "magnets"', r'name: "mag\a\0\enets"')),
    "escaped reversal of reading": ("", FACTS, replaced(FACTS, 'name: "magnets"', r'name: "mag\u202enets"')),
    "half of a pair of surrogates": ("", FACTS, replaced(FACTS, 'name: "magnets"', r'name: "mag\ud800nets"')),
    # ---------------------------------------------------------------------------------------------- characters
    "facts in Latin-1": ("bad-encoding", FACTS, replaced(FACTS, "language: en", b"language: \xe9n")),
    "an article in Latin-1": ("bad-encoding", ARTICLE, replaced(ARTICLE, "Lutnick", b"L\xfctnick")),
    "facts in UTF-16": ("bad-encoding", FACTS, converted(FACTS, lambda text: text.encode("utf-16"))),
    "an article in UTF-16": ("bad-encoding", ARTICLE, converted(ARTICLE, lambda text: text.encode("utf-16"))),
    "an article in UTF-16 without a mark": ("", ARTICLE, converted(ARTICLE, lambda text: text.encode("utf-16-le"))),
    "an article in UTF-32": ("", ARTICLE, converted(ARTICLE, lambda text: text.encode("utf-32"))),
    "a lone surrogate": ("bad-encoding", ARTICLE, replaced(ARTICLE, "Lutnick", b"L\xed\xa0\x80nick")),
    "an overlong NUL": ("bad-encoding", ARTICLE, replaced(ARTICLE, "Lutnick", b"L\xc0\x80nick")),
    "random bytes": ("bad-encoding", ARTICLE, content(ARTICLE, random.Random(1).randbytes(100_000))),
    "a NUL in facts": ("forbidden-character", FACTS, replaced(FACTS, "language: en", "language: e\0n")),
    "a NUL in the article": ("forbidden-character", ARTICLE, replaced(ARTICLE, "Lutnick", "Lut\0nick")),
    "an escape sequence": ("forbidden-character", ARTICLE, replaced(ARTICLE, "Lutnick", "\x1b[31mLutnick")),
    "a DEL": ("forbidden-character", ARTICLE, replaced(ARTICLE, "Lutnick", "Lutnick\x7f")),
    "a character of C1": ("forbidden-character", ARTICLE, replaced(ARTICLE, "Lutnick", "Lutnick\x9b")),
    "reversal of reading in facts": ("forbidden-character", FACTS, replaced(FACTS, "Lutnick", "\u202eLutnick")),
    "reversal of reading in the article": (
        "forbidden-character",
        ARTICLE,
        replaced(ARTICLE, "Lutnick", "\u2067Lutnick"),
    ),
    "a noncharacter": ("forbidden-character", ARTICLE, replaced(ARTICLE, "Lutnick", "Lutnick\uffff")),
    "100,000 NULs": ("forbidden-character", ARTICLE, content(ARTICLE, b"\0" * 100_000)),
    # -------------------------------------------------------------------------------------------------- files
    "facts of 10 MB": ("file-too-large", FACTS, content(FACTS, "# " + "x" * 10_000_000)),
    "an article of 10 MB": ("file-too-large", ARTICLE, content(ARTICLE, "It is. " * 1_500_000)),
    "an article of nothing": ("empty-file", ARTICLE, content(ARTICLE, "")),
    "an article of white space": ("empty-file", ARTICLE, content(ARTICLE, " \n\t\r\n\N{NO-BREAK SPACE}")),
    "an article of a byte order mark": ("empty-file", ARTICLE, content(ARTICLE, b"\xef\xbb\xbf")),
    "an article of spaces": ("empty-file", ARTICLE, content(ARTICLE, b" " * 1_000_000)),
    "another article": ("quote-not-found", FACTS, content(ARTICLE, "Nothing of the kind was said.\n")),
    "a missing article": ("missing-file", ARTICLE, lambda seed: (seed / ARTICLE).unlink()),
    "missing facts": ("missing-file", FACTS, lambda seed: (seed / FACTS).unlink()),
    "a linked article": ("unsafe-file", ARTICLE, moved_and(ARTICLE, lambda file, away: file.symlink_to(away))),
    "linked facts": ("unsafe-file", FACTS, moved_and(FACTS, lambda file, away: file.symlink_to(away))),
    "a link to nowhere": ("unsafe-file", FACTS, moved_and(FACTS, lambda file, _: file.symlink_to("nowhere"))),
    "a link to itself": ("unsafe-file", FACTS, moved_and(FACTS, lambda file, _: file.symlink_to(file.name))),
    "a linked folder": ("unsafe-file", "", linked_folder),
    "a pipe for an article": ("unsafe-file", ARTICLE, moved_and(ARTICLE, lambda file, _: os.mkfifo(file))),
    "a pipe for facts": ("unsafe-file", FACTS, moved_and(FACTS, lambda file, _: os.mkfifo(file))),
    "a pipe for a folder": ("unsafe-file", "../pipe", lambda seed: os.mkfifo(seed.parent / "pipe")),
    "a folder for an article": ("unsafe-file", ARTICLE, moved_and(ARTICLE, lambda file, _: file.mkdir())),
    "a folder for facts": ("unsafe-file", FACTS, moved_and(FACTS, lambda file, _: file.mkdir())),
    "an endless device": ("unsafe-file", FACTS, moved_and(FACTS, lambda file, _: file.symlink_to("/dev/zero"))),
    "a folder with capitals": ("bad-id", "../Article", lambda seed: (seed.parent / "Article").mkdir()),
    "a folder with a space": ("bad-id", "../an article", lambda seed: (seed.parent / "an article").mkdir()),
    "a folder with an underscore": ("bad-id", "../an_article", lambda seed: (seed.parent / "an_article").mkdir()),
    "a folder with an accent": ("bad-id", "../é", lambda seed: (seed.parent / "é").mkdir()),
    "a folder with a line end": (
        "bad-id",
        "../a\N{REPLACEMENT CHARACTER}b",
        lambda seed: (seed.parent / "a\nb").mkdir(),
    ),
    "a folder that is not UTF-8": (
        "bad-id",
        "../\N{REPLACEMENT CHARACTER}",
        lambda seed: os.mkdir(bytes(seed.parent) + b"/\xff"),
    ),
    "a folder of 81 letters": ("", "*", lambda seed: os.rename(seed, seed.parent / ("a" * 81))),
    "an empty folder": ("missing-file", "../empty/" + FACTS, lambda seed: (seed.parent / "empty").mkdir()),
}


@pytest.mark.parametrize(("rule", "file", "spoil"), REFUSED.values(), ids=REFUSED)
def test_a_hostile_file_is_reported_and_builds_nothing(
    rule: str, file: str, spoil: Spoil, seed: Path, run_forked: Run, untouched: Path
) -> None:
    spoil(seed)
    code, out, err = run_forked("build", "--seeds", "seeds", "--database", untouched)
    assert "Traceback" not in err, err
    assert code == 1, out + err
    found = [LINE.fullmatch(line) for line in out.splitlines()]
    assert found
    assert all(found), out[:2000]
    reported = {(match["file"], match["rule"]) for match in found if match}
    assert {name for _, name in reported} <= set(RULES)
    if file != "*":
        path = os.path.normpath(seed / file)
        assert [name for place, name in reported if place == path and rule in name], out[:2000]


@ROOT_ONLY
@pytest.mark.parametrize("file", [FACTS, ARTICLE])
def test_an_unreadable_file_is_reported(file: str, seed: Path, run: Run) -> None:
    (seed / file).chmod(0)
    code, out, _ = run("check", "--seeds", "seeds")
    assert code == 1
    assert f"{seed / file}:1:1: unsafe-file: " in out


def crlf(text: str) -> bytes:
    return text.replace("\n", "\r\n").encode()


def with_mark(text: str) -> bytes:
    return b"\xef\xbb\xbf" + text.encode()


ACCEPTED: dict[str, Spoil] = {
    "a byte order mark in both": all_of(converted(ARTICLE, with_mark), converted(FACTS, with_mark)),
    "CRLF in the article": converted(ARTICLE, crlf),
    "CRLF in both": all_of(converted(ARTICLE, crlf), converted(FACTS, crlf)),
    "CR in the article": converted(ARTICLE, lambda text: text.replace("\n", "\r").encode()),
    "CRLF and a byte order mark": converted(ARTICLE, lambda text: b"\xef\xbb\xbf" + crlf(text)),
    "an emoji before every quote": replaced(ARTICLE, "US-China trade", "📈🇬🇧 US-China trade"),
    "an emoji in the middle": replaced(ARTICLE, "Thus far, ", "👨‍👩‍👧 Thus far, "),
    "a combining mark before a quote": replaced(ARTICLE, "Thus far, ", "É e\u0301 Thus far, "),
    "a line end at the end": converted(ARTICLE, lambda text: f"{text}\n\n".encode()),
    "white space at the end of lines": converted(ARTICLE, lambda text: text.replace("\n", "  \n").encode()),
    "hidden files and loose files": lambda seed: [
        (seed.parent / n).write_text("x") for n in (".DS_Store", "README.md")
    ],
    "a hidden folder": lambda seed: (seed.parent / ".git").mkdir(),
    "other files beside": lambda seed: (seed / "notes.md").write_text("x"),
}


def assert_consistent(database: Path, *articles: Path) -> None:
    """The file is whole, and every quote stands in its article where it says to, by characters and UTF-16 units."""
    verify(database)
    with closing(sqlite3.connect(f"{database.resolve().as_uri()}?mode=ro", uri=True)) as connection:
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        documents = [json.loads(row[0]) for row in connection.execute("SELECT document FROM documents")]
    hrefs = {document["href"] for document in documents}
    assert len(hrefs) == len(documents)
    texts = {article.parent.name: article.read_bytes().decode("utf-8-sig") for article in articles}
    for document in documents:
        assert document["evidence"]
        assert set(re.findall(r'"href": "([^"#]+)"', json.dumps(document))) <= hrefs
        disputing = [item for dispute in document["disputed_by"] for item in dispute["evidence"]]
        assert document["sources"] == len({item["article"]["id"] for item in document["evidence"]})
        assert document["disputed"] is bool(disputing)
        for item in [*document["evidence"], *disputing]:
            text = texts[item["article"]["id"]]
            units = text.encode("utf-16-le")
            assert text[item["start"] : item["end"]] == item["quote"]
            assert units[2 * item["start_utf16"] : 2 * item["end_utf16"]].decode("utf-16-le") == item["quote"]


@pytest.mark.parametrize("change", ACCEPTED.values(), ids=ACCEPTED)
def test_a_harmless_oddity_is_accepted_with_right_offsets(
    change: Spoil, seed: Path, run_forked: Run, tmp_path: Path
) -> None:
    change(seed)
    code, out, err = run_forked("build", "--seeds", "seeds", "--database", "facts.db")
    assert (code, out) == (0, ""), err
    assert_consistent(Path("facts.db"), seed / ARTICLE)


def test_places_are_right_behind_a_byte_order_mark(seed: Path, run: Run) -> None:
    (seed / FACTS).write_bytes(with_mark("artcle: {}\n"))
    (seed / ARTICLE).write_bytes(with_mark("US\0"))
    out = run("check", "--seeds", "seeds")[1]
    assert f"{seed / ARTICLE}:1:3: forbidden-character: " in out
    (seed / ARTICLE).write_bytes(with_mark("US."))
    out = run("check", "--seeds", "seeds")[1]
    assert f"{seed / FACTS}:1:1: unknown-field: " in out
    assert f"{seed / ARTICLE}:1:1: uncovered-sentence: " in out


def test_a_place_is_right_with_crlf(seed: Path, run: Run) -> None:
    lines = (seed / FACTS).read_text("utf-8").splitlines(keepends=True)
    converted(FACTS, crlf)(seed)
    replaced(FACTS, "language: en", "langage: en")(seed)
    place = f"{seed / FACTS}:{lines.index(LANGUAGE) + 1}:3: unknown-field: "
    assert place in run("check", "--seeds", "seeds")[1]


def test_a_chain_of_3000_measures_is_checked_in_seconds(seed: Path, run_forked: Run) -> None:
    measure = """\
  - id: m{i}
    name: "Tariffs"
    type: tariff
    status: in_force
    in_response_to: m{next}
    evidence: [{{quote: "Thus far, tariffs", fields: [name, type, status, in_response_to]}}]
"""
    chain = "".join(measure.format(i=i, next=i + 1) for i in range(3000)).replace("m3000", "tariffs")
    replaced(FACTS, "\npolicy-measures:\n", f"\npolicy-measures:\n{chain}")(seed)
    assert run_forked("check", "--seeds", "seeds")[:2] == (0, "")


# ------------------------------------------------------------------------------------------------ random edits

EDITS, BUILT_OF_THEM = 1000, 250
"""Of each folder of seeds."""
VALUE = re.compile(r"(?<=[:,\[] )[^\s,\[\]{}][^,\[\]{}\n]*|(?<=- )\S.*")
CHARACTERS = "aZ09 \t\n:,-#&*!|>'\"%@`{}[]?~.“”’é📈\0\u202e\ufeff\\/="


def edited(text: str, chance: random.Random) -> str:
    """The text with one edit."""
    at = chance.randrange(len(text))
    lines = text.splitlines(keepends=True)
    line = chance.randrange(len(lines))
    values = [match.span() for match in VALUE.finditer(text)] or [(at, at + 1)]
    start, end = chance.choice(values)
    match chance.choice(["delete", "double", "replace", "insert", "cut", "twice", "move", "swap", "empty", "indent"]):
        case "delete":
            return text[:at] + text[at + 1 :]
        case "double":
            return text[: at + 1] + text[at:]
        case "replace":
            return text[:at] + chance.choice(CHARACTERS) + text[at + 1 :]
        case "insert":
            return text[:at] + chance.choice(CHARACTERS) + text[at:]
        case "cut":
            return "".join(lines[:line] + lines[line + 1 :])
        case "twice":
            return "".join(lines[: line + 1] + lines[line:])
        case "move":
            moved = lines.pop(line)
            lines.insert(chance.randrange(len(lines) + 1), moved)
            return "".join(lines)
        case "swap":
            other = chance.choice(values)
            (a, b), (c, d) = sorted([(start, end), other])
            return text if b > c else text[:a] + text[c:d] + text[b:c] + text[a:b] + text[d:]
        case "empty":
            return text[:start] + chance.choice(["", "[]", "{}", "null", '""', "[x]", "{x: y}", "- x"]) + text[end:]
        case _:
            return "".join([*lines[:line], chance.choice([" ", "  ", "- "]) + lines[line], *lines[line + 1 :]])


def tried(first: int, originals: dict[str, str], folder: Path) -> None:
    """Write down what became of every second edit from the first on: 'in order', 'reported', or what went wrong."""
    seeds = folder / str(first) / "seeds"
    for name, text in originals.items():
        (seeds / name).parent.mkdir(parents=True, exist_ok=True)
        (seeds / name).write_bytes(text.encode())
    articles, facts = ([name for name in originals if name.endswith(kind)] for kind in (ARTICLE, FACTS))
    outcomes: dict[int, str] = {}
    for number in range(first, EDITS, 2):
        chance = random.Random(number)
        name = chance.choice(articles if chance.random() < 0.15 else facts)
        (seeds / name).write_bytes(edited(originals[name], chance).encode())
        try:
            outcomes[number] = outcome(seeds, number % (EDITS // BUILT_OF_THEM) == 0)
        except Exception as error:
            outcomes[number] = "".join(traceback.format_exception(error))[-600:]
        (seeds / name).write_bytes(originals[name].encode())
    (folder / str(first) / "outcomes.json").write_text(json.dumps(outcomes))


def outcome(seeds: Path, is_built: bool) -> str:
    problems = list(check(seeds))
    for problem in problems:
        assert problem.rule in RULES
        assert problem.position.line >= 1
        assert problem.position.column >= 1
        assert LINE.fullmatch(str(problem))
    database = seeds.parent / "facts.db"
    if problems and is_built:
        with pytest.raises(SeedError):
            build(seeds, database)
        assert not database.exists()
    elif not problems and is_built:
        build(seeds, database)
        assert_consistent(database, *seeds.glob(f"*/{ARTICLE}"))
        database.unlink()
        manifest_path(database).unlink()
    return "reported" if problems else "in order"


def first_half(real_seed: Path, folder: Path) -> dict[str, str]:
    """The real seed up to the statements, and excuses for what they leave; small, so that many edits can be tried."""
    article = (real_seed / ARTICLE).read_bytes().decode()
    facts = (real_seed / FACTS).read_bytes().decode().partition("\npolicy-measures:\n")[0]
    facts = re.sub(r"    measures:\n(?:      - .*\n)+|      measures: .*\n", "", facts)
    facts = re.sub(r"      - quote: .*\n        fields: \[measures\]\n", "", facts).replace(", measures]", "]")
    seed = folder / "first-half" / "an-article"
    seed.mkdir(parents=True)
    (seed / ARTICLE).write_bytes(article.encode())
    (seed / FACTS).write_bytes(facts.encode())
    facts += "\nno_facts:\n"
    for problem in check(seed.parent):
        assert problem.rule == "uncovered-sentence", problem
        line, column = problem.position.line, problem.position.column
        words = article.split("\n")[line - 1][column - 1 : column + 29]
        facts += f'  - quote: "{words.strip()}"\n    why: "It is told in the other half."\n'
    (seed / FACTS).write_bytes(facts.encode())
    assert [str(problem) for problem in check(seed.parent)] == []
    return {f"an-article/{FACTS}": facts, f"an-article/{ARTICLE}": article}


def several(real_seed: Path, folder: Path) -> dict[str, str]:
    """Three articles that speak of the same records."""
    seeds = real_seed.parents[1] / "tests" / "articles" / "fisheries"
    return {str(file.relative_to(seeds)): file.read_bytes().decode() for file in sorted(seeds.glob("*/*"))}


@pytest.mark.parametrize("seeds", [first_half, several])
def test_1000_single_edits_each_give_a_report_or_a_consistent_dataset(
    seeds: Callable[[Path, Path], dict[str, str]], real_seed: Path, tmp_path: Path
) -> None:
    originals = seeds(real_seed, tmp_path)
    context = multiprocessing.get_context("fork")
    halves = [context.Process(target=tried, args=(first, originals, tmp_path)) for first in (0, 1)]
    for half in halves:
        half.start()
    for half in halves:
        half.join()
    outcomes: dict[str, str] = {}
    for first in (0, 1):
        outcomes |= json.loads((tmp_path / str(first) / "outcomes.json").read_text())
    assert len(outcomes) == EDITS
    wrong = {number: text for number, text in outcomes.items() if text not in ("in order", "reported")}
    assert wrong == {}
    # Most edits break something, and not all do.
    assert Counter(outcomes.values())["reported"] > EDITS / 2
    assert Counter(outcomes.values())["in order"] > EDITS / 100
