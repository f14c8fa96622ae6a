"""What a business adds of its own: tags and custom attributes, both within bounds."""

import json
import math
from collections.abc import Iterable, Mapping
from typing import Any

from shared.errors import InvalidInput

MAX_TAGS = 50
MAX_ATTRIBUTES = 50
MAX_ATTRIBUTES_BYTES = 8_192
MAX_DEPTH = 4
MAX_KEY_LENGTH = 64
_FIELD = "custom_attributes"


def normalise_tags(tags: Iterable[str]) -> tuple[str, ...]:
    """A set in a fixed order, so that the same tags given otherwise are no change."""
    return tuple(sorted(set(tags)))


def check_attributes(attributes: Mapping[str, Any]) -> None:
    """Raises InvalidInput when `attributes` are too many, too deep, too large or not storable as JSON."""
    if len(attributes) > MAX_ATTRIBUTES:
        raise _refusal(f"at most {MAX_ATTRIBUTES} attributes", _FIELD)
    _check(attributes, _FIELD, MAX_DEPTH)
    try:
        size = len(json.dumps(attributes, ensure_ascii=False, allow_nan=False).encode())
    except UnicodeEncodeError as error:
        raise _refusal("text must be valid Unicode", _FIELD) from error
    if size > MAX_ATTRIBUTES_BYTES:
        raise _refusal(f"at most {MAX_ATTRIBUTES_BYTES} bytes of JSON", _FIELD)


def _check(value: Any, field: str, depth: int) -> None:
    if isinstance(value, Mapping):
        for key, child in value.items():
            if not 0 < len(key) <= MAX_KEY_LENGTH or "\x00" in key:
                raise _refusal(f"a key has 1 to {MAX_KEY_LENGTH} characters, none of them NUL", field)
            _check_child(child, f"{field}.{key}", depth)
    elif isinstance(value, list):
        for index, child in enumerate(value):
            _check_child(child, f"{field}[{index}]", depth)
    elif isinstance(value, str) and "\x00" in value:
        raise _refusal("text must not contain NUL", field)
    elif isinstance(value, float) and not math.isfinite(value):
        raise _refusal("a number must be finite", field)


def _check_child(child: Any, field: str, depth: int) -> None:
    if isinstance(child, Mapping | list) and depth <= 1:
        raise _refusal(f"at most {MAX_DEPTH} levels of objects and lists", field)
    _check(child, field, depth - 1)


def _refusal(reason: str, field: str) -> InvalidInput:
    return InvalidInput(f"custom attributes: {reason}", code="custom_attributes_invalid", field=field)
