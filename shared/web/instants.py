"""Instants in requests: written out with their offset, and such as every later computation can take."""

import re
from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, AwareDatetime, BeforeValidator

_WRITTEN = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)")
_FIRST_YEAR, _LAST_YEAR = 2, 9998


def _written_out(value: Any) -> Any:
    """Numbers are refused, since their unit would be a guess, and so is a time without its offset from UTC."""
    if isinstance(value, datetime) or (isinstance(value, str) and _WRITTEN.fullmatch(value)):
        return value
    if isinstance(value, str) and _WRITTEN.fullmatch(value.replace(" ", "+")):
        raise ValueError("has a space where a + belongs: in an address a + is written %2B, or take an instant in Z")
    raise ValueError("must be an instant with its offset from UTC, such as 2026-01-31T09:30:00+08:00")


def _in_utc(value: datetime) -> datetime:
    """Away from the ends of the calendar, so that taking it to any time zone cannot overflow."""
    if not _FIRST_YEAR <= value.year <= _LAST_YEAR:
        raise ValueError(f"must lie within the years {_FIRST_YEAR} to {_LAST_YEAR}")
    return value.astimezone(UTC)


WrittenInstant = Annotated[AwareDatetime, BeforeValidator(_written_out), AfterValidator(_in_utc)]
"""An instant as people and systems write it (RFC 3339), taken to UTC."""
