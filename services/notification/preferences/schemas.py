"""Preferences as staff and systems see them."""

from datetime import date, datetime
from uuid import UUID

from pydantic import ConfigDict, Field

from shared.contracts.common import Channel, Purpose
from shared.contracts.notification import PreferenceWay
from shared.web.schemas import RequestModel, ResponseModel


class PreferenceDecisionRead(ResponseModel):
    channel: Channel
    purpose: Purpose
    granted: bool
    previous: bool = Field(description="what had stood until then")


class PreferenceChangeRead(ResponseModel):
    """The proof of what a customer decided itself."""

    change_id: UUID
    at: datetime
    way: PreferenceWay
    language: str = Field(description="of the page it was decided on")
    link: str = Field(description="the first 64 bits of the SHA-256 of the link's token")
    link_channel: Channel
    link_purpose: Purpose
    link_issued_on: date
    decisions: list[PreferenceDecisionRead]


class PreferenceLinkWanted(RequestModel):
    """What kind of message the link is for."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"channel": "email", "purpose": "care"}]})

    channel: Channel
    purpose: Purpose


class PreferenceLinkRead(ResponseModel):
    """Links by which this customer, and whoever it shows them to, decides without a login."""

    page_url: str = Field(description="opens the page")
    one_click_url: str = Field(description="a POST to it ends messages of this channel and purpose (RFC 8058)")
