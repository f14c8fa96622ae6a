"""How customer and business meet, talk and think of each other."""

from datetime import date
from typing import Annotated, ClassVar, Literal
from uuid import UUID

from pydantic import Field

from shared.contracts.common import LongText, Money, ShortText
from shared.contracts.interaction.base import InteractionRecorded

Direction = Literal["inbound", "outbound"]
Sentiment = Literal["positive", "neutral", "negative"]
Activity = Literal["login", "post", "activity", "event_attendance", "rsvp"]
Answer = Literal["yes", "no", "maybe"]
CompetitorSign = Literal["offer", "poaching", "presence", "switched"]


class VisitRecorded(InteractionRecorded):
    """Customer and business met: in the shop, at the customer's, or by telephone or video."""

    event_type: ClassVar[str] = "rapport.interaction.visit_recorded.v1"

    place: Literal["store", "on_site", "remote"]
    purpose: ShortText | None = None
    notes: LongText | None = None
    participants: tuple[ShortText, ...] = ()
    next_step: LongText | None = None
    next_step_on: date | None = None


class SurveyAnswered(InteractionRecorded):
    """`score` is 1-5 for CSAT and 0-10 for NPS."""

    event_type: ClassVar[str] = "rapport.interaction.survey_answered.v1"

    instrument: Literal["csat", "nps"]
    score: Annotated[int, Field(ge=0, le=10)]
    comment: LongText | None = None


class ReferralMade(InteractionRecorded):
    """The customer brought somebody: an existing customer where known, else a free label."""

    event_type: ClassVar[str] = "rapport.interaction.referral_made.v1"

    referred_customer_id: UUID | None = None
    referred_label: ShortText | None = None


class CallRecorded(InteractionRecorded):
    """A telephone or video call, from the customer (`inbound`) or to it; `reached` is false when nobody answered."""

    event_type: ClassVar[str] = "rapport.interaction.call_recorded.v1"

    direction: Direction
    reached: bool = True
    duration_seconds: Annotated[int, Field(ge=0, le=86_400)] | None = None
    about: ShortText | None = None
    notes: LongText | None = None
    next_step: LongText | None = None
    next_step_on: date | None = None


class CorrespondenceRecorded(InteractionRecorded):
    """A message from the customer (`inbound`) or written to it by a person; the platform's own are not among them."""

    event_type: ClassVar[str] = "rapport.interaction.correspondence_recorded.v1"

    direction: Direction
    subject: ShortText | None = None
    text: LongText | None = None


class MentionRecorded(InteractionRecorded):
    """The customer praised or criticised the business in public."""

    event_type: ClassVar[str] = "rapport.interaction.mention_recorded.v1"

    sentiment: Sentiment
    site: ShortText | None = None
    url: Annotated[str, Field(max_length=2000)] | None = None
    text: LongText | None = None
    reach: Annotated[int, Field(ge=0, le=10**12, description="how many people may have seen it")] | None = None


class EngagementRecorded(InteractionRecorded):
    """The customer took part: logged in, posted, joined an activity, came to an event, or answered an invitation."""

    event_type: ClassVar[str] = "rapport.interaction.engagement_recorded.v1"

    activity: Activity
    about: Annotated[ShortText, Field(description="which event, post or activity")] | None = None
    answer: Annotated[Answer, Field(description="of an rsvp only")] | None = None


class CompetitorNoticed(InteractionRecorded):
    """A sign that a competitor woos the customer, is there already, or has won it over."""

    event_type: ClassVar[str] = "rapport.interaction.competitor_noticed.v1"

    sign: CompetitorSign
    competitor: ShortText | None = None
    category: ShortText | None = None
    offer: Money | None = None
    notes: LongText | None = None


class NoteRecorded(InteractionRecorded):
    """Something a member of staff wants remembered."""

    event_type: ClassVar[str] = "rapport.interaction.note_recorded.v1"

    text: LongText
