"""What articles share: the parties, people, topics and negotiations that have come up so far."""

from dataclasses import dataclass, field
from random import Random

from tests.benchmarks.dates import LAST, Day, day
from tests.benchmarks.words import (
    CITIES,
    COUNTRIES,
    EXECUTIVES,
    GIVEN_NAMES,
    OFFICES,
    VENUES,
    WITH_ARTICLE,
    City,
    Vocabulary,
    anyone,
    frequent,
    slug,
)

NEW_PERSON = 0.095
"""How often a person who is needed is one of whom no article has spoken."""
SHARES_SURNAME, SHARES_NAME = 16, 32
"""Of so many new people one has the surname of another person, or the whole name."""
STARTS_NEGOTIATION = 1 / 12
WITHOUT_NEGOTIATION = 0.15
MOST_ARTICLES = 24
AT_ONCE = 60
"""How many negotiations are followed at the same time."""


@dataclass(slots=True)
class Shared:
    """Something that one article defines and others refer to."""

    id: str
    name: str
    mentions: int = 0


@dataclass(slots=True)
class Party(Shared):
    """A country."""

    spoken: str = ""
    adjective: str = ""
    people: list["Person"] = field(default_factory=list)


@dataclass(slots=True)
class Person(Shared):
    """Somebody, and the words with which an article introduces them."""

    surname: str = ""
    office: str = ""
    party: Party | None = None
    role: str = ""
    phrase: str = ""
    shares_surname: "Person | None" = None
    has_alias: bool = False
    may_take_alias: bool = True


@dataclass(slots=True)
class Topic(Shared):
    """A subject."""


@dataclass(slots=True)
class Measure(Shared):
    """A measure, in words with which later articles can speak of it."""

    label: str = ""
    by: Party | None = None
    goods: str = ""


@dataclass(slots=True)
class Figure:
    """A figure that a later article may dispute."""

    id: str
    metric: str
    value: float
    unit: str
    suffix: str
    article: int


@dataclass(slots=True)
class Round:
    """A round of talks."""

    id: str
    number: int
    city: City
    venue: str
    start: Day
    length: int
    delegates: set[str] = field(default_factory=set)
    has_start: bool = False
    is_planned: bool = False
    is_disputed: bool = False
    mentions: int = 0


@dataclass(slots=True)
class Negotiation(Shared):
    """Talks between two or three parties, as they go on from article to article."""

    parties: list[Party] = field(default_factory=list)
    topics: list[Topic] = field(default_factory=list)
    number: int = 0
    today: int = 0
    round: Round | None = None
    measures: list[Measure] = field(default_factory=list)
    figure: Figure | None = None


class World:
    """All that is shared, growing from article to article."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.words = Vocabulary(seed)
        self.parties = [
            Party(slug(it.name), it.name, 0, f"the {it.name}" if it.name in WITH_ARTICLE else it.name, it.adjective)
            for it in COUNTRIES
        ]
        self.topics = [Topic(slug(name), name) for name in self.words.topics]
        self.people: list[Person] = []
        self.outsiders: list[Person] = []
        self.negotiations: list[Negotiation] = []
        self.rounds: list[Round] = []
        self._open: list[Negotiation] = []
        self._ids: dict[str, int] = {}

    def unique_id(self, wanted: str) -> str:
        """The id of an article or of somebody, numbered where it is taken."""
        count = self._ids[wanted] = self._ids.get(wanted, 0) + 1
        return wanted if count == 1 else f"{wanted}-{count}"

    def person(self, rng: Random, party: Party | None) -> Person:
        """Somebody of a party, or of none; some are spoken of again and again."""
        known = party.people if party else self.outsiders
        if known and rng.random() > NEW_PERSON:
            return frequent(rng, known, 0.5)
        person = self._new_person(rng, party)
        known.append(person)
        self.people.append(person)
        return person

    def _new_person(self, rng: Random, party: Party | None) -> Person:
        count, surnames = len(self.people), self.words.surnames
        other = self._namesake(rng) if count % SHARES_SURNAME == SHARES_SURNAME - 1 else None
        surname = other.surname if other else surnames[count % len(surnames)]
        has_same_name = other is not None and count % SHARES_NAME == SHARES_NAME - 1
        name = other.name if other and has_same_name else f"{anyone(rng, GIVEN_NAMES)} {surname}"
        if count >= len(surnames):
            name, has_same_name = f"{name}-{surnames[count // len(surnames)]}", False
        person = Person(self.unique_id(slug(name)), name, 0, surname)
        person.party, person.shares_surname = party, other
        if other:
            other.shares_surname, other.may_take_alias = person, False
            person.may_take_alias = not has_same_name and name != other.name
        if party:
            person.office = person.role = frequent(rng, OFFICES, 2)
            person.phrase = f"{party.adjective} {person.office} {name}"
        else:
            work = anyone(rng, EXECUTIVES)
            person.office = f"{work} {frequent(rng, self.words.companies, 3)}"
            person.role = work.rpartition(" ")[0]
            person.phrase = f"{name}, {person.office},"
        return person

    def _namesake(self, rng: Random) -> Person | None:
        """Somebody whose surname nobody else has so far."""
        other = anyone(rng, self.people)
        return other if other.shares_surname is None else None

    def party(self, rng: Random) -> Party:
        """One of the parties."""
        return frequent(rng, self.parties, 3)

    def other_party(self, rng: Random, *others: Party) -> Party:
        """A party that is none of the others."""
        while (party := self.party(rng)) in others:
            pass
        return party

    def topic(self, rng: Random) -> Topic:
        """One of the topics."""
        return frequent(rng, self.topics, 4)

    def negotiation(self, rng: Random) -> Negotiation | None:
        """The talks that an article is about: new ones, or some that it follows up, or none."""
        chance = rng.random()
        if chance < WITHOUT_NEGOTIATION:
            return None
        if chance < WITHOUT_NEGOTIATION + STARTS_NEGOTIATION or not self._open:
            return self._new_negotiation(rng)
        negotiation = anyone(rng, self._open)
        negotiation.today += 1 + int(9 * rng.random())
        if negotiation.today > LAST - 20 or negotiation.mentions > MOST_ARTICLES:
            self._open.remove(negotiation)
        return negotiation

    def _new_negotiation(self, rng: Random) -> Negotiation:
        first = self.party(rng)
        parties = [first, self.other_party(rng, first)]
        if rng.random() < 0.12:
            parties.append(self.other_party(rng, *parties))
        topics = list({(it := self.topic(rng)).id: it for _ in range(2 + int(3 * rng.random()))}.values())
        number = len(self.negotiations) + 1
        wanted = f"{first.id[:20]}-{parties[1].id[:20]}-{topics[0].id[:24]}".rstrip("-")
        name = f"{first.name}–{parties[1].name} talks on {topics[0].name}"
        negotiation = Negotiation(
            f"{wanted}-{number}", name, 0, parties, topics, number, int(rng.random() * (LAST - 90))
        )
        self.negotiations.append(negotiation)
        self._open.append(negotiation)
        if len(self._open) > AT_ONCE:
            del self._open[int(rng.random() * AT_ONCE)]
        return negotiation

    def next_round(self, rng: Random, negotiation: Negotiation, start: int) -> Round:
        """A further round of talks, which the article is the first to speak of."""
        number = negotiation.round.number + 1 if negotiation.round else 1
        city = frequent(rng, CITIES, 4)
        started = day(start)
        round_id = f"{slug(city.name)}-{started.year}-{negotiation.number}-{number}"
        it = Round(round_id, number, city, frequent(rng, VENUES, 2), started, 1 + int(3 * rng.random()))
        negotiation.round = it
        self.rounds.append(it)
        return it
