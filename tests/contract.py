"""The OpenAPI document as tests use it: what is declared, and whether an answer is."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import httpx
from jsonschema_rs import Draft202012, Draft202012Validator, Registry

VARIABLE = re.compile(r"\\{.*?\\}")
"""A variable in a declared path, escaped."""
OPERATORS = ("ne", "gt", "gte", "lt", "lte", "isnull")


@dataclass(frozen=True)
class Parameter:
    """A declared query parameter."""

    name: str
    schema: dict[str, Any]
    description: str
    example: Any

    @property
    def base(self) -> str:
        return self.name.partition("__")[0]

    @property
    def operator(self) -> str:
        return self.name.partition("__")[2] or "eq"

    @property
    def is_list(self) -> bool:
        return self.schema.get("type") == "array"


class Contract:
    """An OpenAPI document."""

    def __init__(self, document: dict[str, Any]) -> None:
        self.document = document
        self._registry = Registry([("urn:api", document)], draft=Draft202012)
        self._validator = cache(self._make_validator)
        self._patterns = {str(path): re.compile(VARIABLE.sub("[^/]+", re.escape(path))) for path in document["paths"]}

    @property
    def lists(self) -> list[str]:
        """The paths of lists."""
        return [path for path in self.document["paths"] if any(p.name == "cursor" for p in self.parameters(path))]

    def order(self, path: str) -> list[str]:
        """What a list is ordered by where nothing else is asked for."""
        return list(self.document["paths"][path]["get"]["x-order"])

    def parameters(self, path: str) -> Iterator[Parameter]:
        """The query parameters of a path."""
        for item in self.document["paths"][path]["get"].get("parameters", []):
            if item["in"] == "query":
                items = item["schema"].get("items", item["schema"])
                examples = items.get("examples", [None])
                yield Parameter(item["name"], self.resolved(item["schema"]), item["description"], examples[0])

    def resolved(self, schema: dict[str, Any]) -> dict[str, Any]:
        """A schema, with what it refers to (itself, or its items) put in its place."""
        if "$ref" in schema:
            return dict(self.document["components"]["schemas"][schema["$ref"].rpartition("/")[2]])
        if "items" in schema:
            return schema | {"items": self.resolved(schema["items"])}
        return schema

    def enumeration(self, path: str, name: str) -> list[str]:
        """The values of a list parameter of names; none where the path does not have it."""
        found = [p for p in self.parameters(path) if p.name == name]
        return list(found[0].schema["items"]["enum"]) if found else []

    def check(self, response: httpx.Response) -> None:
        """The answer is one that the document declares for its path: status, headers, media type and body."""
        template = self.template(response.request.url.path)
        if template is None:
            assert response.status_code in (307, 404) or response.headers["content-type"].startswith(("text/", "appl"))
            return
        operation = self.document["paths"][template]["get"]
        assert str(response.status_code) in operation["responses"], (response.status_code, response.text[:300])
        declared = operation["responses"][str(response.status_code)]
        where = f"#/paths/{template.replace('/', '~1')}/get/responses/{response.status_code}".replace("{", "%7B")
        where = where.replace("}", "%7D")
        if "$ref" in declared:
            where = declared["$ref"]
            declared = self.document["components"]["responses"][where.rpartition("/")[2]]
        for name in declared["headers"]:
            required = self.document["components"]["headers"][name]["required"]
            assert name in response.headers or not required, f"{name} is missing"
        if "content" not in declared:
            assert not response.content
            return
        media_type = response.headers["content-type"].partition(";")[0]
        assert media_type in declared["content"]
        if media_type.endswith(("/json", "+json")):
            self._validator(f"{where}/content/{media_type.replace('/', '~1')}/schema").validate(response.json())

    def template(self, path: str) -> str | None:
        """The declared path that a path is one of: of several, the one that says the most of it."""
        fitting = [template for template, pattern in self._patterns.items() if pattern.fullmatch(path)]
        return max(fitting, key=lambda template: len(re.sub(r"{.*?}", "", template)), default=None)

    def _make_validator(self, pointer: str) -> Draft202012Validator:
        return Draft202012Validator({"$ref": f"urn:api{pointer}"}, registry=self._registry, validate_formats=True)
