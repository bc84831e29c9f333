"""Indexes by dates whose ties are in the order of a list that is read downwards"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

DATES = {
    "articles": [["published"]],
    "events": [["when"]],
    "facts": [["when"], ["kind", "when"]],
    "indicators": [["period"]],
    "negotiations": [["started"]],
    "policy_measures": [["since"], ["in_response_to_id", "since"], ["proposed_in_id", "since"], ["target_id", "since"]],
    "rounds": [["ended"], ["started"], ["negotiation_id", "started"]],
    "statements": [["said_on"], ["party_id", "said_on"], ["round_id", "said_on"], ["speaker_id", "said_on"]],
}
"""For each table, the dates by which it is indexed, after another column or by themselves."""


DESCENDING = {"id": "id DESC", "key": '"key" DESC'}


def indexes() -> list[tuple[str, str, list[str], list[str]]]:
    """Each index: its name, as the models' naming convention has it, its table, its columns, and those that descend."""
    found = list[tuple[str, str, list[str], list[str]]]()
    for table, dates in DATES.items():
        ties = ["id", "key"] if table == "facts" else ["key"]
        for *before, date in dates:
            columns = [*before, f"{date}_earliest", f"{date}_latest"]
            name = op.f("ix_" + "_".join(f"{table}_{column}" for column in [*columns, *ties]))
            found.append((name, table, columns, ties))
    return found


def upgrade() -> None:
    for name, table, columns, ties in indexes():
        op.create_index(name, table, [*columns, *(sa.text(DESCENDING[column]) for column in ties)])


def downgrade() -> None:
    for name, table, _, _ in indexes():
        op.drop_index(name, table)
