"""Paragraphs, sentences, offsets and the nearest passage of a text."""

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.seeding.text import ArticleText

PARAGRAPHS: dict[str, tuple[str, list[str]]] = {
    "one line": ("One. Two.", ["One. Two."]),
    "a blank line between": ("Head\n\nBody.", ["Head", "Body."]),
    "every line is a paragraph": ("Head\nBody.", ["Head", "Body."]),
    "several blank lines": ("A.\n\n\n\nB.", ["A.", "B."]),
    "blank lines of white space": ("A.\n \t \nB.", ["A.", "B."]),
    "CRLF": ("A.\r\n\r\nB.\r\nC.", ["A.", "B.", "C."]),
    "CR": ("A.\r\rB.\rC.", ["A.", "B.", "C."]),
    "a line end at the end": ("A.\n", ["A."]),
    "line ends at the beginning": ("\n\nA.", ["A."]),
    "mixed line ends": ("A.\nB.\r\nC.\rD.", ["A.", "B.", "C.", "D."]),
    "no letters": ("***\n\n—", ["***", "—"]),
}

SENTENCES: dict[str, tuple[str, list[str]]] = {
    "two": ("One. Two.", ["One.", "Two."]),
    "without an end": ("One. Two", ["One.", "Two"]),
    "a headline": ("Talks begin\n\nThey began.", ["Talks begin", "They began."]),
    "question and exclamation": ("Really? Yes! Good?! Fine.", ["Really?", "Yes!", "Good?!", "Fine."]),
    "a point within a quotation": ("He said, “Yes.” Then he left.", ["He said, “Yes.”", "Then he left."]),
    "words after the quotation": ("“Really?” he asked. She nodded.", ["“Really?” he asked.", "She nodded."]),
    "two quotations": ("“We want.” “We do.”", ["“We want.”", "“We do.”"]),
    "single quotes": ("He said: ‘No.’ She agreed.", ["He said: ‘No.’", "She agreed."]),
    "straight quotes": ('He said, "No." She agreed.', ['He said, "No."', "She agreed."]),
    "guillemets": ("Il dit «Non.» Elle part.", ["Il dit «Non.»", "Elle part."]),
    "brackets": ("(It ended.) He left.", ["(It ended.)", "He left."]),
    "an inserted bracket": ("China (CCP) has won. It has.", ["China (CCP) has won.", "It has."]),
    "a decimal": ("It fell 34.5% in May. It rose.", ["It fell 34.5% in May.", "It rose."]),
    "a version or a time": ("At 8.30 it ended. All left.", ["At 8.30 it ended.", "All left."]),
    "an ellipsis within": ("They wait... and see. Then go.", ["They wait... and see.", "Then go."]),
    "an ellipsis at the end": ("Well… Maybe.", ["Well…", "Maybe."]),
    "a title": ("He met Mr. Smith. She left.", ["He met Mr. Smith.", "She left."]),
    "titles in a row": ("He met Prof. Dr. Li today.", ["He met Prof. Dr. Li today."]),
    "a title first": ("Mr. Smith came. He left.", ["Mr. Smith came.", "He left."]),
    "a title first in a later sentence": ("He left. Mr. Smith came.", ["He left.", "Mr. Smith came."]),
    "a title first in a later paragraph": ("Head\n\nDr. Li came.", ["Head", "Dr. Li came."]),
    "a title after an opening quote": ("“Mrs. Li came.” He left.", ["“Mrs. Li came.”", "He left."]),
    "an initial": ("They met J. Greer in London.", ["They met J. Greer in London."]),
    "initials": ("They met J. K. Li. She left.", ["They met J. K. Li.", "She left."]),
    "an initial first in a later sentence": ("He left. J. Greer came.", ["He left.", "J. Greer came."]),
    "a country's letters": ("The U.S. Treasury agreed. It did.", ["The U.S. Treasury agreed.", "It did."]),
    "an abbreviation before a small letter": (
        "It ended at 8 p.m. on Monday. So.",
        ["It ended at 8 p.m. on Monday.", "So."],
    ),
    "an abbreviation in brackets": ("Dr. No (e.g. Him) came.", ["Dr. No (e.g. Him) came."]),
    "versus": ("It was US vs. China. So.", ["It was US vs. China.", "So."]),
    "a number's sign": ("He took No. 5 home. She left.", ["He took No. 5 home.", "She left."]),
    "Chinese": ("他来了。他走了！", ["他来了。", "他走了！"]),
    "Chinese with quotes": ("他说：“好。”他走了。", ["他说：“好。”", "他走了。"]),
    "white space around": ("  One.   Two.  \n", ["One.", "Two."]),
    "line ends of Windows": ("One. Two.\r\n\r\nThree.\r\n", ["One.", "Two.", "Three."]),
    "emoji": ("It rose 📈. It fell 📉.", ["It rose 📈.", "It fell 📉."]),
    "a no-break space between": ("One.\N{NO-BREAK SPACE}Two.", ["One.", "Two."]),
}


@pytest.mark.parametrize(("text", "expected"), PARAGRAPHS.values(), ids=PARAGRAPHS)
def test_paragraphs_are_lines_that_hold_something(text: str, expected: list[str]) -> None:
    paragraphs = ArticleText(text).paragraphs
    assert [text[piece.start : piece.end].strip() for piece in paragraphs] == expected
    assert [piece.number for piece in paragraphs] == [*range(1, len(expected) + 1)]


@pytest.mark.parametrize(("text", "expected"), SENTENCES.values(), ids=SENTENCES)
def test_sentences_end_where_a_reader_ends_them(text: str, expected: list[str]) -> None:
    sentences = ArticleText(text).sentences
    assert [text[piece.start : piece.end].strip() for piece in sentences] == expected
    assert [piece.number for piece in sentences] == [*range(1, len(expected) + 1)]


def test_the_real_article_has_33_sentences_in_18_paragraphs(real_seed: Path) -> None:
    text = ArticleText((real_seed / "article.txt").read_bytes().decode())
    assert (len(text.paragraphs), len(text.sentences)) == (18, 33)
    assert text.text[text.sentences[0].start : text.sentences[0].end].startswith("US-China trade negotiations")
    assert text.text[text.sentences[-1].start : text.sentences[-1].end].startswith("(Translated")


@given(st.text(st.sampled_from("aB. .!?…“”’)\n\r\t 📈。Mr") | st.characters(), max_size=60))
def test_pieces_are_in_order_apart_and_lose_nothing_but_white_space(content: str) -> None:
    text = ArticleText(content)
    for pieces in (text.paragraphs, text.sentences):
        assert [piece.number for piece in pieces] == [*range(1, len(pieces) + 1)]
        rest, end = "", 0
        for piece in pieces:
            assert end <= piece.start < piece.end <= len(content)
            assert content[piece.start : piece.end].strip()
            rest += content[end : piece.start]
            end = piece.end
        assert not (rest + content[end:]).strip()


@given(st.text(st.sampled_from("aB. “”\n\r📈"), min_size=1, max_size=60))
def test_every_offset_is_in_the_piece_that_holds_it(content: str) -> None:
    text = ArticleText(content)
    for piece in text.sentences:
        for offset in range(piece.start, piece.end):
            assert text.sentence_at(offset) == piece.number
        assert list(text.sentences_between(piece.start, piece.end)) == [piece.number]
    for piece in text.paragraphs:
        assert text.paragraph_at(piece.start) == text.paragraph_at(piece.end - 1) == piece.number


def test_a_span_over_several_sentences_touches_all_of_them() -> None:
    text = ArticleText("One. Two. Three.")
    assert list(text.sentences_between(0, 16)) == [1, 2, 3]
    assert list(text.sentences_between(2, 6)) == [1, 2]
    assert list(text.sentences_between(5, 9)) == [2]


UTF16 = {
    "ASCII": "abc",
    "curly quotes count one": "“a” – ’",
    "an emoji counts two": "a📈b",
    "several": "📈📈 x 🇨🇳 y 𝔸",
    "a family joined": "👨‍👩‍👧 came",
    "combining marks": "e\u0301 É n̈",
    "the last of the basic plane and the first after": "\uffee\U00010000",
    "CRLF": "a\r\n📈\r\nb",
}


@pytest.mark.parametrize("content", UTF16.values(), ids=UTF16)
def test_utf16_offsets_are_those_of_the_encoding(content: str) -> None:
    text = ArticleText(content)
    for offset in range(len(content) + 1):
        assert text.utf16(offset) == len(content[:offset].encode("utf-16-le")) // 2


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_utf16_offsets_are_those_of_the_encoding_in_any_text(content: str) -> None:
    text = ArticleText(content)
    assert [text.utf16(i) for i in range(len(content) + 1)] == [
        len(content[:i].encode("utf-16-le")) // 2 for i in range(len(content) + 1)
    ]


OCCURRENCES = [
    ("on Monday", "on Monday and on Monday", [0, 14]),
    ("aa", "aaaa", [0, 1, 2]),
    ("Monday", "monday", []),
    ("“yes”", 'He said "yes"', []),
    ("a. B", "a.\nB", []),
    ("é", "e\u0301", []),
    ("📈", "x📈y📈", [1, 3]),
]


@pytest.mark.parametrize(("quote", "content", "expected"), OCCURRENCES)
def test_a_quote_stands_where_its_very_characters_do(quote: str, content: str, expected: list[int]) -> None:
    assert ArticleText(content).occurrences(quote) == expected


@pytest.mark.parametrize(
    ("content", "offset", "expected"),
    [
        ("abc", 0, (1, 1)),
        ("abc", 2, (1, 3)),
        ("a\nbc", 2, (2, 1)),
        ("a\n\nbc", 4, (3, 2)),
        ("a\r\nbc", 3, (2, 1)),
        ("📈b\n📈c", 4, (2, 2)),
    ],
)
def test_lines_and_columns_are_counted_from_one_in_characters(
    content: str, offset: int, expected: tuple[int, int]
) -> None:
    assert ArticleText(content).line_and_column(offset) == expected


NEAREST = {
    "straight quotes": ('"The negotiations are progressing well', "“The negotiations are progressing well"),
    "another case": ("lutnick did not attend the talks in geneva", "Lutnick did not attend the talks in Geneva"),
    "a word left out": ("a dramatic drop in Chinese exports to the US", "34.5% drop in Chinese exports to the US"),
    "a typing error": ("relax the latset export controls", "relax the latest export controls"),
    "a straight apostrophe": ("China's violation of commitments", "China’s violation of commitments"),
    "a word translated back": ("over 6 hours on the 1st day", "over 6 hours on the first day"),
}


@pytest.mark.parametrize(("quote", "expected"), NEAREST.values(), ids=NEAREST)
def test_the_nearest_passage_is_what_was_meant(quote: str, expected: str, real_seed: Path) -> None:
    text = ArticleText((real_seed / "article.txt").read_bytes().decode())
    passage = text.nearest(quote)
    assert passage is not None
    assert expected in passage
    assert passage in text.text
    assert len(passage) < 2 * len(expected)


def test_nothing_alike_has_no_nearest_passage(real_seed: Path) -> None:
    text = ArticleText((real_seed / "article.txt").read_bytes().decode())
    assert text.nearest("§§§§ 0000 §§§§ ΩΩΩΩ жжжж") is None


@given(st.text(min_size=1, max_size=30), st.text(max_size=80).filter(str.strip))
def test_the_nearest_passage_is_always_a_passage(quote: str, content: str) -> None:
    passage = ArticleText(content).nearest(quote)
    assert passage is None or (passage and passage in content)


TIRESOME: dict[str, str] = {
    "a line of spaces": "'Head' + chr(10) + ' ' * 200_000 + chr(10) + 'End.'",
    "a word and many spaces": "'Head' + ' ' * 200_000 + 'end.'",
    "points without a space": "'.' * 200_000 + 'x'",
    "points with spaces": "'. ' * 100_000",
    "short sentences in one line": "'It. ' * 100_000",
    "initials in one line": "'J. ' * 70_000 + 'Li came.'",
    "closing marks": "'.' + ')' * 200_000 + 'x'",
    "small letters after points": "'a. ' * 100_000",
    "empty lines": "chr(10) * 200_000 + 'End.'",
    "Chinese marks": "'。' * 200_000",
}


@pytest.mark.parametrize("expression", TIRESOME.values(), ids=TIRESOME)
def test_a_text_of_200_kilobytes_is_split_within_seconds(expression: str, root: Path) -> None:
    # In a process of its own, because a regular expression that runs for ever cannot be interrupted.
    program = f"from app.seeding.text import ArticleText; print(len(ArticleText({expression}).sentences))"
    done = subprocess.run([sys.executable, "-c", program], cwd=root, timeout=10, capture_output=True, check=True)
    assert int(done.stdout) >= 1
