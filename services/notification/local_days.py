"""From a local date to instants: when it is time there, and until when the day lasts."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


def zone_of(name: str, *, default: str) -> ZoneInfo:
    """The zone called `name`; `default` where the time zone database does not know it."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo(default)


def local_date(instant: datetime, zone: ZoneInfo) -> date:
    return instant.astimezone(zone).date()


def due_instant(day: date, at: time, zone: ZoneInfo) -> datetime:
    """The instant of `at` on `day` in `zone`.

    A time that a clock change skips is taken as if the clock had not been changed (02:30 becomes 03:30, and 09:00 of a
    day left out altogether becomes 09:00 of the next one); a time that comes twice means the first.
    """
    return datetime.combine(day, at, tzinfo=zone).astimezone(UTC)


def end_of_local_day(instant: datetime, zone: ZoneInfo) -> datetime:
    """The first instant of the next local day: from here on it is too late for what belonged to this one.

    Counted from the instant and not from a planned date, so that a day left out by a zone's move leaves a whole day.
    """
    return due_instant(local_date(instant, zone) + timedelta(days=1), time(0), zone)
