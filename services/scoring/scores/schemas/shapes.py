"""What the API says of scores."""

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import Field

from services.scoring.lifetime.purchasing import PurchaseModelName
from services.scoring.scores.sentences import Language
from shared.contracts.common import Money
from shared.contracts.scoring import (
    AbcClass,
    LifecycleStage,
    LoyaltyLevel,
    PartnershipStage,
    Percentage,
    Probability,
    Quadrant,
    Quintile,
)
from shared.web.schemas import ResponseModel


class ReasonRead(ResponseModel):
    """Why: `points` or `money` of all reasons of a figure add up to it; one without either takes part in no sum."""

    rule: str = Field(examples=["complaint"])
    sentence: str
    points: float | None = None
    money: Money | None = None
    evidence: dict[str, Any]
    event_count: int | None = Field(default=None, description="facts behind it; with explain=true")
    events: list[UUID] | None = Field(default=None, description="the newest of them, by id; with explain=true")


class RealisedValueRead(ResponseModel):
    """Margin earned to date, returns and compensation taken off."""

    value: Money
    last_12_months: Money
    reasons: list[ReasonRead]


class MoneyInterval(ResponseModel):
    low: Money
    high: Money


class NumberInterval(ResponseModel):
    low: float
    high: float


class ModelUsedRead(ResponseModel):
    """Which model the figures are by: that of the customer's segment, where it has one, else everybody's."""

    version: int
    purchase_model: PurchaseModelName
    segment_by: str = Field(description="what customers are told apart by; none: by nothing", examples=["kind"])
    segment: str | None = Field(description="of the model used; null: everybody's", examples=["organisation"])
    reason: ReasonRead = Field(description="why this one")


class CurrentValueRead(ResponseModel):
    """Present value of the margin expected within the horizon. Intervals cover the share that `interval` names."""

    value: Money | None
    value_interval: MoneyInterval | None
    probability_active: Probability | None
    probability_active_interval: NumberInterval | None
    expected_purchases: float | None
    expected_purchases_interval: NumberInterval | None
    expected_margin: Money | None = Field(description="per purchase")
    expected_margin_interval: MoneyInterval | None
    horizon_months: int
    discount_per_year: float
    interval: float
    model: ModelUsedRead | None = Field(description="null before the first model")
    missing: ReasonRead | None = Field(description="why there is no value")
    reasons: list[ReasonRead]


class PointsRead(ResponseModel):
    value: Percentage
    reasons: list[ReasonRead]


class PotentialRead(ResponseModel):
    """Growth potential: present value of the margin that the customer would add as their better peers do."""

    value: Money | None
    missing: ReasonRead | None = Field(description="why there is no value")
    reasons: list[ReasonRead]


class ClassRead(ResponseModel):
    """`lifts`: single changes, each of which would lift the class; with explain=true."""

    reasons: list[ReasonRead]
    lifts: list[ReasonRead] | None = Field(default=None, description="with explain=true")


class LevelRead(ClassRead):
    """`reasons`: what the level rests on; `lacking`: what the next one asks for and is not there."""

    value: LoyaltyLevel
    lacking: list[ReasonRead]


class StageRead(ClassRead):
    value: LifecycleStage


class AbcRead(ClassRead):
    value: AbcClass


class ServiceRead(ResponseModel):
    """How customers of a quadrant are looked after."""

    contact: str = Field(examples=["meeting"])
    contact_every_days: int
    own_manager: bool
    text: str


class ServingRead(ResponseModel):
    """What all interactions have cost, beside the goods."""

    value: Money
    reasons: list[ReasonRead]


class PartnershipRead(ClassRead):
    value: PartnershipStage


class QuadrantRead(ClassRead):
    value: Quadrant
    service: ServiceRead


class RfmRead(ResponseModel):
    recency: Quintile
    frequency: Quintile
    monetary: Quintile
    reasons: list[ReasonRead]


class ScoreRead(ResponseModel):
    customer_id: UUID
    as_of: datetime
    language: Language
    policy_version: int
    model_version: int | None
    portfolio_version: int | None
    facts: int = Field(description="interactions it rests on")
    notice: str | None = Field(description="what to know before reading the figures")
    realised_value: RealisedValueRead
    current_value: CurrentValueRead
    satisfaction: PointsRead
    growth_potential: PotentialRead
    lifetime_profit: Money | None = Field(description="CLP: current value and growth potential together")
    loyalty: PointsRead
    loyalty_level: LevelRead
    lifecycle_stage: StageRead
    abc_class: AbcRead | None = Field(description="null before the first purchase or portfolio")
    cost_to_serve: ServingRead
    partnership_stage: PartnershipRead | None = Field(description="of organisations that have bought")
    quadrant: QuadrantRead | None = Field(description="null before the first purchase or portfolio")
    churn_risk: PointsRead | None = Field(description="null before the first purchase; 0 where nothing speaks for it")
    rfm: RfmRead | None = Field(description="null before the first purchase or portfolio")
    review_at: datetime | None = Field(description="no class changes before this instant unless something happens")


class ToldScoreRead(ResponseModel):
    """A score as it was last told on `scoring.events`; small movements since then are not in it."""

    customer_id: UUID
    as_of: datetime
    realised_value: Money
    current_value: Money | None
    probability_active: Probability | None
    satisfaction: Percentage
    loyalty_level: LoyaltyLevel
    lifecycle_stage: LifecycleStage
    abc_class: AbcClass | None
    rfm: tuple[Quintile, Quintile, Quintile] | None
    last_12_months: Money | None
    growth_potential: Money | None
    lifetime_profit: Money | None
    loyalty: Percentage | None
    quadrant: Quadrant | None
    partnership_stage: PartnershipStage | None
    cost_to_serve: Money | None
    churn_risk: Percentage | None
    churn_reasons: tuple[str, ...]
    policy_version: int
    model_version: int | None


class RescoringRead(ResponseModel):
    """How far everybody has been rescored under the newest policy, model and portfolio."""

    policy_version: int
    model_version: int | None
    portfolio_version: int | None
    customers: int
    scored: int
    told: int
    skipped: int = Field(description="whom this policy cannot count: they keep their score, the worker's log says why")
    done: bool = Field(description="false also while a newer model or portfolio waits to be used")


class StatusRead(ResponseModel):
    facts: int
    customers: int = Field(description="customers with facts")
    known_customers: int = Field(description="customers that the customer service has told of")
    last_applied_at: datetime | None = Field(description="by the wall clock")
    last_occurred_at: datetime | None = Field(description="of the latest fact, in business time")
    recorded_to_scored_ms: dict[str, int] = Field(examples=[{"p50": 8, "p95": 23, "p99": 45}])
    reviews_due: int
    rescoring: RescoringRead | None
