"""Quotes held against a text: what may differ, what may not, and what is nearest."""

import pytest

from app.quotations import Edit, Piece, Place, Quotation, Token, tokens

TEXT = (
    "Talks resume",
    "“We’re close – but close isn’t a deal,” said Zoë Nes of the US-China forum.",
    "Prices rose 34.5% to 1,000 kronor… Nobody knew why 🐟👩‍💻!",
    "会谈于周二在伦敦举行。",
    "Cafe\u0301 owners\u00a0shrugged:  “No comment.”",
)
WHOLE = "\n".join(TEXT)


def piece(number: int) -> Piece:
    start = len("\n".join(TEXT[:number])) + bool(number)
    return Piece("a", number + 1, number + 1, start, len(WHOLE[:start].encode("utf-16-le")) // 2, TEXT[number])


STRETCH: list[Token] = [token for number in range(len(TEXT)) for token in tokens(piece(number))]


def places(text: str) -> list[Place]:
    return list(Quotation(text).places(STRETCH))


@pytest.mark.parametrize(
    ("given", "served"),
    [
        ("We’re close", "We’re close"),
        ("We're close - but close isn't a deal", "We’re close – but close isn’t a deal"),
        ("We`re close — but", "We’re close – but"),
        ("We're  close\u2003--but", "We’re close – but"),
        ("\"We're close", "“We’re close"),
        ("«We’re close»", "“We’re close"),
        ("‘We’re close – but close isn’t a deal,’", "“We’re close – but close isn’t a deal,”"),
        ("'deal,' said", "deal,” said"),
        ("Zoe\u0308 Nes", "Zoë Nes"),
        ("Caf\u00e9 owners shrugged: 'No comment.'", "Cafe\u0301 owners\u00a0shrugged:  “No comment.”"),
        ("US–China forum", "US-China forum"),
        ("China", "China"),
        ("34.5%", "34.5%"),
        ("会谈于 周二", "会谈于周二"),
        ("周", "周"),
        ("🐟👩‍💻", None),
        ("why 🐟👩‍💻!", "why 🐟👩‍💻!"),
        ("why 🐟👩", None),
        ("we’re close", None),
        ("We’re close but", None),
        ("Zoe Nes", None),
        ("Zoë Ne", None),
        ("lose – but", None),
        ("34.5 percent", None),
        ("1000 kronor", None),
        ("kronor...", None),
        ("said Zoë, Nes", None),
    ],
)
def test_marks_dashes_and_white_space_may_differ_and_nothing_else(given: str, served: str | None) -> None:
    if given == "🐟👩‍💻":
        with pytest.raises(ValueError, match="There is no word in it"):
            Quotation(given)
        return
    assert [it.text for it in places(given)] == ([] if served is None else [served])
    for it in places(given):
        assert WHOLE[it.start : it.end] == it.text
        assert WHOLE.encode("utf-16-le")[2 * it.start_utf16 : 2 * it.end_utf16].decode("utf-16-le") == it.text


def test_a_quote_may_go_on_beyond_a_sentence() -> None:
    (found,) = places("Nobody knew why 🐟👩‍💻! 会谈于周二在伦敦举行。 Café owners")
    assert WHOLE[found.start : found.end].startswith("Nobody knew why")
    assert WHOLE[found.start : found.end].endswith("Cafe\u0301 owners")
    assert (found.text, found.paragraph, found.sentence) == (None, 3, 3)


def test_every_place_is_found() -> None:
    assert len(places("close")) == 2


@pytest.mark.parametrize(
    ("given", "nearest", "changes"),
    [
        ("We're far – but close isn't a deal", "We’re close – but close isn’t a deal", ["far>close"]),
        ("but close isn't a bad deal", "but close isn’t a deal", ["bad>"]),
        ("Prices rose to 1,000 kronor", "Prices rose 34.5% to 1,000 kronor", [">34.5%"]),
        ("prices rose 34.5% to 1,000 kronor", "Prices rose 34.5% to 1,000 kronor", ["prices>Prices"]),
        ("Prices rose 34.5% to 1,000 dollars", "Prices rose 34.5% to 1,000 kronor", ["dollars>kronor"]),
        ("wages rose 34.5% to 1,000 kronor", "Prices rose 34.5% to 1,000 kronor", ["wages>Prices"]),
        ("会谈于周三在伦敦举行", "会谈于周二在伦敦举行", ["三>二"]),
        ("the fish has left the harbour for good", None, []),
    ],
)
def test_the_nearest_passage_and_what_differs(given: str, nearest: str | None, changes: list[str]) -> None:
    found = Quotation(given).nearest(STRETCH)
    assert (found and found.place.text) == nearest
    if found:
        assert 60 <= found.similarity < 100
        assert [f"{it.given}>{it.article}" for it in found.changes if it.op is not Edit.EQUAL] == changes


@pytest.mark.parametrize("text", ["", " ", "“”", "— ...", "🐟", "\u0301", "\u200b\ufeff", "%_*"])
def test_what_has_no_word_is_no_quote(text: str) -> None:
    with pytest.raises(ValueError, match="There is no word in it"):
        Quotation(text)


def test_the_phrase_to_look_up_is_around_the_rarest_word_and_within_a_sentence() -> None:
    quotation = Quotation("One two. Three four five! Six")
    assert quotation.phrase({"one": 9, "two": 9, "three": 8, "four": 1, "five": 8, "six": 2}) == (
        "three",
        "four",
        "five",
    )
    long = Quotation(" ".join(f"w{i}" for i in range(100)))
    found = {f"w{i}": 1 if i == 90 else 5 for i in range(100)}
    assert long.phrase(found) == tuple(f"w{i}" for i in range(70, 100))
