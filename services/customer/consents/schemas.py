"""Consents as they are read back."""

from datetime import datetime

from pydantic import Field

from shared.contracts.common import Channel, Purpose
from shared.web.schemas import ResponseModel


class ConsentDecisionRead(ResponseModel):
    """One decision of a customer, as evidence."""

    channel: Channel
    purpose: Purpose
    granted: bool
    at: datetime = Field(description="when the customer decided")
    proof: str | None = Field(description="where the decision can be seen: a form, a call, a web session")
    recorded_at: datetime = Field(description="when it was recorded here")
    recorded_by: str = Field(description="the subject of the token it was recorded with")
