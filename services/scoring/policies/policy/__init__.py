"""The policy: every number a score depends on, as one versioned document. Nothing below this folder holds a number."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo, available_timezones

from services.scoring.policies.policy.ages import AgeBand, AgeWeights
from services.scoring.policies.policy.lifecycle import STAGES, LifecyclePolicy
from services.scoring.policies.policy.lifetime import LifetimePolicy
from services.scoring.policies.policy.loyalty import DRIVERS, LEVELS, LevelCriteria, LoyaltyPolicy
from services.scoring.policies.policy.money import MoneyPolicy
from services.scoring.policies.policy.portfolio import PortfolioPolicy
from services.scoring.policies.policy.satisfaction import CASE_STATES, SEVERITIES, SatisfactionPolicy
from services.scoring.policies.policy.section import Section, demand
from services.scoring.policies.policy.telling import TellingPolicy

__all__ = [
    "CASE_STATES", "DRIVERS", "LEVELS", "SEVERITIES", "STAGES", "AgeBand", "AgeWeights", "LevelCriteria",
    "LifecyclePolicy", "LifetimePolicy", "LoyaltyPolicy", "MoneyPolicy", "Policy", "PortfolioPolicy",
    "SatisfactionPolicy", "TellingPolicy",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Policy(Section):
    version: int
    time_zone: str
    money: MoneyPolicy
    lifetime: LifetimePolicy
    satisfaction: SatisfactionPolicy
    lifecycle: LifecyclePolicy
    loyalty: LoyaltyPolicy
    portfolio: PortfolioPolicy
    telling: TellingPolicy

    def __post_init__(self) -> None:
        demand(self.version >= 1, "version", "must be 1 or more")
        known = self.time_zone in available_timezones()
        demand(known, "time_zone", f"{self.time_zone!r} is no time zone of the IANA database, such as Asia/Shanghai")

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)
