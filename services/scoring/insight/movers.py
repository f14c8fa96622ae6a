"""By which figures customers rise and fall, and what counts as higher."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final, Literal
from uuid import UUID

from services.scoring.policies.policy import LEVELS

MoverFigure = Literal[
    "current_value", "realised_value", "lifetime_profit", "loyalty", "churn_risk", "loyalty_level", "abc_class",
    "quadrant",
]  # fmt: skip

MONEY: Final = frozenset({"current_value", "realised_value", "lifetime_profit"})
RANKS: Final[Mapping[str, Sequence[str]]] = {
    "loyalty_level": ("none", *LEVELS),
    "abc_class": ("C", "B", "A"),
    "quadrant": ("optimise", "maintain", "high_potential", "core"),
}
"""Classes from the lowest to the highest; among figures the number itself tells."""


@dataclass(frozen=True, slots=True)
class Mover:
    """`change`: how much higher, in minor units, in points, or in classes."""

    customer_id: UUID
    owner_id: str | None
    before: Any
    after: Any
    change: Decimal
    as_of: datetime
