"""Whatever else happens: arrivals, briefings, calls, releases of data, broken promises."""

from tests.benchmarks import prose
from tests.benchmarks.dates import Stated
from tests.benchmarks.drafts import Sentence, listed, quoted
from tests.benchmarks.reporter import Reporter, spaced
from tests.benchmarks.words import anyone, frequent, slug


class Events(Reporter):
    """Scenes in which something happens."""

    def event(self) -> None:
        """Something that happened."""
        rng = self.rng
        anyone(rng, [self.arrival, self.briefing, self.call, self.data_release, self.breach, self.call])()

    def happening(self, kind: str, name: str, sentence: Sentence, stated: Stated, more: dict[str, str]) -> None:
        values = {"name": quoted(name), "type": kind}
        if stated.value:
            values["when"] = stated.value
        event_id = self.next_id(f"{kind.replace('_', '-')}-{slug(name)[:40].rstrip('-')}")
        inferred = {"when": stated.why} if stated.why else {}
        self.draft.record("events", event_id, values | more, sentence, inferred=inferred)
        self.vague_week(f"events/{event_id}", stated, sentence)

    def arrival(self) -> None:
        rng, stated = self.rng, self.recently()
        person, place = self.world.person(rng, self.b), frequent(rng, self.world.words.places)
        sentence = self.say(f"{self.who(person)} arrived in {place}{spaced(stated)}.")
        more = {"place": quoted(place), "participants": listed([person.id])}
        self.happening("arrival", f"{person.surname} arriving in {place}", sentence, stated, more)

    def briefing(self) -> None:
        rng, stated = self.rng, self.recently()
        person, place = self.world.person(rng, self.a), frequent(rng, self.world.words.places)
        about = self.words()
        text = f"{self.who(person)} held a briefing in {place} about the {about['term']} {about['heads']}"
        sentence = self.say(f"{text}{spaced(stated)}.")
        more = {"place": quoted(place), "participants": listed([person.id])}
        self.happening("briefing", f"Briefing by {person.surname} in {place}", sentence, stated, more)

    def call(self) -> None:
        rng, stated = self.rng, self.recently()
        one, other = self.world.person(rng, self.a), self.world.person(rng, self.b)
        text = f"{self.who(one)} and {self.who(other)} spoke on the telephone{spaced(stated)}."
        sentence = self.say(text, paragraph=True)
        more = {"participants": listed([one.id, other.id])}
        self.happening("call", f"Call between {one.surname} and {other.surname}", sentence, stated, more)

    def data_release(self) -> None:
        stated, party, words = self.recently(), self.a, self.words()
        bureau = anyone(self.rng, prose.BUREAUS)
        text = f"The {party.adjective} {bureau} released its figures on {words['term']} {words['heads']}"
        sentence = self.say(f"{text}{spaced(stated)}.")
        self.happening("data_release", f"Figures of the {party.adjective} {bureau}", sentence, stated, {})

    def breach(self) -> None:
        stated, words = self.recently(), self.words()
        its = self.spoken(self.b)
        text = f"{its} broke its promise on {words['term']} {words['heads']}{spaced(stated)}"
        text += f", according to {words['firm']}"
        sentence = self.say(f"{text}.")
        self.happening(
            "breach", f"{self.b.name}: broken promise on {words['term']} {words['heads']}", sentence, stated, {}
        )
