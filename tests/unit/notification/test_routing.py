"""Which provider a message goes by, and how much one may be sent."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.notification.channels.buckets import Rate, draw
from services.notification.channels.routing import Tried, choose_provider, is_orphaned

WALL = datetime(2026, 3, 2, 12, tzinfo=UTC)
ORDER = ("first", "second")
UNREACHED = Tried("first", "unreachable", pinned=False)
PINNED = Tried("first", "uncertain", pinned=True)


@pytest.mark.parametrize(
    ("capacity", "tried", "chosen"),
    [
        ({"first": 1, "second": 1}, None, "first"),
        ({"second": 1}, None, "second"),
        ({}, None, None),
        ({"first": 0, "second": 1}, None, "first"),
        ({"first": 1, "second": 1}, UNREACHED, "second"),
        ({"first": 1}, UNREACHED, "first"),
        ({"first": 1, "second": 1}, Tried("first", "deferred", pinned=False), "first"),
        ({"first": 1, "second": 1}, Tried("first", "uncertain", pinned=False), "first"),
        ({"first": 1, "second": 1}, PINNED, "first"),
        ({"second": 1}, PINNED, None),
    ],
)
def test_the_provider_follows_from_order_health_and_what_was_tried(
    capacity: dict[str, int], tried: Tried | None, chosen: str | None
) -> None:
    assert choose_provider(ORDER, capacity, tried) == chosen


def test_only_what_nobody_can_recognise_any_more_is_orphaned() -> None:
    assert is_orphaned(("second",), PINNED)
    assert not is_orphaned(ORDER, PINNED)
    assert not is_orphaned(("second",), UNREACHED)
    assert not is_orphaned(ORDER, None)


def test_a_full_bucket_gives_its_burst_and_then_the_rate() -> None:
    rate = Rate(per_second=2.0, burst=5)
    granted, bucket = draw(None, rate, wanted=10, wall=WALL)
    assert granted == 5
    granted, bucket = draw(bucket, rate, wanted=10, wall=WALL + timedelta(seconds=1.5))
    assert granted == 3
    granted, bucket = draw(bucket, rate, wanted=10, wall=WALL + timedelta(hours=1))
    assert granted == 5
    assert draw(bucket, rate, wanted=10, wall=WALL)[0] == 0


@settings(deadline=None)
@given(
    st.floats(0.1, 1000),
    st.integers(1, 100),
    st.lists(st.tuples(st.floats(-5, 5), st.integers(0, 50)), min_size=1, max_size=30),
)
def test_no_more_is_granted_than_burst_and_rate_allow(
    per_second: float, burst: int, asks: list[tuple[float, int]]
) -> None:
    rate, wall, latest, total = Rate(per_second, burst), WALL, WALL, 0
    _, bucket = draw(None, rate, wanted=0, wall=WALL)
    for seconds, wanted in asks:
        wall += timedelta(seconds=seconds)
        latest = max(latest, wall)
        granted, bucket = draw(bucket, rate, wanted=wanted, wall=wall)
        assert 0 <= granted <= wanted
        total += granted
    assert total <= burst + (latest - WALL).total_seconds() * per_second + 1e-6
