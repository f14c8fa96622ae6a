"""Isolating finds every culprit in few attempts and keeps the order; retrying is patient with what is away only."""

import asyncio
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.errors import Poison, Unavailable
from shared.messaging.attempts import Attempts, GivenUp, Interrupted, isolate, pause_unless
from shared.messaging.retry import RetryPolicy

AWAY = Unavailable("away", code="test_away")
QUICK = RetryPolicy(first_delay_seconds=0.001, longest_delay_seconds=0.001, timeouts=2)


@given(st.sets(st.integers(0, 199)), st.integers(1, 200))
def test_culprits_are_rejected_the_rest_is_done_and_all_in_order(culprits: set[int], count: int) -> None:
    outcome: list[int] = []
    attempts = 0

    async def attempt(items: Sequence[int]) -> None:
        nonlocal attempts
        attempts += 1
        if culprits.intersection(items):
            raise GivenUp(ValueError(str(items)))
        outcome.extend(items)

    async def reject(item: int, error: Exception) -> None:
        assert str(error) == str([item])
        assert item in culprits
        outcome.append(item)

    asyncio.run(isolate(list(range(count)), attempt, reject))
    assert outcome == list(range(count))
    present = len(culprits.intersection(range(count)))
    assert attempts <= 1 + 2 * present * (count - 1).bit_length()


async def test_other_failures_pass_through() -> None:
    async def attempt(items: Sequence[int]) -> None:
        raise Interrupted

    async def reject(item: int, error: Exception) -> None:
        raise AssertionError("nothing is rejected for it")

    with pytest.raises(Interrupted):
        await isolate([1, 2, 3], attempt, reject)


class Failing:
    def __init__(self, *errors: Exception) -> None:
        self.left = list(errors)
        self.calls = 0

    async def __call__(self) -> str:
        self.calls += 1
        if self.left:
            raise self.left.pop(0)
        return "done"


async def test_what_is_away_is_tried_until_it_is_back() -> None:
    work, retries = Failing(*[AWAY] * 20), []
    attempts = Attempts(QUICK, on_retry=lambda: retries.append(1))
    assert await attempts.of(work, pause=pause_unless(asyncio.Event())) == "done"
    assert len(retries) == 20
    assert await attempts.patiently(Failing(*[AWAY] * 20), pause=pause_unless(asyncio.Event())) == "done"


async def test_poison_is_given_up_with_its_reason() -> None:
    poison = Poison("never", code="rule_broken")
    work = Failing(AWAY, poison, AWAY)
    with pytest.raises(GivenUp) as caught:
        await Attempts(QUICK).of(work, pause=pause_unless(asyncio.Event()))
    assert caught.value.error is poison
    assert work.calls == 2


async def test_patience_is_for_what_is_away_only() -> None:
    with pytest.raises(Poison):
        await Attempts(QUICK).patiently(Failing(Poison("never", code="x")), pause=pause_unless(asyncio.Event()))


@pytest.mark.parametrize(("divisible", "expected"), [(True, 1), (False, 2)])
async def test_work_that_hangs_is_broken_off(divisible: bool, expected: int) -> None:
    calls = 0

    async def work() -> None:
        nonlocal calls
        calls += 1
        await asyncio.Event().wait()

    with pytest.raises(GivenUp) as caught:
        await Attempts(QUICK, timeout_seconds=0.01).of(work, pause=pause_unless(asyncio.Event()), divisible=divisible)
    assert isinstance(caught.value.error, TimeoutError)
    assert calls == expected


async def test_an_event_interrupts_the_pause() -> None:
    stop = asyncio.Event()
    attempts = Attempts(RetryPolicy(first_delay_seconds=60, longest_delay_seconds=60))
    task = asyncio.create_task(attempts.patiently(Failing(AWAY), pause=pause_unless(stop)))
    await asyncio.sleep(0)
    stop.set()
    with pytest.raises(Interrupted):
        await asyncio.wait_for(task, 1)
