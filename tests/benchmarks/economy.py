"""Figures and trends, now and then another figure than an earlier article gave."""

from tests.benchmarks import prose
from tests.benchmarks.dates import Stated, period
from tests.benchmarks.drafts import quoted
from tests.benchmarks.reporter import Reporter
from tests.benchmarks.words import anyone, slug
from tests.benchmarks.world import Figure, Party

HEDGES = [("", "exact"), ("", "exact"), ("about ", "about"), ("more than ", "more_than"), ("less than ", "less_than")]


class Economy(Reporter):
    """Scenes with numbers."""

    def indicator(self) -> None:
        """A figure or a trend."""
        rng = self.rng
        earlier = self.negotiation.figure if self.negotiation else None
        if earlier and earlier.article != self.number and rng.random() < 0.04:
            return self.other_figure(earlier)
        party = self.a if rng.random() < 0.6 else self.b
        chance = rng.random()
        measured = anyone(rng, prose.VOLUMES if 0.14 < chance < 0.36 else prose.METRICS)
        metric = f"{party.adjective} {measured.format(**self.words())}"
        if chance < 0.14:
            return self.trend(metric)
        if chance < 0.36:
            return self.quantity(party, metric)
        return self.change(party, metric)

    def change(self, party: Party, metric: str) -> None:
        """By how many percent something rose or fell."""
        rng = self.rng
        direction = "down" if rng.random() < 0.55 else "up"
        value = (1 + int(rng.random() ** 2 * 900)) / 10
        hedge, comparator = anyone(rng, HEDGES)
        figure = f"{value:g}%"
        stated, since = f"{hedge}{figure}", period(rng, self.today, self.is_dated)
        verb = "fell" if direction == "down" else "rose"
        text = f"{metric} {verb} by {stated}" + (f" {since.words}" if since.words else "")
        values = {"name": quoted(f"{metric}: {verb}"), "metric": quoted(metric)}
        amount = f'{{value: {value:g}, unit: percent, comparator: {comparator}, stated: "{stated}"}}'
        values |= {"amount": amount, "direction": direction}
        self._figure(party, text, values, since, Figure("", metric, value, "percent", "%", self.number))

    def quantity(self, party: Party, metric: str) -> None:
        """How much there was of something."""
        rng = self.rng
        unit, plural = anyone(rng, [("tonne", "tonnes"), ("euro", "euros"), ("dollar", "dollars"), ("piece", "pieces")])
        value, hedge = (1 + int(rng.random() ** 2 * 900)) * 1000, anyone(rng, HEDGES)
        stated, since = f"{hedge[0]}{value:,} {plural}", period(rng, self.today, self.is_dated)
        text = f"{metric} came to {stated}" + (f" {since.words}" if since.words else "")
        amount = f'{{value: {value}, unit: {unit}, comparator: {hedge[1]}, stated: "{stated}"}}'
        values = {"name": quoted(metric), "metric": quoted(metric), "amount": amount}
        self._figure(party, text, values, since, Figure("", metric, value, unit, f" {plural}", self.number))

    def _figure(self, party: Party, text: str, values: dict[str, str], since: Stated, figure: Figure) -> None:
        rng = self.rng
        if rng.random() < 0.45:
            comparison = anyone(rng, prose.COMPARISONS).format(**self.words(year=str(int(self.today.year) - 3)))
            text += f", {comparison}"
            values["comparison"] = quoted(comparison)
        if rng.random() < 0.6:
            publisher = f"{party.adjective} {anyone(rng, prose.BUREAUS)}"
            text += f", according to the {publisher}"
            values["publisher"] = quoted(publisher)
        figure.id = self.record_indicator(f"{text}.", values, since)
        if self.negotiation:
            self.negotiation.figure = figure

    def trend(self, metric: str) -> None:
        """A movement without a figure."""
        rng = self.rng
        words, direction = anyone(rng, [("hardly moved", None), ("increased", "up"), ("dropped", "down")])
        since = period(rng, self.today, self.is_dated)
        values = {"name": quoted(metric), "metric": quoted(metric)}
        values["amount"] = f'{{comparator: none, stated: "{words}"}}'
        if direction:
            values["direction"] = direction
        self.record_indicator(f"{metric} {words}{' ' + since.words if since.words else ''}.", values, since)

    def record_indicator(self, text: str, values: dict[str, str], since: Stated) -> str:
        sentence = self.say(text, paragraph=self.rng.random() < 0.6)
        inferred = {"period": since.why} if since.why else {}
        if since.value:
            values["period"] = since.value
        indicator_id = self.next_id("figure-" + slug(values["metric"])[:40].rstrip("-"))
        self.draft.record("indicators", indicator_id, values, sentence, inferred=inferred)
        if "comparison" not in values and self.rng.random() < 0.15:
            name, ref = "What the figure is measured against is not stated", f"indicators/{indicator_id}"
            text = "The article does not say with which earlier time the figure is to be compared."
            self.wonder("not_stated", name, ref, text, sentence)
        return indicator_id

    def other_figure(self, earlier: Figure) -> None:
        """The article gives another figure than an earlier one."""
        if any(it.values["record"] == f"indicators/{earlier.id}" for it in self.draft.disputes):
            return
        value = round(earlier.value * 1.1 + 0.3, 1) if earlier.unit == "percent" else earlier.value + 1000
        stated = f"{value:,.10g}{earlier.suffix}"
        sentence = self.say(f"{earlier.metric} had been reported wrongly: the figure was {stated}.", paragraph=True)
        amount = f'{{value: {value:.10g}, unit: {earlier.unit}, comparator: exact, stated: "{stated}"}}'
        self.draft.dispute(f"indicators/{earlier.id}", "amount", amount, sentence)
