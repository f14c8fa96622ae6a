"""Abuse flags on the wire."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import ConfigDict, Field

from services.customer.profiles.schemas.fields import Line, PersonalModel
from shared.web.schemas import ResponseModel

Reason = Annotated[Line, Field(max_length=500)]


class FlagRaised(PersonalModel):
    """That the customer broke the rules, and how."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"kind": "resale", "reason": "sold member prices on, case 17"}]}
    )

    kind: Annotated[
        str, Field(pattern=r"^[a-z][a-z0-9_]{0,49}$", description="as your business sorts it", examples=["resale"])
    ]
    reason: Reason


class FlagCleared(PersonalModel):
    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "mistaken identity"}]})

    reason: Reason


class FlagRead(ResponseModel):
    """A flag; `cleared_at` is null while it is held against the customer."""

    flag_id: UUID
    customer_id: UUID
    kind: str
    reason: str
    raised_at: datetime
    raised_by: str
    cleared_at: datetime | None
    cleared_by: str | None
    cleared_reason: str | None
