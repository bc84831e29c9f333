"""All tables and their indexes"""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString

from app.search_index import CREATED, NAMED

revision = "0008"
down_revision = None
branch_labels = None
depends_on = None

INDEXES = {
    "articles": [
        "disputed",
        "disputed, key DESC",
        "language",
        "name_folded",
        "published_earliest, published_latest",
        "published_earliest, published_latest, key DESC",
        "published_reach, published_earliest, published_latest",
        "publisher_folded",
        "sources",
        "sources, key DESC",
        "text",
    ],
    "delegates": [
        "attended",
        "disputed",
        "disputed, key DESC",
        "is_lead",
        "name_folded",
        "office_folded",
        "party_id",
        "person_id",
        "round_id",
        "sources",
        "sources, key DESC",
    ],
    "event_participants": ["person_id, event_key"],
    "events": [
        "disputed",
        "disputed, key DESC",
        "name_folded",
        "place_folded",
        "sources",
        "sources, key DESC",
        "type",
        "when_earliest, when_latest",
        "when_earliest, when_latest, key DESC",
        "when_reach, when_earliest, when_latest",
    ],
    "facts": [
        "disputed, id",
        "disputed, id DESC, key DESC",
        "id",
        "kind, id",
        "kind, when_earliest, when_latest, id",
        "kind, when_earliest, when_latest, id DESC, key DESC",
        "name_folded, id",
        "sources, id",
        "sources, id DESC, key DESC",
        "when_earliest, when_latest, id",
        "when_earliest, when_latest, id DESC, key DESC",
        "when_earliest, when_latest, kind",
        "when_reach, when_earliest, when_latest",
    ],
    "indicators": [
        "amount_value",
        "direction",
        "disputed",
        "disputed, key DESC",
        "metric_folded",
        "name_folded",
        "period_earliest, period_latest",
        "period_earliest, period_latest, key DESC",
        "period_reach, period_earliest, period_latest",
        "publisher_folded",
        "sources",
        "sources, key DESC",
    ],
    "measure_goods": ["goods_folded, measure_key"],
    "measure_imposers": ["party_id, measure_key"],
    "negotiation_parties": ["party_id, negotiation_key"],
    "negotiations": [
        "disputed",
        "disputed, key DESC",
        "name_folded",
        "sources",
        "sources, key DESC",
        "started_earliest, started_latest",
        "started_earliest, started_latest, key DESC",
        "started_reach, started_earliest, started_latest",
        "status",
    ],
    "note_subjects": ["subject_ref, note_key"],
    "notes": ["disputed", "disputed, key DESC", "name_folded", "sources", "sources, key DESC", "type"],
    "parties": ["disputed", "disputed, key DESC", "name_folded", "sources", "sources, key DESC"],
    "people": [
        "disputed",
        "disputed, key DESC",
        "name_folded",
        "office_folded",
        "party_id",
        "sources",
        "sources, key DESC",
    ],
    "person_aliases": ["alias_folded, person_key"],
    "policy_measures": [
        "disputed",
        "disputed, key DESC",
        "effect",
        "in_response_to_id",
        "in_response_to_id, since_earliest, since_latest",
        "in_response_to_id, since_earliest, since_latest, key DESC",
        "name_folded",
        "proposed_in_id",
        "proposed_in_id, since_earliest, since_latest",
        "proposed_in_id, since_earliest, since_latest, key DESC",
        "since_earliest, since_latest",
        "since_earliest, since_latest, key DESC",
        "since_reach, since_earliest, since_latest",
        "sources",
        "sources, key DESC",
        "status",
        "target_id",
        "target_id, since_earliest, since_latest",
        "target_id, since_earliest, since_latest, key DESC",
        "type",
    ],
    "positions": [
        "disputed",
        "disputed, key DESC",
        "name_folded",
        "negotiation_id",
        "party_id",
        "round_id",
        "sources",
        "sources, key DESC",
        "topic_id",
    ],
    "quotes": ["article_id, fact_key", "fact_key"],
    "round_topics": ["topic_id, round_key"],
    "rounds": [
        "city_folded",
        "country_folded",
        "disputed",
        "disputed, key DESC",
        "ended_earliest, ended_latest",
        "ended_earliest, ended_latest, key DESC",
        "ended_reach, ended_earliest, ended_latest",
        "name_folded",
        "negotiation_id",
        "negotiation_id, started_earliest, started_latest",
        "negotiation_id, started_earliest, started_latest, key DESC",
        "number",
        "sources",
        "sources, key DESC",
        "started_earliest, started_latest",
        "started_earliest, started_latest, key DESC",
        "started_reach, started_earliest, started_latest",
        "status",
        "venue_folded",
    ],
    "sentences": ["article_id, number"],
    "statement_measures": ["measure_id, statement_key"],
    "statement_topics": ["topic_id, statement_key"],
    "statements": [
        "audience_folded",
        "disputed",
        "disputed, key DESC",
        "is_conditional",
        "mode",
        "name_folded",
        "party_id",
        "party_id, said_on_earliest, said_on_latest",
        "party_id, said_on_earliest, said_on_latest, key DESC",
        "round_id",
        "round_id, said_on_earliest, said_on_latest",
        "round_id, said_on_earliest, said_on_latest, key DESC",
        "said_on_earliest, said_on_latest",
        "said_on_earliest, said_on_latest, key DESC",
        "said_on_reach, said_on_earliest, said_on_latest",
        "setting_folded",
        "sources",
        "sources, key DESC",
        "speaker_id",
        "speaker_id, said_on_earliest, said_on_latest",
        "speaker_id, said_on_earliest, said_on_latest, key DESC",
    ],
    "tallies": ["list, facet, value"],
    "topics": ["disputed", "disputed, key DESC", "name_folded", "sources", "sources, key DESC"],
}
"""The columns of each index, by table."""


def statement(table: str, columns: str) -> str:
    """What makes an index, named as the models' naming convention has it."""
    names = (column.split()[0] for column in columns.split(", "))
    named = "_".join(["ix", *(f"{table}_{name}" for name in names)])
    quoted = columns.replace("key DESC", '"key" DESC')
    return f"CREATE INDEX {named} ON {table} ({quoted})"


def upgrade() -> None:
    op.create_table(
        "dataset_info",
        sa.Column("version", AutoString(), nullable=False),
        sa.Column("schema_revision", AutoString(), nullable=False),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_dataset_info")),
    )
    op.create_table(
        "facts",
        sa.Column("key", sa.Integer(), nullable=False),
        sa.Column("ref", AutoString(), nullable=False),
        sa.Column("kind", AutoString(), nullable=False),
        sa.Column("id", AutoString(), nullable=False),
        sa.Column("name", AutoString(), nullable=False),
        sa.Column("name_folded", AutoString(), nullable=False),
        sa.Column("when_earliest", AutoString(), nullable=True),
        sa.Column("when_latest", AutoString(), nullable=True),
        sa.Column("when_reach", sa.Integer(), nullable=True),
        sa.Column("sources", sa.Integer(), nullable=False),
        sa.Column("disputed", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_facts")),
        sa.UniqueConstraint("ref", name=op.f("uq_facts_ref")),
    )
    op.create_table(
        "tallies",
        sa.Column("list", AutoString(), nullable=False),
        sa.Column("facet", AutoString(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("value", AutoString(), nullable=True),
        sa.Column("shown", AutoString(), nullable=True),
        sa.Column("found", sa.Integer(), nullable=False),
        sa.Column("certain", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("list", "facet", "place", name=op.f("pk_tallies")),
    )
    op.create_table(
        "vocabulary",
        sa.Column("word", AutoString(), nullable=False),
        sa.Column("found", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("word", name=op.f("pk_vocabulary")),
    )
    op.create_table(
        "articles",
        sa.Column("key", sa.Integer(), nullable=False),
        sa.Column("id", AutoString(), nullable=False),
        sa.Column("name", AutoString(), nullable=False),
        sa.Column("name_folded", AutoString(), nullable=False),
        sa.Column("sources", sa.Integer(), nullable=False),
        sa.Column("disputed", sa.Boolean(), nullable=False),
        sa.Column("language", AutoString(), nullable=False),
        sa.Column("published_earliest", AutoString(), nullable=True),
        sa.Column("published_latest", AutoString(), nullable=True),
        sa.Column("published_reach", sa.Integer(), nullable=True),
        sa.Column("publisher_folded", AutoString(), nullable=True),
        sa.Column("text", AutoString(), nullable=False),
        sa.Column("withheld_because", AutoString(), nullable=True),
        sa.Column("article_text", AutoString(), nullable=True),
        sa.ForeignKeyConstraint(["key"], ["facts.key"], name=op.f("fk_articles_key")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_articles")),
        sa.UniqueConstraint("id", name=op.f("uq_articles_id")),
    )
    op.create_table(
        "documents",
        sa.Column("key", sa.Integer(), nullable=False),
        sa.Column("document", AutoString(), nullable=False),
        sa.ForeignKeyConstraint(["key"], ["facts.key"], name=op.f("fk_documents_key")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_documents")),
    )
    op.create_table(
        "events",
        sa.Column("key", sa.Integer(), nullable=False),
        sa.Column("id", AutoString(), nullable=False),
        sa.Column("name", AutoString(), nullable=False),
        sa.Column("name_folded", AutoString(), nullable=False),
        sa.Column("sources", sa.Integer(), nullable=False),
        sa.Column("disputed", sa.Boolean(), nullable=False),
        sa.Column("type", AutoString(), nullable=False),
        sa.Column("when_earliest", AutoString(), nullable=True),
        sa.Column("when_latest", AutoString(), nullable=True),
        sa.Column("when_reach", sa.Integer(), nullable=True),
        sa.Column("place_folded", AutoString(), nullable=True),
        sa.ForeignKeyConstraint(["key"], ["facts.key"], name=op.f("fk_events_key")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_events")),
        sa.UniqueConstraint("id", name=op.f("uq_events_id")),
    )
    op.create_table(
        "indicators",
        sa.Column("key", sa.Integer(), nullable=False),
        sa.Column("id", AutoString(), nullable=False),
        sa.Column("name", AutoString(), nullable=False),
        sa.Column("name_folded", AutoString(), nullable=False),
        sa.Column("sources", sa.Integer(), nullable=False),
        sa.Column("disputed", sa.Boolean(), nullable=False),
        sa.Column("metric_folded", AutoString(), nullable=False),
        sa.Column("amount_value", sa.Float(), nullable=True),
        sa.Column("direction", AutoString(), nullable=True),
        sa.Column("period_earliest", AutoString(), nullable=True),
        sa.Column("period_latest", AutoString(), nullable=True),
        sa.Column("period_reach", sa.Integer(), nullable=True),
        sa.Column("publisher_folded", AutoString(), nullable=True),
        sa.ForeignKeyConstraint(["key"], ["facts.key"], name=op.f("fk_indicators_key")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_indicators")),
        sa.UniqueConstraint("id", name=op.f("uq_indicators_id")),
    )
    op.create_table(
        "negotiations",
        sa.Column("key", sa.Integer(), nullable=False),
        sa.Column("id", AutoString(), nullable=False),
        sa.Column("name", AutoString(), nullable=False),
        sa.Column("name_folded", AutoString(), nullable=False),
        sa.Column("sources", sa.Integer(), nullable=False),
        sa.Column("disputed", sa.Boolean(), nullable=False),
        sa.Column("status", AutoString(), nullable=True),
        sa.Column("started_earliest", AutoString(), nullable=True),
        sa.Column("started_latest", AutoString(), nullable=True),
        sa.Column("started_reach", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["key"], ["facts.key"], name=op.f("fk_negotiations_key")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_negotiations")),
        sa.UniqueConstraint("id", name=op.f("uq_negotiations_id")),
    )
    op.create_table(
        "notes",
        sa.Column("key", sa.Integer(), nullable=False),
        sa.Column("id", AutoString(), nullable=False),
        sa.Column("name", AutoString(), nullable=False),
        sa.Column("name_folded", AutoString(), nullable=False),
        sa.Column("sources", sa.Integer(), nullable=False),
        sa.Column("disputed", sa.Boolean(), nullable=False),
        sa.Column("type", AutoString(), nullable=False),
        sa.ForeignKeyConstraint(["key"], ["facts.key"], name=op.f("fk_notes_key")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_notes")),
        sa.UniqueConstraint("id", name=op.f("uq_notes_id")),
    )
    op.create_table(
        "parties",
        sa.Column("key", sa.Integer(), nullable=False),
        sa.Column("id", AutoString(), nullable=False),
        sa.Column("name", AutoString(), nullable=False),
        sa.Column("name_folded", AutoString(), nullable=False),
        sa.Column("sources", sa.Integer(), nullable=False),
        sa.Column("disputed", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["key"], ["facts.key"], name=op.f("fk_parties_key")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_parties")),
        sa.UniqueConstraint("id", name=op.f("uq_parties_id")),
    )
    op.create_table(
        "summaries",
        sa.Column("key", sa.Integer(), nullable=False),
        sa.Column("summary", AutoString(), nullable=False),
        sa.ForeignKeyConstraint(["key"], ["facts.key"], name=op.f("fk_summaries_key")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_summaries")),
    )
    op.create_table(
        "topics",
        sa.Column("key", sa.Integer(), nullable=False),
        sa.Column("id", AutoString(), nullable=False),
        sa.Column("name", AutoString(), nullable=False),
        sa.Column("name_folded", AutoString(), nullable=False),
        sa.Column("sources", sa.Integer(), nullable=False),
        sa.Column("disputed", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["key"], ["facts.key"], name=op.f("fk_topics_key")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_topics")),
        sa.UniqueConstraint("id", name=op.f("uq_topics_id")),
    )
    op.create_table(
        "negotiation_parties",
        sa.Column("negotiation_key", sa.Integer(), nullable=False),
        sa.Column("party_id", AutoString(), nullable=False),
        sa.ForeignKeyConstraint(
            ["negotiation_key"], ["negotiations.key"], name=op.f("fk_negotiation_parties_negotiation_key")
        ),
        sa.ForeignKeyConstraint(["party_id"], ["parties.id"], name=op.f("fk_negotiation_parties_party_id")),
        sa.PrimaryKeyConstraint("negotiation_key", "party_id", name=op.f("pk_negotiation_parties")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "note_subjects",
        sa.Column("note_key", sa.Integer(), nullable=False),
        sa.Column("subject_ref", AutoString(), nullable=False),
        sa.ForeignKeyConstraint(["note_key"], ["notes.key"], name=op.f("fk_note_subjects_note_key")),
        sa.ForeignKeyConstraint(["subject_ref"], ["facts.ref"], name=op.f("fk_note_subjects_subject_ref")),
        sa.PrimaryKeyConstraint("note_key", "subject_ref", name=op.f("pk_note_subjects")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "people",
        sa.Column("key", sa.Integer(), nullable=False),
        sa.Column("id", AutoString(), nullable=False),
        sa.Column("name", AutoString(), nullable=False),
        sa.Column("name_folded", AutoString(), nullable=False),
        sa.Column("sources", sa.Integer(), nullable=False),
        sa.Column("disputed", sa.Boolean(), nullable=False),
        sa.Column("office_folded", AutoString(), nullable=True),
        sa.Column("party_id", AutoString(), nullable=True),
        sa.ForeignKeyConstraint(["key"], ["facts.key"], name=op.f("fk_people_key")),
        sa.ForeignKeyConstraint(["party_id"], ["parties.id"], name=op.f("fk_people_party_id")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_people")),
        sa.UniqueConstraint("id", name=op.f("uq_people_id")),
    )
    op.create_table(
        "quotes",
        sa.Column("key", sa.Integer(), nullable=False),
        sa.Column("fact_key", sa.Integer(), nullable=False),
        sa.Column("article_id", AutoString(), nullable=False),
        sa.Column("role", AutoString(), nullable=False),
        sa.Column("quote", AutoString(), nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("end", sa.Integer(), nullable=False),
        sa.Column("start_utf16", sa.Integer(), nullable=False),
        sa.Column("end_utf16", sa.Integer(), nullable=False),
        sa.Column("paragraph", sa.Integer(), nullable=False),
        sa.Column("sentence", sa.Integer(), nullable=False),
        sa.Column("fields", AutoString(), nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"], name=op.f("fk_quotes_article_id")),
        sa.ForeignKeyConstraint(["fact_key"], ["facts.key"], name=op.f("fk_quotes_fact_key")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_quotes")),
    )
    op.create_table(
        "rounds",
        sa.Column("key", sa.Integer(), nullable=False),
        sa.Column("id", AutoString(), nullable=False),
        sa.Column("name", AutoString(), nullable=False),
        sa.Column("name_folded", AutoString(), nullable=False),
        sa.Column("sources", sa.Integer(), nullable=False),
        sa.Column("disputed", sa.Boolean(), nullable=False),
        sa.Column("negotiation_id", AutoString(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("city_folded", AutoString(), nullable=True),
        sa.Column("country_folded", AutoString(), nullable=True),
        sa.Column("venue_folded", AutoString(), nullable=True),
        sa.Column("status", AutoString(), nullable=True),
        sa.Column("started_earliest", AutoString(), nullable=True),
        sa.Column("started_latest", AutoString(), nullable=True),
        sa.Column("started_reach", sa.Integer(), nullable=True),
        sa.Column("ended_earliest", AutoString(), nullable=True),
        sa.Column("ended_latest", AutoString(), nullable=True),
        sa.Column("ended_reach", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["key"], ["facts.key"], name=op.f("fk_rounds_key")),
        sa.ForeignKeyConstraint(["negotiation_id"], ["negotiations.id"], name=op.f("fk_rounds_negotiation_id")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_rounds")),
        sa.UniqueConstraint("id", name=op.f("uq_rounds_id")),
    )
    op.create_table(
        "seed_files",
        sa.Column("article_id", AutoString(), nullable=False),
        sa.Column("article_sha256", AutoString(), nullable=False),
        sa.Column("facts_sha256", AutoString(), nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"], name=op.f("fk_seed_files_article_id")),
        sa.PrimaryKeyConstraint("article_id", name=op.f("pk_seed_files")),
    )
    op.create_table(
        "sentences",
        sa.Column("key", sa.Integer(), nullable=False),
        sa.Column("article_id", AutoString(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("paragraph", sa.Integer(), nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("end", sa.Integer(), nullable=False),
        sa.Column("start_utf16", sa.Integer(), nullable=False),
        sa.Column("end_utf16", sa.Integer(), nullable=False),
        sa.Column("text", AutoString(), nullable=False),
        sa.Column("excused_because", AutoString(), nullable=True),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"], name=op.f("fk_sentences_article_id")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_sentences")),
    )
    op.create_table(
        "delegates",
        sa.Column("key", sa.Integer(), nullable=False),
        sa.Column("id", AutoString(), nullable=False),
        sa.Column("name", AutoString(), nullable=False),
        sa.Column("name_folded", AutoString(), nullable=False),
        sa.Column("sources", sa.Integer(), nullable=False),
        sa.Column("disputed", sa.Boolean(), nullable=False),
        sa.Column("person_id", AutoString(), nullable=False),
        sa.Column("round_id", AutoString(), nullable=False),
        sa.Column("party_id", AutoString(), nullable=True),
        sa.Column("office_folded", AutoString(), nullable=True),
        sa.Column("is_lead", sa.Boolean(), nullable=True),
        sa.Column("attended", sa.Boolean(), nullable=True),
        sa.ForeignKeyConstraint(["key"], ["facts.key"], name=op.f("fk_delegates_key")),
        sa.ForeignKeyConstraint(["party_id"], ["parties.id"], name=op.f("fk_delegates_party_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_delegates_person_id")),
        sa.ForeignKeyConstraint(["round_id"], ["rounds.id"], name=op.f("fk_delegates_round_id")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_delegates")),
        sa.UniqueConstraint("id", name=op.f("uq_delegates_id")),
    )
    op.create_table(
        "event_participants",
        sa.Column("event_key", sa.Integer(), nullable=False),
        sa.Column("person_id", AutoString(), nullable=False),
        sa.ForeignKeyConstraint(["event_key"], ["events.key"], name=op.f("fk_event_participants_event_key")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_event_participants_person_id")),
        sa.PrimaryKeyConstraint("event_key", "person_id", name=op.f("pk_event_participants")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "person_aliases",
        sa.Column("person_key", sa.Integer(), nullable=False),
        sa.Column("alias_folded", AutoString(), nullable=False),
        sa.Column("alias", AutoString(), nullable=False),
        sa.ForeignKeyConstraint(["person_key"], ["people.key"], name=op.f("fk_person_aliases_person_key")),
        sa.PrimaryKeyConstraint("person_key", "alias_folded", name=op.f("pk_person_aliases")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "positions",
        sa.Column("key", sa.Integer(), nullable=False),
        sa.Column("id", AutoString(), nullable=False),
        sa.Column("name", AutoString(), nullable=False),
        sa.Column("name_folded", AutoString(), nullable=False),
        sa.Column("sources", sa.Integer(), nullable=False),
        sa.Column("disputed", sa.Boolean(), nullable=False),
        sa.Column("party_id", AutoString(), nullable=False),
        sa.Column("negotiation_id", AutoString(), nullable=True),
        sa.Column("round_id", AutoString(), nullable=True),
        sa.Column("topic_id", AutoString(), nullable=True),
        sa.ForeignKeyConstraint(["key"], ["facts.key"], name=op.f("fk_positions_key")),
        sa.ForeignKeyConstraint(["negotiation_id"], ["negotiations.id"], name=op.f("fk_positions_negotiation_id")),
        sa.ForeignKeyConstraint(["party_id"], ["parties.id"], name=op.f("fk_positions_party_id")),
        sa.ForeignKeyConstraint(["round_id"], ["rounds.id"], name=op.f("fk_positions_round_id")),
        sa.ForeignKeyConstraint(["topic_id"], ["topics.id"], name=op.f("fk_positions_topic_id")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_positions")),
        sa.UniqueConstraint("id", name=op.f("uq_positions_id")),
    )
    op.create_table(
        "round_topics",
        sa.Column("round_key", sa.Integer(), nullable=False),
        sa.Column("topic_id", AutoString(), nullable=False),
        sa.ForeignKeyConstraint(["round_key"], ["rounds.key"], name=op.f("fk_round_topics_round_key")),
        sa.ForeignKeyConstraint(["topic_id"], ["topics.id"], name=op.f("fk_round_topics_topic_id")),
        sa.PrimaryKeyConstraint("round_key", "topic_id", name=op.f("pk_round_topics")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "statements",
        sa.Column("key", sa.Integer(), nullable=False),
        sa.Column("id", AutoString(), nullable=False),
        sa.Column("name", AutoString(), nullable=False),
        sa.Column("name_folded", AutoString(), nullable=False),
        sa.Column("sources", sa.Integer(), nullable=False),
        sa.Column("disputed", sa.Boolean(), nullable=False),
        sa.Column("speaker_id", AutoString(), nullable=False),
        sa.Column("party_id", AutoString(), nullable=True),
        sa.Column("round_id", AutoString(), nullable=True),
        sa.Column("said_on_earliest", AutoString(), nullable=True),
        sa.Column("said_on_latest", AutoString(), nullable=True),
        sa.Column("said_on_reach", sa.Integer(), nullable=True),
        sa.Column("setting_folded", AutoString(), nullable=True),
        sa.Column("audience_folded", AutoString(), nullable=True),
        sa.Column("mode", AutoString(), nullable=False),
        sa.Column("is_conditional", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["key"], ["facts.key"], name=op.f("fk_statements_key")),
        sa.ForeignKeyConstraint(["party_id"], ["parties.id"], name=op.f("fk_statements_party_id")),
        sa.ForeignKeyConstraint(["round_id"], ["rounds.id"], name=op.f("fk_statements_round_id")),
        sa.ForeignKeyConstraint(["speaker_id"], ["people.id"], name=op.f("fk_statements_speaker_id")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_statements")),
        sa.UniqueConstraint("id", name=op.f("uq_statements_id")),
    )
    op.create_table(
        "policy_measures",
        sa.Column("key", sa.Integer(), nullable=False),
        sa.Column("id", AutoString(), nullable=False),
        sa.Column("name", AutoString(), nullable=False),
        sa.Column("name_folded", AutoString(), nullable=False),
        sa.Column("sources", sa.Integer(), nullable=False),
        sa.Column("disputed", sa.Boolean(), nullable=False),
        sa.Column("type", AutoString(), nullable=False),
        sa.Column("target_id", AutoString(), nullable=True),
        sa.Column("status", AutoString(), nullable=False),
        sa.Column("effect", AutoString(), nullable=True),
        sa.Column("in_response_to_id", AutoString(), nullable=True),
        sa.Column("proposed_in_id", AutoString(), nullable=True),
        sa.Column("since_earliest", AutoString(), nullable=True),
        sa.Column("since_latest", AutoString(), nullable=True),
        sa.Column("since_reach", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["in_response_to_id"], ["policy_measures.id"], name=op.f("fk_policy_measures_in_response_to_id")
        ),
        sa.ForeignKeyConstraint(["key"], ["facts.key"], name=op.f("fk_policy_measures_key")),
        sa.ForeignKeyConstraint(["proposed_in_id"], ["statements.id"], name=op.f("fk_policy_measures_proposed_in_id")),
        sa.ForeignKeyConstraint(["target_id"], ["parties.id"], name=op.f("fk_policy_measures_target_id")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_policy_measures")),
        sa.UniqueConstraint("id", name=op.f("uq_policy_measures_id")),
    )
    op.create_table(
        "statement_topics",
        sa.Column("statement_key", sa.Integer(), nullable=False),
        sa.Column("topic_id", AutoString(), nullable=False),
        sa.ForeignKeyConstraint(["statement_key"], ["statements.key"], name=op.f("fk_statement_topics_statement_key")),
        sa.ForeignKeyConstraint(["topic_id"], ["topics.id"], name=op.f("fk_statement_topics_topic_id")),
        sa.PrimaryKeyConstraint("statement_key", "topic_id", name=op.f("pk_statement_topics")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "measure_goods",
        sa.Column("measure_key", sa.Integer(), nullable=False),
        sa.Column("goods_folded", AutoString(), nullable=False),
        sa.Column("goods", AutoString(), nullable=False),
        sa.ForeignKeyConstraint(["measure_key"], ["policy_measures.key"], name=op.f("fk_measure_goods_measure_key")),
        sa.PrimaryKeyConstraint("measure_key", "goods_folded", name=op.f("pk_measure_goods")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "measure_imposers",
        sa.Column("measure_key", sa.Integer(), nullable=False),
        sa.Column("party_id", AutoString(), nullable=False),
        sa.ForeignKeyConstraint(["measure_key"], ["policy_measures.key"], name=op.f("fk_measure_imposers_measure_key")),
        sa.ForeignKeyConstraint(["party_id"], ["parties.id"], name=op.f("fk_measure_imposers_party_id")),
        sa.PrimaryKeyConstraint("measure_key", "party_id", name=op.f("pk_measure_imposers")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "statement_measures",
        sa.Column("statement_key", sa.Integer(), nullable=False),
        sa.Column("measure_id", AutoString(), nullable=False),
        sa.ForeignKeyConstraint(["measure_id"], ["policy_measures.id"], name=op.f("fk_statement_measures_measure_id")),
        sa.ForeignKeyConstraint(
            ["statement_key"], ["statements.key"], name=op.f("fk_statement_measures_statement_key")
        ),
        sa.PrimaryKeyConstraint("statement_key", "measure_id", name=op.f("pk_statement_measures")),
        sqlite_with_rowid=False,
    )
    for table, listed in INDEXES.items():
        for columns in listed:
            # `op.create_index` makes a table of SQLAlchemy's for each, which takes ten times as long.
            op.execute(statement(table, columns))
    for made in CREATED:
        op.execute(made)


def downgrade() -> None:
    op.execute(f"DROP TABLE {NAMED}")
    op.drop_table("statement_measures")
    op.drop_table("measure_imposers")
    op.drop_table("measure_goods")
    op.drop_table("statement_topics")
    op.drop_table("policy_measures")
    op.drop_table("statements")
    op.drop_table("round_topics")
    op.drop_table("positions")
    op.drop_table("person_aliases")
    op.drop_table("event_participants")
    op.drop_table("delegates")
    op.drop_table("sentences")
    op.drop_table("seed_files")
    op.drop_table("rounds")
    op.drop_table("quotes")
    op.drop_table("people")
    op.drop_table("note_subjects")
    op.drop_table("negotiation_parties")
    op.drop_table("topics")
    op.drop_table("summaries")
    op.drop_table("parties")
    op.drop_table("notes")
    op.drop_table("negotiations")
    op.drop_table("indicators")
    op.drop_table("events")
    op.drop_table("documents")
    op.drop_table("articles")
    op.drop_table("vocabulary")
    op.drop_table("tallies")
    op.drop_table("facts")
    op.drop_table("dataset_info")
