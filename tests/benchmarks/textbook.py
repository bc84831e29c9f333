"""The list of statements as the FastAPI and SQLModel tutorials teach it, over the same SQLite file.

Endpoints are plain functions, the session is a dependency, the table is the model, and the answer is validated against
a response model. `/statements` shows the columns of the table; `/statements-with-quotes` also the quotes that each
statement rests on, by a relationship that is loaded with one more query.
"""

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import uvicorn
from fastapi import Depends, FastAPI, Query
from sqlalchemy.orm import selectinload
from sqlmodel import Field, Relationship, Session, SQLModel, col, create_engine, func, select


class QuoteBase(SQLModel):
    """A quote."""

    article_id: str
    quote: str
    start: int
    end: int
    start_utf16: int
    end_utf16: int
    paragraph: int
    sentence: int
    fields: str


class Quote(QuoteBase, table=True):
    """A row of the table of quotes."""

    __tablename__ = "quotes"

    key: int = Field(primary_key=True)
    fact_key: int = Field(foreign_key="statements.key")


class Statement(SQLModel, table=True):
    """A row of the table of statements."""

    __tablename__ = "statements"

    quotes: list[Quote] = Relationship()

    key: int = Field(primary_key=True)
    id: str
    name: str
    speaker_id: str
    party_id: str | None
    round_id: str | None
    said_on_earliest: str | None
    said_on_latest: str | None
    setting_folded: str | None
    audience_folded: str | None
    mode: str
    is_conditional: bool


class StatementPublic(SQLModel):
    """A statement as it is shown."""

    id: str
    name: str
    speaker_id: str
    party_id: str | None
    round_id: str | None
    said_on_earliest: str | None
    said_on_latest: str | None
    setting_folded: str | None
    audience_folded: str | None
    mode: str
    is_conditional: bool


class StatementsPublic(SQLModel):
    """A page of statements."""

    data: list[StatementPublic]
    total: int


class StatementWithQuotes(StatementPublic):
    """A statement with what it rests on."""

    quotes: list[QuoteBase]


class StatementsWithQuotes(SQLModel):
    """A page of them."""

    data: list[StatementWithQuotes]
    total: int


def create_app(database: Path) -> FastAPI:
    """The application on a dataset."""
    app = FastAPI()
    engine = create_engine(f"sqlite:///{database}", connect_args={"check_same_thread": False})

    def get_session() -> Iterator[Session]:
        with Session(engine) as session:
            yield session

    @app.get("/statements", response_model=StatementsPublic)
    def read_statements(
        session: Annotated[Session, Depends(get_session)],
        party: str | None = None,
        said_from: str | None = None,
        said_to: str | None = None,
        newest_first: bool = False,
        offset: int = 0,
        limit: Annotated[int, Query(le=100)] = 20,
    ) -> Any:
        conditions = conditions_for(party, said_from, said_to)
        total = session.exec(select(func.count()).select_from(Statement).where(*conditions)).one()
        listed = select(Statement).where(*conditions).order_by(order(newest_first)).offset(offset).limit(limit)
        return {"data": session.exec(listed).all(), "total": total}

    @app.get("/statements-with-quotes", response_model=StatementsWithQuotes)
    def read_statements_with_quotes(
        session: Annotated[Session, Depends(get_session)],
        party: str | None = None,
        said_from: str | None = None,
        said_to: str | None = None,
        newest_first: bool = False,
        offset: int = 0,
        limit: Annotated[int, Query(le=100)] = 20,
    ) -> Any:
        conditions = conditions_for(party, said_from, said_to)
        total = session.exec(select(func.count()).select_from(Statement).where(*conditions)).one()
        quotes: Any = Statement.quotes
        listed = select(Statement).where(*conditions).order_by(order(newest_first)).offset(offset).limit(limit)
        return {"data": session.exec(listed.options(selectinload(quotes))).all(), "total": total}

    return app


def conditions_for(party: str | None, said_from: str | None, said_to: str | None) -> list[Any]:
    """What a WHERE clause has for the parameters that are given."""
    conditions: list[Any] = []
    if party is not None:
        conditions.append(col(Statement.party_id) == party)
    if said_from is not None:
        conditions.append(col(Statement.said_on_latest) >= said_from)
    if said_to is not None:
        conditions.append(col(Statement.said_on_earliest) <= said_to)
    return conditions


def order(newest_first: bool) -> Any:
    """What an ORDER BY clause has."""
    day = col(Statement.said_on_earliest)
    return day.desc() if newest_first else day.asc()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", type=Path, required=True)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--http", default="auto")
    parser.add_argument("--loop", default="auto")
    given = parser.parse_args()
    options: Any = {"http": given.http, "loop": given.loop, "access_log": False, "log_level": "warning"}
    uvicorn.run(create_app(given.database), port=given.port, **options)
