"""One made-up article after another, with the facts that a reader takes from it."""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from tests.benchmarks import prose
from tests.benchmarks.drafts import Entry, Quote, quoted
from tests.benchmarks.economy import Economy
from tests.benchmarks.events import Events
from tests.benchmarks.reporter import ordinal
from tests.benchmarks.speeches import Speeches
from tests.benchmarks.talks import Talks
from tests.benchmarks.words import AGENCIES, anyone, frequent, slug
from tests.benchmarks.world import Person, Topic

MOST_FACTS = 34
"""No scene begins when an article has so many facts; what one scene adds stays below 40."""
FEWEST_CHARACTERS = 900


@dataclass(frozen=True)
class Article:
    """A finished article."""

    id: str
    text: str
    facts_file: str
    facts: dict[str, int]
    """How many records of each kind it defines."""
    statements: list[str]
    """The ids of its statements."""
    published: str | None


class Correspondent(Talks, Speeches, Economy, Events):
    """Writes an article from its headline to its credit."""

    def write(self) -> Article:
        """The article, from its headline to its credit."""
        rng, draft = self.rng, self.draft
        star = self.world.person(rng, self.a)
        topic = self.topics[0]
        self.headline(star, topic)
        self.opening(topic)
        scenes: list[Callable[[], None]] = [self.measures] * _count(rng, 1.0) + [self.indicator] * _count(rng, 1.25)
        scenes += [self.event] * _count(rng, 1.05) + [self.position] * _count(rng, 0.35)
        speeches = 1 + int(1.35 * rng.random() + 1.35 * rng.random() + (9 * rng.random() if rng.random() < 0.06 else 0))
        scenes += [self.speech] * speeches
        rng.shuffle(scenes)
        if self.round:
            self.delegations(self.round)
        self.speech(star)
        for scene in scenes:
            if draft.facts < MOST_FACTS:
                scene()
            if rng.random() < 0.16:
                self.filler()
        while draft.facts < 6:
            self.indicator()
        while len(draft.text) < FEWEST_CHARACTERS:
            self.filler()
        self.closing()
        self.notes()
        return self.finished()

    def headline(self, star: Person, topic: Topic) -> None:
        """The headline; what it names is introduced below."""
        rng, it = self.rng, self.negotiation
        if it and (it.round is None or rng.random() < 0.42):
            is_new = it.round is not None or rng.random() < 0.9
            self.round = self.world.next_round(rng, it, it.today - int(3 * rng.random())) if is_new else None
        elif it:
            self.round = it.round
        names = {"a": self.a.spoken, "b": self.b.spoken, "topic": topic.name, "surname": star.surname}
        if self.round:
            names |= {"city": self.round.city.name, "ordinal": ordinal(self.round.number)}
            text = anyone(rng, prose.HEADLINES).format(**self.words(**names, do=anyone(rng, ["open", "end", "hold"])))
        else:
            text = anyone(rng, prose.OTHER_HEADLINES).format(**self.words(**names))
        sentence = self.say(text)
        title = quoted(sentence.text)
        values = {"name": title, "title": title, "language": "en"}
        self.draft.article = Entry(values, [Quote(sentence, "name, title")])
        self.draft.article.inferred["language"] = "The article does not name its language; it is written in English."
        place = slug(self.round.city.name if self.round else topic.name)
        self.id = self.world.unique_id(f"{self.a.id[:22]}-{self.b.id[:22]}-{place[:18]}-{self.today.iso}")

    def filler(self) -> None:
        """A sentence without a fact."""
        text, why = anyone(self.rng, prose.FILLERS)
        text = text.format(**self.words(firm2=frequent(self.rng, self.world.words.companies)))
        if text not in self.draft.text:
            self.draft.excuse(text, why)

    def closing(self) -> None:
        """Whom the article credits, and where it was published."""
        rng, draft = self.rng, self.draft
        article = draft.article
        if rng.random() < 0.5:
            agency = frequent(rng, AGENCIES, 2)
            is_translated = rng.random() < 0.3
            how = "Translated and adapted from a report by" if is_translated else "With material from"
            sentence = self.say(f"({how} {agency})", paragraph=True)
            article.values["credit"] = quoted(agency)
            article.quotes.append(Quote(sentence, "credit"))
            if is_translated:
                text = "The article calls itself translated. Quoted words may not be exactly those that were used."
                self.wonder("translation", "The article is translated", f"articles/{self.id}", text, sentence)
        if rng.random() < 0.35:
            url = f"https://news.example/{self.today.iso.replace('-', '/')}/{self.id}"
            sentence = self.say(f"Published at {url}", paragraph=True)
            article.values["url"] = quoted(url)
            article.quotes.append(Quote(sentence, "url", url))
        if rng.random() < 0.02:
            article.values["text"] = "withheld"
            article.values["withheld_because"] = quoted("The agency licenses its texts for quotation only.")

    def notes(self) -> None:
        """Some of what a careful reader must be told."""
        for oddity in self.oddities[:2]:
            self.note(oddity)

    def finished(self) -> Article:
        """The article as it is to be written down."""
        facts = {kind: len(entries) for kind, entries in self.draft.records.items()} | {"articles": 1}
        published = self.today.iso if self.is_dated else None
        text = self.draft.text + "\n"
        return Article(self.id, text, self.draft.facts_file(), facts, self.statements, published)


def _count(rng: Random, mean: float) -> int:
    """How often something comes up: mostly once or twice, now and then more often."""
    return int(mean * 2 * rng.random() + 0.5) + (1 if rng.random() < 0.05 else 0)
