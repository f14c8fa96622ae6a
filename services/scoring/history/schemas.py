"""What the API says of the history."""

from datetime import datetime
from typing import Any

from pydantic import Field

from services.scoring.history.repository import Rows
from shared.web.schemas import ResponseModel


class HistoryPoint(ResponseModel):
    at: datetime = Field(description="of the series; without steps the instant of the score")
    as_of: datetime = Field(description="instant of the score, in business time")
    told_at: datetime = Field(description="when it was told, by the wall clock")
    policy_version: int
    model_version: int | None
    occasion: str | None = Field(description="why everybody was rescored; null for a score of the customer's own")
    changed: list[str] = Field(description="what differed from the score told before")
    figures: dict[str, Any] = Field(
        description="figures and classes by the names of score_changed; points of 100, money in minor units of "
        "`currency`",
        examples=[{"realised_value": 21405, "currency": "CNY", "satisfaction": 70.0, "loyalty_level": "trusting"}],
    )


def show_points(rows: Rows) -> list[HistoryPoint]:
    return [HistoryPoint.model_validate({"at": row["as_of"], **row}) for row in rows]
