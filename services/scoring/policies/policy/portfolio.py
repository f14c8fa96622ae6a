"""Portfolio: the shares of margin behind A, B and C."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated

from services.scoring.policies.policy.bounds import EXACT, number, probability
from services.scoring.policies.policy.section import Section, demand


@dataclass(frozen=True, slots=True)
class PortfolioPolicy(Section):
    a_share: Annotated[Decimal, probability("of all margin, that the customers of class A bring"), EXACT]
    b_share: Annotated[
        Decimal, probability("of all margin, that the customers of class B bring beside those of A"), EXACT
    ]
    top_share: Annotated[Decimal, probability("of customers, whose part of the margin is shown"), EXACT]
    compute_every_days: Annotated[int, number("days", 1, 3_650, "how often a snapshot is taken")]
    minimum_customers: Annotated[int, number("customers", 5, 10**9, "buyers needed for a snapshot; quintiles need 5")]

    def __post_init__(self) -> None:
        demand(self.a_share + self.b_share < 1, "portfolio.a_share", "a_share and b_share must leave something for C")
