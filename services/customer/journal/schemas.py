"""The journal as it is read."""

from datetime import datetime
from typing import Any

from pydantic import Field

from shared.web.schemas import ResponseModel


class JournalEntryRead(ResponseModel):
    """Who changed what of a customer, and when."""

    subject: str = Field(description="what was changed", examples=["owner", "contact_points", "abuse_flags"])
    before: Any = Field(description="its value until then; null where there was none")
    after: Any = Field(description="its value since then; null where there is none any more")
    reason: str | None
    changed_at: datetime
    changed_by: str = Field(description="the subject of the token it was changed with")
