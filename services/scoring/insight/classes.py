"""The classes by which all customers are counted."""

from dataclasses import dataclass
from typing import Final

DIMENSIONS: Final = ("loyalty_level", "lifecycle_stage", "abc_class", "quadrant", "churn_band")
CHURN_BANDS: Final = ("0-25", "25-50", "50-75", "75-100")


@dataclass(frozen=True, slots=True)
class ClassCount:
    """Money in minor units, sums over the customers that have the figure; None where nobody has."""

    dimension: str
    value: str | None
    customers: int
    realised: int
    current: int | None
    potential: int | None
