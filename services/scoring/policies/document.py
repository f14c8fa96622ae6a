"""The policy as people write it: a JSON document, checked field by field, whose schema tells units and bounds."""

import json
from collections.abc import Mapping
from typing import Any

from pydantic import TypeAdapter, ValidationError

from services.scoring.policies.patching import Document
from services.scoring.policies.policy import Policy, PolicyDocument
from shared.errors import InvalidInput

_POLICY: TypeAdapter[Policy] = TypeAdapter(Policy)
_DOCUMENT: TypeAdapter[PolicyDocument] = TypeAdapter(PolicyDocument)
_SCHEMA = _DOCUMENT.json_schema()


def parse_policy(text: str) -> Policy:
    """Raises InvalidInput (`policy_invalid`) naming the field that is wrong."""
    try:
        return _POLICY.validate_json(text)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"]) or None
        raise InvalidInput(
            f"the policy document is invalid: {first['msg']}", code="policy_invalid", field=field
        ) from error


def check_document(document: Document) -> PolicyDocument:
    """A document without its version. Raises pydantic's ValidationError, or InvalidInput where fields disagree."""
    return _DOCUMENT.validate_json(json.dumps(document))


def write_policy(policy: Policy) -> Document:
    """The document that `parse_policy` reads back as the same policy."""
    document: Document = json.loads(_POLICY.dump_json(policy))
    return document


def write_document(document: PolicyDocument) -> Document:
    """The same without the version, which a document of several versions may share."""
    written: Document = json.loads(_DOCUMENT.dump_json(document))
    written.pop("version", None)
    return written


def complete(document: Document, shipped: Document) -> Document:
    """A document of an earlier release, with the shipped values of the fields that did not exist then."""
    return _complete(document, shipped, _SCHEMA)


def schema_of_policy() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of a document, without its version; numbers tell their unit as `x-unit`."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **_SCHEMA}


def _complete(document: Document, shipped: Document, node: Mapping[str, Any]) -> Document:
    completed = dict(document)
    for name, member in node.get("properties", {}).items():
        known, offered = completed.get(name), shipped.get(name)
        if name not in completed and name in shipped:
            completed[name] = offered
        elif isinstance(known, dict) and isinstance(offered, dict):
            inner = _SCHEMA["$defs"][member["$ref"].rpartition("/")[2]] if "$ref" in member else member
            completed[name] = _complete(known, offered, inner)
    return completed
