"""Links name their record by its key, which is the order of the lists"""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

LINKS = {
    "event_participants": ("event", "events", "person_id", "people.id"),
    "measure_goods": ("measure", "policy_measures", "goods_folded", None),
    "measure_imposers": ("measure", "policy_measures", "party_id", "parties.id"),
    "negotiation_parties": ("negotiation", "negotiations", "party_id", "parties.id"),
    "note_subjects": ("note", "notes", "subject_ref", "facts.ref"),
    "person_aliases": ("person", "people", "alias_folded", None),
    "round_topics": ("round", "rounds", "topic_id", "topics.id"),
    "statement_measures": ("statement", "statements", "measure_id", "policy_measures.id"),
    "statement_topics": ("statement", "statements", "topic_id", "topics.id"),
}
"""For each table of links: what it is from, in which table, and its second column with what that names."""


def make(key: str, kind: sa.types.TypeEngine[int] | sa.types.TypeEngine[str], *, with_rowid: bool) -> None:
    """Make the tables of links anew, with the key or the id of what they are from."""
    for table, (name, records, column, named) in LINKS.items():
        source = f"{name}_{key}"
        foreign = [(source, f"{records}.{key}"), *([(column, named)] if named else [])]
        op.drop_table(table)
        op.create_table(
            table,
            sa.Column(source, kind, nullable=False),
            sa.Column(column, AutoString(), nullable=False),
            # A text stands beside it as it is written.
            *([] if named else [sa.Column(column.removesuffix("_folded"), AutoString(), nullable=False)]),
            *(sa.ForeignKeyConstraint([own], [it], name=op.f(f"fk_{table}_{own}")) for own, it in foreign),
            sa.PrimaryKeyConstraint(source, column, name=op.f(f"pk_{table}")),
            sqlite_with_rowid=with_rowid,
        )
        op.create_index(op.f(f"ix_{table}_{column}_{table}_{source}"), table, [column, source])


def upgrade() -> None:
    make("key", sa.Integer(), with_rowid=False)


def downgrade() -> None:
    make("id", AutoString(), with_rowid=True)
