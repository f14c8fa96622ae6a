"""Needs, SWOT and wallet on the wire."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import ConfigDict, Field

from services.customer.profiles.schemas.fields import Instant, Line, Name, PersonalModel
from services.customer.profiles.wallet import MAX_COMPETITORS
from shared.contracts.inbound import Amount
from shared.web.schemas import RequestModel, ResponseModel

Text = Annotated[str, Field(min_length=1, max_length=2000, pattern=r"^[^\x00]*$")]
Points = Annotated[tuple[Annotated[Line, Field(max_length=500)], ...], Field(max_length=20)]


class NeedKind(StrEnum):
    """Explicit: what they say. Implicit: what they do not say and want all the same."""

    EXPLICIT = "explicit"
    IMPLICIT = "implicit"


class NeedStatus(StrEnum):
    IDENTIFIED = "identified"
    CONFIRMED = "confirmed"
    IN_WORK = "in_work"
    MET = "met"
    DROPPED = "dropped"


class NeedCreate(PersonalModel):
    """Something an account, or one of its contacts, needs."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"kind": "implicit", "description": "wants to be seen as the one who saved cost this year"}]
        }
    )

    kind: NeedKind
    description: Text
    category: Name | None = None
    contact_id: Annotated[UUID | None, Field(description="whose personal need it is; the account's own without")] = None
    status: NeedStatus = NeedStatus.IDENTIFIED
    evidence: Annotated[Text | None, Field(description="how it is known")] = None


class NeedChange(PersonalModel):
    """What to change: fields left out stay, null clears."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"status": "met"}]})

    category: Name | None = None
    evidence: Text | None = None
    # These cannot be cleared. Their defaults are never read, and a factory keeps them out of the documentation.
    kind: NeedKind = Field(default_factory=lambda: NeedKind.EXPLICIT)
    status: NeedStatus = Field(default_factory=lambda: NeedStatus.IDENTIFIED)
    description: Text = Field(default_factory=str)


class NeedRead(ResponseModel):
    need_id: UUID
    customer_id: UUID
    contact_id: UUID | None
    version: int = Field(description="rises with every change; the ETag is made of it")
    kind: NeedKind
    status: NeedStatus
    description: str
    category: str | None
    evidence: str | None
    added_at: datetime
    added_by: str
    changed_at: datetime


class SwotGiven(RequestModel):
    """How we stand with an account, seen from our side: up to 20 points each."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "strengths": ["known to their board"],
                    "weaknesses": ["one plant only"],
                    "opportunities": ["a second line next year"],
                    "threats": ["their new buyer knows a rival"],
                }
            ]
        }
    )

    strengths: Points = ()
    weaknesses: Points = ()
    opportunities: Points = ()
    threats: Points = ()


class SwotRead(ResponseModel):
    """A version of it; version 0 is the blank page before anybody wrote."""

    customer_id: UUID
    version: int = Field(description="rises with every change; the ETag is made of it")
    strengths: tuple[str, ...] = ()
    weaknesses: tuple[str, ...] = ()
    opportunities: tuple[str, ...] = ()
    threats: tuple[str, ...] = ()
    written_at: datetime | None = None
    written_by: str | None = None


class EstimateGiven(RequestModel):
    """What the customer spends in a year on one category, with everybody; and who else is known to sell it to them."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "yearly": {"amount": "480000.00", "currency": "CNY"},
                    "competitors": ["Example Rival"],
                    "note": "tender",
                }
            ]
        }
    )

    yearly: Amount
    competitors: Annotated[tuple[Name, ...], Field(max_length=MAX_COMPETITORS)] = ()
    note: Text | None = None
    estimated_at: Annotated[Instant | None, Field(description="when that was found out; now, if left out")] = None


class EstimateRead(ResponseModel):
    category: str
    yearly: Amount
    competitors: tuple[str, ...]
    note: str | None
    estimated_at: datetime
    estimated_by: str


class WalletRead(ResponseModel):
    """The estimates of a customer, by category."""

    items: tuple[EstimateRead, ...]
