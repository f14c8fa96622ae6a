"""Equal steps of the local calendar."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from services.scoring.history.steps import Step, instants

SHANGHAI, BERLIN = ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/Berlin")
START = datetime(2026, 1, 31, 4, tzinfo=UTC)


def test_months_end_with_their_last_day() -> None:
    found = list(instants(START, datetime(2026, 5, 1, tzinfo=UTC), "month", SHANGHAI))
    assert [(one.month, one.day, one.hour) for one in found] == [(1, 31, 4), (2, 28, 4), (3, 31, 4), (4, 30, 4)]


def test_days_keep_their_local_hour_over_the_change_of_clocks() -> None:
    start = datetime(2026, 3, 28, 11, tzinfo=UTC)
    found = list(instants(start, datetime(2026, 3, 30, 23, tzinfo=UTC), "day", BERLIN))
    assert [one.astimezone(BERLIN).hour for one in found] == [12, 12, 12]
    assert [one.hour for one in found] == [11, 10, 10]


@pytest.mark.parametrize("step", ["day", "week", "month"])
def test_skipping_goes_on_where_the_page_before_ended(step: Step) -> None:
    end = datetime(2027, 1, 31, 4, tzinfo=UTC)
    everything = list(instants(START, end, step, SHANGHAI))
    assert list(instants(START, end, step, SHANGHAI, skip=5)) == everything[5:]
    assert list(instants(START, end, step, SHANGHAI, skip=2**62)) == []


def test_the_end_belongs_to_the_series_and_nothing_after_it() -> None:
    assert list(instants(START, START, "day", SHANGHAI)) == [START]
    assert list(instants(START, datetime(2026, 1, 1, tzinfo=UTC), "day", SHANGHAI)) == []
