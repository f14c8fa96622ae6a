"""Print runs over HTTP."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import ConfigDict, Field

from shared.contracts.common import SINGLE_LINE
from shared.web.schemas import RequestModel, ResponseModel

MOST_LETTERS = 500


class PrintRunWanted(RequestModel):
    model_config = ConfigDict(json_schema_extra={"examples": [{"limit": 200, "note": "for Tuesday's post"}, {}]})

    limit: Annotated[int, Field(ge=1, le=MOST_LETTERS, description="letters at most")] = 200
    note: Annotated[str, Field(min_length=1, max_length=500, pattern=SINGLE_LINE)] | None = None


class PrintRunRead(ResponseModel):
    """Its file is at `/letters`, what is in it at `/manifest`."""

    run_id: UUID
    created_at: datetime
    created_by: str
    note: str | None
    provider: str
    day: date = Field(description="the date on the letters")
    letters: int = Field(description="handed over by this run")
    cancelled: int = Field(description="not to be sent after all, for example since consent was withdrawn")
    failed: int = Field(description="whose words could not be rendered")
