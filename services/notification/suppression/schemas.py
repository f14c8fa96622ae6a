"""The suppression list over HTTP."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import ConfigDict, Field

from services.notification.suppression.reasons import SuppressionReason
from shared.contracts.common import SINGLE_LINE, Channel
from shared.web.schemas import RequestModel, ResponseModel

Address = Annotated[str, Field(min_length=1, max_length=2048, pattern=SINGLE_LINE)]


class SuppressionCreate(RequestModel):
    """An address that nothing is to be sent to, with the reason."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"channel": "email", "address": "customer@example.com", "reason": "requested", "note": "called"}
            ]
        }
    )

    channel: Channel
    address: Address
    reason: SuppressionReason
    note: Annotated[str, Field(max_length=500, pattern=SINGLE_LINE)] | None = None


class SuppressionRead(ResponseModel):
    suppression_id: UUID
    channel: Channel
    address: str
    reason: SuppressionReason
    source: str = Field(description="the provider that reported it, or who entered it")
    note: str | None
    customer_id: UUID | None
    created_at: datetime
