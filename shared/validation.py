"""What pydantic found wrong, in the caller's terms: a path into their input, a sentence, and the way out."""

import difflib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from types import UnionType
from typing import Annotated, Any, NamedTuple, Union, get_args, get_origin, get_type_hints

from pydantic import BaseModel

# Codes are ours where the name is part of the API's promise; the rest keep pydantic's, which are stable too.
_CODES = {
    "missing": "required",
    "extra_forbidden": "unknown_field",
    "unexpected_keyword_argument": "unknown_field",
    "union_tag_not_found": "required",
    "value_error": "invalid",
    "assertion_error": "invalid",
}
_MAX_SHOWN = 60


class Fault(NamedTuple):
    """One thing wrong with an input; `field` is empty when it is the whole of it."""

    field: str
    detail: str
    code: str


def explain(errors: Sequence[Mapping[str, Any]], data: Any, expected: Any = None) -> list[Fault]:
    """Errors as pydantic lists them (`loc` relative to `data`), for whoever sent the input.

    `expected` is the type that `data` was to be: from it the nearest known name of an unknown field is found. What was
    given is shown where the errors include their input.
    """
    return [_fault(error, data, expected) for error in errors]


def _fault(error: Mapping[str, Any], data: Any, expected: Any) -> Fault:
    kind = str(error["type"])
    steps = [*_steps_in(error["loc"], data, absent_last=kind == "missing"), *_discriminator(error)]
    return Fault(
        field=_join(steps),
        detail=_detail(kind, error, known_names(expected, error["loc"][:-1])),
        code=_CODES.get(kind, kind),
    )


def _detail(kind: str, error: Mapping[str, Any], known: list[str]) -> str:
    if kind in ("missing", "union_tag_not_found"):
        return "is required"
    if kind == "union_tag_invalid":
        return f"must be one of {error['ctx']['expected_tags']}; given was {error['ctx']['tag']!r:.{_MAX_SHOWN}}"
    if kind in ("extra_forbidden", "unexpected_keyword_argument"):
        nearest = difflib.get_close_matches(str(error["loc"][-1]), known, n=1, cutoff=0.5)
        if nearest:
            return f"is not a known field; did you mean {nearest[0]!r}?"
        return "is not a known field" + (f"; known are {', '.join(known)}" if known else "")
    message = str(error["msg"]).removeprefix("Value error, ").removeprefix("Assertion failed, ")
    message = message[:1].lower() + message[1:]
    given = error.get("input")
    if kind in ("value_error", "assertion_error") or given is None or isinstance(given, dict | list):
        return message
    shown = repr(given)
    return f"{message}; given was {shown if len(shown) <= _MAX_SHOWN else shown[:_MAX_SHOWN] + '…'}"


def _discriminator(error: Mapping[str, Any]) -> Iterator[str]:
    """The field that tells which of several models is meant, when it is that field that is wrong."""
    if str(error["type"]).startswith("union_tag_"):
        yield str(error["ctx"]["discriminator"]).strip("'")


def _steps_in(location: Sequence[str | int], data: Any, *, absent_last: bool) -> Iterator[str | int]:
    """The steps that exist in the input: others name the branch of a union that was tried, or what is missing."""
    for position, step in enumerate(location):
        if isinstance(data, dict):
            if step in data:
                data = data[step]
                yield step
            elif absent_last and position == len(location) - 1:
                yield step
        elif isinstance(data, list | tuple) and isinstance(step, int) and step < len(data):
            data = data[step]
            yield step


def _join(steps: Sequence[str | int]) -> str:
    path = ""
    for step in steps:
        path += f"[{step}]" if isinstance(step, int) else f".{step}" if path else step
    return path


def known_names(expected: Any, location: Sequence[str | int]) -> list[str]:
    """The field names possible at `location` of a value of type `expected`."""
    candidates = list(_members(expected))
    for step in location:
        if isinstance(step, int):
            candidates = [member for kind in candidates for item in _items(kind) for member in _members(item)]
            continue
        inner = [member for kind in candidates for field in _field(kind, step) for member in _members(field)]
        # A step no candidate has as a field names the branch of a union: the candidates stay.
        candidates = inner or candidates
    return sorted({name for kind in candidates for name in _fields(kind)})


def _members(expected: Any) -> Iterator[Any]:
    origin = get_origin(expected)
    if origin is Annotated:
        yield from _members(get_args(expected)[0])
    elif origin in (Union, UnionType):
        for member in get_args(expected):
            yield from _members(member)
    elif expected is not None:
        yield expected


def _items(kind: Any) -> tuple[Any, ...]:
    return tuple(item for item in get_args(kind) if item is not Ellipsis)


def _field(kind: Any, name: str) -> Iterator[Any]:
    found = _fields(kind).get(name)
    if found is not None:
        yield found


def _fields(kind: Any) -> Mapping[str, Any]:
    """The types of the fields of a model or dataclass by the names they are written under; of anything else none."""
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return {info.alias or name: info.annotation for name, info in kind.model_fields.items()}
    if isinstance(kind, type) and is_dataclass(kind):
        hints = get_type_hints(kind)
        return {field.name: hints[field.name] for field in fields(kind)}
    return {}
