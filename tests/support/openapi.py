"""The documents of the four APIs, and ways through them."""

from collections.abc import Iterator
from functools import cache
from importlib import import_module
from typing import Any, NamedTuple

import jsonschema

from shared.cli.documents import openapi_document

SERVICES = ("customer", "interaction", "scoring", "notification")
_COMPONENTS = "#/components/"


class Operation(NamedTuple):
    method: str
    path: str
    content: dict[str, Any]

    def __str__(self) -> str:
        return f"{self.method.upper()} {self.path}"


@cache
def document_of(service: str) -> dict[str, Any]:
    return openapi_document(import_module(f"services.{service}.app").DEFINITION)


def operations_of(document: dict[str, Any]) -> Iterator[Operation]:
    for path, methods in document["paths"].items():
        for method, content in methods.items():
            yield Operation(method, path, content)


def resolved(document: dict[str, Any], node: dict[str, Any]) -> dict[str, Any]:
    """The node itself, or the component it refers to."""
    reference = node.get("$ref")
    if reference is None:
        return node
    kind, name = reference.removeprefix(_COMPONENTS).split("/")
    return dict(document["components"][kind][name])


def examples_of(document: dict[str, Any], media: dict[str, Any]) -> list[Any]:
    """Examples of a whole body: beside its schema, or within the model it is of."""
    if "example" in media:
        return [media["example"]]
    if "examples" in media:
        return [example["value"] for example in media["examples"].values()]
    return list(resolved(document, media["schema"]).get("examples", ()))


def violations(document: dict[str, Any], schema: dict[str, Any], instance: Any) -> list[str]:
    """Where `instance` breaks `schema`, whose references lead into the document."""
    whole = {**schema, "components": document["components"]}
    validator = jsonschema.Draft202012Validator(whole, format_checker=jsonschema.FormatChecker())
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(instance)]
