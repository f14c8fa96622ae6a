"""Table of the policies that scores were told under."""

from datetime import datetime
from typing import Any

from sqlalchemy import TIMESTAMP, Column
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from services.scoring.database import Base


class UsedPolicy(Base, table=True):
    """The document behind a version, kept so that a version can never come to mean something else."""

    __tablename__ = "policies"

    version: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    document: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    first_used_at: datetime = Field(sa_column=Column(TIMESTAMP(timezone=True), nullable=False))
