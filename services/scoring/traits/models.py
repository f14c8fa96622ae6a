"""The table of traits."""

from uuid import UUID

from sqlalchemy import Column, Text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field

from services.scoring.database import Base


class CustomerTraits(Base, table=True):
    """One row per customer of whom the customer service has told since there are traits."""

    __tablename__ = "customer_traits"

    customer_id: UUID = Field(primary_key=True)
    version: int
    lifecycle: str = Field(sa_type=Text)
    language: str = Field(sa_type=Text)
    time_zone: str = Field(sa_type=Text)
    tags: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    acquisition_source: str | None = Field(default=None, sa_type=Text)
    owner_id: str | None = Field(default=None, sa_type=Text)
    backup_owner_id: str | None = Field(default=None, sa_type=Text)
    contacts: int | None = None
    coverage_risks: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
