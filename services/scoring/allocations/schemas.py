"""What the API takes and says of allocations."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, ConfigDict, Field

from services.scoring.allocations.allocation import MOST_CUSTOMERS, Measure
from services.scoring.allocations.models import Allocation, AllocationLine
from shared.contracts.common import Money, ShortText
from shared.web.schemas import RequestModel, ResponseModel

MOST_UNITS = 10**9


class WishCreate(RequestModel):
    customer_id: UUID
    wanted: int | None = Field(
        default=None, ge=0, le=MOST_UNITS, description="units at most; as many as possible, if left out"
    )


def _named_once(wishes: list[WishCreate]) -> list[WishCreate]:
    if len({wish.customer_id for wish in wishes}) < len(wishes):
        raise ValueError("each customer may be named once")
    return wishes


class AllocationCreate(RequestModel):
    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "name": "Spring Festival gift boxes",
                    "supply": 1200,
                    "customers": [{"customer_id": "0190b6d4-9a52-7cc3-8d0e-6f1a2b3c4d5e", "wanted": 40}],
                }
            ]
        }
    )

    name: ShortText = Field(description="what is shared out, for people", examples=["Spring Festival gift boxes"])
    supply: int = Field(ge=1, le=MOST_UNITS, description="units there are", examples=[1200])
    measure: Measure = Field(default="realised_value", description="the value that counts within a class")
    customers: Annotated[list[WishCreate], AfterValidator(_named_once)] | None = Field(
        default=None,
        min_length=1,
        max_length=MOST_CUSTOMERS,
        description="who is to share, and how much they want; everybody with an ABC class, if left out",
    )


class RuleRead(ResponseModel):
    """Weight of a customer: class weight × (1 - value share + value share × value / mean value of the class).

    After the minimum, units go one by one to the highest weight per unit, until nobody wants more or the supply is
    used up."""

    class_weights: dict[str, int]
    value_share: Decimal
    minimum: int


class AllocationRead(ResponseModel):
    allocation_id: UUID
    name: str
    supply: int
    allocated: int = Field(description="less than the supply where nobody wanted more")
    customers: int
    left_out: int = Field(description="customers named without an ABC class yet")
    measure: Measure
    rule: RuleRead
    policy_version: int
    created_at: datetime
    created_by: str


class LineRead(ResponseModel):
    rank: int = Field(description="the best customer is 1: by class, then value")
    customer_id: UUID
    abc_class: str
    value: Money
    wanted: int | None
    units: int
    minimum: int = Field(description="units of these that everybody gets first")
    weight: float
    limited_by: str = Field(description="`wanted`: got all it wanted; `weight`: more would have been unfair to others")


def show_line(line: AllocationLine, currency: str) -> LineRead:
    return LineRead(
        **line.model_dump(exclude={"allocation_id", "value"}), value=Money(minor=line.value, currency=currency)
    )


CSV_COLUMNS = ("rank", "customer_id", "abc_class", "value", "wanted", "units", "minimum", "weight", "limited_by")


def show_allocation(kept: Allocation) -> AllocationRead:
    return AllocationRead.model_validate(kept)
