"""Templates over HTTP."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import ConfigDict, Field

from services.notification.offers.schemas import Digest, ListName
from shared.contracts.common import SINGLE_LINE, Channel, LanguageTag, ShortText
from shared.contracts.scoring import LoyaltyLevel
from shared.web.instants import WrittenInstant
from shared.web.schemas import RequestModel, ResponseModel


class TemplateRead(ResponseModel):
    """`facts` are the names a template may use, each with a sample; the required ones must be given to a preview."""

    name: str
    languages: list[str]
    facts: dict[str, str]
    required: list[str]
    for_staff: bool = Field(description="said by tasks only; all others by messages only")
    shipped: bool = Field(description="comes with Rapport; version 1 of its words is there from the start")
    in_force: dict[str, int] = Field(description="the version in force, by language and channel, where it is not 1")


_Fact = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,59}$")]


class TemplateDraft(RequestModel):
    """A template of a new name. `facts` are what its words may use of what a rule's trigger tells, each with a sample;
    without a required one a message is not sent."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "name": "referral_thanks",
                    "description": "thanks to those who bring a friend",
                    "facts": {"about": "spring"},
                    "required": [],
                }
            ]
        }
    )

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{1,59}$")]
    description: Annotated[str, Field(min_length=1, max_length=300, pattern=SINGLE_LINE)]
    facts: dict[_Fact, Annotated[str, Field(max_length=300, pattern=SINGLE_LINE)]] = Field(
        default_factory=dict, max_length=20
    )
    required: Annotated[tuple[_Fact, ...], Field(max_length=20)] = ()
    for_staff: bool = Field(False, description="said by tasks only; else by messages only")


class PreviewCustomer(RequestModel):
    display_name: ShortText
    given_name: ShortText | None = None
    time_zone: Annotated[str, Field(max_length=64)] = "UTC"
    loyalty_level: LoyaltyLevel = LoyaltyLevel.NONE


class PreviewRequest(RequestModel):
    """Without `facts` the sample is shown; with neither `customer_id` nor `customer` a made-up customer."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"language": "zh-CN", "customer": {"display_name": "Test Customer 1"}}, {}]}
    )

    customer_id: UUID | None = None
    customer: PreviewCustomer | None = None
    language: LanguageTag | None = Field(None, description="by default the customer's own")
    channel: Channel | None = Field(None, description="its own words, where it has some")
    version: Annotated[int, Field(ge=1, le=1_000_000)] | None = Field(
        None, description="of these words; by default what is in force. 1 are the shipped ones"
    )
    facts: Annotated[dict[str, Annotated[str, Field(max_length=2000)]], Field(max_length=20)] | None = None
    happened_at: WrittenInstant | None = Field(None, description="by default now")


class TextMessageRead(ResponseModel):
    """How the text travels as a text message, with the signature that a provider puts before it."""

    signature: str | None
    segments: int = Field(description="what providers charge by")
    characters: int


class PreviewRead(ResponseModel):
    name: str
    version: int
    language: str = Field(description="the language it is really in, which may be a fallback")
    subject: str
    text: str
    html: str
    text_message: TextMessageRead
    happened_at: datetime


Reason = Annotated[str, Field(min_length=1, max_length=500, pattern=SINGLE_LINE, description="why, for the history")]
Version = Annotated[int, Field(ge=1, le=1_000_000, description="1 are the shipped words")]


class AttachmentNamed(RequestModel):
    """A document that was uploaded before, under the name that the mail gives it."""

    document: Digest
    name: Annotated[str, Field(pattern=r'^[^\x00-\x1f\x7f/\\:*?"<>|]{1,100}$', examples=["offer.pdf"])]


class VersionDraft(RequestModel):
    """The words of one language, for one channel or for all that have none of their own.

    Give `html` or `mjml`. `defaults` names the facts that may be missing, with what is shown then; a message that lacks
    another one is not sent, and says why.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "language": "en",
                    "subject": "Thank you ({{ order_id }})",
                    "text": "Dear {{ customer.name }}, thank you for your purchase of {{ amount }}.",
                    "html": "<p>Dear {{ customer.name }}, thank you for your purchase of {{ amount }}.</p>",
                    "reason": "shorter",
                }
            ]
        }
    )

    language: LanguageTag
    channel: Channel | None = Field(None, description="without one, for all channels that have no words of their own")
    subject: Annotated[str, Field(min_length=1, max_length=400)]
    text: Annotated[str, Field(min_length=1, max_length=20_000)]
    html: Annotated[str, Field(min_length=1, max_length=60_000)] | None = None
    mjml: Annotated[str, Field(min_length=1, max_length=60_000)] | None = None
    defaults: dict[str, Annotated[str, Field(max_length=300)]] = Field(default_factory=dict, max_length=20)
    attachments: Annotated[tuple[AttachmentNamed, ...], Field(max_length=5, description="of mails")] = ()
    coupon_list: ListName | None = Field(
        None, description="each message gets a code of its own from this list, shown as `{{ coupon }}`"
    )
    reason: Reason


class VersionListed(ResponseModel):
    language: str
    channel: Channel | None = Field(description="null: for all channels that have no words of their own")
    version: int
    state: Literal["active", "draft", "retired"] = Field(description="retired: was in force and is no more")
    author: str
    reason: str
    created_at: datetime


class AttachmentRead(ResponseModel):
    document: str
    name: str


class VersionRead(ResponseModel):
    name: str
    language: str
    channel: Channel | None
    version: int
    subject: str
    text: str
    html: str = Field(description="what `mjml` was compiled to, where it is given")
    mjml: str | None
    defaults: dict[str, str]
    attachments: list[AttachmentRead]
    coupon_list: str | None


class ActivationWanted(RequestModel):
    """Which version is to be in force; a former one to go back to it, 1 for the shipped words."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"language": "en", "version": 2, "reason": "reviewed"}]})

    language: LanguageTag
    channel: Channel | None = None
    version: Version
    reason: Reason


class ActivationRead(ResponseModel):
    language: str
    channel: Channel | None
    version: int
    reason: str
    activated_by: str
    activated_at: datetime


class TrialWanted(PreviewRequest):
    """What a preview takes, and to whom it is to be sent; `channel` is the way it goes."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"channel": "email", "address": "marketing@example.com", "version": 2}]}
    )

    address: Annotated[str, Field(min_length=1, max_length=2048, pattern=SINGLE_LINE)]


class TrialRead(ResponseModel):
    """A message sent to try a version; `sending` that stays so is one whose worker died: whether it went is unknown."""

    trial_id: UUID
    template: str
    language: str
    channel: Channel
    version: int
    address: str
    state: Literal["planned", "sending", "accepted", "failed", "uncertain"]
    provider: str | None
    detail: str | None
    requested_by: str
    requested_at: datetime
