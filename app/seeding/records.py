"""From the trees of facts files to records: the public models validate what was written and complete what was not.

A model's errors are Pydantic's; here they become problems with the place in the file and the name of the rule.
"""

import hashlib
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import Annotated, Any, ClassVar, NamedTuple, TypeVar, cast, get_args

from pydantic import Field, TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from app.models import RESOURCES, Record
from app.references import SLUG, SLUG_LENGTH, AnyRef, Kind, Reference
from app.seeding.problems import RULES, TEXTS, Position, Report, nearest, printable
from app.seeding.read import Source, TreePath
from app.values import Coverage, Evidence, Inferred
from app.written import Computed, Editorial, Reading, Text, Value, Words, problem, writable

Names = dict[Kind, dict[str, str]]
"""The name of every record, by kind and id."""

Key = tuple[Kind, str]
"""What a record is known by: its kind and its id."""
KINDS = frozenset(kind.value for kind in Kind)
LISTED = [kind for kind in Kind if kind is not Kind.ARTICLES]
"""The kinds of which a facts file holds a list each."""
OWN = ("id", "evidence", "inferred")
"""Fields that are about a record, not among what it says."""
COLLECTIONS = (list, dict)
V = TypeVar("V", bound=Value)


class Excuse(Value):
    """A sentence without facts."""

    written_beside: ClassVar[tuple[str, ...]] = Evidence.written_beside

    quote: str
    why: Text
    start: Annotated[int, Computed()]
    end: Annotated[int, Computed()]

    @classmethod
    def computed(cls, given: dict[str, Any], reading: Reading) -> dict[str, Any]:
        located = reading.evidence(given, is_excuse=True)
        return given | {name: located[name] for name in ("start", "end")}


class Addition(Value):
    """What an article says of a record of another one."""

    record: AnyRef
    evidence: Annotated[list[Evidence], Field(min_length=1)]
    inferred: list[Inferred]

    @classmethod
    def computed(cls, given: dict[str, Any], reading: Reading) -> dict[str, Any]:
        return given | {"inferred": Inferred.listed(given["inferred"])}


class Corroboration(Addition):
    """That it is so; of a person also which further names the article uses."""

    aliases: list[Words]


class Objection(Addition):
    """That it is otherwise: another value of one of its fields."""

    field: Text
    value: Any


ADDITIONS: dict[str, type[Addition]] = {"corroborates": Corroboration, "disputes": Objection}
"""The lists of a facts file that speak of records of other articles."""


@dataclass(frozen=True)
class Written:
    """A record, and where it was written; an addition to one is a record that says only what is added."""

    record: Record
    source: Source
    path: TreePath
    fields: set[str]
    """The fields that were given a value."""
    disputes: str | None = None
    """The field of which an addition says otherwise."""

    @property
    def key(self) -> Key:
        return self.record.kind, self.record.id

    @property
    def ref(self) -> str:
        """The record as other records name it: `people/xi-jinping`."""
        return f"{self.record.kind}/{self.record.id}"

    def at(self, *path: str | int) -> Position:
        """The place of something in it; the value that a dispute gives of a field stands under `value`."""
        if path[:1] == (self.disputes,):
            path = tuple("value" if step == self.disputes else step for step in path)
        return self.source.at((*self.path, *path))


@dataclass
class FileReading:
    """What is known while a facts file is read: the `Reading` that the models ask."""

    source: Source
    names: Names
    quoted: set[int] = field(default_factory=set)
    """The numbers of the sentences that evidence touches."""
    links: dict[str, Any] = field(default_factory=dict)
    """The references that were made before."""
    located: dict[tuple[str, str, bool, bool], dict[str, Any]] = field(default_factory=dict)
    """The quotes that were found before."""
    has_unwritable: bool = False

    def reference(self, kind: Kind | None, written: object) -> object:
        if not isinstance(written, str):
            raise problem("wrong-shape", "an id is expected")
        ref = written if kind is None else f"{kind}/{written}"
        if (link := self.links.get(ref)) is None:
            link = self.links[ref] = self.link(ref)
        return link

    def link(self, ref: str) -> object:
        """The reference to a record; a whole one, unless something is wrong with it."""
        name, _, record_id = ref.partition("/")
        if name not in KINDS:
            example = f"kind/id, such as people/xi-jinping{nearest(name, KINDS)}"
            raise problem("bad-value", f"'{printable(ref)}' is not {example}")
        names = self.names[Kind(name)]
        if record_id not in names:
            shown = f"{name}/{printable(record_id)}{nearest(record_id, names)}"
            raise problem("dangling-reference", f"there is no {shown}")
        return _link(name, record_id, names[record_id])

    def article(self) -> object:
        return self.reference(Kind.ARTICLES, self.source.article_id)

    def evidence(self, written: dict[str, Any], is_excuse: bool = False) -> dict[str, Any]:
        # Several records rest on the same words.
        which = repr(written.get("occurrence")), str(quote := written.get("quote")), isinstance(quote, str), is_excuse
        if (located := self.located.get(which)) is None:
            located = self.located[which] = self.place(*self.span(written))
            if not is_excuse:
                self.quoted.update(self.source.text.sentences_between(located["start"], located["end"]))
        return located

    def place(self, start: int, end: int) -> dict[str, Any]:
        """Where a stretch of the article's text is, in all the ways that are served."""
        text = self.source.text
        return {
            "start": start,
            "end": end,
            "start_utf16": text.utf16(start),
            "end_utf16": text.utf16(end),
            "paragraph": text.paragraph_at(start),
            "sentence": text.sentence_at(start),
            "article": self.article(),
            "href": f"/v1/articles/{self.source.article_id}/text#char={start},{end}",
        }

    def text_facts(self) -> dict[str, Any]:
        text, article_id = self.source.text.text, self.source.article_id
        own = {"id": article_id, "href": f"/v1/articles/{article_id}", "characters": len(text)}
        # Known only when every quote was located; `with_coverage` fills it in.
        coverage = Coverage(sentences=0, covered=0, excused=[])
        return own | {"text_sha256": hashlib.sha256(text.encode()).hexdigest(), "coverage": coverage}

    def span(self, written: dict[str, Any]) -> tuple[int, int]:
        """Where a quote stands in the article."""
        quote = written.get("quote")
        if not isinstance(quote, str) or not quote.strip():
            raise problem("missing-field", "'quote' is missing: which words of the article are meant?")
        if "\n" in quote or "\r" in quote:
            raise problem("quote-not-found", "a quote stays within one paragraph")
        places = self.source.text.occurrences(quote)
        if not places:
            passage = self.source.text.nearest(quote)
            hint = f"; nearest passage: '{printable(passage, 200)}'" if passage else ""
            raise problem("quote-not-found", f"'{printable(quote)}' is not in article.txt{hint}")
        if len(places) == 1 and "occurrence" not in written:
            return places[0], places[0] + len(quote)
        occurrence = str(written.get("occurrence", "?"))
        if occurrence not in map(str, range(1, len(places) + 1)):
            message = f"these words stand {len(places)} times; 'occurrence: N' says which is meant"
            raise problem("quote-ambiguous", message)
        start = places[int(occurrence) - 1]
        return start, start + len(quote)

    def records(self, report: Report) -> Iterator[Written]:
        """Every record of the file that is valid; what is wrong with the others goes to the report."""
        refuse_unknown(self.source, (), self.source.facts, ["article", *LISTED, *ADDITIONS, "no_facts"], report)
        if "article" not in self.source.facts:
            report.add(self.source.at(()), "missing-field", "the file lacks 'article', which describes the text")
        for kind, path, tree in written_records(self.source):
            model = RESOURCES[kind].record
            record = self.validated(model, path, tree, report)
            if record is None and isinstance(tree, dict):
                record = self.salvaged(model, tree, {"kind": kind, "id": written_id(self.source, kind, tree) or ""})
            if record is not None:
                yield Written(record, self.source, path, {n for n, it in tree.items() if it or it not in (None, [])})

    def additions(self, report: Report) -> Iterator[Written]:
        """What the file says of records of other articles."""
        for name, model in ADDITIONS.items():
            for index, tree in enumerate(as_list(self.source.facts.get(name))):
                said = self.validated(model, (name, index), tree, report)
                if said is None and isinstance(tree, dict):
                    said = self.salvaged(model, tree, {})
                if said is not None and str(tree.get("record")).partition("/")[0] in KINDS:
                    yield self.addition(said, tree, (name, index), report)

    def addition(self, said: Addition, tree: dict[str, Any], path: TreePath, report: Report) -> Written:
        """An addition as a record that says only what is added."""
        kind, _, record_id = tree["record"].partition("/")
        model, disputes, given = RESOURCES[Kind(kind)].record, None, set[str]()
        values: dict[str, Any] = {}
        if isinstance(said, Objection):
            disputes = tree["field"] if isinstance(tree.get("field"), str) else ""
            values, given = self.disputing(model, disputes, tree.get("value"), path, report), {disputes}
        elif tree.get("aliases") and kind != Kind.PEOPLE:
            at = self.source.at((*path, "aliases", "aliases"))
            report.add(at, "unknown-field", "'aliases' are the further names of a person")
        elif tree.get("aliases"):
            name = self.names[Kind.PEOPLE].get(record_id, "")
            values, given = {"name": name, "aliases": getattr(said, "aliases", [])}, {"aliases"}
        values |= {"kind": Kind(kind), "id": record_id, "evidence": said.evidence, "inferred": said.inferred}
        return Written(model.model_construct(**values), self.source, path, given & {*informative(model)}, disputes)

    def disputing(self, model: type[Record], field: str, tree: Any, path: TreePath, report: Report) -> dict[str, Any]:
        """The value that a dispute gives of a field, as that field takes it; nothing where it is not valid."""
        if field and field not in informative(model):
            message = f"'{printable(field)}' is no field that can be disputed{nearest(field, informative(model))}"
            report.add(self.source.at((*path, "field")), "unknown-support", message)
        if tree == []:
            report.add(self.source.at((*path, "value")), "missing-field", "'value' is missing")
        if tree in (None, []) or field not in informative(model):
            return {}
        path = (*path, "value")
        if inner := value_class(model.model_fields[field].annotation):
            refuse_unknown_fields(self.source, path, tree, inner, report)
        try:
            return {field: adapter(model, field).validate_python(tree, context=self)}
        except ValidationError as error:
            for details in error.errors():
                self.report_error(path, details, report)
            return {}

    def excuses(self, report: Report) -> list[tuple[Excuse, TreePath]]:
        """The sentences that the file says to carry no fact."""
        items = {("no_facts", i): item for i, item in enumerate(as_list(self.source.facts.get("no_facts")))}
        found = [(self.validated(Excuse, path, item, report), path) for path, item in items.items()]
        return [(excuse, path) for excuse, path in found if excuse]

    def validated(self, model: type[V], path: TreePath, tree: Any, report: Report) -> V | None:
        """What the tree says, if it is valid."""
        valid, self.has_unwritable = None, False
        try:
            valid = model.model_validate(tree, context=self)
        except ValidationError as error:
            for details in error.errors():
                self.report_error(path, details, report)
        # Of what is valid, every value was asked for what it may not say.
        if valid is None or self.has_unwritable or path == ("article",):
            refuse_unknown_fields(self.source, path, tree, model, report)
        return valid

    def salvaged(self, model: type[V], tree: dict[str, Any], known: dict[str, Any]) -> V:
        """What is valid of an invalid record, so that the other rules can be asked too; it is never built."""
        values = dict(known)
        for name in model.model_fields:
            with suppress(ValidationError):
                values[name] = adapter(model, name).validate_python(tree.get(name), context=self)
        # A quote that was not found, and a reason that is none, support what they name all the same: one mistake is one
        # problem.
        items = [item for item in as_list(tree.get("evidence")) if isinstance(item, dict)]
        quotes = [self.quote_as_written(item) for item in items]
        reasons = tree["inferred"] if isinstance(tree.get("inferred"), dict) else {}
        inferred = [cast(Any, Inferred).model_construct(field=name, why=str(why)) for name, why in reasons.items()]
        valid: V = cast(Any, model).model_construct(**(values | {"evidence": quotes, "inferred": inferred}))
        return valid

    def quote_as_written(self, item: dict[str, Any]) -> Any:
        """An evidence item, valid or not; beside words that are not in the article, those that are most like them."""
        try:
            return Evidence.model_validate(item, context=self)
        except ValidationError:
            fields, quote = [it for it in as_list(item.get("fields")) if isinstance(it, str)], str(item.get("quote"))
            quote += f" {self.source.text.nearest(quote)}"
            return cast(Any, Evidence).model_construct(quote=quote, fields=fields, start=0, end=0)

    def report_error(self, path: TreePath, error: ErrorDetails, report: Report) -> None:
        """A Pydantic error as a problem."""
        location: TreePath = (*path, *error["loc"])
        name, given = str(location[-1]), error["input"]
        rule, message = error["type"], error["msg"]
        if rule in TEXTS["wrong-shape"]:
            rule, message = "wrong-shape", TEXTS["wrong-shape"][rule]
        elif rule not in RULES:
            rule, message = "bad-value", f"'{printable(str(given))}': {message}"
        if error["type"] == "enum":
            allowed = error["ctx"]["expected"].replace("'", "").replace(" or ", ", ")
            message = f"'{printable(str(given))}' is none of {allowed}{nearest(str(given), allowed.split(', '))}"
        elif error["type"] == "string_pattern_mismatch" and name == "id":
            rule, message = "bad-id", f"'{printable(str(given))}' is not an id: a-z and 0-9, joined by hyphens"
        elif name == "evidence" and error["type"] in ("too_short", "missing"):
            rule, message = "missing-evidence", "the record rests on no quote"
        elif error["type"] in ("missing", "too_short"):
            rule, message = "missing-field", f"'{name}' is missing"
        elif rule.startswith("quote-"):
            location = (*location, "quote")
        report.add(self.source.at(location), rule, message)


@lru_cache(maxsize=20_000)
def _link(kind: str, record_id: str, name: str) -> object:
    """A reference, once for all files that have it."""
    link = {"id": record_id, "name": name, "href": f"/v1/{kind}/{record_id}"}
    is_valid = len(record_id) <= SLUG_LENGTH and re.fullmatch(SLUG, record_id)
    return Reference(**link) if is_valid else link


@cache
def adapter(model: type[Value], field: str) -> TypeAdapter[Any]:
    """What validates a value of a field alone."""
    info = model.model_fields[field]
    return TypeAdapter(cast(Any, Annotated)[info.annotation, info])


@cache
def informative(model: type[Record]) -> list[str]:
    """The fields that say something which a person read out of the article."""
    fields = model.model_fields.items()
    return [n for n, f in fields if n not in OWN and not any(isinstance(m, Computed | Editorial) for m in f.metadata)]


def written_records(source: Source) -> Iterator[tuple[Kind, TreePath, Any]]:
    """Every record of a facts file as it stands in the tree."""
    if "article" in source.facts:
        yield Kind.ARTICLES, ("article",), source.facts["article"]
    for kind in LISTED:
        for index, item in enumerate(as_list(source.facts.get(kind))):
            yield kind, (kind.value, index), item


def written_id(source: Source, kind: Kind, tree: dict[str, Any]) -> str | None:
    """The id of a record; None where there is none."""
    written = source.article_id if kind is Kind.ARTICLES else tree.get("id")
    return written if isinstance(written, str) else None


def as_list(tree: Any) -> list[Any]:
    """A list as it is, nothing as an empty one; anything else is one item, which will be of the wrong shape."""
    return tree if isinstance(tree, list) else [] if tree is None else [None]


class Outline(NamedTuple):
    """What has to be known of a file before others are checked."""

    article_id: str
    defined: list[tuple[Kind, str, str]]
    """The records that it defines, each with its name."""
    told_of: list[Key]
    """The records that it adds to."""


def outline(source: Source, report: Report) -> Outline:
    """What a file holds; an id that stands twice within its kind and file is a problem."""
    places: dict[Key, TreePath] = {}
    found = Outline(source.article_id, [], [])
    for kind, path, tree in written_records(source):
        fields = tree if isinstance(tree, dict) else {}
        if (record_id := written_id(source, kind, fields)) is None:
            continue
        if (first := places.setdefault((kind, record_id), path)) != path:
            message = f"{kind}/{record_id} is already defined in {source.at(first).brief}"
            report.add(source.at(path), "duplicate-id", message)
        found.defined.append((kind, str(record_id), str(fields.get("name"))))
    for name in ADDITIONS:
        for item in as_list(source.facts.get(name)):
            about, _, record_id = str(item.get("record") if isinstance(item, dict) else "").partition("/")
            if about in KINDS:
                found.told_of.append((Kind(about), record_id))
    return found


class Catalogue:
    """What has to be known of all files before the first is checked."""

    def __init__(self) -> None:
        self.names: Names = {kind: {} for kind in Kind}
        self.shared: set[Key] = set()
        """The records of which several files speak."""

    def collect(self, file: Outline) -> None:
        """Add what a file holds."""
        seen: set[Key] = set()
        self.names[Kind.ARTICLES].setdefault(file.article_id, "")
        for kind, record_id, name in file.defined:
            names, key = self.names[kind], (kind, record_id)
            if key not in seen and record_id in names and kind is not Kind.ARTICLES:
                self.shared.add(key)
            seen.add(key)
            if not names.get(record_id):
                names[record_id] = name
        self.shared.update(file.told_of)


def refuse_unknown(source: Source, path: TreePath, tree: dict[str, Any], known: list[str], report: Report) -> None:
    """Keys that mean nothing here."""
    for name in tree:
        if name not in known:
            hint = nearest(name, known) or f"; expected: {', '.join(known)}"
            report.add(source.at((*path, name, name)), "unknown-field", f"'{printable(name)}' is unknown{hint}")


def refuse_unknown_fields(source: Source, path: TreePath, tree: Any, model: type[Value], report: Report) -> None:
    """Keys that are no fields of the model, or that the build computes; here and in the values inside."""
    for index, item in enumerate(tree) if type(tree) is list else ():
        if type(item) in COLLECTIONS:
            refuse_unknown_fields(source, (*path, index), item, model, report)
    if type(tree) is not dict:
        return
    if path == ("article",) or not tree.keys() <= writable(model).keys():
        known = [name for name in writable(model) if (*path, name) != ("article", "id")]
        refuse_unknown(source, path, tree, known, report)
    for name, value in tree.items():
        if type(value) in COLLECTIONS and (inner := _inside(model).get(name)):
            refuse_unknown_fields(source, (*path, name), value, inner, report)


@cache
def _inside(model: type[Value]) -> dict[str, type[Value]]:
    """The classes of the values inside a model's fields."""
    inside = {name: value_class(info.annotation) for name, info in model.model_fields.items() if name != "inferred"}
    return {name: inner for name, inner in inside.items() if inner}


def value_class(annotation: Any) -> type[Value] | None:
    """The class of values inside an annotation such as `list[Session] | None`."""
    if isinstance(annotation, type) and issubclass(annotation, Value):
        return annotation
    return next(filter(None, map(value_class, get_args(annotation))), None)
