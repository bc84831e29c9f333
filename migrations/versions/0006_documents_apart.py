"""What is served of records stands in a table of its own, and dates say how far they reach"""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

DATES = (
    ("articles", "published"),
    ("events", "when"),
    ("facts", "when"),
    ("indicators", "period"),
    ("negotiations", "started"),
    ("policy_measures", "since"),
    ("rounds", "ended"),
    ("rounds", "started"),
    ("statements", "said_on"),
)
SERVED = ("summary", "document")


def reaching(table: str, date: str) -> tuple[str, list[str]]:
    """The index by which what lies in a time is found: its name and its columns."""
    columns = [f"{date}_{part}" for part in ("reach", "earliest", "latest")]
    return op.f("ix_" + "_".join(f"{table}_{column}" for column in columns)), columns


def upgrade() -> None:
    for column in SERVED:
        op.drop_column("facts", column)
    op.create_table(
        "documents",
        sa.Column("key", sa.Integer(), nullable=False),
        *(sa.Column(column, AutoString(), nullable=False) for column in SERVED),
        sa.ForeignKeyConstraint(["key"], ["facts.key"], name=op.f("fk_documents_key")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_documents")),
    )
    for table, date in DATES:
        op.add_column(table, sa.Column(f"{date}_reach", sa.Integer(), nullable=True))
        name, columns = reaching(table, date)
        op.create_index(name, table, columns)


def downgrade() -> None:
    for table, date in DATES:
        op.drop_index(reaching(table, date)[0], table)
        op.drop_column(table, f"{date}_reach")
    op.drop_table("documents")
    for column in SERVED:
        op.add_column("facts", sa.Column(column, AutoString(), nullable=False, server_default=""))
