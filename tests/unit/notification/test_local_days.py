"""Local mornings as instants, where clocks are changed and where whole days are left out."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from services.notification.local_days import due_instant, end_of_local_day, zone_of

NINE = time(9)


@pytest.mark.parametrize(
    ("zone", "day", "at", "instant"),
    [
        ("Asia/Shanghai", date(2026, 3, 2), NINE, datetime(2026, 3, 2, 1, tzinfo=UTC)),
        # China had summer time until 1991.
        ("Asia/Shanghai", date(1990, 7, 1), NINE, datetime(1990, 7, 1, 0, tzinfo=UTC)),
        ("America/New_York", date(2026, 3, 8), NINE, datetime(2026, 3, 8, 13, tzinfo=UTC)),
        # Skipped by the change to summer time: 02:30 never was, 03:30 is.
        ("America/New_York", date(2026, 3, 8), time(2, 30), datetime(2026, 3, 8, 7, 30, tzinfo=UTC)),
        # Comes twice at the end of summer time: the first one counts.
        ("America/New_York", date(2026, 11, 1), time(1, 30), datetime(2026, 11, 1, 5, 30, tzinfo=UTC)),
        # Samoa moved across the date line and had no 30 December 2011: the greeting goes out on the 31st.
        ("Pacific/Apia", date(2011, 12, 30), NINE, datetime(2011, 12, 30, 19, tzinfo=UTC)),
    ],
)
def test_due_instant_of_a_local_time(zone: str, day: date, at: time, instant: datetime) -> None:
    assert due_instant(day, at, ZoneInfo(zone)) == instant


@pytest.mark.parametrize(
    ("zone", "instant", "end"),
    [
        ("Asia/Shanghai", datetime(2026, 3, 2, 1, tzinfo=UTC), datetime(2026, 3, 2, 16, tzinfo=UTC)),
        # Midnight itself was skipped: the day ends where the next one begins.
        ("America/Sao_Paulo", datetime(2018, 11, 3, 12, tzinfo=UTC), datetime(2018, 11, 4, 3, tzinfo=UTC)),
        ("Pacific/Apia", datetime(2011, 12, 30, 19, tzinfo=UTC), datetime(2011, 12, 31, 10, tzinfo=UTC)),
    ],
)
def test_end_of_the_local_day_of_an_instant(zone: str, instant: datetime, end: datetime) -> None:
    assert end_of_local_day(instant, ZoneInfo(zone)) == end


@pytest.mark.parametrize("name", ["Atlantis/Capital", "", "../etc/passwd", "a" * 300])
def test_unknown_zone_falls_back_to_the_policy_s(name: str) -> None:
    assert zone_of(name, default="Asia/Shanghai") == ZoneInfo("Asia/Shanghai")
