"""What the API takes and says of segments."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Final, Literal
from uuid import UUID

from pydantic import ConfigDict, Field, JsonValue

from services.scoring.segments.freshness import Freshness
from services.scoring.segments.models import Segment
from shared.conditions.vocabulary import OPERATORS, Vocabulary
from shared.conditions.vocabulary import Field as Word
from shared.contracts.common import NO_NUL, ShortText
from shared.web.schemas import RequestModel, ResponseModel

_EXAMPLE: Final[dict[str, JsonValue]] = {
    "all": [{"field": "abc_class", "in": ["A", "B"]}, {"field": "last_purchase_on", "older_than_days": 60}]
}
ConditionDocument = Annotated[
    dict[str, JsonValue], Field(description="all, any, not, or a field with one comparison; see the vocabulary")
]
Description = Annotated[str, Field(min_length=1, max_length=1000, pattern=NO_NUL)]
MEMBER_COLUMNS: Final = (
    "customer_id", "since", "owner_id", "abc_class", "loyalty_level", "quadrant", "realised_value", "current_value",
    "churn_risk", "last_purchase_on",
)  # fmt: skip


class SegmentCreate(RequestModel):
    model_config = ConfigDict(
        json_schema_extra={"examples": [{"name": "Good customers gone quiet", "condition": _EXAMPLE}]}
    )

    name: ShortText
    description: Description | None = None
    condition: ConditionDocument


class SegmentChange(RequestModel):
    """Only what changes; another condition asks everybody anew."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"condition": _EXAMPLE}]})

    name: ShortText = Field(default="", description="left out: stays")
    description: Description | None = Field(default=None, description="left out: stays; null takes it away")
    condition: ConditionDocument = Field(default_factory=dict, description="left out: stays")


class PreviewRequest(RequestModel):
    model_config = ConfigDict(json_schema_extra={"examples": [{"condition": _EXAMPLE, "sample": 5}]})

    condition: ConditionDocument
    sample: int = Field(default=10, ge=0, le=100, description="customers to show, the most valuable first")


class CustomerShown(ResponseModel):
    """Money in units of the reporting currency, points of 100."""

    customer_id: UUID
    owner_id: str | None
    abc_class: str | None
    loyalty_level: str | None
    quadrant: str | None
    realised_value: Decimal | None
    current_value: Decimal | None
    churn_risk: Decimal | None
    last_purchase_on: date | None


class Member(CustomerShown):
    since: datetime = Field(description="when the customer entered, in business time")


class PreviewRead(ResponseModel):
    ready: bool = Field(description="false while everybody is taken in for the first time: ask again shortly")
    percent: float = Field(description="of the customers taken in", examples=[100.0])
    customers: int | None = Field(description="how many the condition holds of; null while not ready")
    counted_at: datetime = Field(description="the instant of the count, in business time")
    waiting: int = Field(description="customers changed since, not looked at yet; 0: the count is current")
    sample: list[CustomerShown]


class SegmentRead(ResponseModel):
    segment_id: UUID
    name: str
    description: str | None
    condition: dict[str, Any]
    revision: int
    state: Literal["computing", "current"] = Field(
        description="computing: everybody is being asked for the first time, or anew"
    )
    percent: float = Field(description="of the customers asked", examples=[100.0])
    customers: int = Field(description="members at present")
    counted_at: datetime = Field(description="the instant of the count, in business time")
    waiting: int = Field(description="customers changed since, not looked at yet; 0: the count is current")
    created_at: datetime
    created_by: str
    changed_at: datetime
    changed_by: str


class SegmentOfCustomer(ResponseModel):
    segment_id: UUID
    name: str
    revision: int
    since: datetime


class WordRead(ResponseModel):
    name: str = Field(examples=["abc_class"])
    group: str = Field(description="profile, score or behaviour", examples=["score"])
    type: str = Field(examples=["text"])
    description: str
    choices: list[str] = Field(description="all values there are; empty: any")
    unit: str | None
    operators: list[str] = Field(examples=[["is", "is_not", "in", "not_in", "missing"]])


class VocabularyRead(ResponseModel):
    words: list[WordRead]
    condition_schema: dict[str, Any] = Field(description="JSON Schema (2020-12) of a condition, for editors")


def show_segment(segment: Segment, freshness: Freshness, at: datetime) -> SegmentRead:
    total = segment.customers or freshness.customers
    return SegmentRead.model_validate(
        {
            **segment.model_dump(exclude={"members", "customers", "done", "after_customer"}),
            "percent": 100.0 if segment.state == "current" else _percent(segment.done, total),
            "customers": segment.members,
            "counted_at": at,
            "waiting": freshness.waiting,
        }
    )


def percent_of(freshness: Freshness) -> float:
    return 100.0 if freshness.filled else _percent(freshness.done, freshness.customers)


def show_vocabulary(vocabulary: Vocabulary, groups: dict[str, tuple[Word, ...]]) -> VocabularyRead:
    words = [
        WordRead(
            name=word.name,
            group=group,
            type=word.type,
            description=word.description,
            choices=list(word.choices),
            unit=word.unit,
            operators=[str(operator) for operator in OPERATORS[word.type]],
        )
        for group, members in groups.items()
        for word in members
    ]
    return VocabularyRead(words=words, condition_schema=vocabulary.json_schema())


def _percent(done: int, total: int) -> float:
    return round(min(100.0 * done / total, 99.9), 1) if total else 0.0
