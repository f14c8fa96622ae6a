"""Quadrants of value and potential (S2): where they begin, and how each of them is served."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from services.scoring.policies.policy.bounds import EXACT, number, probability
from services.scoring.policies.policy.section import Section, demand

QUADRANTS = ("optimise", "maintain", "high_potential", "core")
"""The lowest first."""

LANGUAGES = ("zh-CN", "en")


@dataclass(frozen=True, slots=True)
class ServicePolicy(Section):
    """How customers of a quadrant are looked after."""

    contact: Annotated[Literal["meeting", "review", "call", "message"], Field(description="what keeps in touch")]
    contact_every_days: Annotated[int, number("days", 1, 3_650, "from one contact to the next")]
    own_manager: Annotated[bool, Field(description="whether they have an account manager of their own")]
    text: Annotated[dict[str, str], Field(description=f"the same in words, by language: {', '.join(LANGUAGES)}")]


@dataclass(frozen=True, slots=True)
class QuadrantPolicy(Section):
    """Shares of the buyers of the last twelve months, by the margin they brought in that time or by what a year of
    theirs lacks."""

    core_share: Annotated[Decimal, probability("of buyers, by margin: core, where demand is stable"), EXACT]
    maintain_share: Annotated[Decimal, probability("of buyers, by margin: to be maintained at least"), EXACT]
    potential_share: Annotated[Decimal, probability("of buyers, by what a year lacks: high potential"), EXACT]
    service: Annotated[dict[str, ServicePolicy], Field(description=f"by quadrant: {', '.join(QUADRANTS)}")]

    def __post_init__(self) -> None:
        rising = self.core_share <= self.maintain_share
        demand(rising, "quadrants.core_share", "must not be above maintain_share")
        demand(set(self.service) == set(QUADRANTS), "quadrants.service", f"needs {QUADRANTS}")
        for name, service in self.service.items():
            told = set(service.text) == set(LANGUAGES) and all(service.text.values())
            demand(told, f"quadrants.service.{name}.text", f"needs a text in each of {LANGUAGES}")
