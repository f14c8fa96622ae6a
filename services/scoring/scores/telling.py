"""What is told of a score, and when it has changed enough to be told again."""

from datetime import datetime
from operator import attrgetter
from typing import Final

from msgspec import Struct

from services.scoring.policies.policy import TellingPolicy
from services.scoring.scores.score import Score

_LARGEST_MONEY: Final = 10**15
"""What the contract's Money carries. Larger sums are told as this much: a function of the sum, whatever its order."""


class Told(Struct, frozen=True, array_like=True):
    """A score as the world knows it: rounded, and without its reasons. Money is in minor units; satisfaction, loyalty
    and churn risk in tenths. What is None by default was not yet told of before there was such a figure; new
    figures go to the end, since what was told is remembered by place."""

    realised_value: int
    current_value: int | None
    probability_active: float | None
    satisfaction: int
    loyalty_level: str
    lifecycle_stage: str
    abc_class: str | None
    rfm: tuple[int, int, int] | None
    as_of: datetime
    policy_version: int
    model_version: int | None
    last_12_months: int | None = None
    growth_potential: int | None = None
    lifetime_profit: int | None = None
    loyalty: int | None = None
    quadrant: str | None = None
    churn_risk: int | None = None
    churn_reasons: tuple[str, ...] = ()
    partnership_stage: str | None = None
    cost_to_serve: int | None = None


MONEY_FIGURES: Final = (
    "realised_value",
    "current_value",
    "last_12_months",
    "growth_potential",
    "lifetime_profit",
    "cost_to_serve",
)
TENTHS: Final = ("satisfaction", "loyalty", "churn_risk")
"""Figures kept in tenths and shown in points."""

_FIGURES = tuple(name for name in Told.__struct_fields__ if name not in ("as_of", "policy_version", "model_version"))
_figures = attrgetter(*_FIGURES)


def tell(score: Score) -> Told:
    probability = score.current.probability_active
    return Told(
        realised_value=_carried(score.realised) or 0,
        current_value=_carried(score.current.minor),
        probability_active=None if probability is None else round(probability, 4),
        satisfaction=score.satisfaction.tenths,
        loyalty_level=score.level,
        lifecycle_stage=score.stage,
        abc_class=score.abc,
        rfm=score.rfm,
        as_of=score.as_of,
        policy_version=score.policy_version,
        model_version=score.model_version,
        last_12_months=_carried(score.last_year),
        growth_potential=_carried(score.potential.minor),
        lifetime_profit=_carried(score.lifetime_profit),
        loyalty=score.loyalty,
        quadrant=score.quadrant,
        partnership_stage=score.partnership,
        cost_to_serve=_carried(score.cost_to_serve),
        churn_risk=None if score.churn is None else score.churn.tenths,
        churn_reasons=() if score.churn is None else score.churn.rules,
    )


def _carried(minor: int | None) -> int | None:
    return None if minor is None else max(-_LARGEST_MONEY, min(minor, _LARGEST_MONEY))


def changes(before: Told | None, now: Told, policy: TellingPolicy) -> tuple[str, ...]:
    """Names of the figures that differ from those last told; empty while nothing has moved far enough to be told."""
    if before is None:
        return _FIGURES
    pairs = zip(_FIGURES, _figures(before), _figures(now), strict=True)
    differing = tuple([name for name, old, new in pairs if old != new])
    return differing if any(_matters(name, before, now, policy) for name in differing) else ()


def _matters(name: str, before: Told, now: Told, policy: TellingPolicy) -> bool:
    old, new = getattr(before, name), getattr(now, name)
    if old is None or new is None:
        return True
    match name:
        case "cost_to_serve":
            return False  # grows with every call, and no class rests on it
        case _ if name in MONEY_FIGURES:
            return bool(abs(new - old) > policy.value_relative * abs(old))
        case "probability_active":
            return bool(abs(new - old) >= policy.probability)
        case "satisfaction" | "loyalty":
            return bool(abs(new - old) >= 10 * getattr(policy, name))
    return True
