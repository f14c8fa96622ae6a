"""The policy as people write it: a JSON document, checked field by field."""

import json
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


def write_policy(policy: Policy) -> dict[str, Any]:
    """The document that `parse_policy` reads back as the same policy."""
    document: dict[str, Any] = json.loads(_ADAPTER.dump_json(policy))
    return document
