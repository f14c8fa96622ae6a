"""Providers left alone: when, for how long, and how they come back."""

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from services.notification.channels.breaker import HEALTHY, BreakerPolicy, Health, health_after
from services.notification.channels.port import SendResult, SendStatus

WALL = datetime(2026, 3, 2, 12, tzinfo=UTC)
POLICY = BreakerPolicy(failures=2, first_pause=timedelta(seconds=1), longest_pause=timedelta(seconds=4))
DOWN = SendResult(SendStatus.UNREACHABLE)
WELL = SendResult(SendStatus.ACCEPTED)


def after(health: Health, *results: SendResult, seconds: float = 0) -> Health:
    return health_after(health, results, POLICY, WALL + timedelta(seconds=seconds))


def test_a_provider_opens_after_failures_in_a_row_and_not_before() -> None:
    assert not after(HEALTHY, DOWN).is_open(WALL)
    assert not after(HEALTHY, DOWN, WELL, DOWN).is_open(WALL)
    opened = after(HEALTHY, DOWN, DOWN)
    assert opened.is_open(WALL + timedelta(seconds=0.9))
    assert opened.is_half_open(WALL + timedelta(seconds=1))


def test_a_failed_probe_opens_for_twice_as_long_up_to_the_longest() -> None:
    health, at = after(HEALTHY, DOWN, DOWN), 0.0
    for pause in (2, 4, 4):
        assert health.open_until is not None
        at = (health.open_until - WALL).total_seconds()
        health = after(health, DOWN, seconds=at)
        assert health.open_until == WALL + timedelta(seconds=at + pause)
    assert after(health, WELL, seconds=at) == HEALTHY


def test_the_rest_of_a_batch_that_failed_together_stretches_nothing() -> None:
    assert after(HEALTHY, *[DOWN] * 10).open_until == after(HEALTHY, DOWN, DOWN).open_until


def test_silence_counts_like_a_refusal_and_an_answer_to_one_message_shows_that_it_works() -> None:
    silence, no = SendResult(SendStatus.UNCERTAIN), SendResult(SendStatus.REJECTED)
    assert after(HEALTHY, silence, silence).is_open(WALL)
    assert after(HEALTHY, silence, no) == HEALTHY


def test_a_provider_that_asks_to_be_left_alone_is_at_once() -> None:
    asked = SendResult(SendStatus.UNREACHABLE, retry_after=timedelta(seconds=60))
    assert after(HEALTHY, asked).open_until == WALL + timedelta(seconds=60)


@settings(deadline=None)
@given(st.lists(st.sampled_from([DOWN, WELL]), max_size=40))
def test_whatever_happens_one_success_heals_and_no_pause_is_longer_than_the_longest(results: list[SendResult]) -> None:
    health = after(HEALTHY, *results)
    assert health.open_until is None or health.open_until <= WALL + POLICY.longest_pause
    assert after(health, WELL) == HEALTHY
