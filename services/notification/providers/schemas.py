"""Providers as operators see them."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from shared.contracts.common import Channel
from shared.web.schemas import ResponseModel


class ProviderRead(ResponseModel):
    """A provider that is configured, and what all workers know together of its health."""

    name: str
    channels: list[Channel] = Field(description="that it serves, whether first or after others")
    state: Literal["working", "failing", "open"] = Field(
        description="`failing`: failed last, and is still tried; `open`: is left alone until `open_until`"
    )
    failures: int = Field(description="in a row")
    open_until: datetime | None
    problem: str | None = Field(description="what went wrong last, without personal data")
    rate_tokens: float | None = Field(description="what its rate left at `rate_read_at`; null without a rate")
    rate_read_at: datetime | None
