"""What can be asked of a list: filters, sort, search, facets, pages, includes. It names no resource's table.

A resource declares a query class. Each filter is a field whose metadata says, as a `Filter`, how a value becomes a
WHERE clause; the operators of its kind (`__ne`, `__gte`, …), the sort keys, the facets and the includes are added to
the class as fields when it is made, so that FastAPI validates and documents all of them.
"""

from collections import OrderedDict
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache, cached_property, lru_cache
from itertools import starmap
from operator import itemgetter
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, NamedTuple, Self, cast, get_origin

from fastapi import Query
from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined
from sqlalchemy import bindparam, not_

from app import filters, search
from app.documented import Documented
from app.filters import Clause, Filter, Relation, Terms
from app.models import RESOURCES, Documents, Facts, Quotes
from app.parameters import MOST_READ, WHOLE, DateMatch, Ids, Many, Number, T, Texts, Truth, Version, distinct, split
from app.references import Kind
from app.search import SearchQuery, SearchText

DEFAULT_LIMIT, LARGEST_LIMIT, LARGEST_OFFSET = 50, 200, 10_000
SENTENCES = {"ne": "All but these, where it is stated. {}", "isnull": "Whether the article leaves it open. {}"}
SENTENCES |= {"gt": "After, or more than, this. {}", "gte": "From this on. {}"}
SENTENCES |= {"lt": "Before, or less than, this. {}", "lte": "Up to this. {}"}


MOST_EXAMPLES = 1_000
"""Of so many forms of queries one is kept, so that others can be made like it."""
VARYING = frozenset(("cursor", "dataset", "facet_limit", "limit", "offset"))
"""Parameters of lists from which nothing follows that is worked out once for all queries of a form."""
Pairs = Sequence[tuple[str, str]]
"""Parameters as they are given, by name."""


class Once(cached_property[T]):
    """A property that is worked out once. Nobody else may be about to: Python's own takes a lock each time."""

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        if instance is None:
            return self
        value = vars(instance)[self.attrname] = self.func(instance)
        return value


class NoParameters(Documented):
    """What every set of parameters has: one that is not declared is refused."""

    # Built when it is first asked for, with the fields that were added by then.
    model_config = ConfigDict(extra="forbid", ignored_types=(Once,), defer_build=True)

    dataset: Version | None = None
    """The version of the dataset that is asked; it is an error (409) if another one is served by now."""

    @classmethod
    def validated(cls, pairs: Pairs) -> Self:
        """The parameters that are given; ValidationError says all that is wrong with them."""
        given: dict[str, list[str]] = {}
        for name, value in pairs:
            given.setdefault(name, []).append(value)
        # What was given several times is a list, so that it is refused if it is none.
        once = given.keys() - _lists(cls)
        return cls.model_validate({name: it[0] if len(it) == 1 and name in once else it for name, it in given.items()})

    @classmethod
    def read(cls, pairs: Pairs) -> Self:
        """The same, each parameter by itself: what was read before is known, and so is what follows from a form.

        Only where no parameter is required.
        """
        reads = [*starmap(cls.read_one, pairs)]
        form = cls, *map(FORM, reads)
        example = _examples.get(form)
        if example is not None:
            return cast(Self, example.like(reads))
        query = cls.validated(pairs)
        if len(query.model_fields_set) == len(pairs):
            _examples[form] = query
            if len(_examples) > MOST_EXAMPLES:
                _examples.popitem(last=False)
        return query

    def like(self, reads: Sequence["Read"]) -> Self:
        """A query of the same form with other values.

        It has these, and what follows from the form. All else is what it is by default, in both: it is asked of this
        one. (There are dozens of parameters, and to copy them would take longer than to look for what is asked.)
        """
        given, terms = list["Given"](), dict[str, Any]()
        values = {**self.common, "given": given, "terms": terms}
        for _, own, filtering, standing in reads:
            values.update(own)
            terms.update(standing)
            if filtering is not None:
                given.append(filtering)
        query = self.__class__.__new__(self.__class__)
        query.__setstate__({"__dict__": values, "__pydantic_fields_set__": self.__pydantic_fields_set__})
        return query

    @Once
    def common(self) -> dict[str, Any]:
        """What queries of this form share, as far as it was asked for, and what is asked of each."""
        fields = type(self).model_fields.keys() - VARYING
        return {"example": self} | {name: value for name, value in vars(self).items() if name not in fields}

    if not TYPE_CHECKING:
        # Types know of no attributes but those that are declared.
        def __getattr__(self, name: str) -> Any:
            example = vars(self).get("example")
            return super().__getattr__(name) if example is None else getattr(example, name)

    @classmethod
    @lru_cache(maxsize=MOST_READ)
    def read_one(cls, name: str, text: str) -> "Read":
        """One parameter, by itself."""
        alone = cls.validated([(name, text)])
        (field,) = alone.model_fields_set
        return cls.understood(field, getattr(alone, field))

    @classmethod
    def understood(cls, name: str, value: Any) -> "Read":
        """A field that was validated."""
        return Read(name, {name: value})

    @classmethod
    def add(cls, name: str, annotation: Any, about: str, default: Any) -> None:
        """Give the class one field more, before it is built."""
        described = Field(default, description=about)
        cls.__pydantic_fields__[name] = FieldInfo.from_annotated_attribute(annotation, described)

    @classmethod
    def add_names(cls, name: str, values: Sequence[str], about: str) -> None:
        """The same for a list of names out of an enumeration, which is called after the resource."""
        called = f"{RESOURCES[kind].record.__name__ if (kind := cls.kind_asked()) else 'Fact'}{name.title()}"
        # A member's name must not be that of a method of text; its value is what counts.
        names: Any = cast(Any, StrEnum)(called, [(f"{value}_", value) for value in values])
        cls.add(name, Annotated[list[names], BeforeValidator(split), AfterValidator(distinct)], about, [])

    @classmethod
    def kind_asked(cls) -> Kind | None:
        """The kind of record that is asked for; None for all."""
        table = getattr(cls, "table", Facts)
        return None if table is Facts else filters.kind_of(cast(Any, table).__table__)

    def chosen(self, name: str) -> list[str]:
        """The values of a list of names that the class may or may not have."""
        return [str(item) for item in getattr(self, name)] if name in self.model_fields_set else []


Nothing = Annotated[NoParameters, Query()]
_examples = OrderedDict[Hashable, NoParameters]()


class Read(NamedTuple):
    """A parameter that is given once."""

    form: Hashable
    """What it says of the form of a query: two of one form differ in values only."""
    values: Mapping[str, Any]
    """What a query has of it: the field, and what is worked out of it."""
    given: "Given | None" = None
    """The filter that it is."""
    terms: Mapping[str, Any] = MappingProxyType({})
    """Its values as statements are given them."""


FORM = itemgetter(0)
"""Of what is read, its form: a step less than to ask each for it."""


@cache
def _lists(query: type[NoParameters]) -> frozenset[str]:
    fields = query.model_fields.items()
    return frozenset(field.alias or name for name, field in fields if get_origin(field.annotation) is list)


class IncludeQuery(NoParameters):
    """The parameters of a single record."""

    table: ClassVar[Any]
    relations: ClassVar[Mapping[str, Relation]] = {}

    @classmethod
    def understood(cls, name: str, value: Any) -> Read:
        return Read((name, str(value)), {name: value})

    @Once
    def includes(self) -> Sequence[str]:
        """What the records bring along."""
        return self.chosen("include")

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        super().__pydantic_init_subclass__(**kwargs)
        kind = cls.kind_asked()
        if kind is not None and "include" not in cls.model_fields:
            cls.relations = {**cls.relations, "notes": filters.NOTES}
            about = "Related records to send along in full, under `included`; several are separated by commas."
            cls.add_names("include", sorted(cls.relations), about)


class ListQuery(IncludeQuery):
    """The parameters that every list has."""

    document: ClassVar[Any] = Documents.document
    conditions: ClassVar[Mapping[str, tuple[Filter, str]]] = {}
    """For each parameter that filters: how, and with which operator."""
    countable: ClassVar[Sequence[str]] = ()
    """Its facets."""
    without: ClassVar[tuple[str, ...]] = ()
    """Parameters of lists that this one does not have."""
    dated: ClassVar[str] = ""
    """The date that every record of the list has; where it is not stated, a record is left out."""
    usual_order: ClassVar[tuple[str, ...]] = ()
    """What it is ordered by where nothing else is asked for; the id breaks ties, as always."""

    q: SearchText | None = None
    """Words to find in what the record says and in the quotes it rests on; all of them have to be there. `"…"` is a
    phrase, `*` at the end of a word stands for any ending. Without `sort`, the most relevant record comes first: what
    holds all of it in its name, then what holds it in what the record says, then what holds it in its quotes."""
    facet_limit: Annotated[int, Field(ge=1, le=1_000), WHOLE] = 100
    """How many values a facet has at most; selected ones are there in any case."""
    limit: Annotated[int, Field(ge=1, le=LARGEST_LIMIT), WHOLE] = DEFAULT_LIMIT
    """How many records a page has at most."""
    offset: Annotated[int, Field(ge=0, le=LARGEST_OFFSET), WHOLE] | None = None
    """How many records to pass over; not together with `cursor`."""
    cursor: str | None = None
    """Where a page begins: taken from `page.next` or `page.prev`, never made up."""

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        super().__pydantic_init_subclass__(**kwargs)
        parent = next(base for base in cls.__mro__[1:] if issubclass(base, ListQuery))
        # What was added to a class does not pass to its heirs by itself.
        cls.__pydantic_fields__ = parent.__pydantic_fields__ | cls.__pydantic_fields__
        inherited = cls.conditions
        declared = [name for name in cls.model_fields if name not in inherited and cls._rule(name) is not None]
        if not inherited:
            declared = ["id", "name", *declared, *cls._add_common()]
        if declared:
            cls.conditions = {**inherited, **dict(item for name in declared for item in cls._operators(name))}
            cls._add_choices()
        fields = cls.__pydantic_fields__
        order = [*cls.conditions, "date_match", "q", "sort", "include", "facet", *fields]
        cls.__pydantic_fields__ = {name: fields[name] for name in order if name in fields and name not in cls.without}
        for field in cls.__pydantic_fields__.values():
            if field.default == []:
                # Made anew for each request: a copy of a default takes ten times as long.
                field.default, field.default_factory = PydanticUndefined, list

    @classmethod
    def _rule(cls, name: str) -> Filter | None:
        """The filter that a field is declared to be."""
        found = [item for item in cls.model_fields[name].metadata if isinstance(item, Filter)]
        return found[0].for_table(cls.table.__table__) if found else None

    @classmethod
    def _add_common(cls) -> Sequence[str]:
        """The filters that every list has, whatever it lists; the names of those that come after its own."""
        table = cls.table
        cls.add("id", Annotated[Ids, filters.ById(table.id)], "Its id.", [])
        cls.add("name", Annotated[Texts, filters.Folded(table.name_folded)], "Its name.", [])
        named = filters.Linked(Quotes.article_id, filters.plain(Quotes.fact_key), filters.plain(table.key), always=True)
        cls.add("article", Annotated[Ids, named], "An article that it rests on, or that disputes it.", [])
        about = "How many articles it rests on."
        cls.add("sources", Annotated[Many[Number], filters.Quantity(table.sources)], about, [])
        about = "Whether another article says otherwise."
        cls.add("disputed", Annotated[Many[Truth], filters.Choice(table.disputed)], about, [])
        return "article", "sources", "disputed"

    @classmethod
    def _add_choices(cls) -> None:
        """The parameters whose values are names of filters."""
        rules = {name: rule for name, (rule, operator) in cls.conditions.items() if operator == "eq"}
        sortable = [name for name, rule in rules.items() if rule.sort_columns]
        about = "Order by these fields, `-` for descending; what is not stated comes last, and the id breaks ties."
        cls.add_names("sort", [sign + name for name in sortable for sign in ("", "-")], about)
        counted = [name + unit for name, rule in rules.items() if name not in ("id", "name") for unit in rule.facets]
        about = "Count the records by the values of these fields, each without regard to its own filter."
        cls.add_names("facet", counted, about)
        cls.countable = counted
        if any(isinstance(rule, filters.Dated) for rule in rules.values()):
            about = "Whether an uncertain date has to satisfy the filters possibly or certainly."
            cls.add("date_match", DateMatch, about, DateMatch.POSSIBLE)

    @classmethod
    def _operators(cls, name: str) -> Iterator[tuple[str, tuple[Filter, str]]]:
        """A declared filter's condition, and those of its operators, which become fields of their own."""
        field, kind = cls.model_fields[name], cls.kind_asked()
        rule = cast(Filter, cls._rule(name))
        if field.description is None and kind is not None:
            field.description = RESOURCES[kind].record.model_fields[name].description
        yield name, (rule, "eq")
        for suffix in (*rule.operators, *(["isnull"] if rule.nullable else [])):
            if suffix == "ne":
                # The rule itself stays behind: it belongs to the field that it was declared on.
                metadata = [item for item in field.metadata if not isinstance(item, Filter)]
                annotation: Any = Annotated[(field.annotation, *metadata)]
                default: Any = []
            else:
                annotation, default = (Truth if suffix == "isnull" else rule.ordered) | None, None
            cls.add(f"{name}__{suffix}", annotation, SENTENCES[suffix].format(field.description), default)
            yield f"{name}__{suffix}", (rule, suffix)

    @classmethod
    def understood(cls, name: str, value: Any) -> Read:
        if name in cls.conditions:
            given = _given(cls, name, value)
            return Read(given.shape, {name: value}, given, given.values)
        if name == "q":
            asked = search.read(value)
            return Read((name, len(asked.whole)), {name: value, "search": asked}, terms=asked.values())
        return Read(name if name in VARYING else (name, str(value)), {name: value})

    @Once
    def facets(self) -> Sequence[str]:
        """What is counted."""
        return self.chosen("facet")

    @Once
    def order(self) -> tuple[str, ...]:
        """The fields to order by, `-` for descending."""
        return tuple(self.chosen("sort")) or self.usual_order

    @Once
    def is_certain(self) -> bool:
        """Whether uncertain dates have to satisfy the filters certainly."""
        return getattr(self, "date_match", None) is DateMatch.CERTAIN

    @Once
    def search(self) -> SearchQuery | None:
        """What `q` asks for."""
        return None if self.q is None else search.read(self.q)

    @classmethod
    def always(cls) -> list[Clause]:
        """What holds for every record of the list, whatever is asked for."""
        return [not_(cls.conditions[cls.dated][0].is_null())] if cls.dated else []

    @Once
    def given(self) -> list["Given"]:
        """The filters that the query gives, in an order that does not depend on it."""
        own, named = type(self), sorted(self.model_fields_set)
        return [_given(own, name, getattr(self, name)) for name in named if name in self.conditions]

    @Once
    def shape(self) -> "Shape":
        """What tells one form of query from another: those of one form differ in `values` only."""
        words = None if self.search is None else len(self.search.whole)
        return _shape(type(self), tuple(item.shape for item in self.given), self.is_certain, words)

    @Once
    def terms(self) -> Mapping[str, Any]:
        """The values of the query's filters, by the names of the parameters that stand for them in statements."""
        found = {it.name: it.values for it in self.given}
        if self.search is not None:
            found["q"] = self.search.values()
        return {name: value for it in sorted(found) for name, value in found[it].items()}

    def where(self, but: Sequence[str] = (), walked: Any = None) -> list[Clause]:
        """What the query asks for (but some filters).

        Where the records are looked at in the order of a column, that is `walked`: only a filter by it leads to them.
        """
        clauses = self.filtered(but, walked)
        return clauses if self.search is None else [*clauses, self.search.matching(self.table.key)]

    def filtered(self, but: Sequence[str] = (), walked: Any = None) -> list[Clause]:
        """The same without the search."""
        return self.always() + [item.clause(self.is_certain, walked) for item in self.given if item.name not in but]

    @property
    def named(self) -> list[tuple["Given", int]]:
        """Every record that the filters name: by which filter, and as its how manieth value."""
        naming = (item for item in self.given if item.operator in ("eq", "ne") and item.rule.names_records)
        return [(item, place) for item in naming for place in range(len(item.terms))]


@dataclass(frozen=True, eq=False)
class Shape:
    """A query but for its values; there is one of each."""

    query: type[ListQuery]
    given: tuple[tuple[str, int | bool], ...]
    """Its filters, and how many values each has."""
    is_certain: bool
    words: int | None
    """How many words are searched for."""


_shape = lru_cache(maxsize=MOST_EXAMPLES)(Shape)


def _given(query: type[ListQuery], name: str, value: Any) -> "Given":
    """A filter with its value, or with several."""
    rule, operator = query.conditions[name]
    spoken = value if isinstance(value, list) else [value]
    return Given(name, rule, operator, spoken, [] if operator == "isnull" else [rule.terms(it) for it in spoken])


@dataclass(frozen=True)
class Given:
    """A filter that a query gives."""

    name: str
    """The parameter's name."""
    rule: Filter
    operator: str
    spoken: Sequence[Any]
    """The values as they were given."""
    terms: Sequence[Terms]
    """The same as SQL knows them."""

    @Once
    def shape(self) -> tuple[str, int | bool]:
        """What it is, but for its values: how many there are, or whether it asks for what is not stated."""
        return self.name, self.spoken[0] if self.operator == "isnull" else len(self.terms)

    @Once
    def values(self) -> Mapping[str, Any]:
        """The values that statements are given, each by its name."""
        numbered = ((place, part) for place, terms in enumerate(self.terms) for part in enumerate(terms))
        return {f"v_{self.name}_{place}_{number}": value for place, (number, value) in numbered}

    def parameters(self) -> list[Terms]:
        """What stands for the values in statements, so that one statement serves all queries of a form."""
        names = iter(self.values.items())
        return [tuple(bindparam(*next(names)) for _ in terms) for terms in self.terms]

    def clause(self, certain: bool, walked: Any = None) -> Clause:
        """What the filter lets through."""
        is_probe = walked is not None and self.rule.column is not walked
        rule, terms = replace(self.rule, is_probe=is_probe), self.parameters()
        if self.operator == "isnull":
            return rule.is_null() if self.spoken[0] else not_(rule.is_null())
        if self.operator in filters.COMPARISONS:
            return rule.compares(self.operator, terms[0], certain)
        return rule.equals(terms, certain) if self.operator == "eq" else rule.differs(terms, certain)
