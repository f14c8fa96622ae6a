"""Cursor pagination: a page goes on after the last row seen, however many rows come and go meanwhile."""

import base64
import binascii
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any, Generic, TypeVar, overload
from uuid import UUID

from fastapi import Depends, Query
from pydantic import Field

from shared.errors import Malformed
from shared.web.schemas import ResponseModel

DEFAULT_LIMIT = 50
MAX_LIMIT = 200
_MAX_CURSOR_LENGTH = 1000

T = TypeVar("T")
A = TypeVar("A")
B = TypeVar("B")
C = TypeVar("C")


class Page(ResponseModel, Generic[T]):
    """A page of a list; `next_cursor` is absent on the last one."""

    items: list[T]
    next_cursor: str | None = Field(default=None, description="give it as `cursor` to read on; null when this is all")


@dataclass(frozen=True, slots=True)
class PageParams:
    """`limit` and `cursor` of a list request."""

    limit: int = DEFAULT_LIMIT
    cursor: str | None = None


async def _page_params(
    limit: Annotated[int, Query(ge=1, le=MAX_LIMIT, description="rows per page")] = DEFAULT_LIMIT,
    cursor: Annotated[
        str | None, Query(max_length=_MAX_CURSOR_LENGTH, description="`next_cursor` of the page before")
    ] = None,
) -> PageParams:
    return PageParams(limit, cursor)


PageDep = Annotated[PageParams, Depends(_page_params)]


def encode_cursor(*values: object) -> str:
    """An opaque text for the sort key of the last row of a page."""
    return base64.urlsafe_b64encode(json.dumps([_plain(value) for value in values]).encode()).decode().rstrip("=")


@overload
def decode_cursor(text: str, first: type[A], /) -> tuple[A]: ...
@overload
def decode_cursor(text: str, first: type[A], second: type[B], /) -> tuple[A, B]: ...
@overload
def decode_cursor(text: str, first: type[A], second: type[B], third: type[C], /) -> tuple[A, B, C]: ...
def decode_cursor(text: str, /, *types: type[Any]) -> tuple[Any, ...]:
    """The values of a cursor, which must be of `types`. Raises Malformed (`cursor_invalid`) for anything else."""
    try:
        values = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        if not isinstance(values, list) or len(values) != len(types):
            raise ValueError("another number of values")
        return tuple(_parse(value, kind) for value, kind in zip(values, types, strict=True))
    except (ValueError, TypeError, KeyError, OverflowError, InvalidOperation, binascii.Error, RecursionError) as error:
        raise Malformed(
            "is not a cursor of this list; leave it out to start at the beginning",
            code="cursor_invalid",
            field="cursor",
        ) from error


def _plain(value: object) -> str | int:
    if isinstance(value, str | int):
        return value
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, UUID | Decimal):
        return str(value)
    raise TypeError(f"a cursor cannot carry {type(value).__name__}")


_PARSERS: dict[type[Any], Callable[[str], Any]] = {
    str: str,
    UUID: UUID,
    Decimal: Decimal,
    datetime: datetime.fromisoformat,
}


def _parse(value: Any, kind: type[Any]) -> Any:
    if kind is int:
        if type(value) is not int or abs(value) >= 2**63:
            raise ValueError("no integer of the database")
        return value
    if not isinstance(value, str) or "\x00" in value:
        raise ValueError("no text")
    parsed = _PARSERS[kind](value)
    if isinstance(parsed, datetime):
        if parsed.tzinfo is None:
            raise ValueError("an instant without time zone")
        return parsed.astimezone(UTC)  # OverflowError where the database could not follow
    if isinstance(parsed, Decimal) and not parsed.is_finite():
        raise ValueError("no finite number")
    return parsed
