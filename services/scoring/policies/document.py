"""The policy as people write it: a JSON document, checked field by field, and the one that is shipped."""

import json
from importlib import resources
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from services.scoring.policies.policy import Policy
from shared.errors import InvalidInput

_ADAPTER: TypeAdapter[Policy] = TypeAdapter(Policy)


def parse_policy(text: str) -> Policy:
    """Raises InvalidInput (`policy_invalid`) naming the field that is wrong."""
    try:
        return _ADAPTER.validate_json(text)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"]) or None
        raise InvalidInput(
            f"the policy document is invalid: {first['msg']}", code="policy_invalid", field=field
        ) from error


def read_policy(path: Path | None = None) -> Policy:
    """The policy in the file at `path`, or the shipped default."""
    if path is None:
        return parse_policy(resources.files(__package__).joinpath("default.json").read_text("utf-8"))
    try:
        return parse_policy(path.read_text("utf-8"))
    except OSError as error:
        raise InvalidInput(f"the policy file {path} cannot be read: {error}", code="policy_unreadable") from error


def write_policy(policy: Policy) -> dict[str, Any]:
    """The document that `parse_policy` reads back as the same policy."""
    document: dict[str, Any] = json.loads(_ADAPTER.dump_json(policy))
    return document
