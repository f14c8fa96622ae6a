"""What follows from each attempt: every status against every state, and sequences that cannot end badly."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.notification.channels.port import SendResult, SendStatus
from services.notification.messages.lifecycle import (
    DeliveryLimits,
    Progress,
    Step,
    UncertainPolicy,
    after_attempt,
    backoff,
)
from services.notification.values import MessageState

LIMITS = DeliveryLimits(max_deferrals=2, max_resends=1)
IN_HAND = Progress(MessageState.SENDING, attempts=1, deferrals=0, resends=0)


def after(status: SendStatus, progress: Progress = IN_HAND, limits: DeliveryLimits = LIMITS, attempt: int = 1) -> Step:
    step = after_attempt(progress, attempt, SendResult(status, "because"), limits)
    assert step is not None
    return step


def test_accepted_is_sent() -> None:
    assert after(SendStatus.ACCEPTED).state is MessageState.SENT


def test_rejected_has_failed_with_the_reason() -> None:
    step = after(SendStatus.REJECTED)
    assert (step.state, step.reason, step.delay) == (MessageState.FAILED, "because", None)


def test_deferred_is_tried_again_until_the_limit() -> None:
    step = after(SendStatus.DEFERRED)
    assert (step.state, step.deferrals, step.delay) == (MessageState.PLANNED, 1, LIMITS.first_delay)
    last = Progress(MessageState.SENDING, attempts=1, deferrals=2, resends=0)
    assert after(SendStatus.DEFERRED, last).state is MessageState.FAILED


def test_unreachable_uses_up_no_limit() -> None:
    worn = Progress(MessageState.SENDING, attempts=1, deferrals=2, resends=1)
    step = after(SendStatus.UNREACHABLE, worn)
    assert (step.state, step.deferrals, step.resends) == (MessageState.PLANNED, 2, 1)


def test_uncertain_is_resent_until_the_limit_and_then_held() -> None:
    step = after(SendStatus.UNCERTAIN)
    assert (step.state, step.resends) == (MessageState.PLANNED, 1)
    resent = Progress(MessageState.SENDING, attempts=1, deferrals=0, resends=1)
    assert after(SendStatus.UNCERTAIN, resent).state is MessageState.UNCERTAIN


def test_uncertain_is_held_at_once_where_no_copy_may_be_risked() -> None:
    step = after(SendStatus.UNCERTAIN, limits=DeliveryLimits(uncertain=UncertainPolicy.HOLD))
    assert (step.state, step.resends, step.reason) == (MessageState.UNCERTAIN, 0, "because")


@pytest.mark.parametrize("status", [status for status in SendStatus if status is not SendStatus.ACCEPTED])
@pytest.mark.parametrize(
    "progress",
    [
        Progress(MessageState.SENDING, attempts=2, deferrals=0, resends=1),
        Progress(MessageState.PLANNED, attempts=1, deferrals=0, resends=1),
        Progress(MessageState.SENT, attempts=1, deferrals=0, resends=0),
        Progress(MessageState.CANCELLED, attempts=1, deferrals=0, resends=0),
    ],
)
def test_late_failure_changes_nothing(status: SendStatus, progress: Progress) -> None:
    assert after_attempt(progress, 1, SendResult(status), LIMITS) is None


@pytest.mark.parametrize("state", [MessageState.PLANNED, MessageState.UNCERTAIN, MessageState.CANCELLED])
def test_late_acceptance_is_still_true(state: MessageState) -> None:
    late = Progress(state, attempts=1, deferrals=0, resends=1)
    assert after(SendStatus.ACCEPTED, late).state is MessageState.SENT


def test_late_acceptance_leaves_the_attempt_under_way_to_tell() -> None:
    overtaken = Progress(MessageState.SENDING, attempts=2, deferrals=0, resends=1)
    assert after_attempt(overtaken, 1, SendResult(SendStatus.ACCEPTED), LIMITS) is None


def test_delay_doubles_up_to_the_longest() -> None:
    limits = DeliveryLimits(first_delay=timedelta(seconds=1), longest_delay=timedelta(seconds=5))
    assert [backoff(count, limits).total_seconds() for count in (1, 2, 3, 4, 10_000)] == [1, 2, 4, 5, 5]


FAILURES = st.lists(st.sampled_from([status for status in SendStatus if status is not SendStatus.UNREACHABLE]))


@settings(deadline=None)
@given(FAILURES, st.sampled_from(UncertainPolicy))
def test_no_message_is_tried_more_often_than_the_limits_allow(
    statuses: list[SendStatus], uncertain: UncertainPolicy
) -> None:
    limits = DeliveryLimits(max_deferrals=2, max_resends=1, uncertain=uncertain)
    progress = Progress(MessageState.PLANNED, attempts=0, deferrals=0, resends=0)
    for status in statuses:
        if progress.state is not MessageState.PLANNED:
            break
        number = progress.attempts + 1
        in_hand = Progress(MessageState.SENDING, number, progress.deferrals, progress.resends)
        step = after(status, in_hand, limits, attempt=number)
        assert (step.delay is not None) == (step.state is MessageState.PLANNED)
        progress = Progress(step.state, number, step.deferrals, step.resends)
    assert progress.attempts <= 1 + limits.max_deferrals + limits.max_resends
