"""Search, the sentences and quotes by themselves, and what several articles say of one record"""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString

from app.search_index import CREATED, NAMED

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

RECORDS = [
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
]


def upgrade() -> None:
    op.create_table(
        "vocabulary",
        sa.Column("word", AutoString(), nullable=False),
        sa.Column("found", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("word", name=op.f("pk_vocabulary")),
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
    with op.batch_alter_table("quotes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_quotes_article_id"), ["article_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_quotes_fact_key"), ["fact_key"], unique=False)

    op.create_table(
        "seed_files",
        sa.Column("article_id", AutoString(), nullable=False),
        sa.Column("article_sha256", AutoString(), nullable=False),
        sa.Column("facts_sha256", AutoString(), nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"], name=op.f("fk_seed_files_article_id")),
        sa.PrimaryKeyConstraint("article_id", name=op.f("pk_seed_files")),
    )
    with op.batch_alter_table("seed_files", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_seed_files_article_id"), ["article_id"], unique=False)

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
    with op.batch_alter_table("sentences", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sentences_article_id"), ["article_id"], unique=False)

    # Made anew: where a column is altered, Alembic writes the constraints in an order that differs from run to run.
    op.drop_table("articles")
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
        sa.Column("text", AutoString(), nullable=False),
        sa.Column("withheld_because", AutoString(), nullable=True),
        sa.Column("article_text", AutoString(), nullable=True),
        sa.ForeignKeyConstraint(["key"], ["facts.key"], name=op.f("fk_articles_key")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_articles")),
        sa.UniqueConstraint("id", name=op.f("uq_articles_id")),
    )
    with op.batch_alter_table("articles", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_articles_name_folded"), ["name_folded"], unique=False)

    for name in RECORDS:
        with op.batch_alter_table(name, schema=None) as batch_op:
            batch_op.add_column(sa.Column("sources", sa.Integer(), nullable=False))
            batch_op.add_column(sa.Column("disputed", sa.Boolean(), nullable=False))

    op.add_column("person_aliases", sa.Column("alias", AutoString(), nullable=False))
    op.add_column("measure_goods", sa.Column("goods", AutoString(), nullable=False))

    for statement in CREATED:
        op.execute(statement)


def downgrade() -> None:
    op.execute(f"DROP TABLE {NAMED}")
    for table, column in (("measure_goods", "goods"), ("person_aliases", "alias")):
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.drop_column(column)

    with op.batch_alter_table("articles", schema=None) as batch_op:
        batch_op.alter_column("article_text", existing_type=sa.VARCHAR(), nullable=False)
        batch_op.drop_column("withheld_because")
        batch_op.drop_column("text")

    for name in RECORDS:
        with op.batch_alter_table(name, schema=None) as batch_op:
            batch_op.drop_column("disputed")
            batch_op.drop_column("sources")

    with op.batch_alter_table("sentences", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sentences_article_id"))

    op.drop_table("sentences")
    with op.batch_alter_table("seed_files", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_seed_files_article_id"))

    op.drop_table("seed_files")
    with op.batch_alter_table("quotes", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_quotes_fact_key"))
        batch_op.drop_index(batch_op.f("ix_quotes_article_id"))

    op.drop_table("quotes")
    op.drop_table("vocabulary")
