"""The JSON Schema of facts.yaml, for editors: completion, the fields' sentences, and errors while one types.

It is derived from the models that read the file, and says what can be said of a file alone: whether a quote is in the
article, and whether a record exists that is referred to, `check` says.
"""

import inspect
import json
from collections.abc import Iterable, Iterator
from enum import StrEnum
from types import NoneType
from typing import Any, get_args, get_origin

import annotated_types
from pydantic import BaseModel, BeforeValidator
from pydantic.fields import FieldInfo

from app import written
from app.models import RESOURCES, Record, TextAccess
from app.references import SLUG, SLUG_LENGTH, Kind, Reference
from app.seeding.records import LISTED, Corroboration, Objection, informative
from app.values import Evidence, Inferred
from app.written import Value, writable

Schema = dict[str, Any]

TITLE = "Facts read out of an article"
ABOUT = "A facts.yaml of article-facts: what a person read out of the article.txt beside it."
AN_ID = {"pattern": SLUG, "maxLength": SLUG_LENGTH, "patternErrorMessage": "An id is a-z and 0-9, joined by hyphens."}
ANY_ID = {
    "pattern": f"^({'|'.join(Kind)})/{SLUG[1:]}",
    "patternErrorMessage": "A record of any kind is written as kind/id, such as people/xi-jinping.",
}
# Plain figures and years need no quotation marks here, but a YAML reader takes them for numbers.
PLAIN = {"type": ["string", "number"]}
TEXT = {"type": "string", "minLength": 1}
ID = {"$ref": "#/$defs/Id"}
TITLES = {
    "no_facts": "Sentences that carry no fact, each with the reason.",
    "corroborates": "Evidence in this article for records of other articles.",
    "disputes": "What this article says otherwise than the records of other articles.",
    "quote": "The words, verbatim from article.txt, within one paragraph.",
    "occurrence": "Which of the places is meant where the words stand more than once, counted from 1.",
    "why": "Why the sentence carries no fact.",
    "record": "The record, as kind/id.",
    "aliases": "Further names that this article uses for the person.",
    "field": "The field of the record that the article says otherwise of.",
    "value": "The value that this article gives, in the form of that field.",
    "evidence": "The words that it rests on.",
    "inferred": "For each field that the words do not state outright, one sentence saying how its value follows.",
    "fields": "The fields that these words support.",
}
DEFAULTS = {"text": TextAccess.SERVED}
"""Fields that have a value also where none is written."""


def schema_text() -> str:
    """The schema as a document."""
    return json.dumps(schema(), ensure_ascii=False, indent=1) + "\n"


def schema() -> Schema:
    """The schema of a facts file."""
    definitions = {kind.value: _record(kind) for kind in Kind}
    inside = list[type[Value]]()
    for resource in RESOURCES.values():
        _values_inside(resource.record, inside)
    definitions |= {model.__name__: _value(model) for model in inside}
    definitions |= {"Id": PLAIN | AN_ID, "Excuse": _located({"why": _described(TEXT, TITLES["why"])}, "why")}
    definitions |= {"corroboration": _addition(Corroboration), "dispute": _addition(Objection)}
    lists = {kind.value: (f"#/$defs/{kind}", _sentence(RESOURCES[kind].record)) for kind in LISTED}
    others = {"corroborates": "corroboration", "disputes": "dispute", "no_facts": "Excuse"}
    lists |= {name: (f"#/$defs/{target}", TITLES[name]) for name, target in others.items()}
    properties: Schema = {"article": {"$ref": f"#/$defs/{Kind.ARTICLES}"}}
    properties |= {
        name: {"description": about, "type": ["array", "null"], "items": {"$ref": ref}}
        for name, (ref, about) in lists.items()
    }
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": TITLE, "description": ABOUT}
    return head | _object(properties, ["article"]) | {"$defs": definitions}


def _record(kind: Kind) -> Schema:
    model = RESOURCES[kind].record
    names = [name for name in writable(model) if (kind, name) != (Kind.ARTICLES, "id")]
    properties = {name: _field(model, name) for name in names}
    properties |= {"evidence": _evidence(informative(model)), "inferred": _inferred(informative(model))}
    shape = _object(properties, [name for name in names if _is_required(model, name)], _sentence(model))
    if kind is Kind.ARTICLES:
        withheld = {"properties": {"text": {"const": TextAccess.WITHHELD}}, "required": ["text"]}
        said = {"properties": {"withheld_because": {"type": "string"}}, "required": ["withheld_because"]}
        not_said = {"properties": {"withheld_because": {"type": "null"}}}
        shape |= {"if": withheld, "then": said, "else": not_said}
    return shape


def _value(model: type[Value]) -> Schema:
    names = writable(model)
    properties = {name: _field(model, name) for name in names}
    return _object(properties, [name for name in names if _is_required(model, name)], _sentence(model))


def _addition(model: type[Corroboration] | type[Objection]) -> Schema:
    """What an article says of another one's record; which fields there are depends on the record's kind."""
    properties: Schema = {"record": _described({"type": "string"} | ANY_ID, TITLES["record"])}
    required = ["record", "evidence"]
    if model is Objection:
        properties |= {"field": {"description": TITLES["field"]}, "value": {"description": TITLES["value"]}}
        required += ["field", "value"]
    else:
        properties["aliases"] = _described(_field(RESOURCES[Kind.PEOPLE].record, "aliases"), TITLES["aliases"])
    properties |= {name: {"description": TITLES[name]} for name in ("evidence", "inferred")}
    by_kind = [_of_kind(kind, model is Objection) for kind in Kind]
    return _object(properties, required) | {"allOf": by_kind}


def _of_kind(kind: Kind, is_dispute: bool) -> Schema:
    """What the fields of a kind mean for an addition to a record of it."""
    fields, own = informative(RESOURCES[kind].record), f"#/$defs/{kind}/properties"
    then: Schema = {"properties": {name: {"$ref": f"{own}/{name}"} for name in ("evidence", "inferred")}}
    if is_dispute:
        then["properties"]["field"] = {"enum": fields}
        then["allOf"] = [
            {
                "if": {"properties": {"field": {"const": name}}},
                "then": {"properties": {"value": _stated(f"{own}/{name}")}},
            }
            for name in fields
        ]
    elif kind is not Kind.PEOPLE:
        then["properties"]["aliases"] = {"maxItems": 0}
    return {"if": {"properties": {"record": {"pattern": f"^{kind}/"}}}, "then": then}


def _stated(ref: str) -> Schema:
    """The value of a field, which here has to say something."""
    return {"$ref": ref, "not": {"enum": [None, []]}}


def _evidence(fields: list[str]) -> Schema:
    named = {"type": "array", "items": {"enum": fields}, "minItems": 1, "uniqueItems": True}
    supported = _described(named, TITLES["fields"])
    item = _located({"fields": supported}, "fields")
    return {"description": TITLES["evidence"], "type": "array", "minItems": 1, "items": item}


def _inferred(fields: list[str]) -> Schema:
    shape = {"description": TITLES["inferred"], "type": ["object", "null"]}
    return shape | {"properties": dict.fromkeys(fields, TEXT), "additionalProperties": False}


def _located(others: Schema, *required: str) -> Schema:
    occurrence = {"type": ["integer", "null"], "minimum": 1}
    quote = _described(PLAIN | {"minLength": 1}, TITLES["quote"])
    properties = {"quote": quote, "occurrence": _described(occurrence, TITLES["occurrence"])}
    return _object(properties | others, ["quote", *required])


def _object(properties: Schema, required: list[str], about: str | None = None) -> Schema:
    shape = {"type": "object", "properties": properties, "required": required, "additionalProperties": False}
    return shape if about is None else {"description": about} | shape


def _field(model: type[Value], name: str) -> Schema:
    info = model.model_fields[name]
    shape = _shape(info.annotation, info.metadata)
    if not _is_required(model, name):
        shape = _or_null(shape)
    return _described(shape, " ".join([*(info.description or "").split(), *_whose_id(info)]))


def _shape(annotation: Any, marks: Iterable[Any]) -> Schema:
    """What may be written for a type."""
    marks = list(marks)
    if hasattr(annotation, "__metadata__"):
        return _shape(annotation.__origin__, [*annotation.__metadata__, *marks])
    if NoneType in (parts := get_args(annotation)):
        return _shape(next(part for part in parts if part is not NoneType), marks)
    if get_origin(annotation) is list:
        fewest = max((mark.min_length for mark in _constraints(marks, annotated_types.MinLen)), default=0)
        shape = {"type": "array", "items": _shape(parts[0], []), "uniqueItems": True}
        return shape | ({"minItems": fewest} if fewest else {})
    if annotation is Reference:
        return ID if _referred(marks) else {"type": "string"} | ANY_ID
    if issubclass(annotation, BaseModel):
        return {"$ref": f"#/$defs/{annotation.__name__}"}
    if issubclass(annotation, StrEnum):
        return {"enum": [member.value for member in annotation]}
    return _scalar(annotation, marks)


def _scalar(kind: type, marks: list[Any]) -> Schema:
    if kind is bool:
        return {"type": "boolean"}
    if kind is int:
        least = max((mark.ge for mark in _constraints(marks, annotated_types.Ge)), default=0)
        return {"type": "integer", "minimum": least}
    if kind is float:
        return {"type": "number"}
    patterns = [pattern for mark in marks if (pattern := getattr(mark, "pattern", None))]
    if SLUG in patterns:
        return ID
    # Text refuses plain scalars that a YAML reader would take for something else; other strings do not.
    return TEXT if _is_text(marks) else PLAIN | ({"pattern": patterns[0]} if patterns else {})


def _is_text(marks: list[Any]) -> bool:
    checks = {mark.func for mark in marks if isinstance(mark, BeforeValidator)}
    return any(mark.func in checks for mark in get_args(written.Text) if isinstance(mark, BeforeValidator))


def _referred(marks: Iterable[Any]) -> Kind | None:
    """The kind of record that a reference names; None where any kind may stand."""
    resolve = next(mark.func for mark in marks if isinstance(mark, BeforeValidator))
    kind: Kind | None = inspect.getclosurevars(resolve).nonlocals["kind"]
    return kind


def _whose_id(info: FieldInfo) -> list[str]:
    """A sentence on what a reference names, for fields that hold one or several."""

    def look(annotation: Any, marks: tuple[Any, ...]) -> Iterator[str]:
        if annotation is Reference and (kind := _referred(marks)):
            yield f"An id of {kind}."
        inner = getattr(annotation, "__metadata__", ())
        for part in [annotation.__origin__] if inner else get_args(annotation):
            yield from look(part, inner)

    return list(look(info.annotation, tuple(info.metadata)))


def _constraints(marks: list[Any], kind: type) -> list[Any]:
    return [mark for mark in marks if isinstance(mark, kind)]


def _or_null(shape: Schema) -> Schema:
    """The same, or nothing: what is not stated may be left empty."""
    if "enum" in shape:
        return {"enum": [*shape["enum"], None]}
    if "$ref" in shape:
        return {"anyOf": [shape, {"type": "null"}]}
    types = shape["type"] if isinstance(shape["type"], list) else [shape["type"]]
    return shape | {"type": [*types, "null"]}


def _described(shape: Schema, about: str) -> Schema:
    return {"description": about} | {key: value for key, value in shape.items() if key != "description"}


def _sentence(model: type[Value]) -> str:
    return " ".join((model.__doc__ or "").split())


def _is_required(model: type[Value], name: str) -> bool:
    info: FieldInfo = model.model_fields[name]
    if name in DEFAULTS and issubclass(model, Record) and RESOURCES[Kind.ARTICLES].record is model:
        return False
    if get_origin(info.annotation) is list:
        return any(mark.min_length for mark in _constraints(list(info.metadata), annotated_types.MinLen))
    return NoneType not in get_args(info.annotation)


def _values_inside(annotation: Any, found: list[type[Value]]) -> list[type[Value]]:
    """The classes of values that a type is made of, added to those that were found before."""
    is_value = isinstance(annotation, type) and issubclass(annotation, Value)
    if is_value and annotation not in (Evidence, Inferred, Reference, *found):
        found += [] if issubclass(annotation, Record) else [annotation]
        for name in writable(annotation):
            _values_inside(annotation.model_fields[name].annotation, found)
    for part in get_args(annotation):
        _values_inside(part, found)
    return found
