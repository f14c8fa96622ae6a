"""How customer and business meet, talk and think of each other, as other systems tell it."""

from typing import Annotated, ClassVar, Literal
from uuid import UUID

from pydantic import Field, StrictBool, model_validator

from shared.contracts.common import SINGLE_LINE, LongText, ShortText
from shared.contracts.inbound.base import Amount, InboundInteraction, WrittenDate
from shared.contracts.interaction.relations import Activity, Answer, CompetitorSign, Direction, Sentiment


class InboundVisit(InboundInteraction):
    """Customer and business met."""

    event_type: ClassVar[str] = "rapport.inbound.visit_recorded.v1"

    place: Literal["store", "on_site", "remote"] = "store"
    purpose: ShortText | None = None
    notes: LongText | None = None
    participants: Annotated[tuple[ShortText, ...], Field(max_length=50)] = ()
    next_step: LongText | None = None
    next_step_on: WrittenDate | None = None


class InboundSurvey(InboundInteraction):
    """A customer answered: CSAT from 1 to 5, or NPS from 0 to 10."""

    event_type: ClassVar[str] = "rapport.inbound.survey_answered.v1"

    instrument: Literal["csat", "nps"]
    score: Annotated[int, Field(strict=True, ge=0, le=10)]
    comment: LongText | None = None

    @model_validator(mode="after")
    def _within_instrument(self) -> "InboundSurvey":
        if self.instrument == "csat" and not 1 <= self.score <= 5:
            raise ValueError("a CSAT score lies between 1 and 5")
        return self


class InboundReferral(InboundInteraction):
    """The customer brought somebody: an existing customer where known, else a free label."""

    event_type: ClassVar[str] = "rapport.inbound.referral_made.v1"

    referred_customer_id: UUID | None = None
    referred_label: ShortText | None = None


class InboundCall(InboundInteraction):
    """A telephone or video call, from the customer (`inbound`) or to it; `reached` is false when nobody answered."""

    event_type: ClassVar[str] = "rapport.inbound.call_recorded.v1"

    direction: Direction
    reached: StrictBool = True
    duration_seconds: Annotated[int, Field(strict=True, ge=0, le=86_400)] | None = None
    about: ShortText | None = None
    notes: LongText | None = None
    next_step: LongText | None = None
    next_step_on: WrittenDate | None = None


class InboundCorrespondence(InboundInteraction):
    """A message from the customer (`inbound`) or written to it by a person."""

    event_type: ClassVar[str] = "rapport.inbound.correspondence_recorded.v1"

    direction: Direction
    subject: ShortText | None = None
    text: LongText | None = None


class InboundMention(InboundInteraction):
    """The customer praised or criticised the business in public."""

    event_type: ClassVar[str] = "rapport.inbound.mention_recorded.v1"

    sentiment: Sentiment
    site: ShortText | None = None
    url: Annotated[str, Field(max_length=2000, pattern=SINGLE_LINE)] | None = None
    text: LongText | None = None
    reach: (
        Annotated[int, Field(strict=True, ge=0, le=10**12, description="how many people may have seen it")] | None
    ) = None


class InboundEngagement(InboundInteraction):
    """The customer took part; an rsvp comes with its `answer`."""

    event_type: ClassVar[str] = "rapport.inbound.engagement_recorded.v1"

    activity: Activity
    about: Annotated[ShortText | None, Field(description="which event, post or activity")] = None
    answer: Answer | None = None

    @model_validator(mode="after")
    def _answer_of_an_rsvp(self) -> "InboundEngagement":
        if (self.activity == "rsvp") != (self.answer is not None):
            raise ValueError("an rsvp has an `answer`, and nothing else has one")
        return self


class InboundCompetitor(InboundInteraction):
    """A sign that a competitor woos the customer, is there already, or has won it over."""

    event_type: ClassVar[str] = "rapport.inbound.competitor_noticed.v1"

    sign: CompetitorSign
    competitor: ShortText | None = None
    category: ShortText | None = None
    offer: Amount | None = None
    notes: LongText | None = None


class InboundNote(InboundInteraction):
    """Something a member of staff wants remembered."""

    event_type: ClassVar[str] = "rapport.inbound.note_recorded.v1"

    text: Annotated[LongText, Field(min_length=1)]
