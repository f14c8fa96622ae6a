"""Tables of segments: the queries, who is in them, and everybody as the queries see them."""

from datetime import datetime
from typing import Any, Final, Literal
from uuid import UUID

from sqlalchemy import TIMESTAMP, BigInteger, Boolean, Column, Date, ForeignKey, Index, Numeric, Table, Text, Uuid, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.types import TypeEngine
from sqlmodel import Field

from services.scoring.database import Base
from services.scoring.segments.vocabulary import VOCABULARY
from shared.conditions.vocabulary import FieldType

State = Literal["computing", "current", "removing"]

_INSTANT: Final = TIMESTAMP(timezone=True)
_TYPES: Final[dict[FieldType, TypeEngine[Any]]] = {
    FieldType.TEXT: Text(),
    FieldType.TEXTS: ARRAY(Text()),
    FieldType.NUMBER: Numeric(),
    FieldType.BOOLEAN: Boolean(),
    FieldType.DAY: Date(),
    FieldType.INSTANT: _INSTANT,
}

SUBJECTS: Final = Table(
    "segment_subjects",
    Base.metadata,
    Column("customer_id", Uuid(), primary_key=True),
    Column("next_at", _INSTANT),
    *(Column(field.name, _TYPES[field.type]) for field in VOCABULARY.fields.values()),
    Index("ix_segment_subjects_next_at", "next_at", postgresql_where=text("next_at IS NOT NULL")),
)
"""Everybody, a column per word of the vocabulary. `next_at`: when time alone may next change a membership."""


class SegmentIndex(Base, table=True):
    """One row, from the first preview or segment on: how far everybody has been taken into `segment_subjects`."""

    __tablename__ = "segment_index"

    singleton: bool = Field(default=True, primary_key=True)
    opened_at: datetime = Field(sa_column=Column(_INSTANT, nullable=False))
    after_customer: UUID | None = None
    customers: int = Field(default=0, sa_type=BigInteger)
    done: int = Field(default=0, sa_type=BigInteger)
    filled_at: datetime | None = Field(default=None, sa_column=Column(_INSTANT))


class Segment(Base, table=True):
    """A stored query. While `computing`, everybody up to `after_customer` has been asked; `members` counts rows of
    `segment_members`. A removed one stays until its members have been told."""

    __tablename__ = "segments"
    __table_args__ = (
        Index("uq_segments_name", "name", unique=True, postgresql_where=text("state <> 'removing'")),
        Index("ix_segments_state", "state", postgresql_where=text("state <> 'current'")),
    )

    segment_id: UUID = Field(primary_key=True)
    name: str = Field(sa_type=Text)
    description: str | None = Field(default=None, sa_type=Text)
    condition: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    revision: int
    state: State = Field(sa_column=Column(Text, nullable=False))
    members: int = Field(default=0, sa_type=BigInteger)
    customers: int = Field(default=0, sa_type=BigInteger)
    done: int = Field(default=0, sa_type=BigInteger)
    after_customer: UUID | None = None
    computed_at: datetime | None = Field(default=None, sa_column=Column(_INSTANT))
    created_at: datetime = Field(sa_column=Column(_INSTANT, nullable=False))
    created_by: str = Field(sa_type=Text)
    changed_at: datetime = Field(sa_column=Column(_INSTANT, nullable=False))
    changed_by: str = Field(sa_type=Text)


class SegmentMember(Base, table=True):
    """`since`: the instant in business time at which the customer entered."""

    __tablename__ = "segment_members"

    segment_id: UUID = Field(sa_column=Column(ForeignKey("segments.segment_id"), primary_key=True))
    customer_id: UUID = Field(primary_key=True, index=True)
    since: datetime = Field(sa_column=Column(_INSTANT, nullable=False))
