"""The inbox over HTTP."""

from datetime import datetime
from uuid import UUID

from pydantic import ConfigDict, Field

from shared.contracts.common import Instant
from shared.web.pagination import Page
from shared.web.schemas import RequestModel, ResponseModel


class InboxItemRead(ResponseModel):
    item_id: UUID = Field(description="also the id of the message")
    rule: str
    language: str
    subject: str
    body: str
    created_at: datetime
    read_at: datetime | None


class ReadAll(RequestModel):
    """Without `until` everything that lies there; with it what the customer can have seen."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"until": "2026-03-02T12:00:00Z"}]})

    until: Instant | None = None


class UnreadCount(ResponseModel):
    unread: int = Field(description="unread items in the whole inbox")


class InboxPage(Page[InboxItemRead]):
    unread: int = Field(description="unread items in the whole inbox")
