"""The policy: every number a score depends on, as one versioned document. Nothing below this folder holds a number."""

from dataclasses import dataclass
from typing import Annotated
from zoneinfo import ZoneInfo, available_timezones

from pydantic import Field

from services.scoring.policies.policy.ages import AgeBand, AgeWeights
from services.scoring.policies.policy.allocation import AllocationPolicy
from services.scoring.policies.policy.bounds import number
from services.scoring.policies.policy.churn import ChurnPolicy
from services.scoring.policies.policy.growth import GrowthPolicy
from services.scoring.policies.policy.lifecycle import STAGES, LifecyclePolicy
from services.scoring.policies.policy.lifetime import LifetimePolicy
from services.scoring.policies.policy.lifting import LiftingPolicy
from services.scoring.policies.policy.loyalty import DRIVERS, LEVELS, LevelCriteria, LoyaltyPolicy
from services.scoring.policies.policy.money import MoneyPolicy
from services.scoring.policies.policy.portfolio import PortfolioPolicy
from services.scoring.policies.policy.quadrants import QUADRANTS, QuadrantPolicy, ServicePolicy
from services.scoring.policies.policy.satisfaction import CASE_STATES, SEVERITIES, SatisfactionPolicy
from services.scoring.policies.policy.section import Section, demand
from services.scoring.policies.policy.serving import PartnershipPolicy, ServingPolicy
from services.scoring.policies.policy.telling import TellingPolicy

__all__ = [
    "CASE_STATES", "DRIVERS", "LEVELS", "QUADRANTS", "SEVERITIES", "STAGES", "AgeBand", "AgeWeights",
    "AllocationPolicy", "ChurnPolicy", "GrowthPolicy", "LevelCriteria", "LifecyclePolicy", "LifetimePolicy",
    "LiftingPolicy", "LoyaltyPolicy", "MoneyPolicy", "PartnershipPolicy", "Policy", "PolicyDocument", "PortfolioPolicy",
    "QuadrantPolicy", "SatisfactionPolicy", "ServicePolicy", "ServingPolicy", "TellingPolicy",
]  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyDocument(Section):
    """What people write: each section explains itself, by unit, bounds and meaning of every field."""

    time_zone: Annotated[str, Field(description="what a local day is, by a name such as Asia/Shanghai")]
    money: MoneyPolicy
    lifetime: LifetimePolicy
    satisfaction: SatisfactionPolicy
    lifecycle: LifecyclePolicy
    loyalty: LoyaltyPolicy
    partnership: PartnershipPolicy
    serving: ServingPolicy
    churn: ChurnPolicy
    portfolio: PortfolioPolicy
    growth: GrowthPolicy
    quadrants: QuadrantPolicy
    lifting: LiftingPolicy
    telling: TellingPolicy
    allocation: AllocationPolicy

    def __post_init__(self) -> None:
        known = self.time_zone in available_timezones()
        demand(known, "time_zone", f"{self.time_zone!r} is no time zone of the IANA database, such as Asia/Shanghai")

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy(PolicyDocument):
    """A document under its version, which stands for it for ever."""

    version: Annotated[int, number("none", 1, 2**31 - 1, "stands for this document for ever")]
