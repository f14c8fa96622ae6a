"""What routes of several capabilities take and give."""

import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Annotated, Any, TypeVar
from uuid import UUID

from fastapi import Query
from pydantic import AfterValidator, AwareDatetime, BeforeValidator

from services.interaction.window import Place
from shared.web.auth import Principal, require
from shared.web.pagination import Page, PageParams, decode_cursor, encode_cursor

T = TypeVar("T")

Reader = Annotated[Principal, require("interaction:read")]
Writer = Annotated[Principal, require("interaction:write")]

_INSTANT = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)")


def _written_out(value: Any) -> Any:
    """Numbers are refused, since their unit would be a guess, and so is a time without its offset from UTC."""
    if isinstance(value, datetime) or (isinstance(value, str) and _INSTANT.fullmatch(value)):
        return value
    raise ValueError("must be an instant with its offset from UTC, such as 2026-01-31T09:30:00+08:00")


def _in_utc(value: datetime) -> datetime:
    try:
        return value.astimezone(UTC)
    except OverflowError:
        raise ValueError("must lie within the years 1 to 9999 in UTC too") from None


WrittenInstant = Annotated[AwareDatetime, BeforeValidator(_written_out), AfterValidator(_in_utc)]
"""An instant as people and systems write it (RFC 3339), taken to UTC."""

Since = Annotated[WrittenInstant | None, Query(description="only what occurred at this instant or later")]
Until = Annotated[WrittenInstant | None, Query(description="only what occurred before this instant")]


def place_in(page: PageParams) -> Place | None:
    """Where the page before ended. Raises Malformed for a cursor of another list."""
    return decode_cursor(page.cursor, datetime, UUID) if page.cursor is not None else None


def page_of(rows: Sequence[T], page: PageParams, place_of: Callable[[T], Place]) -> Page[T]:
    """A page of `rows`, which were read one beyond the limit to see whether there are more."""
    shown = list(rows[: page.limit])
    return Page(items=shown, next_cursor=encode_cursor(*place_of(shown[-1])) if len(rows) > page.limit else None)
