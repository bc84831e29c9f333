"""Negotiations: their rounds, who came to them and what they led to."""

from tests.benchmarks import prose
from tests.benchmarks.dates import Day, Stated, day, in_month, in_year, on_weekday, printed, when
from tests.benchmarks.drafts import LIST, Entry, Quote, Sentence, listed, quoted
from tests.benchmarks.policies import Policies
from tests.benchmarks.reporter import ABOUT_NOTES, Oddity, enumerated, ordinal
from tests.benchmarks.words import AGENCIES, anyone, frequent
from tests.benchmarks.world import Negotiation, Party, Person, Round, Topic


class Talks(Policies):
    """Scenes at the table."""

    def dateline(self) -> str:
        """Place, date and agency; what it says of the article is recorded with the next sentence."""
        rng, draft = self.rng, self.draft
        place = (self.round.city.name if self.round else frequent(rng, self.world.words.places)).upper()
        article, words = draft.article, place
        if self.is_dated:
            article.values["published"] = when(self.today.iso, self.today.long)
            article.inferred["published"] = "The day of the dateline is taken for the day of publication."
            words += f", {self.today.long}"
        agency = frequent(rng, AGENCIES, 2) if rng.random() < 0.75 or not self.is_dated else None
        if agency:
            article.values["publisher"] = quoted(agency)
            words += f" ({agency})"
        fields = [name for name in ("published", "publisher") if name in article.values]
        if fields:
            draft.mention(article, ", ".join(fields), words)
        return words + " – "

    def opening(self, topic: Topic) -> None:
        """The first paragraph."""
        if self.negotiation is None or self.round is None:
            text = anyone(self.rng, prose.OTHER_LEADS)
            line = self.dateline()
            names = {"a": self.spoken(self.a), "b": self.spoken(self.b), "topic": self.named(topic)}
            self.lead = self.say(line + text.format(**self.words(**names)), paragraph=True)
            self.position()
            return
        if not self.round.mentions:
            self.new_round(self.negotiation, self.round, topic)
        else:
            self.known_round(self.negotiation, self.round, topic)
        self.round.mentions += 1

    def negotiation_named(self, it: Negotiation) -> Entry | None:
        """The talks, which the next sentence speaks of, as a record where they are none yet."""
        it.mentions += 1
        if it.mentions > 1:
            return None
        values = {"name": quoted(it.name), "parties": listed(party.id for party in it.parties), "status": "ongoing"}
        entry = self.draft.begin("negotiations", it.id, values)
        entry.inferred["status"] = "A round of them is told of, and no end."
        self.draft.mention(entry, "name, parties", "")
        return entry

    def sides(self, it: Negotiation) -> str:
        """The parties of talks, as the next sentence names them."""
        return enumerated([self.spoken(party) for party in it.parties])

    def new_round(self, it: Negotiation, talks: Round, topic: Topic) -> None:
        """The article is the first to tell of a round: it opened, it is over, or it is to come."""
        rng = self.rng
        chance = rng.random()
        entry = self.negotiation_named(it)
        if chance < 0.5:
            self.round_opened(it, talks, topic)
        elif chance < 0.9:
            self.round_ended(it, talks, topic)
        else:
            talks.is_planned = True
            self.round_planned(it, talks, topic)
        if entry and rng.random() < 0.6:
            self.talks_began(it, entry)

    def talks_began(self, it: Negotiation, entry: Entry) -> None:
        """When the negotiation began."""
        start = day(self.today.number - 40 - int(600 * self.rng.random()))
        stated = in_month(start, True) if self.rng.random() < 0.7 else in_year(start)
        sentence = self.say(f"The two sides had begun to talk about {it.topics[0].name} {stated.words}.")
        entry.values["started"] = stated.value
        entry.quotes.append(Quote(sentence, "started"))

    def round_values(self, it: Negotiation, talks: Round, topics: list[Topic]) -> dict[str, str]:
        """What every first account of a round says."""
        name = f"{ordinal(talks.number).capitalize()} round of talks on {topics[0].name}, {talks.city.name}"
        values = {"name": quoted(name), "negotiation": it.id, "number": str(talks.number)}
        return values | {"city": quoted(talks.city.name), "topics": listed(topic.id for topic in topics)}

    def began(self, talks: Round) -> Stated:
        """The day on which a round opened."""
        if self.is_dated and self.rng.random() < 0.6:
            return on_weekday(talks.start, self.today)
        return printed(talks.start)

    def round_opened(self, it: Negotiation, talks: Round, topic: Topic) -> None:
        rng = self.rng
        topics = it.topics[:2] if len(it.topics) > 1 and rng.random() < 0.6 else [topic]
        began, line = self.began(talks), self.dateline()
        agenda = " and ".join(self.named(item) for item in topics)
        country = talks.city.country if rng.random() < 0.5 else None
        city = talks.city.name + (f" in {country}" if country and country != talks.city.name else "")
        text = f"the {ordinal(talks.number)} round of talks between {self.sides(it)} opened at the {talks.venue}"
        text += f", {city}, {began.words}, with {agenda} on the agenda."
        self.lead = sentence = self.say(line + text, paragraph=True)
        values = self.round_values(it, talks, topics) | {"venue": quoted(talks.venue), "started": began.value}
        if country:
            values["country"] = quoted(country)
        values["status"] = "ongoing"
        inferred = {"status": "The round has opened, and no end of it is told."}
        if began.why:
            inferred["started"] = began.why
        entry = self.draft.record("rounds", talks.id, values, sentence, inferred=inferred, unquoted=["status"])
        talks.has_start = True
        if rng.random() < 0.45 and self.is_dated:
            self.sessions(talks, entry)
        elif not country:
            self.no_country(talks, sentence)

    def no_country(self, talks: Round, sentence: Sentence) -> None:
        name = f"The country of {talks.city.name} is not stated"
        text = "The article names the city of the talks but not the country, which is left empty."
        self.wonder("not_stated", name, f"rounds/{talks.id}", text, sentence)

    def round_ended(self, it: Negotiation, talks: Round, topic: Topic) -> None:
        line, began = self.dateline(), self.began(talks)
        topic_name, names = self.named(topic), self.sides(it)
        outcome = anyone(self.rng, prose.OUTCOMES).format(**self.words(topic=topic_name))
        end = day(min(talks.start.number + talks.length - 1, self.today.number))
        ended = on_weekday(end, self.today) if self.is_dated else printed(end)
        ordinal_number, city = ordinal(talks.number), talks.city.name
        text = f"the {ordinal_number} round of talks between {names} ended in {city} {ended.words}: {outcome}."
        self.lead = sentence = self.say(line + text, paragraph=True)
        values = self.round_values(it, talks, [topic])
        values |= {"status": "concluded", "ended": ended.value, "outcome": quoted(outcome)}
        also, inferred = [], {"ended": ended.why} if ended.why else {}
        if self.rng.random() < 0.7:
            second = self.say(f"The delegations had met at the {talks.venue} {began.words}.")
            values |= {"venue": quoted(talks.venue), "started": began.value}
            also.append(Quote(second, "venue, started"))
            talks.has_start = True
            if began.why:
                inferred["started"] = began.why
        entry = self.draft.record("rounds", talks.id, values, sentence, also, inferred)
        if self.rng.random() < 0.4 and self.is_dated:
            self.sessions(talks, entry)

    def round_planned(self, it: Negotiation, talks: Round, topic: Topic) -> None:
        line, coming = self.dateline(), in_month(day(self.today.number + 25), True)
        topic_name, names = self.named(topic), self.sides(it)
        text = f"{names} will hold the {ordinal(talks.number)} round of talks on {topic_name} in {talks.city.name}"
        self.lead = sentence = self.say(f"{line}{text} {coming.words}.", paragraph=True)
        values = self.round_values(it, talks, [topic]) | {"status": "planned", "started": coming.value}
        self.draft.record("rounds", talks.id, values, sentence)
        event = {"name": quoted(f"{ordinal(talks.number).capitalize()} round scheduled"), "type": "scheduling"}
        self.draft.record("events", self.next_id("scheduling"), event, sentence)
        self.no_country(talks, sentence)

    def sessions(self, talks: Round, entry: Entry) -> None:
        """The hours of a first day of talks."""
        rng, start, zone = self.rng, talks.start, talks.city.zone
        hour, hours = 8 + int(4 * rng.random()), 5 + int(5 * rng.random())
        hedge, comparator = anyone(rng, [("over", "more_than"), ("about", "about"), ("up to", "up_to")])
        around = "around " if rng.random() < 0.4 else ""
        begin, length, on = f"{around}{hour} am", f"{hedge} {hours} hours", f"on {start.weekday}"
        first = self.say(f"The session {on} began at {begin} local time and lasted {length}.")
        entry.quotes.append(Quote(first, "sessions"))
        value = f'{LIST}      - date: {{edtf: "{start.iso}", stated: "{on}"}}'
        value += f"{LIST}        starts: {_clock(start, hour, zone, begin, around)}"
        if comparator == "about" and hour + hours > 12:
            end = f"{hour + hours - 12} pm"
            entry.quotes.append(Quote(self.say(f"It was over at {end}."), "sessions"))
            value += f"{LIST}        ends: {_clock(start, hour + hours, zone, end, '')}"
        value += f'{LIST}        duration: {{value: {hours}, unit: hour, comparator: {comparator}, stated: "{length}"}}'
        entry.values["sessions"] = value
        why = f"The article is of {self.today.long}, so {start.weekday} was {start.long}"
        entry.inferred["sessions"] = f"{why}; local time is that of {talks.city.name}."
        if rng.random() < 0.2:
            self.other_length(talks, first, length, hours + 2)

    def other_length(self, talks: Round, first: Sentence, length: str, hours: int) -> None:
        """The article gives another length for the same day."""
        other = self.say(f"Diplomats spoke of a day of {hours} hours.")
        text = f"One sentence gives a length of {length}, another has diplomats speak of {hours}. Both are kept."
        name = f"{length.capitalize()}, or {hours}"
        quotes = Quote(other, ABOUT_NOTES), Quote(first, ABOUT_NOTES)
        self.note(Oddity("discrepancy", name, [f"rounds/{talks.id}"], text, quotes[0]), quotes[1])

    def known_round(self, it: Negotiation, talks: Round, topic: Topic) -> None:
        """The article goes on about a round of which another one told."""
        rng, line = self.rng, self.dateline()
        topic_name, names = self.named(topic), self.sides(it)
        it.mentions += 1
        who = anyone(rng, ["officials", "diplomats", "ministers"])
        text = f"{who} commented on the {ordinal(talks.number)} round of talks between {names} in {talks.city.name}"
        self.lead = self.say(f"{line}{text}, which is devoted to {topic_name}.", paragraph=True)
        if rng.random() < 0.3:
            entry = self.draft.corroborate(f"rounds/{talks.id}")
            entry.quotes.append(Quote(self.lead, "negotiation, number, city"))
        else:
            self.position()
        if rng.random() < 0.06:
            self.draft.corroborate(f"negotiations/{it.id}").quotes.append(Quote(self.lead, "name, parties"))
        if talks.has_start and not talks.is_disputed and rng.random() < 0.05:
            self.other_start(talks)

    def other_start(self, talks: Round) -> None:
        """The article says otherwise about the day on which the round opened."""
        talks.is_disputed = True
        other = printed(day(talks.start.number - 1))
        sentence = self.say(f"The round had opened {other.words}, a day earlier than reported.")
        self.draft.dispute(f"rounds/{talks.id}", "started", other.value, sentence)

    def delegations(self, talks: Round) -> None:
        """Who was there and who was not."""
        rng = self.rng
        chance = rng.random()
        if talks.is_planned:
            return
        if chance < 0.62:
            self.delegation(talks, self.a)
        if chance < 0.35:
            self.delegation(talks, self.b)
        if rng.random() < 0.14:
            self.absent(talks)

    def delegation(self, talks: Round, party: Party) -> None:
        members: dict[str, Person] = {}
        for _ in range(1 + int(3.2 * self.rng.random())):
            person = self.world.person(self.rng, party)
            if person.id not in talks.delegates and person.id not in self.introduced:
                members[person.id] = person
        if not members:
            return
        people = list(members.values())
        phrases = [self.who(person) for person in people]
        city = talks.city.name
        text = f"The {party.adjective} delegation at the talks in {city} was led by {phrases[0]}"
        if phrases[1:]:
            text += f" and included {' and '.join(phrases[1:])}"
        sentence = self.say(f"{text}.", paragraph=True)
        for index, person in enumerate(people):
            self.delegate(talks, person, sentence, is_lead=index == 0)

    def delegate(self, talks: Round, person: Person, sentence: Sentence, is_lead: bool) -> None:
        talks.delegates.add(person.id)
        values = {"name": quoted(f"{person.surname} at the talks in {talks.city.name}"), "person": person.id}
        values |= {"round": talks.id, "office": quoted(person.office)}
        if person.party:
            values["party"] = person.party.id
        if is_lead:
            values["is_lead"] = "true"
        values["attended"] = "true"
        inferred = {"attended": "Whoever belongs to a delegation at the talks is taken to have been there."}
        self.draft.record("delegates", f"{person.id}-{talks.id}", values, sentence, inferred=inferred)

    def absent(self, talks: Round) -> None:
        person = self.world.person(self.rng, self.b)
        if person.id in talks.delegates:
            return
        talks.delegates.add(person.id)
        sentence = self.say(f"{self.who(person)} did not attend the talks in {talks.city.name}.")
        values = {"name": quoted(f"{person.surname} not at the talks in {talks.city.name}"), "person": person.id}
        values |= {"round": talks.id, "attended": "false"}
        self.draft.record("delegates", f"{person.id}-{talks.id}", values, sentence)


def _clock(it: Day, hour: int, zone: str, stated: str, around: str) -> str:
    is_vague = str(bool(around)).lower()
    return f'{{local: "{it.iso}T{hour:02}:00", zone: {zone}, approximate: {is_vague}, stated: "{stated}"}}'
