"""EDTF levels 0 and 1, and intervals: what each expression can mean, and what is refused."""

import calendar
from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.edtf import EDTFError, Precision, Span, parse

DAY, MONTH, SEASON, YEAR = Precision.DAY, Precision.MONTH, Precision.SEASON, Precision.YEAR
DECADE, CENTURY, INTERVAL = Precision.DECADE, Precision.CENTURY, Precision.INTERVAL

MEANINGS: list[tuple[str, str | None, str | None, Precision]] = [
    # level 0: days, months, years
    ("2025-06-09", "2025-06-09", "2025-06-09", DAY),
    ("0001-01-01", "0001-01-01", "0001-01-01", DAY),
    ("9999-12-31", "9999-12-31", "9999-12-31", DAY),
    ("2024-02-29", "2024-02-29", "2024-02-29", DAY),
    ("2000-02-29", "2000-02-29", "2000-02-29", DAY),
    ("0004-02-29", "0004-02-29", "0004-02-29", DAY),
    ("2025-06", "2025-06-01", "2025-06-30", MONTH),
    ("2025-01", "2025-01-01", "2025-01-31", MONTH),
    ("2025-12", "2025-12-01", "2025-12-31", MONTH),
    ("2025-02", "2025-02-01", "2025-02-28", MONTH),
    ("2024-02", "2024-02-01", "2024-02-29", MONTH),
    ("1900-02", "1900-02-01", "1900-02-28", MONTH),
    ("9999-12", "9999-12-01", "9999-12-31", MONTH),
    ("2025", "2025-01-01", "2025-12-31", YEAR),
    ("0001", "0001-01-01", "0001-12-31", YEAR),
    ("9999", "9999-01-01", "9999-12-31", YEAR),
    # level 1: uncertain, approximate, both
    ("2025?", "2025-01-01", "2025-12-31", YEAR),
    ("2025~", "2025-01-01", "2025-12-31", YEAR),
    ("2025%", "2025-01-01", "2025-12-31", YEAR),
    ("2025-06?", "2025-06-01", "2025-06-30", MONTH),
    ("2025-06~", "2025-06-01", "2025-06-30", MONTH),
    ("2025-06%", "2025-06-01", "2025-06-30", MONTH),
    ("2025-06-09?", "2025-06-09", "2025-06-09", DAY),
    ("2025-06-09~", "2025-06-09", "2025-06-09", DAY),
    ("2025-06-09%", "2025-06-09", "2025-06-09", DAY),
    # level 1: unspecified digits from the right
    ("202X", "2020-01-01", "2029-12-31", DECADE),
    ("000X", "0001-01-01", "0009-12-31", DECADE),
    ("999X", "9990-01-01", "9999-12-31", DECADE),
    ("20XX", "2000-01-01", "2099-12-31", CENTURY),
    ("00XX", "0001-01-01", "0099-12-31", CENTURY),
    ("99XX", "9900-01-01", "9999-12-31", CENTURY),
    ("2025-XX", "2025-01-01", "2025-12-31", YEAR),
    ("2025-XX-XX", "2025-01-01", "2025-12-31", YEAR),
    ("2025-06-XX", "2025-06-01", "2025-06-30", MONTH),
    ("2024-02-XX", "2024-02-01", "2024-02-29", MONTH),
    # level 1: seasons, on whichever hemisphere
    ("2025-21", "2025-03-01", "2025-11-30", SEASON),
    ("2025-22", "2024-12-01", "2026-02-28", SEASON),
    ("2025-23", "2025-03-01", "2025-11-30", SEASON),
    ("2025-24", "2024-12-01", "2026-02-28", SEASON),
    ("2023-24", "2022-12-01", "2024-02-29", SEASON),
    ("2025-21~", "2025-03-01", "2025-11-30", SEASON),
    ("0001-22", "0001-01-01", "0002-02-28", SEASON),
    ("0001-24", "0001-01-01", "0002-02-28", SEASON),
    ("9999-22", "9998-12-01", "9999-12-31", SEASON),
    ("9999-24", "9998-12-01", "9999-12-31", SEASON),
    ("9999-23", "9999-03-01", "9999-11-30", SEASON),
    # intervals, with both ends
    ("2025-06-02/2025-06-08", "2025-06-02", "2025-06-08", INTERVAL),
    ("2025-06-09/2025-06-09", "2025-06-09", "2025-06-09", INTERVAL),
    ("2025-05/2025-06-10", "2025-05-01", "2025-06-10", INTERVAL),
    ("2025-06-09/2025-06", "2025-06-09", "2025-06-30", INTERVAL),
    ("2024/2025", "2024-01-01", "2025-12-31", INTERVAL),
    ("2025/2025-02", "2025-01-01", "2025-02-28", INTERVAL),
    ("2024-02/2024-02", "2024-02-01", "2024-02-29", INTERVAL),
    ("0001-01-01/9999-12-31", "0001-01-01", "9999-12-31", INTERVAL),
    ("2025-05~/2025-06?", "2025-05-01", "2025-06-30", INTERVAL),
    ("2025-06-02%/2025-06-08", "2025-06-02", "2025-06-08", INTERVAL),
    ("201X/2025", "2010-01-01", "2025-12-31", INTERVAL),
    ("19XX/2025-06-09", "1900-01-01", "2025-06-09", INTERVAL),
    ("2025-05-XX/2025-06-XX", "2025-05-01", "2025-06-30", INTERVAL),
    ("2025-21/2025-23", "2025-03-01", "2025-11-30", INTERVAL),
    ("2025-22/2025-24", "2024-12-01", "2026-02-28", INTERVAL),
    # intervals, open or with an unknown end
    ("2025-06-09/..", "2025-06-09", None, INTERVAL),
    ("../2025-06-09", None, "2025-06-09", INTERVAL),
    ("2025-06-09/", "2025-06-09", None, INTERVAL),
    ("/2025-06-09", None, "2025-06-09", INTERVAL),
    ("2025/..", "2025-01-01", None, INTERVAL),
    ("../2025-06~", None, "2025-06-30", INTERVAL),
    ("202X/", "2020-01-01", None, INTERVAL),
]

REFUSALS = [
    # no such day, month or year
    *("2025-02-30", "2025-02-29", "1900-02-29", "2025-04-31", "2025-06-31", "2025-06-00", "2025-06-32", "2025-01-99"),
    *("2025-00", "2025-13", "2025-20", "2025-25", "2025-33", "2025-41", "2025-99", "2025-00-01", "2025-13-01"),
    *("0000", "0000-01", "0000-01-01", "0000-XX", "0000-24", "0000~"),
    # outside the years 0001 to 9999
    *("-0001", "-2025", "-0044-03-15", "-999", "Y2025", "Y12025", "Y-12025", "Y17E7", "Y170000002", "12025", "+2025"),
    # unspecified digits that level 1 does not know, or that say nothing
    *(
        "XXXX",
        "2XXX",
        "X025",
        "2X25",
        "20X5",
        "202x",
        "20xx",
        "2025-0X",
        "2025-1X",
        "2025-X6",
        "2025-06-0X",
        "2025-06-1X",
    ),
    *("2025-XX-09", "202X-06", "20XX-06", "202X-XX", "20XX-06-09", "XXXX-06-09", "2025-XX-0X", "2025-X", "2025-06-X"),
    # seasons with a day; numbers beyond the four seasons
    *("2025-21-01", "2025-24-31", "2025-21-XX", "2025-22/2025-21-01"),
    # qualifiers in wrong places (level 2), doubled, alone
    *(
        "?2025",
        "~2025-06",
        "2025?-06",
        "2025-~06-09",
        "2025-06-?09",
        "2025-06-09??",
        "2025-06-09~?",
        "2025?~",
        "?",
        "~",
        "%",
    ),
    # intervals: reversed, without ends, of too many parts, with the mark in the wrong place
    *("2025-06-08/2025-06-02", "2025/2024", "2025-06/2025-05", "2026/2025-12-31", "2025-06-09/2025-05", "202X/2019"),
    *("9999/0001", "2025-12~/2025-11?", "2025-23/2025-02", "2025-01-02/2025-01-01"),
    *(
        "../..",
        "/",
        "/..",
        "../",
        "..",
        ".",
        "...",
        "2025-06-02/2025-06-08/2025-06-09",
        "2025//2026",
        "//",
        "2025/06/09",
    ),
    *(
        "2025/...",
        ".../2025",
        "..?/2025",
        "../2025/..",
        "2025..2026",
        "2025-06-02 / 2025-06-08",
        "2025-06-02--2025-06-08",
    ),
    *("2025/2025-13", "2025-02-30/2025-03-01", "0000/2025", "2025/junk", "junk/2025", "open/2025", "unknown/2025"),
    # sets and other notations of level 2
    *("[2025,2026]", "{2025,2026}", "[2025..2026]", "2025S2", "1950S2", "2025-06-09^autumn", "2025-W23", "2025-160"),
    # times of day
    *(
        "2025-06-09T10:00",
        "2025-06-09T10:00:00Z",
        "2025-06-09T10:00:00+01:00",
        "2025-06-09T",
        "2025T10",
        "T10:00",
        "10:00",
    ),
    *("2025-06-09 10:00", "2025-06-09t10:00", "2025-06-09/2025-06-09T10:00", "2025-06-09Z"),
    # other ways of writing a date
    *(
        "20250609",
        "202506",
        "2025-6",
        "2025-6-9",
        "2025-06-9",
        "25-06-09",
        "09-06-2025",
        "06/09/2025",
        "9.6.2025",
        "202",
        "5",
    ),
    *(
        "June 2025",
        "today",
        "null",
        "NaN",
        "inf",
        "1e3",
        "0x7E9",
        "2_025",
        "2025-",
        "2025-06-",
        "-2025-06",
        "2025-06-09-",
    ),
    # white space and control characters
    *(
        "",
        " ",
        "\n",
        " 2025",
        "2025 ",
        "2025\n",
        "2025-06-09\n",
        "2025-06-09\r\n",
        "\t2025",
        "2025 -06",
        "2025\x00",
        "\x00",
    ),
    *(
        "2025\N{NO-BREAK SPACE}",
        "\N{ZERO WIDTH NO-BREAK SPACE}2025",
        "2025\N{ZERO WIDTH SPACE}",
        "2025-06-09\N{LINE SEPARATOR}",
    ),
    # digits and hyphens that are not ASCII's
    *("２０２５", "٢٠٢٥", "२०२५-०६", "2025-０6", "²025", "202Χ", "2025\N{EN DASH}06", "2025\N{NON-BREAKING HYPHEN}06"),
    *("2025\N{MINUS SIGN}06\N{MINUS SIGN}09", "2025\N{FRACTION SLASH}2026", "\N{FULLWIDTH TILDE}2025", "🗓", "\ud800"),
    # SQL and other junk
    *(
        "2025' OR '1'='1",
        "2025;DROP TABLE facts",
        "%",
        "%%",
        "{}",
        "[]",
        "2025-06-09,2025-06-10",
        "9" * 5000,
        "2025/" * 500,
    ),
]


def day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


@pytest.mark.parametrize(("text", "earliest", "latest", "precision"), MEANINGS)
def test_an_expression_means_these_days(
    text: str, earliest: str | None, latest: str | None, precision: Precision
) -> None:
    assert parse(text) == Span(day(earliest), day(latest), precision)


@pytest.mark.parametrize("text", dict.fromkeys(REFUSALS), ids=ascii)
def test_what_is_no_expression_is_refused_in_a_sentence(text: str) -> None:
    with pytest.raises(EDTFError) as refusal:
        parse(text)
    assert str(refusal.value).strip()


WORDS = [
    ("2025-02-30", "28"),
    ("2025-13", "13"),
    ("2025-06-08/2025-06-02", "before"),
    ("../..", "interval"),
    ("2025-06-09T10:00", "time"),
    ("0000", "0001"),
    ("-0044", "0001"),
    ("Y12025", "9999"),
    ("202X-06", "202X"),
    ("2025-21-01", "season"),
]


@pytest.mark.parametrize(("text", "word"), WORDS)
def test_a_refusal_says_what_is_wrong(text: str, word: str) -> None:
    with pytest.raises(EDTFError, match=word):
        parse(text)


def test_no_expression_stands_twice_in_the_table() -> None:
    assert len({row[0] for row in MEANINGS}) == len(MEANINGS)
    assert not {row[0] for row in MEANINGS} & set(REFUSALS)


@given(st.dates())
def test_every_day_means_itself(day: date) -> None:
    assert parse(day.isoformat()) == Span(day, day, DAY)


@given(st.integers(1, 9999), st.integers(1, 12))
def test_every_month_means_its_first_to_its_last_day(year: int, month: int) -> None:
    last = calendar.monthrange(year, month)[1]
    assert parse(f"{year:04}-{month:02}") == Span(date(year, month, 1), date(year, month, last), MONTH)


@given(st.integers(1, 9999))
def test_every_year_means_its_first_to_its_last_day(year: int) -> None:
    assert parse(f"{year:04}") == Span(date(year, 1, 1), date(year, 12, 31), YEAR)


@given(st.dates(), st.dates())
def test_two_days_are_an_interval_in_one_order_only(one: date, other: date) -> None:
    first, last = sorted((one, other))
    assert parse(f"{first}/{last}") == Span(first, last, INTERVAL)
    if first != last:
        with pytest.raises(EDTFError):
            parse(f"{last}/{first}")


@given(st.integers(-1, 10_000), st.integers(0, 13), st.integers(0, 32))
def test_a_day_is_accepted_exactly_when_the_calendar_has_it(year: int, month: int, day: int) -> None:
    text = f"{year:04}-{month:02}-{day:02}"
    try:
        expected = date(year, month, day)
    except ValueError:
        with pytest.raises(EDTFError):
            parse(text)
    else:
        assert parse(text) == Span(expected, expected, DAY)


ALIKE = st.text("0123456789XYTxS-/.~?% []{}0129", max_size=24)
"""Texts of the characters that expressions are made of."""
GRAMMAR = st.from_regex(r"(?:[0-9X]{4}(?:-[0-9X]{2}){0,2}[?~%]?|\.\.|)(?:/(?:[0-9X]{4}(?:-[0-9X]{2}){0,2}|\.\.|))?")


@given(st.one_of(st.text(), ALIKE, GRAMMAR, st.text(st.characters(categories=["Nd", "Pd", "Cs"]))))
@example("0000-24/..")
@example("9999-24/9999-24")
def test_any_text_is_a_span_in_order_or_refused(text: str) -> None:
    try:
        span = parse(text)
    except EDTFError:
        return
    assert span.earliest is None or span.latest is None or span.earliest <= span.latest
    assert (span.precision is INTERVAL) == ("/" in text)
    assert span.earliest is not None or span.latest is not None
