"""What may be done with a policy in which state."""

from datetime import timedelta
from typing import get_args

import pytest

from services.scoring.policies.states import (
    STATES,
    Action,
    State,
    demand_current_base,
    demand_none_scheduled,
    demand_possible,
    demand_simulated,
    is_for_later,
)
from shared.errors import Conflict, InvalidInput
from tests.support.factories.scoring import NOW

POSSIBLE: dict[Action, set[State]] = {
    "change": {"draft", "simulated"},
    "simulate": {"draft", "simulated"},
    "rebase": {"draft", "simulated"},
    "discard": {"draft", "simulated"},
    "activate": {"draft", "simulated"},
    "cancel": {"scheduled"},
    "switch": {"scheduled"},
    "roll_back": {"retired"},
}


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("action", get_args(Action))
def test_each_action_is_possible_in_its_states_only(action: Action, state: State) -> None:
    if state in POSSIBLE[action]:
        demand_possible(action, 2, state)
        return
    with pytest.raises(Conflict) as refusal:
        demand_possible(action, 2, state)
    assert refusal.value.code == "policy_state"
    assert refusal.value.context == {"version": 2, "state": state}


def test_an_untried_draft_needs_to_be_wanted() -> None:
    demand_simulated(2, "simulated", without_simulation=False)
    demand_simulated(2, "draft", without_simulation=True)
    with pytest.raises(Conflict) as refusal:
        demand_simulated(2, "draft", without_simulation=False)
    assert refusal.value.code == "policy_not_simulated"


def test_a_draft_belongs_to_the_policy_it_was_made_from() -> None:
    demand_current_base(3, 2, 2)
    with pytest.raises(Conflict) as refusal:
        demand_current_base(3, 1, 2)
    assert refusal.value.code == "policy_base_superseded"


def test_one_activation_waits_at_a_time() -> None:
    demand_none_scheduled(None)
    with pytest.raises(Conflict) as refusal:
        demand_none_scheduled(7)
    assert refusal.value.context == {"version": 7}


def test_the_past_cannot_be_changed() -> None:
    assert is_for_later(None, NOW) is False
    assert is_for_later(NOW, NOW) is False
    assert is_for_later(NOW + timedelta(microseconds=1), NOW) is True
    with pytest.raises(InvalidInput) as refusal:
        is_for_later(NOW - timedelta(microseconds=1), NOW)
    assert (refusal.value.code, refusal.value.field) == ("activation_in_past", "at")
