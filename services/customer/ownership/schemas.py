"""Ownership and handovers on the wire."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import ConfigDict, Field

from services.customer.profiles.schemas.fields import Line, PersonalModel
from services.customer.profiles.schemas.parts import ManagerGiven
from shared.contracts.customer import HandoverReason
from shared.web.schemas import RequestModel, ResponseModel


class OwnershipGiven(PersonalModel):
    """Who looks after the customer, and who does when they cannot; null for nobody."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "owner": {"id": "am-21", "name": "Example Manager", "email": "manager@example.com"},
                    "backup_owner": {"id": "am-17"},
                    "reason": "moved to another region",
                }
            ]
        }
    )

    owner: ManagerGiven | None
    backup_owner: ManagerGiven | None = None
    reason: Annotated[Line, Field(max_length=500)] | None = None


class HandoverDone(RequestModel):
    """What was handed over."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"note": "met on site together, needs gone through"}]})

    note: Annotated[Line, Field(max_length=2000)] | None = None


class HandoverRead(ResponseModel):
    """A change of hands; open until it is completed, overdue when it still is after `due_at`."""

    handover_id: UUID
    customer_id: UUID
    reason: HandoverReason
    from_owner_id: str | None
    to_owner_id: Annotated[str | None, Field(description="who has to take over, or to get to know the new contact")]
    from_contact_id: UUID | None
    to_contact_id: UUID | None
    opened_at: datetime
    opened_by: str
    due_at: datetime
    overdue: bool
    completed_at: datetime | None
    completed_by: str | None
    note: str | None
