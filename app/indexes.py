"""The indexes of the tables: made by rule, so that none is forgotten. Whoever makes the tables imports this."""

from typing import Any, cast

from sqlalchemy import Index

from app.models import RESOURCES, Facts, Quotes, Sentences, Tallies

UNINDEXED = ("key", "id", "name", "article_text", "withheld_because")
"""Columns of the records' tables that nobody filters or sorts by, or that are keys already."""


def _index(*columns: Any) -> None:
    Index(None, *columns)


def _index_both_ways(*columns: Any, ties: tuple[Any, ...] = ()) -> None:
    """Index by columns, and once more for reading them downwards: ties are in the order of the list either way."""
    _index(*columns, *ties)
    _index(*columns, *(it.desc() for it in (*ties, columns[0].table.c.key)))


def _index_tables() -> None:
    """Give every filter, sort and relation its index, in which the records are in the order of their list.

    In a record's own table that is the order of the keys, which end every index; the list of all facts has that of the
    ids. From a link's record its table's primary key leads on, from what it names this index.
    """
    facts, quotes, sentences, tallies = (cast(Any, it).__table__.c for it in (Facts, Quotes, Sentences, Tallies))
    _index(tallies.list, tallies.facet, tallies.value)
    _index_both_ways(facts.when_earliest, facts.when_latest, ties=(facts.id,))
    _index(facts.when_reach, facts.when_earliest, facts.when_latest)
    _index(facts.when_earliest, facts.when_latest, facts.kind)
    _index_both_ways(facts.kind, facts.when_earliest, facts.when_latest, ties=(facts.id,))
    for column in (facts.kind, facts.name_folded):
        _index(column, facts.id)
    for column in (facts.sources, facts.disputed):
        _index_both_ways(column, ties=(facts.id,))
    _index(facts.id)
    _index(quotes.fact_key)
    _index(quotes.article_id, quotes.fact_key)
    _index(sentences.article_id, sentences.number)
    for resource in RESOURCES.values():
        columns = resource.row.__table__.c
        dates = [
            [it, columns[it.name.replace("earliest", "latest")]] for it in columns if it.name.endswith("_earliest")
        ]
        for date in dates:
            _index_both_ways(*date)
            _index(columns[date[0].name.replace("earliest", "reach")], *date)
        for column in columns:
            if column.name not in UNINDEXED and not column.name.endswith(("_earliest", "_latest", "_reach")):
                # Few articles, and whether any disputes it: that is the same for nearly all records.
                (_index_both_ways if column.name in ("sources", "disputed") else _index)(column)
                if column.foreign_keys and dates:
                    # What somebody said, or what answers a measure, in the order of time.
                    _index_both_ways(column, *dates[0])
        for links in resource.lists.values():
            first, second, *_ = links.__table__.c
            _index(second, first)


_index_tables()
