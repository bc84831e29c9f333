"""Tallies, and an index for everything that is filtered, sorted or related"""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

DROPPED = {
    "event_participants": ["event_id", "person_id"],
    "facts": ["kind", "name_folded", "when_earliest"],
    "measure_goods": ["goods_folded", "measure_id"],
    "measure_imposers": ["measure_id", "party_id"],
    "negotiation_parties": ["negotiation_id", "party_id"],
    "note_subjects": ["note_id", "subject_ref"],
    "person_aliases": ["alias_folded", "person_id"],
    "quotes": ["article_id"],
    "round_topics": ["round_id", "topic_id"],
    "seed_files": ["article_id"],
    "sentences": ["article_id"],
    "statement_measures": ["measure_id", "statement_id"],
    "statement_topics": ["statement_id", "topic_id"],
    "statements": ["said_on_earliest"],
}
"""Columns that had an index of their own, by table."""
CREATED = {
    "articles": [
        ["disputed"],
        ["language"],
        ["published_earliest", "published_latest"],
        ["publisher_folded"],
        ["sources"],
        ["text"],
    ],
    "delegates": [["attended"], ["disputed"], ["is_lead"], ["office_folded"], ["sources"]],
    "event_participants": [["person_id", "event_id"]],
    "events": [["disputed"], ["place_folded"], ["sources"], ["type"], ["when_earliest", "when_latest"]],
    "facts": [
        ["disputed", "id"],
        ["kind", "id"],
        ["kind", "when_earliest", "when_latest", "id"],
        ["name_folded", "id"],
        ["sources", "id"],
        ["when_earliest", "when_latest", "id"],
        ["when_earliest", "when_latest", "kind"],
    ],
    "indicators": [
        ["amount_value"],
        ["direction"],
        ["disputed"],
        ["metric_folded"],
        ["period_earliest", "period_latest"],
        ["publisher_folded"],
        ["sources"],
    ],
    "measure_goods": [["goods_folded", "measure_id"]],
    "measure_imposers": [["party_id", "measure_id"]],
    "negotiation_parties": [["party_id", "negotiation_id"]],
    "negotiations": [["disputed"], ["sources"], ["started_earliest", "started_latest"], ["status"]],
    "note_subjects": [["subject_ref", "note_id"]],
    "notes": [["disputed"], ["sources"], ["type"]],
    "parties": [["disputed"], ["sources"]],
    "people": [["disputed"], ["sources"]],
    "person_aliases": [["alias_folded", "person_id"]],
    "policy_measures": [
        ["disputed"],
        ["effect"],
        ["in_response_to_id", "since_earliest", "since_latest"],
        ["proposed_in_id", "since_earliest", "since_latest"],
        ["since_earliest", "since_latest"],
        ["sources"],
        ["status"],
        ["target_id", "since_earliest", "since_latest"],
        ["type"],
    ],
    "positions": [["disputed"], ["sources"]],
    "quotes": [["article_id", "fact_key"]],
    "round_topics": [["topic_id", "round_id"]],
    "rounds": [
        ["disputed"],
        ["ended_earliest", "ended_latest"],
        ["negotiation_id", "started_earliest", "started_latest"],
        ["number"],
        ["sources"],
        ["started_earliest", "started_latest"],
        ["status"],
        ["venue_folded"],
    ],
    "sentences": [["article_id", "number"]],
    "statement_measures": [["measure_id", "statement_id"]],
    "statement_topics": [["topic_id", "statement_id"]],
    "statements": [
        ["audience_folded"],
        ["disputed"],
        ["is_conditional"],
        ["mode"],
        ["party_id", "said_on_earliest", "said_on_latest"],
        ["round_id", "said_on_earliest", "said_on_latest"],
        ["said_on_earliest", "said_on_latest"],
        ["setting_folded"],
        ["sources"],
        ["speaker_id", "said_on_earliest", "said_on_latest"],
    ],
    "topics": [["disputed"], ["sources"]],
}
"""The columns of each new index, by table."""


def named(table: str, columns: list[str]) -> str:
    """The name of an index, as the models' naming convention has it."""
    return op.f("ix_" + "_".join(f"{table}_{column}" for column in columns))


def upgrade() -> None:
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
    op.create_index(named("tallies", ["list", "facet", "value"]), "tallies", ["list", "facet", "value"])
    for table, dropped in DROPPED.items():
        for column in dropped:
            op.drop_index(named(table, [column]), table)
    for table, created in CREATED.items():
        for columns in created:
            op.create_index(named(table, columns), table, columns)


def downgrade() -> None:
    for table, created in CREATED.items():
        for columns in created:
            op.drop_index(named(table, columns), table)
    for table, dropped in DROPPED.items():
        for column in dropped:
            op.create_index(named(table, [column]), table, [column])
    op.drop_table("tallies")
