"""What people say: in their own words, in the reporter's, or in both; some of it under a condition."""

from dataclasses import dataclass, field

from tests.benchmarks import prose
from tests.benchmarks.dates import NOWHERE, Stated
from tests.benchmarks.drafts import Quote, Sentence, listed, quoted
from tests.benchmarks.reporter import Reporter, shortened
from tests.benchmarks.words import AUDIENCES, SETTINGS, anyone, frequent, slug
from tests.benchmarks.world import Measure, Person, Topic


@dataclass(slots=True)
class Said:
    """A statement in the making."""

    person: Person
    mode: str
    text: str
    topics: list[Topic]
    values: dict[str, str] = field(default_factory=dict)
    inferred: dict[str, str] = field(default_factory=dict)
    id: str = ""


class Speeches(Reporter):
    """Scenes in which somebody speaks."""

    def speech(self, person: Person | None = None) -> None:
        """A paragraph in which somebody says a thing or two."""
        rng = self.rng
        if person is None and self.cast and rng.random() < 0.2:
            person = anyone(rng, self.cast)
        if person is None:
            chance = rng.random()
            party = self.a if chance < 0.45 else self.b if chance < 0.88 else None
            person = self.world.person(rng, party)
        self.statement(person, paragraph=True)
        if rng.random() < 0.48:
            self.addition(person)
        if rng.random() < 0.12:
            self.statement(person, paragraph=False)

    def statement(self, person: Person, *, paragraph: bool) -> None:
        """A sentence with a statement in it."""
        measures = self.negotiation.measures if self.negotiation else []
        chance = self.rng.random()
        if chance < 0.1:
            self.conditional(person, paragraph)
        elif chance < 0.2 and measures:
            self.about_measure(person, anyone(self.rng, measures), paragraph)
        elif chance < 0.68:
            self.indirect(person, paragraph, is_mixed=chance > 0.55)
        else:
            self.direct(person, paragraph)

    def indirect(self, person: Person, paragraph: bool, *, is_mixed: bool) -> None:
        """Words of the reporter, with or without a fragment in quotation marks."""
        topic, who = self.any_topic(), self.who(person)
        text = anyone(self.rng, prose.MIXED if is_mixed else prose.INDIRECT).format(**self.claim_words(person, topic))
        text = self.in_marks(text)
        said = Said(person, "mixed" if is_mixed else "indirect", text, [topic])
        self.reported(said, f"{who} {{}} that {text}.", paragraph)

    def direct(self, person: Person, paragraph: bool) -> None:
        """Words of the speaker, one sentence or two."""
        topic, who, (opening, closing) = self.any_topic(), self.who(person), self.marks
        text = anyone(self.rng, prose.DIRECT).format(**self.claim_words(person, topic))
        if self.rng.random() < 0.3:
            text += ". " + anyone(self.rng, prose.DIRECT).format(**self.claim_words(person, topic))
        if self.rng.random() < 0.4:
            said = Said(person, "direct", f"{text}.", [topic])
            self.reported(said, f"{who} {{}}: {opening}{text}.{closing}", paragraph)
        else:
            said = Said(person, "direct", f"{text},", [topic])
            self.reported(said, f"{opening}{text},{closing} {who} {{}}.", paragraph)

    def claim_words(self, person: Person, topic: Topic | None) -> dict[str, str]:
        """The words for what somebody says, about a topic or something else."""
        own = person.party or self.a
        sides = {"own": own.spoken, "other": (self.b if own is self.a else self.a).spoken}
        return self.words(**sides, topic=self.named(topic)) if topic else self.words(**sides)

    def in_marks(self, text: str) -> str:
        """Quotation marks as this article has them."""
        return text if self.marks[0] == "“" else text.replace("“", '"').replace("”", '"')

    def reported(self, said: Said, frame: str, paragraph: bool) -> Sentence:
        """A statement in its frame: who, to whom, where and when."""
        rng, stated = self.rng, self.recently()
        audience = frequent(rng, AUDIENCES, 2) if rng.random() < 0.38 else None
        setting = frequent(rng, SETTINGS, 2) if rng.random() < 0.35 else None
        saying = f"told {audience}" if audience else anyone(rng, prose.SAYING)
        if setting:
            said.values["setting"] = quoted(setting)
        if audience:
            said.values["audience"] = quoted(audience)
        introduction = self.introduced[said.person.id]
        how = " ".join(filter(None, [saying, setting, stated.words]))
        sentence = self.say(frame.replace("{}", how), paragraph=paragraph)
        is_known = introduction.sentence.text and said.person.party
        self.state(said, sentence, stated, [introduction] if is_known else [])
        return sentence

    def state(self, said: Said, sentence: Sentence, stated: Stated, also: list[Quote]) -> None:
        """The record of a statement."""
        person, inferred = said.person, said.inferred
        values = {"name": quoted(f"{person.surname}: {shortened(said.text)}"), "speaker": person.id}
        if person.party:
            values["party"] = person.party.id
        if self.round and self.lead and self.rng.random() < 0.6:
            values["round"] = self.round.id
            also = [*also, Quote(self.lead, "round")]
            inferred["round"] = f"The article is about the talks in {self.round.city.name}, and so are these words."
        if stated.value:
            values["said_on"] = stated.value
            inferred |= {"said_on": stated.why} if stated.why else {}
        values |= {name: said.values.pop(name) for name in ("setting", "audience") if name in said.values}
        values |= {"mode": said.mode, "text": quoted(said.text), "is_conditional": "false"}
        if said.topics:
            values["topics"] = listed(topic.id for topic in said.topics)
        said.id = self.next_id(f"{slug(person.surname)}-{said.topics[0].id if said.topics else 'measure'}")
        self.draft.record("statements", said.id, values | said.values, sentence, also, inferred)
        self.statements.append(said.id)
        self.vague_week(f"statements/{said.id}", stated, sentence)
        if not stated.value and self.rng.random() < 0.4:
            name = f"When {person.surname} spoke is not stated"
            text = f"The article does not say on which day {person.surname} said this."
            self.wonder("not_stated", name, f"statements/{said.id}", text, sentence)

    def addition(self, person: Person) -> None:
        """Another sentence of the same speaker, who is not named again."""
        topic, (opening, closing) = self.any_topic(), self.marks
        text = anyone(self.rng, prose.DIRECT).format(**self.claim_words(person, topic))
        subject, verb = f"the {person.role}", anyone(self.rng, prose.ADDING)
        sentence = self.say(f"{opening}{text},{closing} {subject} {verb}.")
        said = Said(person, "direct", f"{text},", [topic])
        said.inferred["speaker"] = f"“{subject} {verb}” continues the words of {person.surname}."
        named = self.introduced[person.id]
        fields = "speaker, party" if person.party else "speaker"
        self.state(said, sentence, NOWHERE, [Quote(named.sentence, fields, named.words)])

    def about_measure(self, person: Person, measure: Measure, paragraph: bool) -> None:
        """A statement about a measure of which an article has told."""
        who = self.who(person)
        text = anyone(self.rng, prose.ABOUT_MEASURE).format(**self.words(measure=measure.label))
        said = Said(person, "indirect", text, [], {"measures": listed([measure.id])})
        self.reported(said, f"{who} {{}} that {text}.", paragraph)

    def conditional(self, person: Person, paragraph: bool) -> None:
        """A statement under a condition, and the measure that it holds out."""
        rng, own, who = self.rng, person.party or self.a, self.who(person)
        effect = "relaxes" if rng.random() < 0.7 else "restricts"
        frame = anyone(rng, prose.CONDITIONS)
        topic = self.any_topic() if "{topic}" in frame else None
        words = self.claim_words(person, topic)
        condition, consequence = frame.format(**words), anyone(rng, prose.CONSEQUENCES[effect]).format(**words)
        measure_id = self.next_id(f"{own.id}-offer")
        said = Said(person, "indirect", f"{condition}, {consequence}", [topic] if topic else [])
        said.values |= {"is_conditional": "true", "measures": listed([measure_id])}
        sentence = self.reported(said, f"{who} {{}} that {said.text}.", paragraph)
        measure = {"name": quoted(shortened(consequence)), "type": "export_control", "imposed_by": listed([own.id])}
        measure |= {"goods": listed([quoted(words["goods"])]), "status": "proposed", "effect": effect}
        measure |= {"condition": quoted(condition), "proposed_in": said.id}
        inferred = {"status": "It is held out under a condition, not done."}
        self.draft.record("policy-measures", measure_id, measure, sentence, inferred=inferred)
