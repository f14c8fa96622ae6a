"""What this service knows of a customer, over HTTP."""

from datetime import datetime
from uuid import UUID

from pydantic import Field

from services.notification.values import MemberState
from shared.contracts.common import Channel, Purpose
from shared.contracts.interaction import Severity
from shared.web.schemas import ResponseModel


class PermissionRead(ResponseModel):
    channel: Channel
    purpose: Purpose


class OpenComplaintRead(ResponseModel):
    source: str
    case: str
    severity: Severity
    opened_at: datetime


class AudienceRead(ResponseModel):
    """Everything a decision about this customer depends on; of an erased one nothing but that it was erased."""

    customer_id: UUID
    state: MemberState
    version: int
    is_person: bool
    display_name: str
    language: str
    time_zone: str
    email: str | None
    addresses: dict[Channel, str] = Field(description="where the other channels go")
    granted: list[PermissionRead]
    loyalty_level: str | None
    lifecycle_stage: str | None
    abc_class: str | None
    open_complaints: list[OpenComplaintRead]
