"""What a reader may want to make facts of: quotations and who may have said them, dates, times and figures.

All of it is found by its form alone. What it means is for a person to say, so these are candidates and never facts.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from app.seeding.text import ArticleText, Piece

Span = tuple[int, int]

QUOTATION = re.compile(
    r"“([^“”]+)”|„([^„“”]+)[“”]|«([^«»]+)»|»([^«»]+)«|「([^「」]+)」|『([^『』]+)』|\"([^\"]+)\""
    # A single mark may be an apostrophe: only one after a word's end and a stop closes.
    r"|(?<!\w)‘([^‘]{1,2000}?[.,!?…])’(?!\w)"
)
SAYING = re.compile(
    r"\b(?:said|says|say|told|tells|added|adds|stated|states|mentioned|commented|revealed|noted|announced|explained"
    r"|warned|insisted|indicated|replied|asked|acknowledged|declared|argued|claimed|continued|remarked|confirmed|wrote"
    r"|according to)\b"
)
WORDS = re.compile(r"[^\W\d_][\w’-]*(?: [^\W\d_][\w’-]*)*")
PARTICLES = ("de", "da", "di", "van", "von", "der", "bin", "al")
NO_NAME = re.compile(
    r"A|About|After|All|Also|Although|An|And|Are|As|At|Because|Before|Both|But|By|Can|Currently|Despite|During|Each|Even"
    r"|Following|For|From|Have|He|Her|Here|His|How|However|I|If|In|Is|It|Its|Last|Many|May|More|Most|Mr|Mrs|Ms|My|New|No"
    r"|Not|Now|Of|On|Once|One|Only|Or|Other|Our|Over|Recent|Several|She|Since|So|Some|Such|That|The|Their|Then|There"
    r"|These|They|This|Those|Though|Thus|To|Today|Two|Under|Until|Upon|We|What|When|Where|Which|While|Who|Why|Will|With"
    r"|Yes|Yesterday|You|Your"
)
"""Words that are capitalised at the beginning of a sentence, and name nobody."""
MONTH = (
    r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?"
    r"|Nov(?:ember)?|Dec(?:ember)?)\b\.?"
)
MONTHS = "JanFebMarAprMayJunJulAugSepOctNovDec"
DAY, ORDINAL, YEAR = (
    r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day",
    r"\d{1,2}(?:st|nd|rd|th)?\b",
    r"(?:1[5-9]|20)\d{2}\b",
)
PERIOD = r"(?:week|weekend|month|quarter|year|night|spring|summer|autumn|winter)"
COUNT = r"(?:\d+|a|one|two|three|four|five|six|seven|eight|nine|ten|several|a few)"
DATES = (
    r"\b\d{4}-\d{2}-\d{2}\b",
    rf"\b{ORDINAL} (?:of )?{MONTH}(?:,? {YEAR})?",
    rf"\b{MONTH} {ORDINAL}(?:,? {YEAR})?",
    rf"\b\d{{1,2}}[./]\d{{1,2}}[./]{YEAR}",
    r"\b(?i:around |about |at )?\d{1,2}(?:[:.]\d{2})? ?(?i:a\.m\.|p\.m\.|[ap]m\b)",
    r"\b(?i:around |about |at )?\d{1,2}:\d{2}\b(?: ?(?:GMT|UTC|CET|CEST|EST|EDT|BST)\b)?",
    rf"\b(?i:on |last |next |this )?{DAY}\b",
    rf"\b(?i:(?:last|next|this|past|previous|coming) {PERIOD})\b",
    rf"\b(?i:{COUNT} (?:days?|weeks?|months?|years?) (?:ago|earlier|later))\b",
    r"\b(?i:yesterday|today|tonight|tomorrow|at noon|at midnight)\b",
    rf"\b(?:(?i:in )(?:early |mid-|late )?{MONTH}(?: {YEAR})?|{MONTH} {YEAR})",
    rf"\b(?i:in |since |by )?{YEAR}(?![.,]?\d|%)",
    r"\d+年(?:\d+月)?(?:\d+日)?|\d+月\d+日",
)
WHEN = re.compile("|".join(DATES))
HEDGE = (
    r"(?:(?:about|around|roughly|approximately|nearly|almost|over|above|more than|at least|less than|under|up to) )?"
)
NUMBER = r"\d+(?:[.,]\d+)*"
SCALE = r"(?: ?(?:thousand|million|billion|trillion|bn)\b)?"
FIGURE = re.compile(
    rf"{HEDGE}(?:(?:US\$|[$€£¥₹₽₩])\s?(?P<money>{NUMBER}){SCALE}"
    rf"|(?P<percent>{NUMBER})(?:\s?[%％]|(?: |-)per ?cent\b)"
    rf"|(?<![\w.,])(?P<count>{NUMBER}){SCALE}(?: [^\W\d_]+)?)",
    re.IGNORECASE,
)
FAR = 80
"""Characters between a name and a quotation, or a verb of saying, after which it is unlikely to be the speaker's."""
LONGEST_AROUND = 2_000
"""Sentences that are longer are hardly sentences."""
WINDOW, NEIGHBOURS, LOOKED_THROUGH = 600, 20, 50_000
"""How far around a quotation names are looked for: characters, other quotations; and where else a name may stand."""
PLAIN_NUMBER = re.compile(r"(?:0|[1-9][0-9]{0,14})(?:\.[0-9]{0,13}[1-9])?")
FULL_DATE = re.compile(
    rf"(?P<iso>\d{{4}}-\d{{2}}-\d{{2}})"
    rf"|(?P<d1>\d{{1,2}})(?:st|nd|rd|th)? (?:of )?(?P<m1>{MONTH}),? (?P<y1>{YEAR})"
    rf"|(?P<m2>{MONTH}) (?P<d2>\d{{1,2}})(?:st|nd|rd|th)?,? (?P<y2>{YEAR})"
)


@dataclass(frozen=True)
class Quotation:
    """Words between quotation marks, and who may have said them."""

    words: Span
    """The words, without the marks."""
    around: Span
    """The sentences that they stand in."""
    speakers: list[str]
    """Names near the words or a verb of saying, the likeliest first; candidates only."""


@dataclass(frozen=True)
class Figure:
    """A number with what stands around it."""

    words: Span
    value: str | None
    """The number, where it can be read in one way only."""
    unit: str | None
    """The unit, where the words leave no doubt."""


def quotations(text: ArticleText, end: int) -> Iterator[Quotation]:
    """Everything between quotation marks that begins before an offset."""
    found = [
        (match.span(), match.span(match.lastindex or 0))
        for paragraph in text.paragraphs
        if paragraph.start < end
        for match in QUOTATION.finditer(text.text, paragraph.start, paragraph.end)
        if match.start() < end and (match[match.lastindex or 0]).strip()
    ]
    marked = [outer for outer, _ in found]
    for index, (outer, inner) in enumerate(found):
        touched = text.sentences_between(*outer)
        around = (text.sentences[touched[0] - 1].start, text.sentences[touched[-1] - 1].end)
        around = around if around[1] - around[0] <= LONGEST_AROUND else outer
        yield Quotation(inner, around, speakers(text, outer, marked[max(index - NEIGHBOURS, 0) : index + NEIGHBOURS]))


def speakers(text: ArticleText, quotation: Span, marked: list[Span]) -> list[str]:
    """Names that may be the speaker's: of the quotation's own paragraph, or else of the nearest one before it."""
    own = text.paragraph_at(quotation[0]) - 1
    for piece in reversed(text.paragraphs[min(max(own - 3, 1), own) : own + 1]):
        near = (max(piece.start, quotation[0] - WINDOW), min(piece.end, quotation[1] + WINDOW))
        verbs = [match.span() for match in SAYING.finditer(text.text, *near)]
        scores: dict[str, int] = {}
        for name, span in names(text, near):
            if not any(start <= span[0] < end for start, end in marked):
                far = _distance(span, quotation) // 3 + min((_distance(span, verb) for verb in verbs), default=FAR)
                # People are mostly named in full where they speak.
                far -= 10 if " " in name else 0
                scores[name] = min(far, scores.get(name, far))
        if scores:
            likely = [name for name in scores if scores[name] <= min(scores.values()) + FAR]
            # "Lutnick" beside "Howard Lutnick" is no second candidate.
            alone = [name for name in likely if not any(name in other for other in likely if other != name)]
            return sorted(alone, key=lambda name: (scores[name], name))[:3]
    return []


def names(text: ArticleText, span: Span) -> Iterator[tuple[str, Span]]:
    """Capitalised words in a span that may be names."""
    own = text.sentences_between(*span)
    begins = {text.sentences[number - 1].start for number in own}
    for match in WORDS.finditer(text.text, *span):
        for run in _capitalised(match[0]):
            start = match.start() + run[0]
            words = match[0][slice(*run)]
            first = words.split()[0]
            if NO_NAME.fullmatch(first) and start in begins:
                rest = words[len(first) :].lstrip()
                start, words = start + len(words) - len(rest), rest
            # A word that begins a sentence is capitalised anyway; a name stands within one as well, or before its verb.
            if start in begins and " " not in words and not _is_name(words, text, start + len(words)):
                continue
            if words and not all(NO_NAME.fullmatch(word) or WHEN.search(f"in {word}") for word in words.split()):
                yield words.removesuffix("’s"), (start, start + len(words))


def _is_name(word: str, text: ArticleText, end: int) -> bool:
    within = re.compile(rf"[\w,] {re.escape(word)}\b")
    return bool(SAYING.match(text.text, end + 1) or within.search(text.text, 0, LOOKED_THROUGH))


def _capitalised(words: str) -> Iterator[Span]:
    """The runs of capitalised words in words that are separated by single spaces, particles between them included."""
    at, begin, end = 0, -1, -1
    for word in [*words.split(" "), ""]:
        if word[:1].isupper() and (len(word) > 1 or begin >= 0):
            begin = at if begin < 0 else begin
            end = at + len(word)
        elif begin >= 0 and word not in PARTICLES:
            yield begin, end
            begin = -1
        at += len(word) + 1


def _distance(one: Span, other: Span) -> int:
    return max(one[0] - other[1], other[0] - one[1], 0)


def dates(text: ArticleText, sentence: Piece) -> list[Span]:
    """The dates and times of a sentence."""
    return [match.span() for match in WHEN.finditer(text.text, sentence.start, sentence.end)]


def figures(text: ArticleText, sentence: Piece) -> Iterator[Figure]:
    """The numbers of a sentence that are not part of a date or a time."""
    taken = dates(text, sentence)
    for match in FIGURE.finditer(text.text, sentence.start, sentence.end):
        if not any(start < match.end() and match.start() < end for start, end in taken):
            number = match[match.lastgroup or 0]
            has_scale = re.search(r"thousand|million|billion|trillion|bn", match[0], re.IGNORECASE)
            is_plain = PLAIN_NUMBER.fullmatch(number) and not has_scale
            yield Figure(match.span(), number if is_plain else None, "percent" if match["percent"] else None)


def calendar_day(words: str) -> str | None:
    """The date in EDTF, where the words print it whole, with the year."""
    match = FULL_DATE.search(words)
    if match is None:
        return None
    if match["iso"]:
        year, month, day = match["iso"].split("-")
    else:
        day, name, year = (match[f"{part}1"] or match[f"{part}2"] for part in "dmy")
        month = str(MONTHS.index(name[:3]) // 3 + 1)
    try:
        return date(int(year), int(month), int(day)).isoformat()
    except ValueError:
        return None
