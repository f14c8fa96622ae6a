"""The inbox over HTTP."""

from datetime import datetime
from uuid import UUID

from pydantic import Field

from services.notification.values import RuleName
from shared.web.pagination import Page
from shared.web.schemas import ResponseModel


class InboxItemRead(ResponseModel):
    item_id: UUID = Field(description="also the id of the message")
    rule: RuleName
    language: str
    subject: str
    body: str
    created_at: datetime
    read_at: datetime | None


class InboxPage(Page[InboxItemRead]):
    unread: int = Field(description="unread items in the whole inbox")
