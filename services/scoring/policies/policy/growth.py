"""Growth: whom a customer is measured against, and what a category more is worth."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from services.scoring.policies.policy.bounds import EXACT, number, probability
from services.scoring.policies.policy.section import Section

PeerDimension = Literal["none", "kind", "region", "industry"]


@dataclass(frozen=True, slots=True)
class GrowthPolicy(Section):
    """The best `upper_share` of a customer's peers set the mark, in frequency, basket and breadth each by itself."""

    peer_dimension: Annotated[PeerDimension, Field(description="peers are equal in this")]
    minimum_peers: Annotated[int, number("customers", 4, 10**9, "in a smaller group, all customers set the mark")]
    upper_share: Annotated[Decimal, probability("of the peers, who reach the mark"), EXACT]
    category_percent: Annotated[int, number("per cent", 0, 100, "of a year's margin that a category more adds")]
