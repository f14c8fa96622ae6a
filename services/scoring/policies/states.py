"""The life of a policy: draft, tried on all customers, put in force at an instant, and followed by the next one."""

from datetime import datetime
from typing import Final, Literal, get_args

from shared.errors import Conflict, InvalidInput
from shared.instants import write_instant

State = Literal["draft", "simulated", "scheduled", "active", "retired", "discarded"]
Action = Literal["change", "simulate", "rebase", "discard", "activate", "cancel", "switch", "roll_back"]
STATES: Final[tuple[State, ...]] = get_args(State)

_OPEN: Final[frozenset[State]] = frozenset({"draft", "simulated"})
_FROM: Final[dict[Action, frozenset[State]]] = {
    "change": _OPEN,
    "simulate": _OPEN,
    "rebase": _OPEN,
    "discard": _OPEN,
    "activate": _OPEN,
    "cancel": frozenset({"scheduled"}),
    "switch": frozenset({"scheduled"}),
    "roll_back": frozenset({"retired"}),
}
_WAY_OUT: Final[dict[State, str]] = {
    "draft": "it is a draft still",
    "simulated": "it is a draft still",
    "scheduled": "its activation is scheduled: cancel that first",
    "active": "it is in force: make a draft based on it",
    "retired": "it was in force once: roll back to it, or make a draft based on it",
    "discarded": "it was discarded: make a new draft",
}


def demand_possible(action: Action, version: int, state: State) -> None:
    """Raises Conflict (`policy_state`) when a policy in this state does not allow the action."""
    if state not in _FROM[action]:
        raise Conflict(
            f"policy {version} is {state}, which does not allow to {action.replace('_', ' ')}; {_WAY_OUT[state]}",
            code="policy_state",
            version=version,
            state=state,
        )


def demand_simulated(version: int, state: State, *, without_simulation: bool) -> None:
    """Raises Conflict (`policy_not_simulated`) for a draft that was not tried, unless that is what is wanted."""
    if state == "draft" and not without_simulation:
        raise Conflict(
            f"policy {version} was not tried on the customers since its last change: simulate it first, or say "
            "without_simulation",
            code="policy_not_simulated",
            version=version,
        )


def demand_current_base(version: int, base: int | None, in_force: int) -> None:
    """Raises Conflict (`policy_base_superseded`) for a draft of a policy that another one has followed since."""
    if base != in_force:
        raise Conflict(
            f"policy {version} was made from policy {base}, but policy {in_force} is in force by now: rebase the "
            f"draft, so that it does not undo what policy {in_force} changed",
            code="policy_base_superseded",
            version=version,
            base=base,
            in_force=in_force,
        )


def demand_none_scheduled(scheduled: int | None) -> None:
    """Raises Conflict (`activation_pending`): one activation waits at a time, so that its base stays in force."""
    if scheduled is not None:
        raise Conflict(
            f"policy {scheduled} is scheduled already: cancel its activation, or wait for it",
            code="activation_pending",
            version=scheduled,
        )


def is_for_later(at: datetime | None, now: datetime) -> bool:
    """Whether an activation is scheduled rather than done now. Raises InvalidInput (`activation_in_past`)."""
    if at is not None and at < now:
        raise InvalidInput(
            f"the present is {write_instant(now)}; what was told cannot be changed: leave `at` out to activate now",
            code="activation_in_past",
            field="at",
        )
    return at is not None and at > now
