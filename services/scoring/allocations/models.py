"""Tables of allocations: what was shared out, by which rule, and to whom."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import TIMESTAMP, BigInteger, Column, ForeignKey, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from services.scoring.database import Base


class Allocation(Base, table=True):
    """Never changed: a supply is shared out anew by another allocation."""

    __tablename__ = "allocations"

    allocation_id: UUID = Field(primary_key=True)
    name: str = Field(sa_type=Text)
    supply: int = Field(sa_type=BigInteger)
    allocated: int = Field(sa_type=BigInteger)
    customers: int
    left_out: int
    measure: str = Field(sa_type=Text)
    rule: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    policy_version: int
    created_at: datetime = Field(sa_column=Column(TIMESTAMP(timezone=True), nullable=False, index=True))
    created_by: str = Field(sa_type=Text)


class AllocationLine(Base, table=True):
    """`rank` counts from 1, the best customer first. `weight` is rounded for display; `units` came of the exact one."""

    __tablename__ = "allocation_lines"

    allocation_id: UUID = Field(sa_column=Column(ForeignKey("allocations.allocation_id"), primary_key=True))
    rank: int = Field(primary_key=True)
    customer_id: UUID
    abc_class: str = Field(sa_type=Text)
    value: int = Field(sa_type=BigInteger)
    wanted: int | None = Field(default=None, sa_type=BigInteger)
    units: int = Field(sa_type=BigInteger)
    minimum: int = Field(sa_type=BigInteger)
    weight: float
    limited_by: str = Field(sa_type=Text)
