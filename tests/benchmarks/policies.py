"""Measures that restrict or relax trade, and what the sides want."""

from tests.benchmarks import prose
from tests.benchmarks.dates import NOWHERE
from tests.benchmarks.drafts import Quote, Sentence, listed, quoted
from tests.benchmarks.reporter import Reporter, enumerated, shortened
from tests.benchmarks.words import anyone, frequent
from tests.benchmarks.world import Measure, Party, Topic

AIMED = {"tariff": "from", "export_control": "against", "sales_ban": "to"}
RESTRICTING = {"tariff": "tariff on", "export_control": "export controls on", "sales_ban": "ban on the sale of"}


class Policies(Reporter):
    """Scenes about what governments do and want."""

    def measures(self) -> None:
        """A measure, and now and then the other side's answer."""
        rng = self.rng
        earlier = self.negotiation.measures if self.negotiation else []
        if earlier and rng.random() < 0.25:
            return self.measure_still_there(anyone(rng, earlier))
        by, target = (self.a, self.b) if rng.random() < 0.6 else (self.b, self.a)
        if rng.random() < 0.18:
            return self.agreed_measure()
        first = self.restriction(by, target, None)
        if rng.random() < 0.25:
            self.restriction(target, by, first)
        return None

    def restriction(self, by: Party, target: Party, answers: Measure | None) -> Measure:
        rng, words = self.rng, self.words()
        kind = anyone(rng, ["tariff", "tariff", "export_control", "export_control", "sales_ban"])
        goods = list(dict.fromkeys(frequent(rng, self.world.words.goods) for _ in range(1 + int(2.6 * rng.random()))))
        label = f"{RESTRICTING[kind]} {goods[0]}"
        its, to = self.spoken(by), self.spoken(target)
        article = "" if kind == "export_control" else "a "
        text = f"{its} imposed {article}{RESTRICTING[kind]} {enumerated(goods)} {AIMED[kind]} {to}"
        since = self.recently() if rng.random() < 0.7 else NOWHERE
        text += f" {since.words}" if since.words else ""
        values = {"name": quoted(f"{by.name}: {label}"), "type": kind, "imposed_by": listed([by.id])}
        values |= {
            "target": target.id,
            "goods": listed(map(quoted, goods)),
            "status": "in_force",
            "effect": "restricts",
        }
        inferred = {"status": "It was imposed, and nothing says that it has ended."}
        if rng.random() < 0.5:
            reason = anyone(rng, prose.REASONS).format(**words)
            text += f", citing {reason}"
            values["reason"] = quoted(reason)
        if rng.random() < 0.15:
            spared = frequent(rng, self.world.words.goods)
            if spared not in goods:
                text += f", but left out {spared}"
                values["excludes"] = listed([quoted(spared)])
        if answers:
            text = f"in answer to that, {text}"
            values["in_response_to"] = answers.id
            inferred["in_response_to"] = "“in answer to that” takes up the measure of the sentence before."
        sentence = self.say(f"{text}.", paragraph=answers is None)
        if since.value:
            values["since"] = since.value
            inferred |= {"since": since.why} if since.why else {}
        measure = Measure(
            self.next_id(f"{by.id}-{kind.replace('_', '-')}"), f"{by.name}: {label}", 0, label, by, goods[0]
        )
        self.draft.record("policy-measures", measure.id, values, sentence, inferred=inferred)
        if self.negotiation:
            self.negotiation.measures.append(measure)
        self.vague_week(f"policy-measures/{measure.id}", since, sentence)
        return measure

    def agreed_measure(self) -> None:
        rng, goods = self.rng, frequent(self.rng, self.world.words.goods)
        status, done = anyone(rng, [("agreed", "agreed to lower"), ("paused", "paused")])
        its, others = self.spoken(self.a), self.spoken(self.b)
        sentence = self.say(f"{its} and {others} {done} their tariffs on {goods}.", paragraph=True)
        values = {"name": quoted(f"{self.a.name} and {self.b.name}: tariffs on {goods}"), "type": "tariff"}
        values |= {"imposed_by": listed([self.a.id, self.b.id]), "goods": listed([quoted(goods)]), "status": status}
        if status == "agreed":
            values["effect"] = "relaxes"
        self.draft.record("policy-measures", self.next_id(f"{self.a.id}-tariffs-{status}"), values, sentence)

    def measure_still_there(self, measure: Measure) -> None:
        """The article adds its words to a measure of an earlier one."""
        if measure.by is None or any(it.values["id"] == measure.id for it in self.draft.records["policy-measures"]):
            return
        its = self.spoken(measure.by)
        sentence = self.say(f"The {measure.label} that {its} had imposed earlier remained in place.", paragraph=True)
        entry = self.draft.corroborate(f"policy-measures/{measure.id}")
        entry.quotes.append(Quote(sentence, "type, imposed_by, goods, status"))

    def position(self) -> None:
        """What one side wants, or both."""
        rng, topic = self.rng, self.any_topic()
        wish = anyone(rng, prose.TOPIC_WISHES).format(**self.words(topic=self.named(topic)))
        its = self.spoken(self.a)
        text, others = f"{its} was pressing for {wish}", ""
        is_both = rng.random() < 0.4
        if is_both:
            others = anyone(rng, prose.WISHES).format(**self.words())
            text += f", while {self.spoken(self.b)} hoped for {others}"
        sentence = self.say(f"{text}.")
        self._position(self.a, topic, wish, sentence)
        if is_both:
            self._position(self.b, None, others, sentence)

    def _position(self, party: Party, topic: Topic | None, wish: str, sentence: Sentence) -> None:
        values = {"name": quoted(f"{party.name}: {shortened(wish)}"), "party": party.id}
        also, inferred = [], dict[str, str]()
        if self.negotiation and self.negotiation.mentions and self.lead:
            values["negotiation"] = self.negotiation.id
            also.append(Quote(self.lead, "negotiation"))
            inferred["negotiation"] = "The article is about these talks."
            if self.round and self.round.mentions and self.rng.random() < 0.5:
                values["round"] = self.round.id
                also = [Quote(self.lead, "negotiation, round")]
                inferred["round"] = f"The article is about the round in {self.round.city.name}."
        if topic:
            values["topic"] = topic.id
        values["wants"] = quoted(wish)
        self.draft.record("positions", self.next_id(f"{party.id}-wants"), values, sentence, also, inferred)
