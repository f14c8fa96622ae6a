"""Tables of fitted models and of the requests to fit one."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import TIMESTAMP, Column, Identity, Integer, SmallInteger, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from services.scoring.database import Base


class FittedModel(Base, table=True):
    """One fit, never changed afterwards: scores name it by its version.

    `r`, `alpha` and either `a`, `b` or `s`, `beta` belong to the model of purchases; without a model of spend `p`, `q`,
    `gamma` are null. `report` compares the candidates and tells how they predicted the hold-out period. `segments`
    has the same of customers who are equal in its `by`: `fitted` models, and of whom too little is known (`lacking`).
    """

    __tablename__ = "lifetime_models"

    version: int | None = Field(default=None, sa_column=Column(Integer, Identity(always=True), primary_key=True))
    fit_id: UUID = Field(unique=True)
    policy_version: int
    fitted_at: datetime = Field(sa_column=Column(TIMESTAMP(timezone=True), nullable=False))
    observed_until: date
    customers: int
    repeat_customers: int
    purchase_model: str = Field(sa_column=Column(Text, server_default="bg_nbd", nullable=False))
    grounds: str = Field(sa_column=Column(Text, server_default="reference", nullable=False))
    r: float
    alpha: float
    a: float | None = None
    b: float | None = None
    s: float | None = None
    beta: float | None = None
    log_likelihood: float
    covariance: list[list[float]] | None = Field(default=None, sa_column=Column(JSONB(none_as_null=True)))
    goodness: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    spend_customers: int | None = None
    p: float | None = None
    q: float | None = None
    gamma: float | None = None
    spend_log_likelihood: float | None = None
    report: dict[str, Any] | None = Field(default=None, sa_column=Column(JSONB(none_as_null=True)))
    segments: dict[str, Any] | None = Field(default=None, sa_column=Column(JSONB(none_as_null=True)))


class ModelFit(Base, table=True):
    """A request to fit, worked on by one worker at a time: `leased_until` passes when that worker has died. `cause` is
    who asked: a person, the schedule, or a drift that was noticed; `phase` and `percent` tell how far it is."""

    __tablename__ = "model_fits"

    fit_id: UUID = Field(primary_key=True)
    state: str = Field(sa_type=Text, index=True)
    requested_at: datetime = Field(sa_column=Column(TIMESTAMP(timezone=True), nullable=False))
    observed_until: date
    cause: str = Field(default="asked", sa_column=Column(Text, server_default="asked", nullable=False))
    phase: str | None = Field(default=None, sa_type=Text)
    percent: int = Field(default=0, sa_column=Column(SmallInteger, server_default="0", nullable=False))
    leased_until: datetime | None = Field(default=None, sa_column=Column(TIMESTAMP(timezone=True)))
    model_version: int | None = None
    reason: str | None = Field(default=None, sa_type=Text)
    found: float | None = None
    needed: float | None = None


class ModelCheck(Base, table=True):
    """How many purchases customers made since a model was fitted, and how many it had expected of them."""

    __tablename__ = "model_checks"

    model_version: int = Field(primary_key=True)
    checked_until: date = Field(primary_key=True)
    checked_at: datetime = Field(sa_column=Column(TIMESTAMP(timezone=True), nullable=False))
    customers: int
    actual: int
    expected: float
    drifted: bool
