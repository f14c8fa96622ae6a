"""The life of a customer record: 潜在 → 目标 → active → 流失 → 挽回."""

from enum import StrEnum

from shared.errors import Conflict


class Lifecycle(StrEnum):
    PROSPECT = "prospect"
    TARGET = "target"
    ACTIVE = "active"
    LAPSED = "lapsed"
    WON_BACK = "won_back"


ALLOWED_TRANSITIONS: dict[Lifecycle, tuple[Lifecycle, ...]] = {
    Lifecycle.PROSPECT: (Lifecycle.TARGET, Lifecycle.ACTIVE),
    Lifecycle.TARGET: (Lifecycle.PROSPECT, Lifecycle.ACTIVE),
    Lifecycle.ACTIVE: (Lifecycle.LAPSED,),
    Lifecycle.LAPSED: (Lifecycle.WON_BACK,),
    Lifecycle.WON_BACK: (Lifecycle.ACTIVE, Lifecycle.LAPSED),
}


def check_transition(before: Lifecycle, after: Lifecycle) -> None:
    """Staying is always allowed. Raises Conflict naming the stages that can follow."""
    allowed = ALLOWED_TRANSITIONS[before]
    if after is before or after in allowed:
        return
    following = " or ".join(f"`{stage}`" for stage in allowed)
    raise Conflict(
        f"a customer that is `{before}` cannot become `{after}`; next can be {following}",
        code="lifecycle_transition_not_allowed",
        field="lifecycle",
        current=before.value,
        allowed=[stage.value for stage in allowed],
    )
