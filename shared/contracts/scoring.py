"""What the scoring service publishes."""

from enum import StrEnum
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import Field

from shared.contracts.common import Instant, Money, ShortText
from shared.contracts.envelope import EventData
from shared.contracts.topics import SCORING_EVENTS

Percentage = Annotated[float, Field(ge=0, le=100)]
Probability = Annotated[float, Field(ge=0, le=1)]
Quintile = Annotated[int, Field(ge=1, le=5)]


class LoyaltyLevel(StrEnum):
    """The ladder of loyalty, lowest rung first; `none` stands below it."""

    NONE = "none"
    SATISFIED = "satisfied"
    TRUSTING = "trusting"
    BEHAVIOURALLY_LOYAL = "behaviourally_loyal"
    ATTITUDINALLY_LOYAL = "attitudinally_loyal"
    SUSTAINABLY_LOYAL = "sustainably_loyal"


class LifecycleStage(StrEnum):
    EXPLORATION = "exploration"
    FORMATION = "formation"
    STABILITY = "stability"
    DECLINE = "decline"


class AbcClass(StrEnum):
    A = "A"
    B = "B"
    C = "C"


class Quadrant(StrEnum):
    """Value against potential: how a customer is served follows from it."""

    CORE = "core"
    HIGH_POTENTIAL = "high_potential"
    MAINTAIN = "maintain"
    OPTIMISE = "optimise"


class PartnershipStage(StrEnum):
    """How long an organisation has bought from the business."""

    INITIAL = "initial"
    STABLE = "stable"
    DEEP = "deep"
    SYMBIOSIS = "symbiosis"


class ScoreChanged(EventData):
    """A customer's score after a change worth telling: the whole of it, under the policy and model named."""

    event_type: ClassVar[str] = "rapport.scoring.score_changed.v1"
    topic: ClassVar[str] = SCORING_EVENTS.name

    customer_id: UUID
    as_of: Instant
    policy_version: int
    model_version: int | None
    realised_value: Money
    current_value: Money | None
    probability_active: Probability | None
    satisfaction: Percentage
    loyalty_level: LoyaltyLevel
    lifecycle_stage: LifecycleStage
    abc_class: AbcClass | None
    rfm: tuple[Quintile, Quintile, Quintile] | None
    last_12_months: Annotated[Money | None, Field(description="realised value of the last twelve months")] = None
    growth_potential: Annotated[
        Money | None, Field(description="present value of what the customer would add as their better peers do")
    ] = None
    lifetime_profit: Annotated[Money | None, Field(description="CLP: current value and growth potential together")] = (
        None
    )
    loyalty: Percentage | None = None
    quadrant: Quadrant | None = None
    partnership_stage: Annotated[PartnershipStage | None, Field(description="of organisations only")] = None
    cost_to_serve: Annotated[Money | None, Field(description="of all interactions, beside the goods")] = None
    churn_risk: Annotated[Percentage | None, Field(description="null before the first purchase")] = None
    churn_reasons: Annotated[tuple[str, ...], Field(description="rules that speak for it, the weightiest first")] = ()
    changed: Annotated[tuple[str, ...], Field(description="names of the fields that differ from the last one told")]
    occasion: Annotated[
        str | None,
        Field(
            description="why it was computed, where no event and no passing of time was the cause: policy_activated, "
            "model_fitted, portfolio_computed or replayed"
        ),
    ] = None
    silent: Annotated[
        bool,
        Field(
            description="true when everybody was computed anew and nobody should be written to because of it: keep the "
            "figures, leave out the message"
        ),
    ] = False


class SegmentMembership(EventData):
    """A customer and a segment, a stored query over who customers are, how they are scored and how they behave.

    `segment` is its name, `revision` counts its changes, `as_of` is the instant for which the query was asked.
    """

    topic: ClassVar[str] = SCORING_EVENTS.name

    customer_id: UUID
    segment_id: UUID
    segment: ShortText
    revision: int
    as_of: Instant
    silent: Annotated[
        bool,
        Field(
            description="true when it was not the customer who changed, but the segment, or how everybody is scored: "
            "keep the membership, leave out the message"
        ),
    ] = False


class SegmentEntered(SegmentMembership):
    """The customer belongs to the segment from now on."""

    event_type: ClassVar[str] = "rapport.scoring.segment_entered.v1"


class SegmentLeft(SegmentMembership):
    """The customer belongs to the segment no longer."""

    event_type: ClassVar[str] = "rapport.scoring.segment_left.v1"
