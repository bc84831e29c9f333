"""The quick way to the words of the index finds those that search marks."""

import random

import pytest

from app.words import BEYOND_LATIN, RUN, TYPOGRAPHIC, UNSPACED, indexed, levelled, pattern, words

SCRIPTS = [
    range(0x20, 0x7F), range(0x20, 0x300), [*range(0x1E00, 0x1F00), *range(0x2000, 0x2070), *range(0x20, 0x7F)],
    [*range(0x61, 0x7B), *range(0x300, 0x340)], [*range(0x61, 0x7B), *range(0x3040, 0x3060), *range(0x4E00, 0x4E20)],
    range(0x20, 0xD800),
]  # fmt: skip


def test_latin_texts_have_no_marks_and_no_unspaced_letters() -> None:
    characters = [char for code in range(0x110000) if not BEYOND_LATIN.search(char := chr(code))]
    assert len(characters) > 1_000
    assert not any(pattern().fullmatch(f"a{char}b") and not char.isalnum() for char in characters)
    assert not any(pattern().fullmatch(char) and not pattern().fullmatch(f"a{char}") for char in characters)
    assert all(BEYOND_LATIN.search(char) for char in UNSPACED if char != "-")


def test_typographic_marks_are_no_part_of_words() -> None:
    marks = [char for code in range(0x110000) if TYPOGRAPHIC.fullmatch(char := chr(code))]
    assert len(marks) > 30
    assert all(indexed(f"Æ{char}b") == "æ b" and indexed(f"a{char}b") == "a b" for char in marks)
    assert all([word.folded for word in words(f"a{char}b")] == ["a", "b"] for char in marks)


def test_the_words_of_the_index_are_those_of_search() -> None:
    chance = random.Random(5)
    for _ in range(5_000):
        script = chance.choice(SCRIPTS)
        text = "".join(chr(chance.choice(script)) for _ in range(chance.choice([1, 3, 30])))
        text += chance.choice(["", "a" * 99, "ß" * 101, " ½ ﬁ"])
        assert [*filter(None, indexed(text).split(" "))] == [word.folded for word in words(text)], text


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["Élodie", "\u0301saw it", "北京", ""], "elodie | saw it | 北 京 |"),
        (["The Council", "China"], "the council | china"),
        (["“The Council”", "naïve"], "the council | naive"),
        (["a" * 120, "b|c"], f"{'a' * 100} | b c"),
        ([], ""),
    ],
)
def test_what_separates_texts_is_no_word_of_any(texts: list[str], expected: str) -> None:
    assert indexed(*texts).split() == expected.split()


def test_the_runs_of_a_level_text_are_its_words() -> None:
    chance, level = random.Random(1), 0
    latin = [char for code in range(0x110000) if not BEYOND_LATIN.search(char := chr(code))]
    texts = [f"a{char}B" for char in latin]
    texts += ["".join(map(chr, chance.choices(chance.choice(SCRIPTS), k=chance.randint(0, 12)))) for _ in range(20_000)]
    for text in texts:
        if (found := levelled([text])) is not None:
            assert [(run[0], *run.span()) for run in RUN.finditer(found)] == [*words(text)], text
            level += 1
    assert level > 5_000


def test_texts_are_levelled_each_at_its_place() -> None:
    assert levelled(["Né", "“É_Ø”"]) == "ne\0“e_ø”"
    assert levelled(["ne", "½"]) is levelled(["n\0e"]) is levelled(["中"]) is levelled(["e\u0301"]) is None
