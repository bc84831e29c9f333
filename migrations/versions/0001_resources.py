"""The thirteen resources and what they share"""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


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
        sa.Column("summary", AutoString(), nullable=False),
        sa.Column("document", AutoString(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_facts")),
        sa.UniqueConstraint("ref", name=op.f("uq_facts_ref")),
    )
    with op.batch_alter_table("facts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_facts_id"), ["id"], unique=False)
        batch_op.create_index(batch_op.f("ix_facts_kind"), ["kind"], unique=False)
        batch_op.create_index(batch_op.f("ix_facts_name_folded"), ["name_folded"], unique=False)
        batch_op.create_index(batch_op.f("ix_facts_when_earliest"), ["when_earliest"], unique=False)

    op.create_table(
        "articles",
        sa.Column("key", sa.Integer(), nullable=False),
        sa.Column("id", AutoString(), nullable=False),
        sa.Column("name", AutoString(), nullable=False),
        sa.Column("name_folded", AutoString(), nullable=False),
        sa.Column("language", AutoString(), nullable=False),
        sa.Column("published_earliest", AutoString(), nullable=True),
        sa.Column("published_latest", AutoString(), nullable=True),
        sa.Column("publisher_folded", AutoString(), nullable=True),
        sa.Column("article_text", AutoString(), nullable=False),
        sa.ForeignKeyConstraint(["key"], ["facts.key"], name=op.f("fk_articles_key")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_articles")),
        sa.UniqueConstraint("id", name=op.f("uq_articles_id")),
    )
    with op.batch_alter_table("articles", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_articles_name_folded"), ["name_folded"], unique=False)

    op.create_table(
        "events",
        sa.Column("key", sa.Integer(), nullable=False),
        sa.Column("id", AutoString(), nullable=False),
        sa.Column("name", AutoString(), nullable=False),
        sa.Column("name_folded", AutoString(), nullable=False),
        sa.Column("type", AutoString(), nullable=False),
        sa.Column("when_earliest", AutoString(), nullable=True),
        sa.Column("when_latest", AutoString(), nullable=True),
        sa.Column("place_folded", AutoString(), nullable=True),
        sa.ForeignKeyConstraint(["key"], ["facts.key"], name=op.f("fk_events_key")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_events")),
        sa.UniqueConstraint("id", name=op.f("uq_events_id")),
    )
    with op.batch_alter_table("events", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_events_name_folded"), ["name_folded"], unique=False)

    op.create_table(
        "indicators",
        sa.Column("key", sa.Integer(), nullable=False),
        sa.Column("id", AutoString(), nullable=False),
        sa.Column("name", AutoString(), nullable=False),
        sa.Column("name_folded", AutoString(), nullable=False),
        sa.Column("metric_folded", AutoString(), nullable=False),
        sa.Column("amount_value", sa.Float(), nullable=True),
        sa.Column("direction", AutoString(), nullable=True),
        sa.Column("period_earliest", AutoString(), nullable=True),
        sa.Column("period_latest", AutoString(), nullable=True),
        sa.Column("publisher_folded", AutoString(), nullable=True),
        sa.ForeignKeyConstraint(["key"], ["facts.key"], name=op.f("fk_indicators_key")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_indicators")),
        sa.UniqueConstraint("id", name=op.f("uq_indicators_id")),
    )
    with op.batch_alter_table("indicators", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_indicators_name_folded"), ["name_folded"], unique=False)

    op.create_table(
        "negotiations",
        sa.Column("key", sa.Integer(), nullable=False),
        sa.Column("id", AutoString(), nullable=False),
        sa.Column("name", AutoString(), nullable=False),
        sa.Column("name_folded", AutoString(), nullable=False),
        sa.Column("status", AutoString(), nullable=True),
        sa.Column("started_earliest", AutoString(), nullable=True),
        sa.Column("started_latest", AutoString(), nullable=True),
        sa.ForeignKeyConstraint(["key"], ["facts.key"], name=op.f("fk_negotiations_key")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_negotiations")),
        sa.UniqueConstraint("id", name=op.f("uq_negotiations_id")),
    )
    with op.batch_alter_table("negotiations", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_negotiations_name_folded"), ["name_folded"], unique=False)

    op.create_table(
        "notes",
        sa.Column("key", sa.Integer(), nullable=False),
        sa.Column("id", AutoString(), nullable=False),
        sa.Column("name", AutoString(), nullable=False),
        sa.Column("name_folded", AutoString(), nullable=False),
        sa.Column("type", AutoString(), nullable=False),
        sa.ForeignKeyConstraint(["key"], ["facts.key"], name=op.f("fk_notes_key")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_notes")),
        sa.UniqueConstraint("id", name=op.f("uq_notes_id")),
    )
    with op.batch_alter_table("notes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_notes_name_folded"), ["name_folded"], unique=False)

    op.create_table(
        "parties",
        sa.Column("key", sa.Integer(), nullable=False),
        sa.Column("id", AutoString(), nullable=False),
        sa.Column("name", AutoString(), nullable=False),
        sa.Column("name_folded", AutoString(), nullable=False),
        sa.ForeignKeyConstraint(["key"], ["facts.key"], name=op.f("fk_parties_key")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_parties")),
        sa.UniqueConstraint("id", name=op.f("uq_parties_id")),
    )
    with op.batch_alter_table("parties", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_parties_name_folded"), ["name_folded"], unique=False)

    op.create_table(
        "topics",
        sa.Column("key", sa.Integer(), nullable=False),
        sa.Column("id", AutoString(), nullable=False),
        sa.Column("name", AutoString(), nullable=False),
        sa.Column("name_folded", AutoString(), nullable=False),
        sa.ForeignKeyConstraint(["key"], ["facts.key"], name=op.f("fk_topics_key")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_topics")),
        sa.UniqueConstraint("id", name=op.f("uq_topics_id")),
    )
    with op.batch_alter_table("topics", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_topics_name_folded"), ["name_folded"], unique=False)

    op.create_table(
        "negotiation_parties",
        sa.Column("negotiation_id", AutoString(), nullable=False),
        sa.Column("party_id", AutoString(), nullable=False),
        sa.ForeignKeyConstraint(
            ["negotiation_id"], ["negotiations.id"], name=op.f("fk_negotiation_parties_negotiation_id")
        ),
        sa.ForeignKeyConstraint(["party_id"], ["parties.id"], name=op.f("fk_negotiation_parties_party_id")),
        sa.PrimaryKeyConstraint("negotiation_id", "party_id", name=op.f("pk_negotiation_parties")),
    )
    with op.batch_alter_table("negotiation_parties", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_negotiation_parties_negotiation_id"), ["negotiation_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_negotiation_parties_party_id"), ["party_id"], unique=False)

    op.create_table(
        "note_subjects",
        sa.Column("note_id", AutoString(), nullable=False),
        sa.Column("subject_ref", AutoString(), nullable=False),
        sa.ForeignKeyConstraint(["note_id"], ["notes.id"], name=op.f("fk_note_subjects_note_id")),
        sa.ForeignKeyConstraint(["subject_ref"], ["facts.ref"], name=op.f("fk_note_subjects_subject_ref")),
        sa.PrimaryKeyConstraint("note_id", "subject_ref", name=op.f("pk_note_subjects")),
    )
    with op.batch_alter_table("note_subjects", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_note_subjects_note_id"), ["note_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_note_subjects_subject_ref"), ["subject_ref"], unique=False)

    op.create_table(
        "people",
        sa.Column("key", sa.Integer(), nullable=False),
        sa.Column("id", AutoString(), nullable=False),
        sa.Column("name", AutoString(), nullable=False),
        sa.Column("name_folded", AutoString(), nullable=False),
        sa.Column("office_folded", AutoString(), nullable=True),
        sa.Column("party_id", AutoString(), nullable=True),
        sa.ForeignKeyConstraint(["key"], ["facts.key"], name=op.f("fk_people_key")),
        sa.ForeignKeyConstraint(["party_id"], ["parties.id"], name=op.f("fk_people_party_id")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_people")),
        sa.UniqueConstraint("id", name=op.f("uq_people_id")),
    )
    with op.batch_alter_table("people", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_people_name_folded"), ["name_folded"], unique=False)
        batch_op.create_index(batch_op.f("ix_people_office_folded"), ["office_folded"], unique=False)
        batch_op.create_index(batch_op.f("ix_people_party_id"), ["party_id"], unique=False)

    op.create_table(
        "rounds",
        sa.Column("key", sa.Integer(), nullable=False),
        sa.Column("id", AutoString(), nullable=False),
        sa.Column("name", AutoString(), nullable=False),
        sa.Column("name_folded", AutoString(), nullable=False),
        sa.Column("negotiation_id", AutoString(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("city_folded", AutoString(), nullable=True),
        sa.Column("country_folded", AutoString(), nullable=True),
        sa.Column("venue_folded", AutoString(), nullable=True),
        sa.Column("status", AutoString(), nullable=True),
        sa.Column("started_earliest", AutoString(), nullable=True),
        sa.Column("started_latest", AutoString(), nullable=True),
        sa.Column("ended_earliest", AutoString(), nullable=True),
        sa.Column("ended_latest", AutoString(), nullable=True),
        sa.ForeignKeyConstraint(["key"], ["facts.key"], name=op.f("fk_rounds_key")),
        sa.ForeignKeyConstraint(["negotiation_id"], ["negotiations.id"], name=op.f("fk_rounds_negotiation_id")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_rounds")),
        sa.UniqueConstraint("id", name=op.f("uq_rounds_id")),
    )
    with op.batch_alter_table("rounds", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_rounds_city_folded"), ["city_folded"], unique=False)
        batch_op.create_index(batch_op.f("ix_rounds_country_folded"), ["country_folded"], unique=False)
        batch_op.create_index(batch_op.f("ix_rounds_name_folded"), ["name_folded"], unique=False)
        batch_op.create_index(batch_op.f("ix_rounds_negotiation_id"), ["negotiation_id"], unique=False)

    op.create_table(
        "delegates",
        sa.Column("key", sa.Integer(), nullable=False),
        sa.Column("id", AutoString(), nullable=False),
        sa.Column("name", AutoString(), nullable=False),
        sa.Column("name_folded", AutoString(), nullable=False),
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
    with op.batch_alter_table("delegates", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_delegates_name_folded"), ["name_folded"], unique=False)
        batch_op.create_index(batch_op.f("ix_delegates_party_id"), ["party_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_delegates_person_id"), ["person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_delegates_round_id"), ["round_id"], unique=False)

    op.create_table(
        "event_participants",
        sa.Column("event_id", AutoString(), nullable=False),
        sa.Column("person_id", AutoString(), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_event_participants_event_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_event_participants_person_id")),
        sa.PrimaryKeyConstraint("event_id", "person_id", name=op.f("pk_event_participants")),
    )
    with op.batch_alter_table("event_participants", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_event_participants_event_id"), ["event_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_event_participants_person_id"), ["person_id"], unique=False)

    op.create_table(
        "person_aliases",
        sa.Column("person_id", AutoString(), nullable=False),
        sa.Column("alias_folded", AutoString(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_person_aliases_person_id")),
        sa.PrimaryKeyConstraint("person_id", "alias_folded", name=op.f("pk_person_aliases")),
    )
    with op.batch_alter_table("person_aliases", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_person_aliases_alias_folded"), ["alias_folded"], unique=False)
        batch_op.create_index(batch_op.f("ix_person_aliases_person_id"), ["person_id"], unique=False)

    op.create_table(
        "positions",
        sa.Column("key", sa.Integer(), nullable=False),
        sa.Column("id", AutoString(), nullable=False),
        sa.Column("name", AutoString(), nullable=False),
        sa.Column("name_folded", AutoString(), nullable=False),
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
    with op.batch_alter_table("positions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_positions_name_folded"), ["name_folded"], unique=False)
        batch_op.create_index(batch_op.f("ix_positions_negotiation_id"), ["negotiation_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_positions_party_id"), ["party_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_positions_round_id"), ["round_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_positions_topic_id"), ["topic_id"], unique=False)

    op.create_table(
        "round_topics",
        sa.Column("round_id", AutoString(), nullable=False),
        sa.Column("topic_id", AutoString(), nullable=False),
        sa.ForeignKeyConstraint(["round_id"], ["rounds.id"], name=op.f("fk_round_topics_round_id")),
        sa.ForeignKeyConstraint(["topic_id"], ["topics.id"], name=op.f("fk_round_topics_topic_id")),
        sa.PrimaryKeyConstraint("round_id", "topic_id", name=op.f("pk_round_topics")),
    )
    with op.batch_alter_table("round_topics", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_round_topics_round_id"), ["round_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_round_topics_topic_id"), ["topic_id"], unique=False)

    op.create_table(
        "statements",
        sa.Column("key", sa.Integer(), nullable=False),
        sa.Column("id", AutoString(), nullable=False),
        sa.Column("name", AutoString(), nullable=False),
        sa.Column("name_folded", AutoString(), nullable=False),
        sa.Column("speaker_id", AutoString(), nullable=False),
        sa.Column("party_id", AutoString(), nullable=True),
        sa.Column("round_id", AutoString(), nullable=True),
        sa.Column("said_on_earliest", AutoString(), nullable=True),
        sa.Column("said_on_latest", AutoString(), nullable=True),
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
    with op.batch_alter_table("statements", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_statements_name_folded"), ["name_folded"], unique=False)
        batch_op.create_index(batch_op.f("ix_statements_party_id"), ["party_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_statements_round_id"), ["round_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_statements_said_on_earliest"), ["said_on_earliest"], unique=False)
        batch_op.create_index(batch_op.f("ix_statements_speaker_id"), ["speaker_id"], unique=False)

    op.create_table(
        "policy_measures",
        sa.Column("key", sa.Integer(), nullable=False),
        sa.Column("id", AutoString(), nullable=False),
        sa.Column("name", AutoString(), nullable=False),
        sa.Column("name_folded", AutoString(), nullable=False),
        sa.Column("type", AutoString(), nullable=False),
        sa.Column("target_id", AutoString(), nullable=True),
        sa.Column("status", AutoString(), nullable=False),
        sa.Column("effect", AutoString(), nullable=True),
        sa.Column("in_response_to_id", AutoString(), nullable=True),
        sa.Column("proposed_in_id", AutoString(), nullable=True),
        sa.Column("since_earliest", AutoString(), nullable=True),
        sa.Column("since_latest", AutoString(), nullable=True),
        sa.ForeignKeyConstraint(
            ["in_response_to_id"], ["policy_measures.id"], name=op.f("fk_policy_measures_in_response_to_id")
        ),
        sa.ForeignKeyConstraint(["key"], ["facts.key"], name=op.f("fk_policy_measures_key")),
        sa.ForeignKeyConstraint(["proposed_in_id"], ["statements.id"], name=op.f("fk_policy_measures_proposed_in_id")),
        sa.ForeignKeyConstraint(["target_id"], ["parties.id"], name=op.f("fk_policy_measures_target_id")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_policy_measures")),
        sa.UniqueConstraint("id", name=op.f("uq_policy_measures_id")),
    )
    with op.batch_alter_table("policy_measures", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_policy_measures_in_response_to_id"), ["in_response_to_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_policy_measures_name_folded"), ["name_folded"], unique=False)
        batch_op.create_index(batch_op.f("ix_policy_measures_proposed_in_id"), ["proposed_in_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_policy_measures_target_id"), ["target_id"], unique=False)

    op.create_table(
        "statement_topics",
        sa.Column("statement_id", AutoString(), nullable=False),
        sa.Column("topic_id", AutoString(), nullable=False),
        sa.ForeignKeyConstraint(["statement_id"], ["statements.id"], name=op.f("fk_statement_topics_statement_id")),
        sa.ForeignKeyConstraint(["topic_id"], ["topics.id"], name=op.f("fk_statement_topics_topic_id")),
        sa.PrimaryKeyConstraint("statement_id", "topic_id", name=op.f("pk_statement_topics")),
    )
    with op.batch_alter_table("statement_topics", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_statement_topics_statement_id"), ["statement_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_statement_topics_topic_id"), ["topic_id"], unique=False)

    op.create_table(
        "measure_goods",
        sa.Column("measure_id", AutoString(), nullable=False),
        sa.Column("goods_folded", AutoString(), nullable=False),
        sa.ForeignKeyConstraint(["measure_id"], ["policy_measures.id"], name=op.f("fk_measure_goods_measure_id")),
        sa.PrimaryKeyConstraint("measure_id", "goods_folded", name=op.f("pk_measure_goods")),
    )
    with op.batch_alter_table("measure_goods", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_measure_goods_goods_folded"), ["goods_folded"], unique=False)
        batch_op.create_index(batch_op.f("ix_measure_goods_measure_id"), ["measure_id"], unique=False)

    op.create_table(
        "measure_imposers",
        sa.Column("measure_id", AutoString(), nullable=False),
        sa.Column("party_id", AutoString(), nullable=False),
        sa.ForeignKeyConstraint(["measure_id"], ["policy_measures.id"], name=op.f("fk_measure_imposers_measure_id")),
        sa.ForeignKeyConstraint(["party_id"], ["parties.id"], name=op.f("fk_measure_imposers_party_id")),
        sa.PrimaryKeyConstraint("measure_id", "party_id", name=op.f("pk_measure_imposers")),
    )
    with op.batch_alter_table("measure_imposers", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_measure_imposers_measure_id"), ["measure_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_measure_imposers_party_id"), ["party_id"], unique=False)

    op.create_table(
        "statement_measures",
        sa.Column("statement_id", AutoString(), nullable=False),
        sa.Column("measure_id", AutoString(), nullable=False),
        sa.ForeignKeyConstraint(["measure_id"], ["policy_measures.id"], name=op.f("fk_statement_measures_measure_id")),
        sa.ForeignKeyConstraint(["statement_id"], ["statements.id"], name=op.f("fk_statement_measures_statement_id")),
        sa.PrimaryKeyConstraint("statement_id", "measure_id", name=op.f("pk_statement_measures")),
    )
    with op.batch_alter_table("statement_measures", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_statement_measures_measure_id"), ["measure_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_statement_measures_statement_id"), ["statement_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("statement_measures", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_statement_measures_statement_id"))
        batch_op.drop_index(batch_op.f("ix_statement_measures_measure_id"))

    op.drop_table("statement_measures")
    with op.batch_alter_table("measure_imposers", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_measure_imposers_party_id"))
        batch_op.drop_index(batch_op.f("ix_measure_imposers_measure_id"))

    op.drop_table("measure_imposers")
    with op.batch_alter_table("measure_goods", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_measure_goods_measure_id"))
        batch_op.drop_index(batch_op.f("ix_measure_goods_goods_folded"))

    op.drop_table("measure_goods")
    with op.batch_alter_table("statement_topics", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_statement_topics_topic_id"))
        batch_op.drop_index(batch_op.f("ix_statement_topics_statement_id"))

    op.drop_table("statement_topics")
    with op.batch_alter_table("policy_measures", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_policy_measures_target_id"))
        batch_op.drop_index(batch_op.f("ix_policy_measures_proposed_in_id"))
        batch_op.drop_index(batch_op.f("ix_policy_measures_name_folded"))
        batch_op.drop_index(batch_op.f("ix_policy_measures_in_response_to_id"))

    op.drop_table("policy_measures")
    with op.batch_alter_table("statements", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_statements_speaker_id"))
        batch_op.drop_index(batch_op.f("ix_statements_said_on_earliest"))
        batch_op.drop_index(batch_op.f("ix_statements_round_id"))
        batch_op.drop_index(batch_op.f("ix_statements_party_id"))
        batch_op.drop_index(batch_op.f("ix_statements_name_folded"))

    op.drop_table("statements")
    with op.batch_alter_table("round_topics", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_round_topics_topic_id"))
        batch_op.drop_index(batch_op.f("ix_round_topics_round_id"))

    op.drop_table("round_topics")
    with op.batch_alter_table("positions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_positions_topic_id"))
        batch_op.drop_index(batch_op.f("ix_positions_round_id"))
        batch_op.drop_index(batch_op.f("ix_positions_party_id"))
        batch_op.drop_index(batch_op.f("ix_positions_negotiation_id"))
        batch_op.drop_index(batch_op.f("ix_positions_name_folded"))

    op.drop_table("positions")
    with op.batch_alter_table("person_aliases", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_person_aliases_person_id"))
        batch_op.drop_index(batch_op.f("ix_person_aliases_alias_folded"))

    op.drop_table("person_aliases")
    with op.batch_alter_table("event_participants", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_event_participants_person_id"))
        batch_op.drop_index(batch_op.f("ix_event_participants_event_id"))

    op.drop_table("event_participants")
    with op.batch_alter_table("delegates", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_delegates_round_id"))
        batch_op.drop_index(batch_op.f("ix_delegates_person_id"))
        batch_op.drop_index(batch_op.f("ix_delegates_party_id"))
        batch_op.drop_index(batch_op.f("ix_delegates_name_folded"))

    op.drop_table("delegates")
    with op.batch_alter_table("rounds", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_rounds_negotiation_id"))
        batch_op.drop_index(batch_op.f("ix_rounds_name_folded"))
        batch_op.drop_index(batch_op.f("ix_rounds_country_folded"))
        batch_op.drop_index(batch_op.f("ix_rounds_city_folded"))

    op.drop_table("rounds")
    with op.batch_alter_table("people", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_people_party_id"))
        batch_op.drop_index(batch_op.f("ix_people_office_folded"))
        batch_op.drop_index(batch_op.f("ix_people_name_folded"))

    op.drop_table("people")
    with op.batch_alter_table("note_subjects", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_note_subjects_subject_ref"))
        batch_op.drop_index(batch_op.f("ix_note_subjects_note_id"))

    op.drop_table("note_subjects")
    with op.batch_alter_table("negotiation_parties", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_negotiation_parties_party_id"))
        batch_op.drop_index(batch_op.f("ix_negotiation_parties_negotiation_id"))

    op.drop_table("negotiation_parties")
    with op.batch_alter_table("topics", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_topics_name_folded"))

    op.drop_table("topics")
    with op.batch_alter_table("parties", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_parties_name_folded"))

    op.drop_table("parties")
    with op.batch_alter_table("notes", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_notes_name_folded"))

    op.drop_table("notes")
    with op.batch_alter_table("negotiations", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_negotiations_name_folded"))

    op.drop_table("negotiations")
    with op.batch_alter_table("indicators", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_indicators_name_folded"))

    op.drop_table("indicators")
    with op.batch_alter_table("events", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_events_name_folded"))

    op.drop_table("events")
    with op.batch_alter_table("articles", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_articles_name_folded"))

    op.drop_table("articles")
    with op.batch_alter_table("facts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_facts_when_earliest"))
        batch_op.drop_index(batch_op.f("ix_facts_name_folded"))
        batch_op.drop_index(batch_op.f("ix_facts_kind"))
        batch_op.drop_index(batch_op.f("ix_facts_id"))

    op.drop_table("facts")
    op.drop_table("dataset_info")
