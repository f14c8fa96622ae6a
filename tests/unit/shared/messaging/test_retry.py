"""The decision to try again depends on the kind of failure and the number of attempts, and on nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.errors import Poison, Unavailable
from shared.messaging.retry import RetryPolicy, jittered

POLICY = RetryPolicy(first_delay_seconds=0.1, longest_delay_seconds=10, timeouts=3)
AWAY = Unavailable("away", code="test_away")


def test_delays_double_up_to_the_longest() -> None:
    delays = [POLICY.delay(AWAY, attempt) for attempt in range(1, 11)]
    assert delays == [0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 10, 10, 10]


@given(st.integers(min_value=1, max_value=10**9))
def test_what_is_away_is_never_given_up(attempt: int) -> None:
    delay = POLICY.delay(AWAY, attempt)
    assert delay is not None
    assert 0 < delay <= 10


def test_what_takes_too_long_is_tried_a_few_times() -> None:
    assert [POLICY.delay(TimeoutError(), attempt) for attempt in (1, 2, 3)] == [0.1, 0.2, None]


@pytest.mark.parametrize("error", [Poison("never", code="x"), ValueError("bug"), KeyError("bug")])
def test_what_cannot_succeed_is_given_up_at_once(error: Exception) -> None:
    assert POLICY.delay(error, 1) is None


@given(st.floats(min_value=0, max_value=100), st.floats(min_value=0, max_value=1, exclude_max=True))
def test_jitter_takes_at_most_half(seconds: float, chance: float) -> None:
    assert seconds / 2 <= jittered(seconds, chance) <= seconds
