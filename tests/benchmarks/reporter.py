"""What every scene of an article needs: words, and people, parties and topics as the next sentence speaks of them."""

from dataclasses import dataclass
from random import Random

from tests.benchmarks import prose
from tests.benchmarks.dates import Stated, day, recently
from tests.benchmarks.drafts import Draft, Entry, Quote, Sentence, listed, quoted
from tests.benchmarks.words import ADJECTIVES, HEADS, NOUNS, anyone, frequent
from tests.benchmarks.world import Party, Person, Round, Shared, Topic, World

ABOUT_NOTES = "name, type, about, text"
"""The fields of a note, all of which its quotes support."""


@dataclass(slots=True)
class Oddity:
    """What a note can tell."""

    kind: str
    name: str
    about: list[str]
    text: str
    quote: Quote


class Reporter:
    """Whoever writes one article: its draft, what it is about and what it has spoken of."""

    def __init__(self, world: World, number: int) -> None:
        self.world, self.number = world, number
        self.rng = rng = Random(f"article/{world.seed}/{number}")
        self.draft, self.id = Draft(), ""
        self.negotiation = world.negotiation(rng)
        self.is_dated = rng.random() > 0.08
        self.marks = ("“", "”") if rng.random() > 0.1 else ('"', '"')
        self.met: dict[str, bool] = {}
        self.asked: set[str] = set()
        self.introduced: dict[str, Quote] = {}
        self.cast: list[Person] = []
        self.defined: dict[str, Entry] = {}
        self.oddities: list[Oddity] = []
        self.statements: list[str] = []
        self.lead: Sentence | None = None
        self.round: Round | None = None
        self.counter = 0
        if it := self.negotiation:
            self.today, (self.a, self.b), self.topics = day(it.today), it.parties[:2], it.topics
            if rng.random() < 0.3:
                self.a, self.b = self.b, self.a
        else:
            self.today = day(int(rng.random() * 7600))
            self.a = world.party(rng)
            self.b = world.other_party(rng, self.a)
            self.topics = [world.topic(rng), world.topic(rng)]

    def words(self, **others: str) -> dict[str, str]:
        """What fills the braces of a sentence."""
        rng, vocabulary = self.rng, self.world.words
        return {
            "term": frequent(rng, vocabulary.terms),
            "heads": frequent(rng, HEADS, 4),
            "adj": frequent(rng, ADJECTIVES, 4),
            "adj2": frequent(rng, ADJECTIVES[::-1], 4),
            "noun": frequent(rng, NOUNS),
            "place": frequent(rng, vocabulary.places),
            "firm": frequent(rng, vocabulary.companies),
            "goods": frequent(rng, vocabulary.goods),
            "months": str(2 + int(22 * rng.random())),
        } | others

    def next_id(self, name: str) -> str:
        """An id that no other record of the kind has, in whichever article."""
        self.counter += 1
        return f"{name}-{self.number}-{self.counter}"

    def who(self, person: Person) -> str:
        """The words for somebody in the next sentence: in full when they come up first, later the surname."""
        draft = self.draft
        if person.id in self.introduced:
            self._surname_alone(person)
            return person.surname
        words = person.phrase.rstrip(",")
        if person.mentions == 0:
            party = {"party": person.party.id} if person.party else {}
            values = {"name": quoted(person.name), "office": quoted(person.office)} | party
            entry = self.defined[person.id] = draft.begin("people", person.id, values)
            if person.shares_surname and person.shares_surname.name == person.name:
                self._is_somebody_else(entry, person, person.shares_surname)
            draft.mention(entry, ", ".join(values), words)
        elif self.rng.random() < 0.04:
            fields = "name, office, party" if person.party else "name, office"
            draft.mention(draft.corroborate(f"people/{person.id}"), fields, words)
        person.mentions += 1
        self.cast.append(person)
        self.introduced[person.id] = Quote(Sentence(0, ""), "party", words)
        return person.phrase

    def _surname_alone(self, person: Person) -> None:
        """Whoever goes by the surname here has it as a further name, as far as it tells them from others."""
        entry, other = self.defined.get(person.id), person.shares_surname
        if person.has_alias or not person.may_take_alias:
            return
        if entry is None:
            if other or self.rng.random() > 0.3:
                return
            entry = self.draft.corroborate(f"people/{person.id}")
        entry.values["aliases"] = listed([quoted(person.surname)])
        person.has_alias = True
        self.draft.mention(entry, "aliases", "")
        if other and other.has_alias:
            self._is_somebody_else(entry, person, other)

    def _is_somebody_else(self, entry: Entry, person: Person, other: Person) -> None:
        """Two people with the same name are told apart."""
        entry.values["distinct_from"] = listed([other.id])
        this, that = person.phrase.rstrip(","), other.phrase.rstrip(",")
        entry.inferred["distinct_from"] = f"This is {this}; {that} is somebody else."

    def say(self, text: str, *, paragraph: bool = False) -> Sentence:
        """Add a sentence, in which those who come up for the first time are introduced."""
        sentence = self.draft.say(text, paragraph=paragraph)
        for person, quote in self.introduced.items():
            if not quote.sentence.text:
                self.introduced[person] = Quote(sentence, quote.fields, quote.words)
        return sentence

    def define_party(self, party: Party) -> None:
        """See to it that a party that the next sentence speaks of is a record."""
        if self.is_new_here("parties", party):
            entry = self.draft.begin("parties", party.id, {"name": quoted(party.name)})
            self.draft.mention(entry, "name", party.name)
        elif self.may_corroborate("parties", party, 0.02):
            self.draft.mention(self.draft.corroborate(f"parties/{party.id}"), "name", party.name)

    def spoken(self, party: Party) -> str:
        """The name of a party, in the next sentence."""
        self.define_party(party)
        return party.spoken

    def named(self, topic: Topic) -> str:
        """The name of a topic, in the next sentence."""
        if self.is_new_here("topics", topic):
            entry = self.draft.begin("topics", topic.id, {"name": quoted(topic.name)})
            self.draft.mention(entry, "name", topic.name)
        elif self.may_corroborate("topics", topic, 0.03):
            self.draft.mention(self.draft.corroborate(f"topics/{topic.id}"), "name", topic.name)
        return topic.name

    def is_new_here(self, kind: str, it: Shared) -> bool:
        """Whether no article has spoken of it, this one included; it is counted once for each article."""
        ref = f"{kind}/{it.id}"
        if ref not in self.met:
            it.mentions += 1
            self.met[ref] = it.mentions == 1
            return it.mentions == 1
        return False

    def may_corroborate(self, kind: str, it: Shared, chance: float) -> bool:
        """Now and then an article is read for what another one defined, too; once at most."""
        ref = f"{kind}/{it.id}"
        if self.met[ref] or ref in self.asked:
            return False
        self.asked.add(ref)
        return self.rng.random() < chance

    def any_topic(self) -> Topic:
        """Mostly one that the article is about."""
        return anyone(self.rng, self.topics) if self.rng.random() < 0.85 else self.world.topic(self.rng)

    def recently(self) -> Stated:
        """When something was said or done."""
        return recently(self.rng, self.today, self.is_dated)

    def wonder(self, kind: str, name: str, ref: str, text: str, sentence: Sentence, words: str = "") -> None:
        """Keep in mind what a note can tell."""
        self.oddities.append(Oddity(kind, name, [ref], text, Quote(sentence, ABOUT_NOTES, words)))

    def vague_week(self, ref: str, stated: Stated, sentence: Sentence) -> None:
        """Which days “last week” means can be doubted."""
        if stated.words == "last week":
            text = "“last week” is read as Monday to Sunday. Counted from Sunday it would begin a day earlier."
            self.wonder("ambiguity", "Which days “last week” means", ref, text, sentence, stated.words)

    def note(self, it: Oddity, *also: Quote) -> None:
        about = [*it.about, f"articles/{self.id}"] if it.kind == "not_stated" else it.about
        values = {"name": quoted(it.name), "type": it.kind, "about": listed(about), "text": quoted(it.text)}
        entry = self.draft.begin("notes", self.next_id(it.kind.replace("_", "-")), values)
        entry.quotes += [it.quote, *also]


def ordinal(number: int) -> str:
    """A place in order, in a word."""
    return prose.ORDINALS[min(number, len(prose.ORDINALS)) - 1]


def shortened(text: str) -> str:
    """The beginning of a text, for a name."""
    return text if len(text) <= 60 else text[:60].rpartition(" ")[0].rstrip(",;:") + " …"


def enumerated(items: list[str]) -> str:
    """Words for a list."""
    return f"{', '.join(items[:-1])} and {items[-1]}" if items[1:] else items[0]


def spaced(stated: Stated) -> str:
    """The words of a date at the end of a sentence, if there are any."""
    return f" {stated.words}" if stated.words else ""
