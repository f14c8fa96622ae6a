"""Tables of simulations: how far each is, what it found, and whom it would move."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import TIMESTAMP, BigInteger, Column, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from services.scoring.database import Base
from services.scoring.simulations.progress import Phase, State


class Simulation(Base, table=True):
    """One trial of a draft, worked on by one worker at a time: `leased_until` passes when that worker has died.

    `document` is the draft as it was, and the versions are those it is compared under; `portfolio`: boundaries under
    the draft, where it changes them.
    """

    __tablename__ = "simulations"

    simulation_id: UUID = Field(primary_key=True)
    version: int = Field(index=True)
    revision: int
    document: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    compared_with: int
    model_version: int | None = None
    portfolio_version: int | None = None
    portfolio: dict[str, Any] | None = Field(default=None, sa_column=Column(JSONB(none_as_null=True)))
    state: State = Field(sa_column=Column(Text, nullable=False, index=True))
    phase: Phase = Field(sa_column=Column(Text, nullable=False))
    counts_first: bool
    as_of: datetime = Field(sa_column=Column(TIMESTAMP(timezone=True), nullable=False))
    requested_at: datetime = Field(sa_column=Column(TIMESTAMP(timezone=True), nullable=False))
    requested_by: str = Field(sa_type=Text)
    started_at: datetime | None = Field(default=None, sa_column=Column(TIMESTAMP(timezone=True)))
    finished_at: datetime | None = Field(default=None, sa_column=Column(TIMESTAMP(timezone=True)))
    leased_until: datetime | None = Field(default=None, sa_column=Column(TIMESTAMP(timezone=True)))
    customers: int = Field(sa_type=BigInteger)
    done: int = Field(default=0, sa_type=BigInteger)
    moved: int = Field(default=0, sa_type=BigInteger)
    skipped: int = Field(default=0, sa_type=BigInteger)
    after_customer: UUID | None = None
    figures: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))


class SimulatedMove(Base, table=True):
    """A customer whom the draft puts into another class: per class and per figure that differs, before and after."""

    __tablename__ = "simulated_moves"

    simulation_id: UUID = Field(primary_key=True)
    customer_id: UUID = Field(primary_key=True)
    classes: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    figures: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))


class SimulatedValue(Base, table=True):
    """What a draft that counts otherwise makes of a customer, kept until its boundaries are known."""

    __tablename__ = "simulated_values"

    simulation_id: UUID = Field(primary_key=True)
    customer_id: UUID = Field(primary_key=True)
    realised: int = Field(sa_type=BigInteger)
    purchase_days: int
    last_day: int | None = None
