"""Serving: what an interaction costs where nobody told, and the stages of a partnership."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated

from pydantic import Field

from services.scoring.policies.policy.bounds import EXACT, number
from services.scoring.policies.policy.section import Section, demand

SERVINGS = (
    "visit_store", "visit_on_site", "visit_remote", "call", "correspondence", "complaint", "service", "purchase",
    "return",
)  # fmt: skip

Cost = Annotated[Decimal, number("reporting currency", 0, 1_000_000, "what one costs, in the major unit"), EXACT]


@dataclass(frozen=True, slots=True)
class ServingPolicy(Section):
    costs: Annotated[dict[str, Cost], Field(description=f"by kind of interaction: {', '.join(SERVINGS)}")]

    def __post_init__(self) -> None:
        for name in self.costs:
            demand(name in SERVINGS, f"serving.costs.{name}", f"is none of {SERVINGS}")


@dataclass(frozen=True, slots=True)
class PartnershipPolicy(Section):
    """Stages of an organisation's partnership, by calendar months since its first purchase."""

    stable_after_months: Annotated[int, number("months", 1, 1_200, "since the first purchase: stable")]
    deep_after_months: Annotated[int, number("months", 1, 1_200, "since the first purchase: deep")]
    symbiosis_after_months: Annotated[int, number("months", 1, 1_200, "since the first purchase: symbiosis")]

    def __post_init__(self) -> None:
        rising = self.stable_after_months < self.deep_after_months < self.symbiosis_after_months
        demand(rising, "partnership.deep_after_months", "months must rise from stage to stage")
