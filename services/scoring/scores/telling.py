"""What is told of a score, and when it has changed enough to be told again."""

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Final

from services.scoring.policies.policy import TellingPolicy
from services.scoring.scores.score import Score

_LARGEST_MONEY: Final = 10**15
"""What the contract's Money carries. Larger sums are told as this much: a function of the sum, whatever its order."""


@dataclass(frozen=True, slots=True)
class Told:
    """A score as the world knows it: rounded, and without its reasons. Money is in minor units, satisfaction in
    tenths."""

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


_FIGURES = tuple(field.name for field in fields(Told) if field.name not in ("as_of", "policy_version", "model_version"))


def tell(score: Score) -> Told:
    probability = score.current.probability_active
    return Told(
        realised_value=_carried(score.realised),
        current_value=None if score.current.minor is None else _carried(score.current.minor),
        probability_active=None if probability is None else round(probability, 4),
        satisfaction=score.satisfaction.tenths,
        loyalty_level=score.level,
        lifecycle_stage=score.stage,
        abc_class=score.abc,
        rfm=score.rfm,
        as_of=score.as_of,
        policy_version=score.policy_version,
        model_version=score.model_version,
    )


def _carried(minor: int) -> int:
    return max(-_LARGEST_MONEY, min(minor, _LARGEST_MONEY))


def changes(before: Told | None, now: Told, policy: TellingPolicy) -> tuple[str, ...]:
    """Names of the figures that differ from those last told; empty while nothing has moved far enough to be told."""
    if before is None:
        return _FIGURES
    differing = tuple(name for name in _FIGURES if getattr(before, name) != getattr(now, name))
    return differing if any(_matters(name, before, now, policy) for name in differing) else ()


def _matters(name: str, before: Told, now: Told, policy: TellingPolicy) -> bool:
    old, new = getattr(before, name), getattr(now, name)
    if old is None or new is None:
        return True
    match name:
        case "realised_value" | "current_value":
            return bool(abs(new - old) > policy.value_relative * abs(old))
        case "probability_active":
            return bool(abs(new - old) >= policy.probability)
        case "satisfaction":
            return bool(abs(new - old) >= 10 * policy.satisfaction)
    return True
