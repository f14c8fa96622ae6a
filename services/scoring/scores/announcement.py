"""A told score as the event that tells it."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from services.scoring.scores.telling import Told
from shared.contracts.common import Money
from shared.contracts.scoring import AbcClass, LifecycleStage, LoyaltyLevel, PartnershipStage, Quadrant, ScoreChanged
from shared.twins import twin_of

_Announcement = twin_of(ScoreChanged)
_Amount = twin_of(Money)
_LEVELS: Final = {level.value: level for level in LoyaltyLevel}
_STAGES: Final = {stage.value: stage for stage in LifecycleStage}
_CLASSES: Final = {abc.value: abc for abc in AbcClass}
_QUADRANTS: Final = {quadrant.value: quadrant for quadrant in Quadrant}
_PARTNERSHIPS: Final = {stage.value: stage for stage in PartnershipStage}


@dataclass(frozen=True, slots=True)
class Occasion:
    """Why everybody is rescored, and whether nobody should be written to because of it."""

    name: str | None = None
    silent: bool = False


NO_OCCASION: Final = Occasion()
"""A fact or time: what is told is the customer's own."""


def announce(
    customer_id: UUID,
    told: Told,
    changed: tuple[str, ...],
    currency: str,
    *,
    occasion: Occasion = NO_OCCASION,
) -> ScoreChanged:
    """A twin, made without validation, which would cost more than the score itself: a test holds it to the contract."""
    return _Announcement(
        customer_id=customer_id,
        as_of=told.as_of,
        policy_version=told.policy_version,
        model_version=told.model_version,
        realised_value=_Amount(minor=told.realised_value, currency=currency),
        current_value=_money(told.current_value, currency),
        probability_active=told.probability_active,
        satisfaction=told.satisfaction / 10,
        loyalty_level=_LEVELS[told.loyalty_level],
        lifecycle_stage=_STAGES[told.lifecycle_stage],
        abc_class=None if told.abc_class is None else _CLASSES[told.abc_class],
        rfm=told.rfm,
        last_12_months=_money(told.last_12_months, currency),
        growth_potential=_money(told.growth_potential, currency),
        lifetime_profit=_money(told.lifetime_profit, currency),
        loyalty=None if told.loyalty is None else told.loyalty / 10,
        quadrant=None if told.quadrant is None else _QUADRANTS[told.quadrant],
        partnership_stage=None if told.partnership_stage is None else _PARTNERSHIPS[told.partnership_stage],
        cost_to_serve=_money(told.cost_to_serve, currency),
        churn_risk=None if told.churn_risk is None else told.churn_risk / 10,
        churn_reasons=told.churn_reasons,
        changed=changed,
        occasion=occasion.name,
        silent=occasion.silent,
    )


def _money(minor: int | None, currency: str) -> Money | None:
    return None if minor is None else _Amount(minor=minor, currency=currency)
