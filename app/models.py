"""The domain on one page: for each kind of record what is shown (a `Record`), and the table that relates it.

The records are what a facts file says and what the API answers; the build renders each once into `Documents.document`.
The tables hold ids as foreign keys, and beside them the columns that the loader fills from the record by their names:
`x_id` from the reference `x` (`x_ref` with its kind), `x_earliest`, `x_latest` and `x_reach` (see
`periods.REACHES`) from the date `x`, `x_value` from the amount `x`, `x_folded` from the text `x` (see `values.fold`),
and every other column from the field of its own name.
Beside the folded texts of a list stands each text as it is.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Annotated, Any, ClassVar, Generic, Literal, TypeVar, get_args

from pydantic import Field
from sqlalchemy.orm import declared_attr
from sqlmodel import Field as ColumnField
from sqlmodel import SQLModel

from app import references as to
from app.references import Kind, Slug
from app.values import Amount, Cite, Coverage, Dispute, Evidence, Inferred, Session, When
from app.written import WHOLE, Computed, Editorial, Flag, Reading, Text, Value, Words

SCHEMA_REVISION = "0008"
"""The migration that the serving side expects; the dataset's version depends on it."""

# ---------------------------------------------------------------------------------------------- what is shown

SUPPORT = ("evidence", "inferred", "sources", "disputed", "disputed_by", "cite")
"""What a record rests on: in documents it comes after what the record says."""

KIND = Field(description="The resource that the record belongs to.")
WebAddress = Annotated[Text, Field(pattern=r"^https?://[A-Za-z0-9.-]+(:[0-9]+)?([/?#][^\s]*)?$")]
UNCITED = Cite.model_construct(text="", href="", dataset="", url=None)


class Record(Value):
    """What every record has."""

    happened: ClassVar[str | None] = None
    """The field that says when, for the timeline of all facts."""

    kind: Annotated[Kind, KIND, Computed()]
    id: Slug
    """The record's id: it never changes, and is unique within its resource."""
    href: Annotated[str, Computed()]
    """The record's path on this server."""
    name: Text
    """A short label."""
    evidence: Annotated[list[Evidence], Field(min_length=1)]
    """The words that the record rests on."""
    inferred: list[Inferred]
    """The fields whose values the words do not state outright, each with how it follows from them."""
    sources: Annotated[int, Computed()]
    """How many articles the record rests on."""
    disputed: Annotated[bool, Computed()]
    """Whether another article says otherwise."""
    disputed_by: Annotated[list[Dispute], Computed()]
    """What other articles say otherwise."""
    cite: Annotated[Cite, Computed()]
    """How to cite the record."""

    @classmethod
    def computed(cls, given: dict[str, Any], reading: Reading) -> dict[str, Any]:
        (kind,) = get_args(cls.model_fields["kind"].annotation)
        inferred, href = Inferred.listed(given["inferred"]), f"/v1/{kind}/{given.get('id')}"
        # What other articles say, and what to cite, is known when all files are read.
        alone = {"sources": 1, "disputed": False, "disputed_by": [], "cite": UNCITED}
        return given | {"kind": kind, "href": href, "inferred": inferred} | alone


class Fact(Value):
    """Any record, in the one shape that all kinds share."""

    kind: Kind
    """The resource that the record belongs to."""
    id: Slug
    """The record's id, unique within its resource."""
    name: str
    """A short label."""
    href: str
    """The path of the full record on this server."""
    when: When | None
    """When it happened, was said or was published; null where the article does not say."""
    evidence: list[Evidence]
    """The words that the record rests on."""
    sources: int
    """How many articles the record rests on."""
    disputed: bool
    """Whether another article says otherwise."""
    cite: Cite
    """How to cite the record."""


class TextAccess(StrEnum):
    """Whether an article's text may be read here."""

    SERVED = "served"
    WITHHELD = "withheld"


class Article(Record):
    """A source text."""

    happened = "published"

    kind: Annotated[Literal[Kind.ARTICLES], KIND, Computed()]
    title: Words
    """The headline."""
    language: Annotated[str, Field(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$")]
    """The text's language, as a BCP 47 tag."""
    published: When | None
    """When it was published."""
    publisher: Words | None
    """Who published it."""
    credit: Words | None
    """Whom the article credits as its source."""
    url: WebAddress | None
    """Where it was published."""
    text: Annotated[TextAccess, Editorial()]
    """Whether its text may be read here; quotes and their offsets are served either way."""
    withheld_because: Annotated[Text | None, Editorial()]
    """Why its text is withheld; null where it is served."""
    text_sha256: Annotated[str, Computed()]
    """SHA-256 of the text, encoded as UTF-8."""
    characters: Annotated[int, Computed()]
    """The length of the text in code points."""
    coverage: Annotated[Coverage, Computed()]
    """How much of it has been read into facts."""

    @classmethod
    def computed(cls, given: dict[str, Any], reading: Reading) -> dict[str, Any]:
        access = {"text": given.get("text", TextAccess.SERVED.value)}
        return super().computed(given, reading) | reading.text_facts() | access


class Party(Record):
    """A side at the table."""

    kind: Annotated[Literal[Kind.PARTIES], KIND, Computed()]


class Person(Record):
    """Anybody the article names."""

    kind: Annotated[Literal[Kind.PEOPLE], KIND, Computed()]
    office: Words | None
    """The office, as the article words it."""
    party: to.PartyRef | None
    """The side that the person belongs to."""
    aliases: list[Words]
    """Other names that the articles use for the same person."""
    distinct_from: list[to.PersonRef]
    """People who share a name with this one and are somebody else."""


class Topic(Record):
    """A subject of talks, statements or positions."""

    kind: Annotated[Literal[Kind.TOPICS], KIND, Computed()]


class NegotiationStatus(StrEnum):
    """Where a negotiation stands, as of the article."""

    PLANNED = "planned"
    ONGOING = "ongoing"
    CONCLUDED = "concluded"
    BROKEN_OFF = "broken_off"


class Negotiation(Record):
    """A negotiation, which takes place in rounds."""

    happened = "started"

    kind: Annotated[Literal[Kind.NEGOTIATIONS], KIND, Computed()]
    parties: list[to.PartyRef]
    """The sides that negotiate."""
    status: NegotiationStatus | None
    """Where it stands, as of the article."""
    started: When | None
    """When it began."""


class Round(Record):
    """One round of a negotiation."""

    happened = "started"

    kind: Annotated[Literal[Kind.ROUNDS], KIND, Computed()]
    negotiation: to.NegotiationRef
    """The negotiation that it is a round of."""
    number: Annotated[int, Field(ge=1), WHOLE] | None
    """Its place among the rounds, counted from 1."""
    city: Words | None
    """The city where it was held."""
    country: Text | None
    """The country where it was held."""
    venue: Words | None
    """The building where it was held."""
    status: NegotiationStatus | None
    """Where it stands, as of the article."""
    started: When | None
    """When it began."""
    ended: When | None
    """When it ended."""
    topics: list[to.TopicRef]
    """What it was about."""
    outcome: Words | None
    """What it led to, in the article's words."""
    sessions: list[Session]
    """Its days, in order, as far as the article tells of them."""


class Delegate(Record):
    """A person's place in a delegation to a round; also a person who is said not to have been there."""

    kind: Annotated[Literal[Kind.DELEGATES], KIND, Computed()]
    person: to.PersonRef
    """The person."""
    round: to.RoundRef
    """The round."""
    party: to.PartyRef | None
    """The side whose delegation it is."""
    office: Words | None
    """The office, as the article words it in this connection."""
    is_lead: Flag | None
    """Whether the person is said to have led the delegation."""
    attended: Flag | None
    """Whether the person was there; false where the article says that they were not."""


class StatementMode(StrEnum):
    """Whose words a statement's text is."""

    DIRECT = "direct"
    INDIRECT = "indirect"
    MIXED = "mixed"


class Statement(Record):
    """Something somebody said."""

    happened = "said_on"

    kind: Annotated[Literal[Kind.STATEMENTS], KIND, Computed()]
    speaker: to.PersonRef
    """Who said it."""
    party: to.PartyRef | None
    """The side that the speaker belongs to."""
    round: to.RoundRef | None
    """The round of talks that it speaks about."""
    said_on: When | None
    """When it was said."""
    setting: Words | None
    """Where or on which occasion it was said."""
    audience: Words | None
    """Whom it was said to."""
    mode: StatementMode
    """`direct`: the speaker's words, as between the quotation marks; `indirect`: the reporter's wording; `mixed`: the
    reporter's wording with a quoted fragment."""
    text: Words
    """What was said, verbatim from the article."""
    is_conditional: Flag
    """Whether it holds only under a condition that it names."""
    topics: list[to.TopicRef]
    """What it is about."""
    measures: list[to.MeasureRef]
    """The policy measures that it speaks about."""


class MeasureType(StrEnum):
    """What a policy measure is."""

    TARIFF = "tariff"
    EXPORT_CONTROL = "export_control"
    SALES_BAN = "sales_ban"


class MeasureStatus(StrEnum):
    """Where a policy measure stands, as of the article."""

    IN_FORCE = "in_force"
    AGREED = "agreed"
    PAUSED = "paused"
    PROPOSED = "proposed"


class MeasureEffect(StrEnum):
    """What a policy measure does to trade."""

    RESTRICTS = "restricts"
    RELAXES = "relaxes"


class PolicyMeasure(Record):
    """A measure in force, agreed, paused or proposed."""

    happened = "since"

    kind: Annotated[Literal[Kind.POLICY_MEASURES], KIND, Computed()]
    type: MeasureType
    """What it is."""
    imposed_by: list[to.PartyRef]
    """The sides that impose it, or would carry it out; empty where the article does not say."""
    target: to.PartyRef | None
    """The side that it is aimed at."""
    goods: list[Words]
    """The goods that it covers, in the article's words."""
    excludes: list[Words]
    """What it is expressly said not to cover, in the article's words."""
    status: MeasureStatus
    """Where it stands, as of the article."""
    effect: MeasureEffect | None
    """What it does to trade; null where the article's wording does not tell."""
    condition: Words | None
    """What it depends on, in the article's words."""
    reason: Words | None
    """The reason that the article gives for it, in its words."""
    in_response_to: to.MeasureRef | None
    """The measure that it answers."""
    proposed_in: to.StatementRef | None
    """The statement in which it was offered."""
    since: When | None
    """Since when it has stood where it stands."""


class Position(Record):
    """What a side wants."""

    kind: Annotated[Literal[Kind.POSITIONS], KIND, Computed()]
    party: to.PartyRef
    """The side."""
    negotiation: to.NegotiationRef | None
    """The negotiation in which it wants this."""
    round: to.RoundRef | None
    """The round in which it wants this."""
    topic: to.TopicRef | None
    """The subject."""
    wants: Words
    """What it wants, in the article's words."""


class Direction(StrEnum):
    """Which way a figure moved."""

    UP = "up"
    DOWN = "down"


class Indicator(Record):
    """A figure or a trend."""

    happened = "period"

    kind: Annotated[Literal[Kind.INDICATORS], KIND, Computed()]
    metric: Text
    """What is measured."""
    amount: Amount
    """The figure, or the words for a trend without one."""
    direction: Direction | None
    """Which way it moved; null where the article does not say that it moved."""
    period: When | None
    """The time that it describes."""
    publisher: Words | None
    """Who published it."""
    comparison: Words | None
    """What it is compared with, in the article's words."""


class EventType(StrEnum):
    """What happened."""

    ARRIVAL = "arrival"
    BREACH = "breach"
    BRIEFING = "briefing"
    CALL = "call"
    DATA_RELEASE = "data_release"
    SCHEDULING = "scheduling"


class Event(Record):
    """Something that happened and is none of the other kinds."""

    happened = "when"

    kind: Annotated[Literal[Kind.EVENTS], KIND, Computed()]
    type: EventType
    """What happened."""
    when: When | None
    """When it happened."""
    place: Words | None
    """Where it happened."""
    participants: list[to.PersonRef]
    """The people who took part."""


class NoteType(StrEnum):
    """Why a note is needed."""

    DISCREPANCY = "discrepancy"
    AMBIGUITY = "ambiguity"
    TRANSLATION = "translation"
    NOT_STATED = "not_stated"


class Note(Record):
    """What a careful reader must be told."""

    kind: Annotated[Literal[Kind.NOTES], KIND, Computed()]
    type: NoteType
    """Why it is needed."""
    about: Annotated[list[to.AnyRef], Field(min_length=1)]
    """The records that it concerns."""
    text: Text
    """The note."""


# ------------------------------------------------------------------------- what relates, filters and sorts it

# Names of constraints are fixed from the first migration on: without them Alembic cannot alter tables on SQLite.
COLUMNS = "%(table_name)s_%(column_0_N_name)s"
NAMES = {"ix": "ix_%(column_0_N_label)s", "uq": f"uq_{COLUMNS}", "fk": f"fk_{COLUMNS}", "pk": "pk_%(table_name)s"}
SQLModel.metadata.naming_convention = NAMES


def references(column: str, *, nullable: bool = False) -> Any:
    """A foreign key."""
    return ColumnField(foreign_key=column, nullable=nullable)


def link(column: str) -> Any:
    """One half of a link table's primary key."""
    return ColumnField(foreign_key=column, primary_key=True)


class Table(SQLModel):
    """Base of the tables: each is named after its class."""

    model_config = {"defer_build": True}

    @declared_attr.directive
    def __tablename__(cls) -> str:  # noqa: N805
        return re.sub(r"(?<!^)(?=[A-Z])", "_", cls.__name__).lower()


class Links(Table):
    """Base of the tables of links: from a record, by its key, to what a list of it names.

    The rows lie in the order of their primary key; numbers of their own would only take room.
    """

    __table_args__ = {"sqlite_with_rowid": False}


class DatasetInfo(Table, table=True):
    """The one row that says which dataset this is."""

    version: str = ColumnField(primary_key=True)
    schema_revision: str


class Facts(Table, table=True):
    """What all records share: one query here spans all kinds."""

    key: int = ColumnField(primary_key=True)
    """Its number: records are numbered by kind, and within a kind in the order of their ids."""
    ref: str = ColumnField(unique=True)
    kind: str
    id: str
    name: str
    name_folded: str
    when_earliest: str | None
    when_latest: str | None
    when_reach: int | None
    sources: int
    disputed: bool


class Documents(Table, table=True):
    """Each record as it is served: apart, so that who looks through all records does not read along what is served."""

    key: int = ColumnField(primary_key=True, foreign_key="facts.key")
    document: str


class Summaries(Table, table=True):
    """Each record as the list of all records has it: apart, so that who reads documents does not read them along."""

    key: int = ColumnField(primary_key=True, foreign_key="facts.key")
    summary: str


class Row(Table):
    """What every resource's table has; `key` is that of the record's row in `facts`."""

    key: int = ColumnField(primary_key=True, foreign_key="facts.key")
    id: str = ColumnField(unique=True)
    name: str
    name_folded: str
    sources: int
    disputed: bool


class Articles(Row, table=True):
    language: str
    published_earliest: str | None
    published_latest: str | None
    published_reach: int | None
    publisher_folded: str | None
    text: str
    withheld_because: str | None
    article_text: str | None
    """Null where it is withheld."""


class QuoteRole(StrEnum):
    """What a quote does for a record."""

    SUPPORTS = "supports"
    DISPUTES = "disputes"


class Quotes(Table, table=True):
    """Every quote that a record rests on, or with which another article disputes it."""

    key: int = ColumnField(primary_key=True)
    fact_key: int = ColumnField(foreign_key="facts.key")
    article_id: str = ColumnField(foreign_key="articles.id")
    role: str
    quote: str
    start: int
    end: int
    start_utf16: int
    end_utf16: int
    paragraph: int
    sentence: int
    fields: str
    """The fields that it speaks of, separated by commas."""


class Sentences(Table, table=True):
    """The sentences of the articles whose text is served."""

    key: int = ColumnField(primary_key=True)
    article_id: str = ColumnField(foreign_key="articles.id")
    number: int
    paragraph: int
    start: int
    end: int
    start_utf16: int
    end_utf16: int
    text: str
    excused_because: str | None
    """Why no fact rests on it; null where facts do."""


class SeedFiles(Table, table=True):
    """The two files that an article and its facts were read from."""

    article_id: str = link("articles.id")
    article_sha256: str
    facts_sha256: str


class Vocabulary(Table, table=True):
    """The vocabulary of search: every folded word, and in how many records and sentences it stands."""

    word: str = ColumnField(primary_key=True)
    found: int


class Tallies(Table, table=True):
    """How many records of a list have a value of a field, counted when the dataset was built: see `app.tallies`."""

    list: str = ColumnField(primary_key=True)
    facet: str = ColumnField(primary_key=True)
    """The field, with the unit of the calendar where it is a date; nothing for the number of all records."""
    place: int = ColumnField(primary_key=True)
    """Its place among the facet's values."""
    value: str | None
    """The value as a parameter has it; null where it is not stated."""
    shown: str | None
    """What is shown for it."""
    found: int
    """How many records have it, or possibly have it."""
    certain: int
    """How many certainly have it."""


class Parties(Row, table=True):
    pass


class People(Row, table=True):
    office_folded: str | None
    party_id: str | None = references("parties.id", nullable=True)


class PersonAliases(Links, table=True):
    person_key: int = link("people.key")
    alias_folded: str = ColumnField(primary_key=True)
    alias: str


class Topics(Row, table=True):
    pass


class Negotiations(Row, table=True):
    status: str | None
    started_earliest: str | None
    started_latest: str | None
    started_reach: int | None


class NegotiationParties(Links, table=True):
    negotiation_key: int = link("negotiations.key")
    party_id: str = link("parties.id")


class Rounds(Row, table=True):
    negotiation_id: str = references("negotiations.id")
    number: int | None
    city_folded: str | None
    country_folded: str | None
    venue_folded: str | None
    status: str | None
    started_earliest: str | None
    started_latest: str | None
    started_reach: int | None
    ended_earliest: str | None
    ended_latest: str | None
    ended_reach: int | None


class RoundTopics(Links, table=True):
    round_key: int = link("rounds.key")
    topic_id: str = link("topics.id")


class Delegates(Row, table=True):
    person_id: str = references("people.id")
    round_id: str = references("rounds.id")
    party_id: str | None = references("parties.id", nullable=True)
    office_folded: str | None
    is_lead: bool | None
    attended: bool | None


class Statements(Row, table=True):
    speaker_id: str = references("people.id")
    party_id: str | None = references("parties.id", nullable=True)
    round_id: str | None = references("rounds.id", nullable=True)
    said_on_earliest: str | None
    said_on_latest: str | None
    said_on_reach: int | None
    setting_folded: str | None
    audience_folded: str | None
    mode: str
    is_conditional: bool


class StatementTopics(Links, table=True):
    statement_key: int = link("statements.key")
    topic_id: str = link("topics.id")


class StatementMeasures(Links, table=True):
    statement_key: int = link("statements.key")
    measure_id: str = link("policy_measures.id")


class PolicyMeasures(Row, table=True):
    type: str
    target_id: str | None = references("parties.id", nullable=True)
    status: str
    effect: str | None
    in_response_to_id: str | None = references("policy_measures.id", nullable=True)
    proposed_in_id: str | None = references("statements.id", nullable=True)
    since_earliest: str | None
    since_latest: str | None
    since_reach: int | None


class MeasureImposers(Links, table=True):
    measure_key: int = link("policy_measures.key")
    party_id: str = link("parties.id")


class MeasureGoods(Links, table=True):
    measure_key: int = link("policy_measures.key")
    goods_folded: str = ColumnField(primary_key=True)
    goods: str


class Positions(Row, table=True):
    party_id: str = references("parties.id")
    negotiation_id: str | None = references("negotiations.id", nullable=True)
    round_id: str | None = references("rounds.id", nullable=True)
    topic_id: str | None = references("topics.id", nullable=True)


class Indicators(Row, table=True):
    metric_folded: str
    amount_value: float | None
    direction: str | None
    period_earliest: str | None
    period_latest: str | None
    period_reach: int | None
    publisher_folded: str | None


class Events(Row, table=True):
    type: str
    when_earliest: str | None
    when_latest: str | None
    when_reach: int | None
    place_folded: str | None


class EventParticipants(Links, table=True):
    event_key: int = link("events.key")
    person_id: str = link("people.id")


class Notes(Row, table=True):
    type: str


class NoteSubjects(Links, table=True):
    note_key: int = link("notes.key")
    subject_ref: str = link("facts.ref")


@dataclass(frozen=True)
class Resource:
    """One kind of record: what is shown, its table, and the tables that hold its lists."""

    record: type[Record]
    row: Any
    lists: Mapping[str, Any] = field(default_factory=dict)


MEASURE_LISTS: dict[str, type[Table]] = {"imposed_by": MeasureImposers, "goods": MeasureGoods}
RESOURCES: Mapping[Kind, Resource] = {
    Kind.ARTICLES: Resource(Article, Articles),
    Kind.PARTIES: Resource(Party, Parties),
    Kind.PEOPLE: Resource(Person, People, {"aliases": PersonAliases}),
    Kind.TOPICS: Resource(Topic, Topics),
    Kind.NEGOTIATIONS: Resource(Negotiation, Negotiations, {"parties": NegotiationParties}),
    Kind.ROUNDS: Resource(Round, Rounds, {"topics": RoundTopics}),
    Kind.DELEGATES: Resource(Delegate, Delegates),
    Kind.STATEMENTS: Resource(Statement, Statements, {"topics": StatementTopics, "measures": StatementMeasures}),
    Kind.POLICY_MEASURES: Resource(PolicyMeasure, PolicyMeasures, MEASURE_LISTS),
    Kind.POSITIONS: Resource(Position, Positions),
    Kind.INDICATORS: Resource(Indicator, Indicators),
    Kind.EVENTS: Resource(Event, Events, {"participants": EventParticipants}),
    Kind.NOTES: Resource(Note, Notes, {"about": NoteSubjects}),
}


ABSENT: Any = Field(default_factory=list)
"""Not among the properties that are always there; a default of its own would say that it is."""


# Built at once: the lists and the single records of each kind are made of it.
class Included(Value, defer_build=False):
    """The related records that were asked for, by resource, each once; a resource not asked for is absent."""

    articles: list[Article] = ABSENT
    parties: list[Party] = ABSENT
    people: list[Person] = ABSENT
    topics: list[Topic] = ABSENT
    negotiations: list[Negotiation] = ABSENT
    rounds: list[Round] = ABSENT
    delegates: list[Delegate] = ABSENT
    statements: list[Statement] = ABSENT
    policy_measures: Annotated[list[PolicyMeasure], Field(alias="policy-measures", default_factory=list)]
    positions: list[Position] = ABSENT
    indicators: list[Indicator] = ABSENT
    events: list[Event] = ABSENT
    notes: list[Note] = ABSENT


R = TypeVar("R")


class Page(Value):
    """Where a page stands in its list."""

    total: int
    """How many records the filters let through."""
    limit: int
    """How many records a page has at most."""
    returned: int
    """How many records this page has."""
    next: str | None
    """The URL of the next page; null on the last one."""
    prev: str | None
    """The URL of the page before; null on the first one."""


class FacetValue(Value):
    """A value of a facet."""

    value: str | None
    """The value, as the filter takes it; null for what the article does not state."""
    name: str | None
    """What to show for it; null for what the article does not state."""
    count: int
    """How many records have it, with all filters but the facet's own."""
    selected: bool
    """Whether the facet's own filter asks for it now."""
    href: str
    """The same list with this value selected, or, where it is selected, no longer so."""


class Range(Value):
    """A stretch of a text."""

    start: int
    """Where it starts, in Unicode code points."""
    end: int
    """Where it ends (exclusive), in code points."""


class Match(Value):
    """A text of a record in which words of the search stand."""

    field: str
    """The field of the record."""
    snippet: str
    """The text, or the passage of it around the first of the words: verbatim, and no markup."""
    ranges: list[Range]
    """The words found, as stretches of the snippet."""


class Search(Value):
    """What a full-text search found."""

    matches: dict[str, list[Match]]
    """For each record of this page, by its href, the texts that hold the words; at most ten."""
    did_you_mean: list[str]
    """The search with unknown words replaced by known ones that are like them; empty where all words are known."""


class ListOf(Value, Generic[R]):
    """One page of a list."""

    data: list[R]
    """The records."""
    included: Included
    """The related records that `include` asked for; empty without it."""
    facets: dict[str, list[FacetValue]]
    """For each facet that was asked for, its values: dates in their order, others the most frequent first, and what is
    not stated last."""
    search: Search | None
    """What `q` found in these records; null without it."""
    page: Page
    """Where this page stands in the list."""
    dataset: str
    """The version of the dataset that the answer was made from."""

    @classmethod
    def model_parametrized_name(cls, params: tuple[Any, ...]) -> str:
        return f"{params[0].__name__}List"


class One(Value, Generic[R]):
    """One record."""

    data: R
    """The record."""
    included: Included
    """The related records that `include` asked for; empty without it."""
    dataset: str
    """The version of the dataset that the answer was made from."""

    @classmethod
    def model_parametrized_name(cls, params: tuple[Any, ...]) -> str:
        return f"{params[0].__name__}Answer"
