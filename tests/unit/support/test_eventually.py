import asyncio

import pytest

from tests.support.eventually import eventually


async def test_the_first_true_value_is_returned() -> None:
    values = iter(["", "", "here"])

    async def look() -> str:
        return next(values)

    assert await eventually(look) == "here"


async def test_a_failed_assertion_means_not_yet() -> None:
    counts = iter([1, 2, 3])

    async def three() -> bool:
        assert next(counts) == 3
        return True

    assert await eventually(three)


async def test_the_failure_tells_what_was_seen_last() -> None:
    async def never() -> list[int]:
        return []

    with pytest.raises(AssertionError, match=r"never did not hold in 0.1 s; last: it gave \[\]"):
        await eventually(never, seconds=0.1)


async def test_a_condition_that_hangs_fails_too() -> None:
    async def hang() -> bool:
        await asyncio.Event().wait()
        return True

    with pytest.raises(AssertionError, match="it never returned"):
        await eventually(hang, seconds=0.1)
