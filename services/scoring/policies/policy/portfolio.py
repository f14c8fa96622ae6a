"""Where the classes that only all customers together tell begin."""

from dataclasses import dataclass
from decimal import Decimal

from services.scoring.policies.policy.section import Section, demand


@dataclass(frozen=True, slots=True)
class PortfolioPolicy(Section):
    a_share: Decimal
    b_share: Decimal
    top_share: Decimal
    compute_every_days: int
    minimum_customers: int

    def __post_init__(self) -> None:
        fine = 0 < self.a_share < self.a_share + self.b_share < 1
        demand(fine, "portfolio.a_share", "a_share and b_share must be above 0 and leave something for C")
        demand(0 < self.top_share < 1, "portfolio.top_share", "must be between 0 and 1")
        demand(self.compute_every_days >= 1, "portfolio.compute_every_days", "must be 1 or more")
        demand(self.minimum_customers >= 5, "portfolio.minimum_customers", "quintiles need 5 customers or more")
