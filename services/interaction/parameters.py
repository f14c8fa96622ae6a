"""What routes of several capabilities take and give."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Annotated, TypeVar
from uuid import UUID

from fastapi import Query

from services.interaction.window import Place
from shared.web.auth import Principal, require
from shared.web.instants import WrittenInstant
from shared.web.pagination import Page, PageParams, decode_cursor, encode_cursor

T = TypeVar("T")

Reader = Annotated[Principal, require("interaction:read")]
Writer = Annotated[Principal, require("interaction:write")]

Since = Annotated[WrittenInstant | None, Query(description="only what occurred at this instant or later")]
Until = Annotated[WrittenInstant | None, Query(description="only what occurred before this instant")]


def place_in(page: PageParams) -> Place | None:
    """Where the page before ended. Raises Malformed for a cursor of another list."""
    return decode_cursor(page.cursor, datetime, UUID) if page.cursor is not None else None


def page_of(rows: Sequence[T], page: PageParams, place_of: Callable[[T], Place]) -> Page[T]:
    """A page of `rows`, which were read one beyond the limit to see whether there are more."""
    shown = list(rows[: page.limit])
    return Page(items=shown, next_cursor=encode_cursor(*place_of(shown[-1])) if len(rows) > page.limit else None)
