"""Customers as they come back."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import Field, JsonValue

from services.customer.profiles.lifecycle import Lifecycle
from shared.contracts.common import CustomerKind, ExternalId
from shared.contracts.customer import (
    AccountManager,
    Birthday,
    Consent,
    ContactPoint,
    CoverageRisk,
    DoNotDisturb,
    Gender,
    ImportantDate,
)
from shared.contracts.scoring import AbcClass, LifecycleStage, LoyaltyLevel
from shared.web.schemas import Problem, ResponseModel


class CustomerRead(ResponseModel):
    """A customer as registered."""

    customer_id: UUID
    version: int = Field(description="rises with every change; the ETag is made of it")
    kind: CustomerKind
    lifecycle: Lifecycle
    display_name: str = Field(description="the name to show and to greet with, put together as its language does")
    given_name: str | None
    family_name: str | None
    full_name: str | None
    organisation_name: str | None
    language: str
    time_zone: str
    region: str | None
    birthday: Birthday | None
    contact_points: tuple[ContactPoint, ...]
    consents: tuple[Consent, ...] = Field(description="the decision that stands per channel and purpose")
    external_ids: tuple[ExternalId, ...]
    tags: tuple[str, ...]
    custom_attributes: dict[str, JsonValue]
    gender: Gender | None
    occupation: str | None
    industry: str | None
    income_band: str | None
    interests: tuple[str, ...]
    acquisition_source: str | None
    do_not_disturb: DoNotDisturb | None
    deceased: bool
    key_account: bool
    owner: AccountManager | None
    backup_owner: AccountManager | None
    important_dates: tuple[ImportantDate, ...]
    abuse_flags_active: int
    registered_at: datetime
    changed_at: datetime


class ScoreSummary(ResponseModel):
    """What scoring said last of a customer."""

    abc_class: AbcClass | None
    lifecycle_stage: LifecycleStage
    loyalty_level: LoyaltyLevel
    as_of: datetime


class CustomerListed(CustomerRead):
    """A customer in a list, with what scoring said last; null until it said something."""

    score: ScoreSummary | None = None


class CoverageRead(ResponseModel):
    """How well an account is known, and what is wrong with that."""

    customer_id: UUID
    display_name: str
    key_account: bool
    owner: AccountManager | None
    active_contacts: int
    executive_contacts: int
    contacts_left: int
    risks: tuple[CoverageRisk, ...]


class BulkResult(ResponseModel):
    index: int
    status: Literal["registered", "conflict", "invalid"]
    customer_id: UUID | None = None
    version: int | None = None
    problem: Problem | None = Field(None, description="what this item alone would have been answered")


class BulkResults(ResponseModel):
    """One result per item, in the order sent."""

    registered: int
    refused: int
    results: list[BulkResult]
