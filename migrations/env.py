"""Alembic's environment: the connection comes from whoever calls (the build, or a test), never from a setting."""

from alembic import context
from sqlmodel import SQLModel

import app.indexes  # noqa: F401  (registers the tables, and their indexes)
from app.search_index import NAMED


def run() -> None:
    """Run the migrations on the caller's connection."""
    connection = context.config.attributes.get("connection")
    if connection is None:
        raise SystemExit("Run migrations through 'article-facts build': a dataset is always made anew.")
    context.configure(
        connection=connection,
        target_metadata=SQLModel.metadata,
        # SQLite cannot alter a table in place; batches copy it.
        render_as_batch=True,
        compare_type=True,
        compare_server_default=True,
        # The index of search is no table of SQLAlchemy's: its own tables are left alone.
        include_name=lambda name, kind, _: kind != "table" or not str(name).startswith(NAMED),
    )
    with context.begin_transaction():
        context.run_migrations()


run()
