"""Which stage may follow which."""

import itertools

import pytest

from services.customer.profiles.lifecycle import ALLOWED_TRANSITIONS, Lifecycle, check_transition
from shared.errors import Conflict


@pytest.mark.parametrize("stage", Lifecycle)
def test_staying_is_allowed(stage: Lifecycle) -> None:
    check_transition(stage, stage)


@pytest.mark.parametrize(
    ("before", "after"), [(before, after) for before, allowed in ALLOWED_TRANSITIONS.items() for after in allowed]
)
def test_allowed_step_is_taken(before: Lifecycle, after: Lifecycle) -> None:
    check_transition(before, after)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (before, after)
        for before, after in itertools.permutations(Lifecycle, 2)
        if after not in ALLOWED_TRANSITIONS[before]
    ],
)
def test_other_step_is_refused_naming_what_can_follow(before: Lifecycle, after: Lifecycle) -> None:
    with pytest.raises(Conflict) as caught:
        check_transition(before, after)
    assert caught.value.code == "lifecycle_transition_not_allowed"
    assert caught.value.context["allowed"] == [stage.value for stage in ALLOWED_TRANSITIONS[before]]
    assert all(f"`{stage}`" in caught.value.detail for stage in ALLOWED_TRANSITIONS[before])


def test_every_stage_can_be_reached_and_left() -> None:
    reached = set(itertools.chain.from_iterable(ALLOWED_TRANSITIONS.values()))
    assert set(ALLOWED_TRANSITIONS) == set(Lifecycle)
    assert all(ALLOWED_TRANSITIONS.values())
    assert reached | {Lifecycle.PROSPECT} == set(Lifecycle)
