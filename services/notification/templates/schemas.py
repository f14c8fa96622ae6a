"""Templates over HTTP."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import ConfigDict, Field

from services.notification.values import RuleName
from shared.contracts.common import LanguageTag, ShortText
from shared.contracts.scoring import LoyaltyLevel
from shared.web.instants import WrittenInstant
from shared.web.schemas import RequestModel, ResponseModel


class TemplateRead(ResponseModel):
    """`facts` are the names a template may use, each with a sample; the required ones must be given to a preview."""

    name: RuleName
    languages: list[str]
    facts: dict[str, str]
    required: list[str]


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
    facts: Annotated[dict[str, Annotated[str, Field(max_length=2000)]], Field(max_length=20)] | None = None
    happened_at: WrittenInstant | None = Field(None, description="by default now")


class PreviewRead(ResponseModel):
    name: RuleName
    language: str = Field(description="the language it is really in, which may be a fallback")
    subject: str
    text: str
    html: str
    happened_at: datetime
