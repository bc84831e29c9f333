"""Models whose fields are described by the sentences below them."""

import ast
import inspect
import sys
from functools import cache
from itertools import pairwise
from typing import Any

from pydantic import BaseModel


class Documented(BaseModel):
    """A model that takes the text below a field for the field's description.

    Pydantic can do so too (`use_attribute_docstrings`), but looks for each class anew, through all frames of the stack.
    Here each file is read once: see docs/decisions/0019.
    """

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        super().__pydantic_init_subclass__(**kwargs)
        for name, sentences in _documented(cls.__module__).get(cls.__qualname__, {}).items():
            if name in cls.__pydantic_fields__:
                cls.__pydantic_fields__[name].description = sentences


@cache
def _documented(module: str) -> dict[str, dict[str, str]]:
    """For each class of a module the sentences below its fields; nothing where the source is not at hand."""
    try:
        body = ast.parse(inspect.getsource(sys.modules[module])).body
    except (OSError, TypeError):
        return {}
    return {it.name: _sentences(it.body) for it in body if isinstance(it, ast.ClassDef)}


def _sentences(body: list[ast.stmt]) -> dict[str, str]:
    found = {}
    for pair in pairwise(body):
        match pair:
            case ast.AnnAssign(target=ast.Name(name)), ast.Expr(ast.Constant(str(sentences))):
                found[name] = inspect.cleandoc(sentences)
    return found
