"""The beginning of a facts file: what is certain of a text, and as comments what a person may want to use.

Lines that begin with `##` explain. All other comments are YAML: without their "# " they quote just these words of the
text. What they leave empty `check` asks for, so that nothing that was only proposed is taken for a fact.
"""

from collections.abc import Iterable, Iterator
from itertools import islice

from app.references import SLUG_LENGTH, Kind
from app.seeding.candidates import Quotation, calendar_day, dates, figures, quotations
from app.seeding.passage import Passage, passage_at, passages, scalar
from app.seeding.read import LARGEST
from app.seeding.text import ArticleText, Piece
from app.values import fold

SCHEMA_LINE = "# yaml-language-server: $schema=../facts.schema.json"
"""Tells editors which fields there are."""
LONGEST, MOST = 100_000, 1_000
"""How many characters and sentences of a text are gone through: a facts file has a limit, and a reader too."""
LONGEST_HEADLINE, MOST_PROPOSED = 500, 300
PROPOSED = (Kind.PEOPLE, Kind.STATEMENTS, Kind.INDICATORS)


def slug(name: str) -> str:
    """An id made of a name; empty where the name has no Latin letters or digits."""
    words = "".join(char if char.isascii() and char.isalnum() else " " for char in fold(name)).split()
    while len("-".join(words)) > SLUG_LENGTH and len(words) > 1:
        words.pop()
    return "-".join(words)[:SLUG_LENGTH]


def scaffold(text: ArticleText) -> str:
    """A facts file to go on with."""
    written = _written(text, list(_gone_through(text)))
    # A text of nothing but quotations, figures or characters that are written as escapes makes more of itself than a
    # facts file can hold.
    return written if len(written.encode()) <= LARGEST // 2 else _written(text, [])


def _written(text: ArticleText, sentences: list[Piece]) -> str:
    found = list(islice(quotations(text, sentences[-1].end if sentences else 0), MOST_PROPOSED))
    lines = [SCHEMA_LINE, INTRODUCTION, "", *_article(text, sentences), "", *_sentences(text, sentences)]
    for heading, items in (
        ("people:", _people(text, found)),
        ("statements:", (_statement(text, quotation) for quotation in found)),
        ("indicators:", _figures(text, sentences)),
        ("", _dates(text, sentences)),
        ("no_facts:", _excuses(text, sentences)),
    ):
        if listed := list(islice(items, MOST_PROPOSED if heading != "no_facts:" else MOST)):
            lines += ["", EXPLAINED[heading], *([f"# {heading}"] if heading else [])]
            lines += [line for item in listed for line in item]
        if len(listed) == MOST_PROPOSED:
            lines.append("## There may be more; these are enough to begin with.")
    others = ", ".join(kind for kind in Kind if kind not in (Kind.ARTICLES, *PROPOSED))
    return "\n".join([*lines, "", OTHERS, f"## {others}.", ""])


INTRODUCTION = """\
##
## Nothing is stated yet but the headline. Lines that begin with two of these marks explain; the other comments are
## proposals, in which every quote is exact. Take the "# " off what you use, fill in what is empty, delete the rest.
## Records refer to each other by id. Every sentence carries a fact or stands under no_facts, with the reason.
## 'article-facts check' says what is wrong, 'article-facts coverage' what is not yet read, and
## 'article-facts locate "words"' gives the quote for any words."""
OTHERS = "## Other kinds of records, written as lists like the ones above:"
EXPLAINED = {
    "people:": """\
## Names near quotations: candidates, not all of them people. An id never changes, so choose it well; a person whom
## another article has too keeps the id.""",
    "statements:": """\
## What stands between quotation marks. The candidates for the speaker are found by nearness only.""",
    "indicators:": """\
## Figures. Those that are no figure of their own belong to another record, or to none.""",
    "": """\
## Dates and times: the value for a field of a record, and the quote for its evidence. `edtf` is the date, such as
## 2025-06-10, 2025-06 or 2025-06-02/2025-06-08. What the words do not print is explained under `inferred`.""",
    "no_facts:": """\
## Sentences that carry no fact: keep those for which this is so, and say why.""",
}


def _gone_through(text: ArticleText) -> Iterator[Piece]:
    for sentence in text.sentences[:MOST]:
        if sentence.end > LONGEST:
            return
        yield sentence


def _article(text: ArticleText, sentences: list[Piece]) -> Iterator[str]:
    headline = passage_at(text, text.paragraphs[0].start, text.paragraphs[0].end)
    printed = (passage_at(text, *span) for piece in sentences[:8] for span in dates(text, piece))
    published = [passage for passage in printed if calendar_day(passage.words)][:1]
    is_headline = len(headline.words) <= LONGEST_HEADLINE
    yield "article:"
    yield f"  ## The first paragraph is {'taken' if is_headline else 'too long'} for the headline."
    yield f"  name: {scalar(headline.words)}" if is_headline else "  name:"
    yield f"  title: {scalar(headline.words)}" if is_headline else "  title:"
    yield "  ## As a tag such as en, de or zh-Hant; say under `inferred` how it is known."
    yield "  # language:"
    yield from (f"  # published: {_when(passage)}" for passage in published)
    yield "  evidence:"
    yield from (f"    {line}" for line in headline.item("name, title") if is_headline)
    yield from (f"    # {line}" for passage in published for line in passage.item("published"))
    yield "  # inferred:"
    yield "  #   language:"
    yield from ("  #   published:" for _ in published)


def _sentences(text: ArticleText, sentences: list[Piece]) -> Iterator[str]:
    yield "## The sentences, by number."
    paragraph = 0
    for sentence in sentences:
        if (now := text.paragraph_at(sentence.start)) != paragraph:
            paragraph = now
            yield f"## paragraph {paragraph}"
        yield f"##   {sentence.number}  {scalar(text.text[sentence.start : sentence.end].strip())}"
    if len(sentences) < len(text.sentences):
        rest = f"## There are {len(text.sentences):,} sentences; those from {len(sentences) + 1:,} on are not gone"
        yield f"{rest} through here."


def _people(text: ArticleText, found: list[Quotation]) -> Iterator[list[str]]:
    named = {slug(name): name for quotation in reversed(found) for name in quotation.speakers}
    first = {id_: passages(text, name)[0] for id_, name in named.items()}
    for id_, passage in sorted(first.items(), key=lambda item: item[1].start):
        if id_:
            about = [f"#   - id: {scalar(id_)}", f"#     name: {scalar(passage.words)}"]
            yield [_where(passage, "Candidate."), *about, *_evidence(passage, "name")]


def _statement(text: ArticleText, quotation: Quotation) -> list[str]:
    around = passage_at(text, *quotation.around)
    said_by = f"Candidates for the speaker: {', '.join(quotation.speakers)}." if quotation.speakers else ""
    return [
        _where(around, said_by or "No candidate for the speaker."),
        "#   - id:",
        "#     name:",
        "#     speaker:",
        "#     mode:  # direct: all that is between the marks; mixed: the reporter's words with a quoted fragment",
        f"#     text: {scalar(text.text[slice(*quotation.words)].strip())}",
        "#     is_conditional:  # true, false",
        *_evidence(around, "speaker, mode, text, is_conditional"),
    ]


def _figures(text: ArticleText, sentences: list[Piece]) -> Iterator[list[str]]:
    for figure in (figure for sentence in sentences for figure in figures(text, sentence)):
        passage = passage_at(text, *figure.words)
        stated = f"unit: {figure.unit or ''}, comparator: , stated: {scalar(passage.words)}"
        yield [
            _where(passage, "The comparator: exact, about, more_than, less_than, up_to."),
            "#   - id:",
            "#     name:",
            "#     metric:",
            f"#     amount: {{value: {figure.value or ''}, {stated}}}",
            *_evidence(passage, "amount"),
        ]


def _dates(text: ArticleText, sentences: list[Piece]) -> Iterator[list[str]]:
    for span in (span for sentence in sentences for span in dates(text, sentence)):
        passage = passage_at(text, *span)
        item = ", ".join(line.removeprefix("- ").strip() for line in passage.item("when"))
        yield [_where(passage), f"#     when: {_when(passage)}", f"#       - {{{item}}}"]


def _excuses(text: ArticleText, sentences: list[Piece]) -> Iterator[list[str]]:
    # The headline carries the title.
    for sentence in (piece for piece in sentences if text.paragraph_at(piece.start) > 1):
        passage = passage_at(text, sentence.start, sentence.end)
        yield [_where(passage), *(f"#   {line}" for line in passage.item()), "#     why:"]


def _when(passage: Passage) -> str:
    return f"{{edtf: {calendar_day(passage.words) or ''}, stated: {scalar(passage.words)}}}"


def _evidence(passage: Passage, fields: str) -> Iterable[str]:
    return ["#     evidence:", *(f"#       {line}" for line in passage.item(fields))]


def _where(passage: Passage, remark: str = "") -> str:
    return f"#   # Sentence {passage.sentence}, paragraph {passage.paragraph}. {remark}".rstrip()
