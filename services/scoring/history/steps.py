"""Instants of a series, at equal steps of the local calendar."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Final, Literal
from zoneinfo import ZoneInfo

Step = Literal["day", "week", "month"]
_DAYS: Final[dict[Step, int]] = {"day": 1, "week": 7}


def instants(start: datetime, end: datetime, step: Step, zone: ZoneInfo, *, skip: int = 0) -> Iterator[datetime]:
    """`start` and what follows it at the same local time of day, up to and including `end`, in UTC, without the first
    `skip` of them.

    A month later is the same day of the month, or its last one where that is shorter.
    """
    local, number = start.astimezone(zone), skip
    while (instant := _later(local, number, step)) is not None and instant <= end:
        yield instant
        number += 1


def _later(local: datetime, number: int, step: Step) -> datetime | None:
    """None beyond the end of the calendar."""
    try:
        return _add(local, number, step)
    except (OverflowError, ValueError):
        return None


def _add(local: datetime, number: int, step: Step) -> datetime:
    if step != "month":
        return (local + timedelta(days=number * _DAYS[step])).astimezone(UTC)
    months = local.year * 12 + local.month - 1 + number
    first = local.replace(year=months // 12, month=months % 12 + 1, day=1)
    following = (first + timedelta(days=32)).replace(day=1)
    last = (following - timedelta(days=1)).day
    return first.replace(day=min(local.day, last)).astimezone(UTC)
