"""Which changes of a customer are written down with their author, and when a report can have been made."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from pydantic import BaseModel

from services.customer.journal.entry import Entry
from services.customer.profiles.profile import Profile
from shared.errors import InvalidInput

_AUDITED = (
    "contact_points",
    "deceased",
    "do_not_disturb",
    "important_dates",
    "key_account",
    "owner",
    "backup_owner",
    "wallet",
)
"""Consents have a history of their own; contacts, needs and abuse flags are written down where they change."""

_EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
_CLOCK_SKEW = timedelta(minutes=5)


def audited_changes(before: Profile, after: Profile, reason: str | None = None) -> tuple[Entry, ...]:
    return tuple(
        Entry(subject=name, before=_plain(was), after=_plain(now), reason=reason)
        for name in _AUDITED
        for was, now in [(getattr(before, name), getattr(after, name))]
        if was != now
    )


def check_report_time(at: datetime | None, *, now: datetime, field: str = "at") -> None:
    """Raises InvalidInput for a report from the future, or from before there were machines to make it."""
    if at is not None and not _EARLIEST <= at <= now + _CLOCK_SKEW:
        raise InvalidInput(
            f"this was found out between {_EARLIEST.date()} and now ({now.isoformat(timespec='seconds')})",
            code="report_time_invalid",
            field=field,
        )


def _plain(value: Any) -> Any:
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json", exclude_none=True)
    if isinstance(value, Iterable) and not isinstance(value, str):
        return [_plain(one) for one in value]
    return value
