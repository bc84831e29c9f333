"""Spoiled copies of the real seed, and of three articles that speak of the same records: what is reported, and where;
and that no build of one touches the old dataset.

A fault is an exact replacement in a file of the seed. The mark ¦ stands where the problem must be reported: in the
new text, or in a passage of the spoiled file (`at`) where the problem shows elsewhere than in what was replaced.
"""

import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import pytest

from app.seeding.build import check
from app.seeding.problems import RULES

MARK = "¦"
FACTS, ARTICLE = "facts.yaml", "article.txt"
LINE = re.compile(r"(?P<file>.+?):(?P<line>[0-9]+):(?P<column>[0-9]+): (?P<rule>[a-z-]+): (?P<message>\S.*)")


Run = Callable[..., tuple[int, str, str]]


class Edit(NamedTuple):
    """An exact replacement in a file."""

    old: str
    new: str
    file: str = FACTS


@dataclass(frozen=True)
class Fault:
    """What is spoiled, and what must be said of it."""

    rule: str
    edits: tuple[Edit, ...]
    words: tuple[str, ...] = ()
    at: Edit | None = None
    """A passage with the mark, and its file, where no edit holds the mark."""


def fault(rule: str, old: str, new: str, *words: str, at: str | None = None, file: str = FACTS) -> Fault:
    return Fault(rule, (Edit(old, new, file),), words, Edit("", at) if at else None)


LANGUAGE = "  language: en\n"
MAGNETS = """\
  - id: magnets
    name: "magnets"
    evidence:
      - quote: "the delivery of rare earths and magnets"
        fields: [name]
"""
NOT_IN_GENEVA = 'quote: "Lutnick did not attend the talks in Geneva."\n        fields: [name, person'
ON_EXPORT_CONTROLS = '      - quote: "focusing on export controls"\n        fields: [name]\n'
CREDIT = '    - quote: "(Translated and adapted from a report by Reuters)"\n      fields: [credit]\n'
SESSION_END = 'ends: {local: "2025-06-09T20:00", zone: Europe/London,'
LAST_SENTENCE = "Lutnick did not attend the talks in Geneva."

FAULTS: dict[str, Fault] = {
    # ------------------------------------------------------------------------------------------------- YAML
    "a character that begins nothing": fault("yaml-syntax", LANGUAGE, "  language: ¦@en\n"),
    "a tab for indentation": fault("yaml-syntax", LANGUAGE, "¦\tlanguage: en\n"),
    "an anchor": fault("yaml-feature", LANGUAGE, "  language: ¦&tongue en\n", "anchor"),
    "an alias": fault("yaml-feature", LANGUAGE, "  language: ¦*tongue\n", "alias"),
    "a tag": fault("yaml-feature", LANGUAGE, "  language: ¦!!str en\n", "tag"),
    "a merge key": fault("yaml-feature", LANGUAGE, "  language: en\n  ¦<<: {url: null}\n", "merge"),
    "a second document": fault("yaml-feature", "no_facts: []", "no_facts: []\n¦---\nparties: []", "document"),
    "thirteen levels": fault("yaml-depth", LANGUAGE, f"  language: {'[' * 10}¦[en{']' * 11}\n", "12"),
    "a key twice": fault("duplicate-key", LANGUAGE, f"{LANGUAGE}  ¦language: de\n", "language"),
    "a kind twice": fault("duplicate-key", "no_facts: []", "¦topics: []\nno_facts: []", "topics"),
    "a control character in facts": fault("forbidden-character", LANGUAGE, "  language: e¦\x07n\n", "U+0007"),
    "a character that reverses reading": fault(
        "forbidden-character", "Howard Lutnick, revealed", "Howard ¦\u202eLutnick, revealed", "U+202E", file=ARTICLE
    ),
    # ------------------------------------------------------------------------------------------------ shape
    "a value for a list": fault("wrong-shape", 'aliases:\n      - "Hassett"', 'aliases: ¦"Hassett"', "list"),
    "a list for a value": fault("wrong-shape", 'venue: "Lancaster House"', 'venue: ¦["Lancaster House"]'),
    "a mapping for a value": fault("wrong-shape", "  language: en\n", "  language: ¦{en: de}\n"),
    "a value for a mapping": fault(
        "wrong-shape", '- date: {edtf: "2025-06-10", stated: "on Tuesday"}', '- date: ¦"2025-06-10"', "mapping"
    ),
    "a value for a record": fault("wrong-shape", MAGNETS, "  - ¦magnets\n", "mapping"),
    "a mapping for a list of records": fault(
        "wrong-shape", "\nnegotiations:\n  - id: us", "\nnegotiations:\n    ¦id: us"
    ),
    "a value for a list of excuses": fault("wrong-shape", "no_facts: []", "no_facts: ¦none at all"),
    "a quote without its mapping": fault(
        "wrong-shape", ON_EXPORT_CONTROLS, '      - ¦"focusing on export controls"\n', "mapping"
    ),
    "a list among the supported fields": fault(
        "wrong-shape", ON_EXPORT_CONTROLS, ON_EXPORT_CONTROLS.replace("[name]", "[name, ¦[name]]")
    ),
    "a list for a key": fault("wrong-shape", LANGUAGE, f"{LANGUAGE}  ¦[a, b]: c\n", "key"),
    "a misspelt field": fault(
        "unknown-field", 'office: "White House economic advisor"', '¦ofice: "White House economic advisor"', "office"
    ),
    "a misspelt kind": fault("unknown-field", "\ntopics:\n", "\n¦topcis:\n", "topics"),
    "a field that the build computes": fault(
        "unknown-field", LANGUAGE, f"{LANGUAGE}  ¦characters: 3900\n", "characters"
    ),
    "a bound that the build computes": fault(
        "unknown-field",
        'since: {edtf: "2025-05", stated: "in May"}',
        'since: {edtf: "2025-05", stated: "in May", ¦earliest: "2025-05-01"}',
        "earliest",
    ),
    "an offset that somebody typed": fault(
        "unknown-field", ON_EXPORT_CONTROLS, f"{ON_EXPORT_CONTROLS}        ¦start: 5\n", "start"
    ),
    "a field of another kind": fault("unknown-field", MAGNETS, f'{MAGNETS}    ¦office: "none"\n', "office"),
    "an id for the article": fault("unknown-field", "article:\n", "article:\n  ¦id: another\n", "id"),
    "a missing field": fault(
        "missing-field", "    type: sales_ban\n", "", "type", at="  - ¦id: nvidia-chip-sales-ban\n"
    ),
    "a field that is null": fault("missing-field", "    type: sales_ban\n", "    type: ¦null\n", "type"),
    "a missing id": fault("missing-field", "  - id: geneva\n    name:", "  - ¦name:", "id"),
    "a missing article": fault("missing-field", "article:\n  name:", "¦articles:\n  name:", "article"),
    "a quote that supports nothing": fault(
        "missing-field",
        ON_EXPORT_CONTROLS,
        ON_EXPORT_CONTROLS.replace("quote", "¦quote").replace("        fields: [name]\n", ""),
        "fields",
    ),
    "an evidence item without a quote": fault(
        "missing-field", ON_EXPORT_CONTROLS, ON_EXPORT_CONTROLS + "      - ¦fields: [name]\n", "quote"
    ),
    "an excuse without a reason": fault(
        "missing-field", "no_facts: []", f'no_facts:\n  - ¦quote: "{LAST_SENTENCE}"', "why"
    ),
    "a misspelt choice": fault("bad-value", "status: agreed", "status: ¦agred", "agreed"),
    "a truth value of YAML 1.1": fault("bad-value", "attended: false", "attended: ¦no", "false"),
    "a truth value in quotation marks": fault("bad-value", "attended: false", 'attended: ¦"false"', "false"),
    "a number with a leading zero": fault("bad-value", "number: 2\n", "number: ¦010\n", "010"),
    "a number with a trailing zero": fault("bad-value", "value: 34.5", "value: ¦1.10", "1.10"),
    "a number that is none": fault("bad-value", "value: 34.5", "value: ¦.nan", "nan"),
    "a number below the least": fault("bad-value", "number: 2\n", "number: ¦0\n", "1"),
    "a language that is none": fault("bad-value", LANGUAGE, "  language: ¦English\n", "English"),
    "braces for a choice": fault("bad-value", "status: agreed", 'status: ¦"{agreed}"', "agreed"),
    "braces for a reference": fault(
        "dangling-reference", "proposed_in: hassett-could-lift", 'proposed_in: ¦"{0}"', "{0}"
    ),
    "a subject of no kind": fault("bad-value", "- people/lighthizer", "- ¦peoples/lighthizer", "people"),
    "a subject without its kind": fault("bad-value", "- people/lighthizer", "- ¦lighthizer", "lighthizer"),
    "white space at the end of a text": fault("bad-value", '"Geneva"\n    status', '¦"Geneva "\n    status'),
    "an empty text": fault("bad-value", '"Geneva"\n    status', '¦""\n    status'),
    "an empty quote": fault("missing-field", '"focusing on export controls"', '""', "quote", at='      - ¦quote: ""'),
    "Norway": fault("ambiguous-scalar", 'city: "Geneva"', "city: ¦NO", "NO"),
    "a zero-led number as text": fault("ambiguous-scalar", 'credit: "Reuters"', "credit: ¦010", "010"),
    "a version as text": fault("ambiguous-scalar", 'credit: "Reuters"', "credit: ¦1.10", "1.10"),
    "an affirmation as text": fault("ambiguous-scalar", '- "Hassett"', "- ¦yes", "yes"),
    "an id with capitals": fault("bad-id", "- id: he-lifeng\n", "- id: ¦He_Lifeng\n", "He_Lifeng"),
    "an id of 81 characters": fault("bad-value", "- id: he-lifeng\n", f"- id: ¦{'a' * 81}\n", "80"),
    "a reference that is no id": fault(
        "dangling-reference", "proposed_in: hassett-could-lift", "proposed_in: ¦Hassett!", "Hassett!"
    ),
    "an interval that ends before it begins": fault(
        "bad-date", '{edtf: "2025-06-02/2025-06-08"', '¦{edtf: "2025-06-08/2025-06-02"', "2025-06-08/2025-06-02"
    ),
    "a day that does not exist": fault("bad-date", '{edtf: "2025-05/2025-06-10"', '¦{edtf: "2025-05/2025-06-31"', "30"),
    "a date that is none": fault("bad-date", '{edtf: "2025-05/2025-06-10"', '¦{edtf: "10 June"', "10 June"),
    "a date that is a list": fault("bad-date", '{edtf: "2025-05/2025-06-10"', "¦{edtf: [2025-05, 2025-06-10]"),
    "a date that is missing": fault("bad-date", '{edtf: "2025-05/2025-06-10", stated', "¦{stated"),
    "a clock time that does not exist": fault(
        "bad-date", SESSION_END, SESSION_END.replace("06-09", "02-30").replace("{", "¦{"), "2025-02-30T20:00"
    ),
    "a clock time that the change of the clocks left out": fault(
        "bad-date", SESSION_END, SESSION_END.replace("2025-06-09T20:00", "2025-03-30T01:30").replace("{", "¦{")
    ),
    "a clock time that the change of the clocks made twice": fault(
        "bad-date", SESSION_END, SESSION_END.replace("2025-06-09T20:00", "2025-10-26T01:30").replace("{", "¦{")
    ),
    "a clock time before the first year": fault(
        "bad-date", SESSION_END, '¦ends: {local: "0001-01-01T00:00", zone: Asia/Tokyo,'.replace("¦ends: ", "ends: ¦")
    ),
    "a time zone that does not exist": fault(
        "bad-date",
        SESSION_END,
        SESSION_END.replace("London", "Lundon").replace("{", "¦{"),
        "no time zone Europe/Lundon; did you mean 'Europe/London'?",
    ),
    "a time zone that each machine has its own of": fault(
        "bad-date", SESSION_END, SESSION_END.replace("Europe/London", "localtime").replace("{", "¦{"), "localtime"
    ),
    "a date that would be a line of the report": fault(
        "bad-date",
        '{edtf: "2025-05/2025-06-10"',
        '¦{edtf: "2025\\nseeds/x/facts.yaml:1:1: bad-id: x"',
        "2025\N{REPLACEMENT CHARACTER}seeds",
    ),
    "an address that is none": fault("bad-value", LANGUAGE, f"{LANGUAGE}  url: ¦www.example.com\n", "https?"),
    "an address that would be run": fault(
        "bad-value", LANGUAGE, f'{LANGUAGE}  url: ¦"javascript:alert(1)//"\n', "https?"
    ),
    "an id twice": fault(
        "duplicate-id", '- id: xi-jinping\n    name: "Xi', '- ¦id: trump\n    name: "Xi', "people/trump"
    ),
    "a party twice": fault(
        "duplicate-item", "- us\n      - china\n    status: ongoing", "- us\n      - ¦us\n    status: ongoing"
    ),
    "goods twice": fault("duplicate-item", '- "chips"\n      - "ethane"', '- "chips"\n      - ¦"chips"'),
    "a supported field twice": fault(
        "duplicate-item", ON_EXPORT_CONTROLS, ON_EXPORT_CONTROLS.replace("[name]", "[name, ¦name]")
    ),
    "a misspelt reference": fault(
        "dangling-reference", "proposed_in: hassett-could-lift", "proposed_in: ¦haset-could-lift", "hassett-could-lift"
    ),
    "a misspelt reference in a list": fault(
        "dangling-reference", "- trump\n      - xi-jinping", "- trump\n      - ¦xi-jingping", "xi-jinping"
    ),
    "a misspelt subject": fault("dangling-reference", "- people/lighthizer", "- ¦people/lightizer", "lighthizer"),
    "a reference to another kind": fault(
        "dangling-reference", "topic: opening-up-china", "topic: ¦london", "topics/london"
    ),
    "a measure that answers itself": fault(
        "reference-cycle",
        "in_response_to: china-rare-earth-export-restrictions",
        "in_response_to: ¦us-export-controls-on-china",
        "us-export-controls-on-china",
    ),
    "two measures that answer each other": fault(
        "reference-cycle",
        '    goods:\n      - "rare earths"\n    status: in_force\n',
        '    goods:\n      - "rare earths"\n    status: in_force\n    in_response_to: ¦us-export-controls-on-china\n',
        "us-export-controls-on-china",
        "china-rare-earth-export-restrictions",
    ),
    # --------------------------------------------------------------------------------------------- evidence
    "no evidence": fault("missing-evidence", MAGNETS, '  - ¦id: magnets\n    name: "magnets"\n'),
    "a misquoted word": fault(
        "quote-not-found",
        NOT_IN_GENEVA,
        NOT_IN_GENEVA.replace('"Lut', '¦"Lut').replace("Geneva", "Genf"),
        "nearest",
        "Lutnick did not attend the talks in Geneva",
    ),
    "another case": fault(
        "quote-not-found",
        '"focusing on export controls"',
        '¦"Focusing on Export Controls"',
        "focusing on export controls",
    ),
    "straight for curly quotation marks": fault(
        "quote-not-found", 'quote: "for them (China)"', "quote: ¦'\"I''m talking about very important'", "“I’m talking"
    ),
    "a quote across paragraphs": fault(
        "quote-not-found", '"focusing on export controls"', '¦"export controls.\\n\\nUpon arriving"', "paragraph"
    ),
    "a quote that is nowhere": fault("quote-not-found", '"for them (China)"', '¦"§§§ 000 §§§"', "article.txt"),
    "an excuse for what is not there": fault(
        "quote-not-found", "no_facts: []", 'no_facts:\n  - quote: ¦"Lutnick went home."\n    why: "Idle."', "Lutnick"
    ),
    "words that stand twice": fault(
        "quote-ambiguous",
        CREDIT,
        CREDIT.replace('"(', '¦"(').replace("(Translated and adapted from a report by Reuters)", "London"),
        "occurrence",
    ),
    "an occurrence too many": fault(
        "quote-ambiguous", ON_EXPORT_CONTROLS, f"{ON_EXPORT_CONTROLS}        occurrence: 2\n".replace('"f', '¦"f'), "1"
    ),
    "an occurrence of zero": fault(
        "quote-ambiguous", ON_EXPORT_CONTROLS, f"{ON_EXPORT_CONTROLS}        occurrence: 0\n".replace('"f', '¦"f'), "1"
    ),
    "support for a misspelt field": fault(
        "unknown-support", ON_EXPORT_CONTROLS, ON_EXPORT_CONTROLS.replace("[name]", "[name, ¦nam]"), "name"
    ),
    "support for a field without a value": fault(
        "unknown-support",
        '"Lighthizer discusses progress"\n        fields: [name]',
        '"Lighthizer discusses progress"\n        fields: [name, ¦office]',
        "office",
    ),
    "an inference of a field without a value": fault(
        "unknown-support", '      imposed_by: "“both sides” are', '      ¦goods: "“both sides” are', "goods"
    ),
    "a field that rests on nothing": fault(
        "unsupported-field",
        'Representative Li Chenggang"\n        fields: [name, office]',
        'Representative Li Chenggang"\n        fields: [name]',
        "office",
        at='    ¦office: "Deputy Minister of Commerce and International Trade Negotiations Representative"\n    party',
    ),
    "a new field without support": fault(
        "unsupported-field", '    city: "Geneva"\n', '    city: "Geneva"\n    ¦country: "Switzerland"\n', "country"
    ),
    "words in another case": fault(
        "not-verbatim", 'venue: "Lancaster House"', 'venue: ¦"Lancaster house"', "Lancaster House"
    ),
    "words of another sentence": fault("not-verbatim", 'city: "Geneva"', 'city: ¦"Lancaster House"', "city"),
    "words of a date that are not quoted": fault(
        "not-verbatim", 'stated: "last week"', 'stated: ¦"last year"', "last year", "when"
    ),
    "goods in other words": fault("not-verbatim", '- "ethane"', '- ¦"ethanol"', "ethanol", "goods"),
    "a year that is not printed": fault(
        "not-inferred",
        '    inferred:\n      when: "“last week” is',
        '    # inferred:\n    #  when: "“last week” is',
        "2025",
        "when",
        at='    when: {edtf: ¦"2025-06-02/2025-06-08"',
    ),
    "a clock time whose year is not printed": fault(
        "not-inferred",
        '      sessions: "“Tuesday” is',
        '    # sessions: "“Tuesday” is',
        "sessions",
        at='        ends: {local: ¦"2025-06-09T20:00"',
    ),
    "a fragment called indirect": fault(
        "wrong-mode", 'mode: mixed\n    text: "any easing', 'mode: indirect\n    text: ¦"any easing', "mixed"
    ),
    "the reporter's words called direct": fault(
        "wrong-mode", 'mode: indirect\n    text: "rare earths', 'mode: direct\n    text: ¦"rare earths', "direct"
    ),
    "the reporter's words called mixed": fault(
        "wrong-mode", 'mode: indirect\n    text: "rare earths', 'mode: mixed\n    text: ¦"rare earths', "mixed"
    ),
    "a direct statement called indirect": fault(
        "wrong-mode",
        'mode: direct\n    text: "Negotiations took place all day',
        'mode: indirect\n    text: ¦"Negotiations took place all day',
        "it is direct",
    ),
    "half a direct statement": fault(
        "wrong-mode",
        'text: "Negotiations took place all day yesterday, and I expect it to continue all day today."',
        'text: ¦"Negotiations took place all day yesterday"',
        "quotation marks",
    ),
    "a sentence that nobody read": fault(
        "uncovered-sentence", LAST_SENTENCE, f"{LAST_SENTENCE} ¦Nobody knows why.", "Nobody knows why.", file=ARTICLE
    ),
    "an excuse for a sentence with facts": fault(
        "needless-excuse", "no_facts: []", f'no_facts:\n  - ¦quote: "{LAST_SENTENCE}"\n    why: "It is idle."'
    ),
    "a second excuse": Fault(
        "needless-excuse",
        (
            Edit(LAST_SENTENCE, f"{LAST_SENTENCE} Nobody knows why.", ARTICLE),
            Edit(
                "no_facts: []",
                'no_facts:\n  - {quote: "Nobody knows", why: "Idle."}\n  - ¦{quote: "knows why.", why: "Idle."}',
            ),
        ),
    ),
}


BERGEN, REYKJAVIK, TORSHAVN = (f"mackerel-talks-{city}/{FACTS}" for city in ("bergen", "reykjavik", "torshavn"))
ON_NAME = """\
    evidence:
      - quote: Norge, Island og Færøyene
        fields: [name]
    inferred:
      name: “Norge” is Norwegian for Norway.
"""
CALLED_OFF = "value: broken_off"
ON_STATUS = "brøt torsdag av den andre runden av makrellforhandlingene\n        fields: [status]"
ON_PRICES = "hevder importøren Νίκος Παπαδάκης i Athen.\n        fields: [text]"
NAMESAKE = "    distinct_from: [kari-nes]\n"
CALLS_HER_NES = "      - quote: Nes stood at the gate of the Harbour Hall\n        fields: [name, aliases]"
WITHHELD = "  text: withheld\n"
BECAUSE = "  withheld_because: The agency licenses its texts for quotation only.\n"


def torshavn(rule: str, old: str, new: str, *words: str, at: str | None = None) -> Fault:
    return Fault(rule, (Edit(old, new, TORSHAVN),), words, Edit("", at, TORSHAVN) if at else None)


def reykjavik(rule: str, old: str, new: str, *words: str, at: str | None = None) -> Fault:
    return Fault(rule, (Edit(old, new, REYKJAVIK),), words, Edit("", at, REYKJAVIK) if at else None)


SEVERAL: dict[str, Fault] = {
    # ------------------------------------------------------------------------------------------ one record, two files
    "a record that another file defines otherwise": reykjavik(
        "conflicting-record",
        "  - id: mackerel\n    name: mackerel\n",
        "  - ¦id: mackerel\n    name: the mackerel\n",
        *("'name' of topics/mackerel", '"the mackerel" here', '"mackerel" in mackerel-talks-bergen/facts.yaml:68'),
        *("corroborates", "disputes"),
    ),
    "a record that another file defines with a field more": torshavn(
        "conflicting-record",
        "people:\n  - id: joannes-dam\n",
        "people:\n  - ¦id: nikos-papadakis\n    name: Nikos Papadakis\n    office: importøren\n"
        "    aliases: [Νίκος Παπαδάκης]\n"
        "    evidence: [{quote: importøren Νίκος Παπαδάκης, fields: [name, aliases, office]}]\n  - id: joannes-dam\n",
        *("'office' of people/nikos-papadakis", '"importøren" here', "null in mackerel-talks-bergen"),
    ),
    "a record twice in one file": torshavn(
        "duplicate-id", "- id: dam-sea\n", "- ¦id: dam-wait\n", "mackerel-talks-torshavn/facts.yaml:41"
    ),
    # -------------------------------------------------------------------------------------------- one person, one id
    "somebody of the same name": torshavn(
        "same-person",
        NAMESAKE,
        "",
        "people/kari-nes (mackerel-talks-bergen",
        at="name: ¦Kari Nes\n    office: fiskeren",
    ),
    "somebody with the alias of another": torshavn(
        "same-person", "aliases: [Dam]", "aliases: [Dam, ¦νικος παπαδακης]", "people/nikos-papadakis (", "distinct_from"
    ),
    "a further name that is another's": reykjavik(
        "same-person", "aliases: [Nes]", "aliases: [¦HARUKA SAITO]", "people/haruka-saito (mackerel-talks-bergen"
    ),
    "somebody who is not themselves": torshavn(
        "same-person", NAMESAKE, "    distinct_from: [¦kari-nes-floro]\n", "this very person"
    ),
    "somebody else with another name": torshavn(
        "same-person", NAMESAKE, "    distinct_from: [kari-nes, ¦haruka-saito]\n", "shares no name"
    ),
    "somebody else who does not exist": torshavn(
        "dangling-reference", NAMESAKE, "    distinct_from: [¦kari-ness]\n", "kari-nes"
    ),
    "somebody else without a word of it": torshavn(
        "unsupported-field",
        "fields: [name, office, distinct_from]",
        "fields: [name, office]",
        "distinct_from",
        at="    ¦distinct_from: [kari-nes]",
    ),
    "an alias that is the name": torshavn("duplicate-item", "aliases: [Dam]", "aliases: [Dam, ¦JÓANNES DAM]", "name"),
    "a further name that is the name": reykjavik("duplicate-item", "aliases: [Nes]", "aliases: [¦Kari nes]", "name"),
    # ---------------------------------------------------------------------------------------------------- evidence
    "evidence for no record": torshavn(
        "dangling-reference", "- record: parties/norway", "- record: ¦parties/norwy", "parties/norwy", "'norway'"
    ),
    "evidence for a record of no kind": torshavn(
        "bad-value", "- record: parties/norway", "- record: ¦partys/norway", "parties"
    ),
    "evidence for an id": torshavn("bad-value", "- record: parties/norway", "- record: ¦norway", "kind/id"),
    "evidence without a record": torshavn(
        "missing-field", "  - record: parties/norway\n    evidence:", "  - ¦evidence:", "record"
    ),
    "evidence for a record of this file": torshavn(
        "own-record", "- record: parties/norway", "- record: ¦people/joannes-dam", "people/joannes-dam"
    ),
    "evidence for a field that the record lacks": torshavn(
        "unknown-support",
        "fields: [imposed_by, status, effect]",
        "fields: [imposed_by, status, effect, ¦target]",
        "policy-measures/norway-tariffs-halved",
    ),
    "evidence for a misspelt field": torshavn(
        "unknown-support", "fields: [imposed_by, status, effect]", "fields: [imposed_by, status, ¦efect]", "effect"
    ),
    "an inference of a field that the record lacks": torshavn(
        "unknown-support", "      period: The dateline is of 2026", "      ¦reason: The dateline is of 2026", "reason"
    ),
    "no evidence after all": torshavn(
        "missing-evidence", f"  - record: parties/norway\n{ON_NAME}", "  - ¦record: parties/norway\n"
    ),
    "words of the other article": torshavn(
        "quote-not-found",
        "quote: Norge, Island og Færøyene\n",
        "quote: ¦Norge, Island og Færøyane\n",
        "'Norge, Island og Færøyene",
    ),
    "a list of quotes": torshavn(
        "wrong-shape", "\ncorroborates:\n", "\ncorroborates:\n  - ¦parties/norway\n", "mapping"
    ),
    "evidence in the wrong place": torshavn("wrong-shape", "\ncorroborates:\n", "\ncorroborates: ¦yes\nx:\n"),
    "a misspelt list": torshavn("unknown-field", "\ncorroborates:\n", "\n¦corroborate:\n", "corroborates"),
    "a misspelt key": torshavn(
        "unknown-field", "  - record: parties/norway\n", "  - record: parties/norway\n    ¦alias: [Norge]\n", "aliases"
    ),
    "further names of a country": torshavn(
        "unknown-field", "  - record: parties/norway\n", "  - record: parties/norway\n    ¦aliases: [Norge]\n", "person"
    ),
    "a further name that is not quoted": reykjavik("not-verbatim", "aliases: [Nes]", "aliases: [¦Nesse]", "Nesse"),
    "a further name that no quote supports": reykjavik(
        "unsupported-field",
        CALLS_HER_NES,
        CALLS_HER_NES.replace(", aliases", ""),
        "'aliases' of people/kari-nes",
        at="    ¦aliases: [Nes]",
    ),
    "the same quote twice": torshavn(
        "duplicate-item",
        f"  - record: parties/norway\n{ON_NAME}",
        f"  - record: parties/norway\n{ON_NAME}  - record: parties/norway\n{ON_NAME.replace('- quote', '- ¦quote')}",
        "parties/norway",
    ),
    # ---------------------------------------------------------------------------------------------------- disputes
    "a dispute that says the same": torshavn("needless-dispute", CALLED_OFF, "value: ¦ongoing", "corroborates"),
    "a dispute that says the same in other words": reykjavik(
        "needless-dispute", "{edtf: 2026-03-02, stated: on Monday", "¦{edtf: 2026-03-03, stated: on Monday"
    ),
    "a dispute that says the same in another order": torshavn(
        "needless-dispute",
        "    field: venue\n    value: det gamle rådhuset\n",
        "    field: topics\n    value: ¦[mackerel]\n",
    ),
    "a dispute of a record of this file": torshavn(
        "own-record", "- record: statements/papadakis-prices", "- record: ¦statements/dam-wait", "statements/dam-wait"
    ),
    "a dispute of a misspelt field": torshavn("unknown-support", "field: status", "field: ¦statos", "status"),
    "a dispute of an id": torshavn("unknown-support", "field: status", "field: ¦id", "disputed"),
    "a dispute of what is computed": torshavn("unknown-support", "field: status", "field: ¦sources", "disputed"),
    "a dispute of what the record does not state": torshavn(
        "unknown-support", "    field: status\n", "    field: ¦outcome\n", "'outcome'", "rounds/bergen"
    ),
    "a dispute of another field": torshavn(
        "unknown-support", ON_STATUS, ON_STATUS.replace("status", "¦venue"), "the dispute of rounds/bergen"
    ),
    "a dispute that rests on nothing": torshavn(
        "unsupported-field", ON_STATUS, ON_STATUS.replace("status", "venue"), "status", at=f"    ¦{CALLED_OFF}"
    ),
    "a dispute without evidence": torshavn(
        "missing-evidence",
        "    evidence:\n      - quote: som ble holdt i det gamle rådhuset i Bergen\n        fields: [venue]\n",
        "",
        at="  - ¦record: rounds/bergen\n    field: venue",
    ),
    "a dispute without a value": torshavn(
        "missing-field", f"    {CALLED_OFF}\n", "", "value", at="  - ¦record: rounds/bergen\n    field: status"
    ),
    "a dispute by nothing": torshavn("missing-field", CALLED_OFF, "value: ¦null", "value"),
    "a dispute by an empty list": reykjavik("missing-field", "value: [norway, faroe-islands]", "value: ¦[]", "value"),
    "a dispute without a field": torshavn(
        "missing-field", "    field: status\n", "", "field", at=f"  - ¦record: rounds/bergen\n    {CALLED_OFF}"
    ),
    "a field without a name": torshavn("bad-value", "field: status", 'field: ¦""'),
    "a field that is a list": torshavn("wrong-shape", "field: status", "field: ¦[status]"),
    "a choice that is none": torshavn("bad-value", CALLED_OFF, "value: ¦brokenoff", "broken_off"),
    "a value of another type": torshavn("wrong-shape", "value: det gamle rådhuset", "value: ¦{det: gamle}"),
    "a date without its mapping": reykjavik(
        "wrong-shape", "value: {edtf: 2026-03-02, stated: on Monday evening}", "value: ¦2026-03-02", "mapping"
    ),
    "a date that does not exist": reykjavik("bad-date", "{edtf: 2026-03-02, s", "¦{edtf: 2026-02-30, s", "2026-02-30"),
    "a bound of a date": reykjavik(
        "unknown-field", "{edtf: 2026-03-02, s", "{edtf: 2026-03-02, ¦latest: 2026-03-02, s", "latest"
    ),
    "a misspelt id among the values": reykjavik(
        "dangling-reference", "value: [norway, faroe-islands]", "value: [norway, ¦faroe-island]", "faroe-islands"
    ),
    "an id twice among the values": reykjavik(
        "duplicate-item", "value: [norway, faroe-islands]", "value: [norway, ¦norway]"
    ),
    "a value in other words": torshavn(
        "not-verbatim", "value: det gamle rådhuset", "value: ¦det nye rådhuset", "det gamle rådhuset"
    ),
    "words of a date that is disputed": reykjavik(
        "not-verbatim", "stated: on Monday evening}", "stated: ¦on Sunday evening}", "on Monday evening"
    ),
    "a year that the other article does not print": reykjavik(
        "not-inferred",
        "    inferred:\n      started: The bulletin",
        "    # inferred:\n    #  started: The bulletin",
        "2026",
        "started",
        at="value: {edtf: ¦2026-03-02",
    ),
    "the same dispute twice": torshavn(
        "duplicate-item",
        "  - record: rounds/bergen\n    field: venue\n    value: det gamle rådhuset\n",
        f"  - record: rounds/bergen\n    field: status\n    {CALLED_OFF}\n    evidence: [{{quote: brøt torsdag av den "
        "andre runden, fields: [status]}]\n  - record: rounds/bergen\n    field: venue\n"
        "    value: det gamle rådhuset\n",
        "rounds/bergen",
        at=f"    field: status\n    {CALLED_OFF.replace('value: ', 'value: ¦')}\n    evidence:\n",
    ),
    "an excuse for a disputing sentence": Fault(
        "needless-excuse",
        (Edit(ON_PRICES, f"{ON_PRICES}\nno_facts:\n  - ¦quote: Prisene har tredoblet seg\n    why: Idle.", TORSHAVN),),
    ),
    # ------------------------------------------------------------------------------------------------ withheld texts
    "a text withheld without a reason": torshavn("missing-field", WITHHELD + BECAUSE, "  text: ¦withheld\n", "why"),
    "a reason without a text withheld": torshavn("unknown-field", WITHHELD + BECAUSE, BECAUSE.replace("  ", "  ¦", 1)),
    "a reason for a text that is served": torshavn(
        "unknown-field", WITHHELD + BECAUSE, f"  text: served\n{BECAUSE.replace('  ', '  ¦', 1)}"
    ),
    "a text that is half withheld": torshavn("bad-value", WITHHELD, "  text: ¦withold\n", "withheld"),
    "evidence for a text's withholding": torshavn(
        "unknown-support", "fields: [published, publisher]", "fields: [published, publisher, ¦text]", "text"
    ),
}


def apply(edit: Edit, seed: Path) -> tuple[str, int, int] | None:
    """Make the replacement; the place of the mark, if it holds one."""
    file = seed / edit.file
    text = file.read_bytes().decode()
    assert text.count(edit.old) == 1, f"{edit.old!r} stands {text.count(edit.old)} times in {edit.file}"
    place = find(text.replace(edit.old, edit.new), edit.file) if MARK in edit.new else None
    file.write_bytes(text.replace(edit.old, edit.new.replace(MARK, "")).encode())
    return place


def find(marked: str, file: str) -> tuple[str, int, int]:
    """File, line and column of the one mark in a text."""
    before, mark, after = marked.partition(MARK)
    assert mark
    assert MARK not in after
    return file, before.count("\n") + 1, len(before.rpartition("\n")[2]) + 1


def spoil(fault: Fault, seed: Path) -> tuple[str, int, int]:
    """Spoil a seed; where that must be reported."""
    places = [place for edit in fault.edits if (place := apply(edit, seed))]
    if fault.at is not None:
        text = (seed / fault.at.file).read_bytes().decode()
        passage = fault.at.new.replace(MARK, "")
        assert text.count(passage) == 1, f"{passage!r} stands {text.count(passage)} times"
        places.append(find(text.replace(passage, fault.at.new), fault.at.file))
    (place,) = places
    return place


class Found(NamedTuple):
    """A line of the report."""

    file: str
    line: int
    column: int
    rule: str
    message: str


def parse(out: str) -> list[Found]:
    """The report, every line of which must have the form that editors and CI know."""
    found = []
    for line in out.splitlines():
        match = LINE.fullmatch(line)
        assert match, line
        found.append(Found(match["file"], int(match["line"]), int(match["column"]), match["rule"], match["message"]))
    return found


def test_the_real_seed_is_in_order(seed: Path, run: Run) -> None:
    code, out, _ = run("check", "--seeds", seed.parent)
    assert (code, out) == (0, "")


def test_the_tables_cover_every_rule() -> None:
    covered = {fault.rule for fault in (*FAULTS.values(), *SEVERAL.values())} | {rule for rule, *_ in FILES.values()}
    assert covered == set(RULES)


def test_the_mark_stands_nowhere_in_the_real_seed(real_seed: Path) -> None:
    assert not any(MARK in (real_seed / file).read_bytes().decode() for file in (FACTS, ARTICLE))


def test_three_articles_on_the_same_talks_are_in_order(fisheries: Path, run: Run) -> None:
    code, out, _ = run("check", "--seeds", fisheries)
    assert (code, out) == (0, "")


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_a_fault_is_reported_where_it_is_and_builds_nothing(
    fault: Fault, seed: Path, run: Run, untouched: Path
) -> None:
    file, line, column = spoil(fault, seed)
    code, out, err = run("check", "--seeds", "seeds")
    assert code == 1
    assert "Traceback" not in err
    found = parse(out)
    here = [item for item in found if item[:4] == (f"{seed}/{file}", line, column, fault.rule)]
    assert here, f"expected {fault.rule} at {file}:{line}:{column}, found:\n{out}"
    message = " / ".join(item.message for item in here)
    for word in fault.words:
        assert word in message
    assert run("build", "--seeds", "seeds", "--database", untouched)[:2] == (1, out)


@pytest.mark.parametrize("fault", SEVERAL.values(), ids=SEVERAL)
def test_a_fault_among_several_articles_is_reported_where_it_is_and_builds_nothing(
    fault: Fault, fisheries: Path, run: Run, untouched: Path
) -> None:
    test_a_fault_is_reported_where_it_is_and_builds_nothing(fault, fisheries, run, untouched)


@pytest.mark.parametrize("name", ["a misspelt field", "a misquoted word", "a sentence that nobody read"])
def test_a_fault_is_reported_by_the_installed_command_as_well(
    name: str, seed: Path, run_process: Run, untouched: Path
) -> None:
    file, line, column = spoil(FAULTS[name], seed)
    code, out, err = run_process("check", "--seeds", "seeds")
    assert code == 1
    assert f"{seed}/{file}:{line}:{column}: {FAULTS[name].rule}: " in out
    assert "Traceback" not in err
    assert run_process("build", "--seeds", "seeds", "--database", untouched)[:2] == (1, out)


TOGETHER = [
    *("a misspelt field", "a number with a trailing zero", "a version as text", "an id twice", "a misspelt reference"),
    *("an interval that ends before it begins", "a year that is not printed", "a misquoted word", "a key twice"),
    *("a fragment called indirect", "a sentence that nobody read", "support for a misspelt field", "a misspelt choice"),
    *("words in another case", "a new field without support", "goods in other words", "no evidence"),
]


def test_all_problems_are_reported_in_one_run(seed: Path, run: Run, untouched: Path) -> None:
    # The year that is not printed and the interval that is reversed are faults of the same date.
    faults = [FAULTS[name] for name in TOGETHER if name != "a year that is not printed"]
    for fault in faults:
        spoil(fault, seed)
    # Lines move with every edit, so that the places are looked for when all are made.
    texts = {file: (seed / file).read_bytes().decode() for file in (FACTS, ARTICLE)}
    expected = set()
    for fault in faults:
        marked = fault.at or next(edit for edit in fault.edits if MARK in edit.new)
        text = texts[marked.file].replace(marked.new.replace(MARK, ""), marked.new)
        file, line, column = find(text, marked.file)
        expected.add((f"{seed}/{file}", line, column, fault.rule))
    code, out, _ = run("check", "--seeds", "seeds")
    assert code == 1
    assert expected <= {item[:4] for item in parse(out)}
    assert run("build", "--seeds", "seeds", "--database", untouched)[:2] == (1, out)


def test_all_problems_of_one_record_are_reported_in_one_run(seed: Path, run: Run) -> None:
    names = ("a time zone that does not exist", "words in another case", "a number with a leading zero")
    for name in names:
        spoil(FAULTS[name], seed)
    assert {FAULTS[name].rule for name in names} <= {item.rule for item in parse(run("check", "--seeds", "seeds")[1])}


@pytest.mark.parametrize("reason", ['""', "null", '" "', "[]"])
def test_an_excuse_needs_a_reason(reason: str, seed: Path, run: Run) -> None:
    apply(Edit(LAST_SENTENCE, f"{LAST_SENTENCE} Nobody knows why.", ARTICLE), seed)
    apply(Edit("no_facts: []", f'no_facts:\n  - {{quote: "Nobody knows why.", why: {reason}}}'), seed)
    code, out, _ = run("check", "--seeds", "seeds")
    assert code == 1
    assert any(item.file == f"{seed}/{FACTS}" for item in parse(out))


def test_the_report_is_in_the_order_of_the_files(seed: Path, run: Run) -> None:
    for name in ("Norway", "a misspelt choice", "a sentence that nobody read", "a key twice"):
        spoil(FAULTS[name], seed)
    found = parse(run("check", "--seeds", "seeds")[1])
    assert found == sorted(found, key=lambda item: item[:3])
    assert found[0].file == f"{seed}/{ARTICLE}"


# ------------------------------------------------------------------------------------------ faults of whole files


def replace_bytes(file: str, content: bytes) -> Callable[[Path], object]:
    return lambda seed: (seed / file).write_bytes(content)


def insert_bytes(file: str, after: bytes, what: bytes) -> Callable[[Path], object]:
    def spoil(seed: Path) -> None:
        content = (seed / file).read_bytes()
        assert after in content
        (seed / file).write_bytes(content.replace(after, after + what, 1))

    return spoil


def link_away(seed: Path) -> None:
    os.rename(seed / FACTS, "elsewhere.yaml")
    (seed / FACTS).symlink_to(Path.cwd() / "elsewhere.yaml")


def remove_all(seed: Path) -> None:
    os.rename(seed.parent, "elsewhere")
    seed.parent.mkdir()


Spoil = Callable[[Path], object]
FILES: dict[str, tuple[str, str, int, int, str, Spoil]] = {
    "no article": ("no-seeds", "seeds", 1, 1, "article", remove_all),
    "no folder of seeds": ("no-seeds", "seeds", 1, 1, "seeds", lambda seed: os.rename(seed.parent, "elsewhere")),
    "no article.txt": ("missing-file", ARTICLE, 1, 1, ARTICLE, lambda seed: (seed / ARTICLE).unlink()),
    "no facts.yaml": ("missing-file", FACTS, 1, 1, FACTS, lambda seed: (seed / FACTS).unlink()),
    "a link out of the folder": ("unsafe-file", FACTS, 1, 1, "", link_away),
    "5 MB of spaces": ("file-too-large", FACTS, 1, 1, "4194304", replace_bytes(FACTS, b" " * 5_000_000)),
    "Latin-1": ("bad-encoding", FACTS, 5, 13, "0xe9", insert_bytes(FACTS, b"language: ", b"\xe9")),
    "a cut sequence": ("bad-encoding", ARTICLE, 3, 15, "0xe2", insert_bytes(ARTICLE, b"On Tuesday, Ju", b"\xe2\x80")),
    "a forbidden character": ("forbidden-character", ARTICLE, 1, 3, "U+0000", insert_bytes(ARTICLE, b"US", b"\0")),
    "an empty article": ("empty-file", ARTICLE, 1, 1, "empty", replace_bytes(ARTICLE, b"")),
    "empty facts": ("empty-file", FACTS, 1, 1, "empty", replace_bytes(FACTS, b" \n")),
    "a folder that is no id": ("bad-id", "../Seed 2", 1, 1, "", lambda seed: Path("seeds/Seed 2").mkdir()),
}


@pytest.mark.parametrize(("rule", "file", "line", "column", "word", "spoil"), FILES.values(), ids=FILES)
def test_a_fault_of_a_file_is_reported_at_it_and_builds_nothing(
    rule: str, file: str, line: int, column: int, word: str, spoil: Spoil, seed: Path, run: Run, untouched: Path
) -> None:
    spoil(seed)
    path = os.path.normpath(file if file == "seeds" else seed / file)
    code, out, _ = run("check", "--seeds", "seeds")
    assert code == 1
    found = {item[:4]: item.message for item in parse(out)}
    assert (path, line, column, rule) in found
    assert word in found[path, line, column, rule]
    assert run("build", "--seeds", "seeds", "--database", untouched)[:2] == (1, out)


# ------------------------------------------------------------------------------------------------ what is in order

ACCEPTED: dict[str, tuple[Edit, ...]] = {
    "an excused sentence": (
        Edit(LAST_SENTENCE, f"{LAST_SENTENCE} Nobody knows why.", ARTICLE),
        Edit("no_facts: []", 'no_facts:\n  - quote: "Nobody knows why."\n    why: "It tells nothing."'),
    ),
    "an occurrence": (Edit(CREDIT, f'{CREDIT}    - quote: "London"\n      occurrence: 6\n      fields: [credit]\n'),),
    "a null": (Edit(LANGUAGE, f"{LANGUAGE}  url: null\n  published: ~\n  publisher:\n"),),
    "empty lists": (Edit('    name: "Lighthizer"\n', '    name: "Lighthizer"\n    aliases: []\n'),),
    "single quotation marks": (Edit('city: "Geneva"', "city: 'Geneva'"),),
    "a folded text": (Edit('city: "Geneva"', "city: >-\n      Geneva"),),
    "comments": (Edit(LANGUAGE, "  # Not stated.\n  language: en  # read off it\n"),),
    "no list of excuses": (Edit("no_facts: []", ""),),
}


@pytest.mark.parametrize("edits", ACCEPTED.values(), ids=ACCEPTED)
def test_what_is_written_otherwise_but_right_is_accepted(edits: tuple[Edit, ...], seed: Path, run: Run) -> None:
    for edit in edits:
        apply(edit, seed)
    assert run("check", "--seeds", "seeds")[:2] == (0, "")


@pytest.mark.parametrize("new", ["    evidence: []", "    evidence: null", "    evidence:"])
def test_empty_evidence_is_no_evidence(new: str, seed: Path, run: Run, untouched: Path) -> None:
    quote = '    evidence:\n      - quote: "the delivery of rare earths and magnets"\n        fields: [name]\n'
    apply(Edit(quote, f'{new}\n    inferred:\n      name: "It follows from nothing."\n'), seed)
    code, out, _ = run("check", "--seeds", "seeds")
    assert code == 1
    assert "missing-evidence" in [item.rule for item in parse(out)]
    assert run("build", "--seeds", "seeds", "--database", untouched)[:2] == (1, out)


@pytest.mark.parametrize("new", ["    about: []\n", "    about: null\n", ""])
def test_a_note_about_nothing_is_refused(new: str, seed: Path, run: Run, untouched: Path) -> None:
    old = "    about:\n      - statements/lutnick-rare-earths-crucial\n"
    apply(Edit(old, new), seed)
    note = 'crucial topic of discussion in this round of talks"\n        fields: [name, type, about, text]'
    apply(Edit(note, note.replace("about, ", "")), seed)
    code, out, _ = run("check", "--seeds", "seeds")
    assert code == 1
    assert "about" in out
    assert all("lutnick-rare-earths-undated" in item.message or item.line > 1100 for item in parse(out))
    assert run("build", "--seeds", "seeds", "--database", untouched)[:2] == (1, out)


def test_a_long_path_is_reported_whole(seed: Path, run: Run, tmp_path: Path) -> None:
    # An editor can only go to a file whose whole path stands in the report.
    folder = tmp_path / ("a-folder-with-a-rather-long-name-" * 3) / "seeds"
    folder.parent.mkdir()
    os.rename(seed.parent, folder)
    (folder / seed.name / FACTS).unlink()
    assert parse(run("check", "--seeds", folder)[1])[0].file == str(folder / seed.name / FACTS)


def test_the_function_reports_what_the_command_prints(seed: Path, run: Run) -> None:
    spoil(FAULTS["a misspelt field"], seed)
    found = parse(run("check", "--seeds", "seeds")[1])
    problems = [
        (str(p.position.file), p.position.line, p.position.column, p.rule, p.message) for p in check(Path("seeds"))
    ]
    assert problems == found
