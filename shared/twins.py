"""Twins: structs with the fields of a contract's model, several times cheaper to make, to read and to write.

A twin is derived from its model, so that there is one truth. It is as strict or stricter: where a twin refuses, the
model has the last word, and its explanation. Tests hold both equal on whatever both accept.
"""

import re
from datetime import date, datetime
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Final, Literal, TypeVar, Union, cast, get_args, get_origin, get_type_hints
from uuid import UUID

import msgspec
from pydantic import AwareDatetime, BaseModel
from pydantic.fields import FieldInfo

from shared.contracts.common import NO_NUL, SINGLE_LINE

M = TypeVar("M", bound=BaseModel)

_PLAIN: Final = (str, int, float, bool, UUID, date, NoneType)
_CONSTRAINTS: Final = ("min_length", "max_length", "ge", "gt", "le", "lt")
_CHEAPER_BEFORE: Final = frozenset({SINGLE_LINE, NO_NUL})
"""Patterns that a twin leaves out, since `readable_by_twins` rules out what they forbid."""

_FINER = re.compile(rb"\.[0-9]{7}")


def readable_by_twins(document: bytes) -> bool:
    """Whether JSON holds neither a control character, however written, nor an instant finer than microseconds, which
    twins round and models cut off.

    A raw control character below U+0020 is no JSON, U+0080 to U+009F begin with the byte C2, any other is an escape.
    Some documents are suspected wrongly: then the model reads them.
    """
    suspicious = b"\\" in document or b"\x7f" in document or b"\xc2" in document
    return not suspicious and _FINER.search(document) is None


def twin_of(model: type[M]) -> type[M]:
    """The twin, as a type that reads like the model: the same names and values, but none of pydantic's methods.

    Raises TypeError for a model with rules of its own, which no twin could know.
    """
    return cast(type[M], _derived(model))


@cache
def _derived(model: type[BaseModel]) -> type[msgspec.Struct]:
    decorators = model.__pydantic_decorators__
    if decorators.field_validators or decorators.model_validators or decorators.validators:
        raise TypeError(f"{model.__name__} has validators of its own")
    hints = get_type_hints(model, include_extras=True)
    fields = [_field(name, hints[name], info) for name, info in model.model_fields.items()]
    constants = {name: getattr(model, name) for name in ("event_type", "topic", "tombstone") if hasattr(model, name)}
    return msgspec.defstruct(
        model.__name__,
        fields,
        namespace=constants,
        frozen=True,
        kw_only=True,
        gc=False,
        forbid_unknown_fields=model.model_config.get("extra") == "forbid",
    )


def _field(name: str, hint: Any, info: FieldInfo) -> tuple[str, Any] | tuple[str, Any, Any]:
    if info.is_required():
        return name, _twin_type(hint)
    if info.default_factory is not None or info.alias is not None:
        raise TypeError(f"the field {name} has a default or a name that no twin could know")
    return name, _twin_type(hint), info.default


def _twin_type(hint: Any) -> Any:
    origin, arguments = get_origin(hint), get_args(hint)
    if hint is AwareDatetime:
        return Annotated[datetime, msgspec.Meta(tz=True)]
    if origin is Annotated:
        return _constrained(_twin_type(arguments[0]), arguments[1:])
    if origin in (Union, UnionType):
        return Union[tuple(_twin_type(argument) for argument in arguments)]  # noqa: UP007 - made at run time
    if origin is tuple:
        return tuple[tuple(each if each is Ellipsis else _twin_type(each) for each in arguments)]  # type: ignore[misc]
    if origin is Literal or hint in _PLAIN or (isinstance(hint, type) and issubclass(hint, Enum)):
        return hint
    if isinstance(hint, type) and issubclass(hint, BaseModel):
        return twin_of(hint)
    raise TypeError(f"no twin knows {hint}")


def _constrained(kind: Any, metadata: tuple[Any, ...]) -> Any:
    told: dict[str, Any] = {}
    for each in metadata:
        for constraint in each.metadata if isinstance(each, FieldInfo) else [each]:
            told |= _constraint(constraint)
    return Annotated[kind, msgspec.Meta(**told)] if told else kind


def _constraint(constraint: Any) -> dict[str, Any]:
    pattern = getattr(constraint, "pattern", None)
    if pattern is not None:
        return {} if pattern in _CHEAPER_BEFORE else {"pattern": pattern}
    told = {name: getattr(constraint, name) for name in _CONSTRAINTS if hasattr(constraint, name)}
    if not told:
        raise TypeError(f"no twin knows the constraint {constraint}")
    return told
