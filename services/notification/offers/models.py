"""What messages carry with them: documents, and codes that are given away."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    TIMESTAMP,
    BigInteger,
    Column,
    Identity,
    Index,
    LargeBinary,
    PrimaryKeyConstraint,
    Text,
    Uuid,
    text,
)
from sqlmodel import Field

from services.notification.database import Base


def _instant(*, nullable: bool = False) -> "Column[datetime]":
    return Column(TIMESTAMP(timezone=True), nullable=nullable)


class Document(Base, table=True):
    """Content by its digest: it never changes, and is kept as long as a message may be sent again."""

    __tablename__ = "documents"
    __table_args__ = (Index("ix_documents_time", "uploaded_at", "digest"),)

    digest: str = Field(sa_column=Column(Text, primary_key=True))
    media_type: str = Field(sa_type=Text)
    size: int
    content: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    uploaded_by: str = Field(sa_type=Text)
    uploaded_at: datetime = Field(sa_column=_instant())


class CouponCode(Base, table=True):
    """A code of a list, given to one message at most; `position` is the order in which they are given."""

    __tablename__ = "coupon_codes"
    __table_args__ = (
        PrimaryKeyConstraint("list_name", "code"),
        Index("ix_coupon_codes_free", "list_name", "position", postgresql_where=text("message_id IS NULL")),
        Index(
            "uq_coupon_codes_message",
            "message_id",
            unique=True,
            postgresql_where=text("message_id IS NOT NULL"),
        ),
    )

    list_name: str = Field(sa_type=Text)
    code: str = Field(sa_type=Text)
    position: int | None = Field(default=None, sa_column=Column(BigInteger, Identity(always=True), nullable=False))
    message_id: UUID | None = Field(default=None, sa_column=Column(Uuid, nullable=True))
    added_by: str = Field(sa_type=Text)
    added_at: datetime = Field(sa_column=_instant())
    given_at: datetime | None = Field(default=None, sa_column=_instant(nullable=True))
