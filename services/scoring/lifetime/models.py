"""Tables of fitted models and of the requests to fit one."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import TIMESTAMP, Column, Identity, Integer, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from services.scoring.database import Base


class FittedModel(Base, table=True):
    """One fit, never changed afterwards: scores name it by its version. Without a spend model p, q, gamma are null."""

    __tablename__ = "lifetime_models"

    version: int | None = Field(default=None, sa_column=Column(Integer, Identity(always=True), primary_key=True))
    fit_id: UUID = Field(unique=True)
    policy_version: int
    fitted_at: datetime = Field(sa_column=Column(TIMESTAMP(timezone=True), nullable=False))
    observed_until: date
    customers: int
    repeat_customers: int
    r: float
    alpha: float
    a: float
    b: float
    log_likelihood: float
    covariance: list[list[float]] | None = Field(default=None, sa_column=Column(JSONB(none_as_null=True)))
    goodness: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    spend_customers: int | None = None
    p: float | None = None
    q: float | None = None
    gamma: float | None = None
    spend_log_likelihood: float | None = None


class ModelFit(Base, table=True):
    """A request to fit, worked on by one worker at a time: `leased_until` passes when that worker has died."""

    __tablename__ = "model_fits"

    fit_id: UUID = Field(primary_key=True)
    state: str = Field(sa_type=Text, index=True)
    requested_at: datetime = Field(sa_column=Column(TIMESTAMP(timezone=True), nullable=False))
    observed_until: date
    leased_until: datetime | None = Field(default=None, sa_column=Column(TIMESTAMP(timezone=True)))
    model_version: int | None = None
    reason: str | None = Field(default=None, sa_type=Text)
    found: float | None = None
    needed: float | None = None
