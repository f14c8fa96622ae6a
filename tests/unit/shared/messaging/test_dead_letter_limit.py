"""A few bad events are set aside; when nearly all are bad, something else is wrong."""

import pytest

from shared.messaging.dead_letter_limit import DeadLetterLimit, TooManyDeadLetters


def test_so_many_in_a_row_are_too_many() -> None:
    limit = DeadLetterLimit(consecutive=3, share=1.0, window=100)
    limit.buried()
    limit.buried()
    with pytest.raises(TooManyDeadLetters, match="3 events in a row"):
        limit.buried()


def test_an_applied_event_interrupts_the_row() -> None:
    limit = DeadLetterLimit(consecutive=2, share=1.0, window=100)
    for _ in range(50):
        limit.buried()
        limit.applied(1)
    limit.buried()
    with pytest.raises(TooManyDeadLetters):
        limit.buried()


def test_a_batch_of_duplicates_interrupts_nothing() -> None:
    limit = DeadLetterLimit(consecutive=2, share=1.0, window=100)
    limit.buried()
    limit.applied(0)
    with pytest.raises(TooManyDeadLetters):
        limit.buried()


def test_a_share_above_the_limit_is_too_much_once_the_window_is_full() -> None:
    limit = DeadLetterLimit(consecutive=100, share=0.2, window=10)
    for _ in range(3):
        limit.buried()
    limit.applied(6)
    with pytest.raises(TooManyDeadLetters, match="4 of the last 10"):
        limit.buried()


def test_old_dead_letters_leave_the_window() -> None:
    limit = DeadLetterLimit(consecutive=100, share=0.2, window=10)
    for _ in range(20):
        limit.buried()
        limit.applied(9)
    limit.applied(1_000_000)
    limit.buried()
    limit.buried()
    with pytest.raises(TooManyDeadLetters, match="3 of the last 10"):
        limit.buried()


def test_without_a_limit_none_are_too_many() -> None:
    bury_many(DeadLetterLimit.none())
    with pytest.raises(TooManyDeadLetters):
        bury_many(DeadLetterLimit())


def bury_many(limit: DeadLetterLimit) -> None:
    for _ in range(2_500):
        limit.buried()
