"""An article in the making: its text as it grows, and the records that rest on its sentences.

The YAML is put together from strings, because an emitter would take ten times as long; it has the form in which people
write facts files.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from tests.benchmarks.words import parts

KINDS = parts("""
parties;people;topics;negotiations;rounds;delegates;statements;policy-measures;positions;indicators;events;notes
""")
"""The kinds that a facts file lists, in the order in which it does."""


LIST = "\n"
"""Begins the value of a field that holds a list, which stands in lines of its own."""


class Sentence(NamedTuple):
    """A sentence and where it starts in the text."""

    start: int
    text: str


class Quote(NamedTuple):
    """Words of a sentence, and the fields that they support; the whole sentence where no words are given."""

    sentence: Sentence
    fields: str
    words: str = ""


@dataclass(slots=True)
class Entry:
    """A record, its values as YAML."""

    values: dict[str, str]
    quotes: list[Quote] = field(default_factory=list)
    inferred: dict[str, str] = field(default_factory=dict)


def quoted(text: str) -> str:
    """Text in quotation marks."""
    return '"' + (text.replace('"', '\\"') if '"' in text else text) + '"'


def listed(items: Iterable[str]) -> str:
    """A list of ids, or of texts in quotation marks."""
    return "".join(f"\n      - {item}" for item in items)


class Draft:
    """Text and records; what is said first is the headline."""

    def __init__(self) -> None:
        self.text = ""
        self.records: dict[str, list[Entry]] = {kind: [] for kind in KINDS}
        self.corroborates: dict[str, Entry] = {}
        self.disputes: list[Entry] = []
        self.excuses: list[tuple[Sentence, str]] = []
        self.article = Entry({})
        self.facts = 1
        self._awaiting: list[tuple[Entry, str, str]] = []

    def say(self, text: str, *, paragraph: bool = False) -> Sentence:
        """Add a sentence, on which then rests what was mentioned in it."""
        if self.text:
            self.text += "\n\n" if paragraph else " "
        sentence = Sentence(len(self.text), text[0].upper() + text[1:])
        self.text += sentence.text
        for entry, fields, words in self._awaiting:
            entry.quotes.append(Quote(sentence, fields, words))
        self._awaiting.clear()
        return sentence

    def excuse(self, text: str, why: str) -> None:
        """Add a sentence that carries no fact."""
        self.excuses.append((self.say(text), why))

    def mention(self, entry: Entry, fields: str, words: str) -> None:
        """Let a record rest on words of the next sentence."""
        self._awaiting.append((entry, fields, words))

    def begin(self, kind: str, record_id: str, values: dict[str, str]) -> Entry:
        """Add a record that rests on what comes next."""
        entry = Entry({"id": record_id} | values)
        self.records[kind].append(entry)
        self.facts += 1
        return entry

    def record(
        self,
        kind: str,
        record_id: str,
        values: dict[str, str],
        sentence: Sentence,
        also: Iterable[Quote] = (),
        inferred: Mapping[str, str] | None = None,
        unquoted: Iterable[str] = (),
    ) -> Entry:
        """Add a record: the sentence supports every field that is not supported elsewhere."""
        entry = self.begin(kind, record_id, values)
        support(entry, sentence, also, inferred or {}, unquoted)
        return entry

    def corroborate(self, ref: str) -> Entry:
        """What this article adds to a record of another one."""
        return self.corroborates.setdefault(ref, Entry({"record": ref}))

    def dispute(self, ref: str, name: str, value: str, sentence: Sentence, why: str | None = None) -> None:
        """What this article says otherwise."""
        values = {"record": ref, "field": name, "value": value}
        self.disputes.append(Entry(values, [Quote(sentence, name)], {name: why} if why else {}))

    def facts_file(self) -> str:
        """The records as YAML."""
        lines = ["article:"]
        self._render(self.article, lines, "  ")
        sections = [*self.records.items(), ("corroborates", [*self.corroborates.values()]), ("disputes", self.disputes)]
        for name, entries in sections:
            if entries:
                lines.append(f"\n{name}:")
            for index, entry in enumerate(entries):
                if index:
                    lines.append("")
                start = len(lines)
                self._render(entry, lines, "    ")
                lines[start] = "  - " + lines[start][4:]
        lines.append("\nno_facts:" if self.excuses else "\nno_facts: []")
        for sentence, why in self.excuses:
            lines += [f"  - quote: {quoted(sentence.text)}", *self._occurrence(sentence, sentence.text, "    ")]
            lines.append(f"    why: {quoted(why)}")
        lines.append("")
        return "\n".join(lines)

    def _render(self, entry: Entry, lines: list[str], indent: str) -> None:
        lines += [f"{indent}{name}:{'' if value[0] == LIST else ' '}{value}" for name, value in entry.values.items()]
        lines.append(f"{indent}evidence:")
        for sentence, fields, words in entry.quotes:
            lines.append(f"{indent}  - quote: {quoted(words or sentence.text)}")
            lines += self._occurrence(sentence, words or sentence.text, indent + "    ")
            lines.append(f"{indent}    fields: [{fields}]")
        if entry.inferred:
            lines.append(f"{indent}inferred:")
            lines += [f"{indent}  {name}: {quoted(why)}" for name, why in entry.inferred.items()]

    def _occurrence(self, sentence: Sentence, words: str, indent: str) -> list[str]:
        """Which of the places is meant, where the words stand more than once."""
        text = self.text
        first = text.index(words)
        if text.find(words, first + 1) < 0:
            return []
        meant = sentence.start + _as_a_word(sentence.text, words)
        number = 1
        while first < meant:
            first = text.index(words, first + 1)
            number += 1
        return [f"{indent}occurrence: {number}"]


def _as_a_word(text: str, words: str) -> int:
    """Where the words stand, and not as part of longer ones if they stand alone too: “Iran” is not in “Iranian”."""
    at = text.index(words)
    while at >= 0:
        end = at + len(words)
        if not (text[end : end + 1].isalpha() or text[max(at - 1, 0) : at].isalpha()):
            return at
        at = text.find(words, at + 1)
    return text.index(words)


def support(
    entry: Entry, sentence: Sentence, also: Iterable[Quote], inferred: Mapping[str, str], unquoted: Iterable[str]
) -> None:
    """Let a record rest on a sentence, and on other words for some fields; some rest on an inference alone."""
    elsewhere = {*unquoted}
    for quote in also:
        elsewhere.update(quote.fields.split(", "))
    own = ", ".join([name for name in entry.values if name != "id" and name not in elsewhere])
    entry.quotes += [Quote(sentence, own), *also]
    entry.inferred.update(inferred)
