"""What is served stands in a table of its own; dates say how far they reach; what most records share is read downwards"""

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
SERVED = {"documents": "document", "summaries": "summary"}
RECORDS = (
    "articles",
    "delegates",
    "events",
    "facts",
    "indicators",
    "negotiations",
    "notes",
    "parties",
    "people",
    "policy_measures",
    "positions",
    "rounds",
    "statements",
    "topics",
)


def downwards(table: str, column: str) -> tuple[str, list[str | sa.TextClause]]:
    """The index by which a table is read downwards: its name and its columns."""
    ties = ["id", "key"] if table == "facts" else ["key"]
    name = op.f("ix_" + "_".join(f"{table}_{it}" for it in (column, *ties)))
    return name, [column, *(sa.text(f'"{it}" DESC' if it == "key" else f"{it} DESC") for it in ties)]


def reaching(table: str, date: str) -> tuple[str, list[str]]:
    """The index by which what lies in a time is found: its name and its columns."""
    columns = [f"{date}_{part}" for part in ("reach", "earliest", "latest")]
    return op.f("ix_" + "_".join(f"{table}_{column}" for column in columns)), columns


def upgrade() -> None:
    for served, column in SERVED.items():
        op.drop_column("facts", column)
        op.create_table(
            served,
            sa.Column("key", sa.Integer(), nullable=False),
            sa.Column(column, AutoString(), nullable=False),
            sa.ForeignKeyConstraint(["key"], ["facts.key"], name=op.f(f"fk_{served}_key")),
            sa.PrimaryKeyConstraint("key", name=op.f(f"pk_{served}")),
        )
    for table, date in DATES:
        op.add_column(table, sa.Column(f"{date}_reach", sa.Integer(), nullable=True))
        name, columns = reaching(table, date)
        op.create_index(name, table, columns)
    for table in RECORDS:
        for column in ("sources", "disputed"):
            index, ordered = downwards(table, column)
            op.create_index(index, table, ordered)


def downgrade() -> None:
    for table in RECORDS:
        for column in ("sources", "disputed"):
            op.drop_index(downwards(table, column)[0], table)
    for table, date in DATES:
        op.drop_index(reaching(table, date)[0], table)
        op.drop_column(table, f"{date}_reach")
    for served, column in SERVED.items():
        op.drop_table(served)
        op.add_column("facts", sa.Column(column, AutoString(), nullable=False, server_default=""))
