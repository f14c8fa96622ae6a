"""Versions of templates, which of them was put in force when and by whom, and messages sent to try one."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import TIMESTAMP, BigInteger, Column, Identity, Index, PrimaryKeyConstraint, Text, Uuid, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from services.notification.database import Base


def _instant() -> "Column[datetime]":
    return Column(TIMESTAMP(timezone=True), nullable=False)


class StoredVersion(Base, table=True):
    """Written once and never changed: who wants other words writes another version. The shipped version 1 is no row.

    `channel` is `any` where the words are for all channels that have none of their own.
    """

    __tablename__ = "template_versions"
    __table_args__ = (PrimaryKeyConstraint("template", "language", "channel", "version"),)

    template: str = Field(sa_type=Text)
    language: str = Field(sa_type=Text)
    channel: str = Field(sa_type=Text)
    version: int
    subject: str = Field(sa_type=Text)
    body_text: str = Field(sa_type=Text)
    body_html: str = Field(sa_type=Text)
    mjml: str | None = Field(default=None, sa_type=Text)
    defaults: dict[str, str] = Field(sa_column=Column(JSONB, nullable=False))
    attachments: list[dict[str, str]] = Field(
        sa_column=Column(JSONB, nullable=False, server_default=text("'[]'::jsonb"))
    )
    coupon_list: str | None = Field(default=None, sa_type=Text)
    author: str = Field(sa_type=Text)
    reason: str = Field(sa_type=Text)
    created_at: datetime = Field(sa_column=_instant())


class OwnTemplate(Base, table=True):
    """A template of the business's own: what it may show, each fact with a sample. It never changes; its words do."""

    __tablename__ = "templates"

    name: str = Field(sa_column=Column(Text, primary_key=True))
    description: str = Field(sa_type=Text)
    facts: dict[str, str] = Field(sa_column=Column(JSONB, nullable=False))
    required: list[str] = Field(sa_column=Column(JSONB, nullable=False))
    for_staff: bool
    author: str = Field(sa_type=Text)
    created_at: datetime = Field(sa_column=_instant())


class Activation(Base, table=True):
    """Added to, never changed: the last one of a template, language and channel is in force, version 1 without any."""

    __tablename__ = "template_activations"
    __table_args__ = (Index("ix_template_activations_key", "template", "language", "channel", "activation_id"),)

    activation_id: int = Field(sa_column=Column(BigInteger, Identity(always=True), primary_key=True))
    template: str = Field(sa_type=Text)
    language: str = Field(sa_type=Text)
    channel: str = Field(sa_type=Text)
    version: int
    reason: str = Field(sa_type=Text)
    activated_by: str = Field(sa_type=Text)
    activated_at: datetime = Field(sa_column=_instant())


class TrialMessage(Base, table=True):
    """A message that somebody asked for to see how it arrives: it concerns no customer, and counts in no statistics."""

    __tablename__ = "template_trials"
    __table_args__ = (
        Index("ix_template_trials_planned", "requested_at", postgresql_where=text("state = 'planned'")),
        Index("ix_template_trials_requested_by", "requested_by", "requested_at"),
    )

    trial_id: UUID = Field(sa_column=Column(Uuid, primary_key=True))
    template: str = Field(sa_type=Text)
    language: str = Field(sa_type=Text)
    channel: str = Field(sa_type=Text)
    version: int
    address: str = Field(sa_type=Text)
    subject: str = Field(sa_type=Text)
    body_text: str = Field(sa_type=Text)
    body_html: str = Field(sa_type=Text)
    state: str = Field(sa_type=Text)
    provider: str | None = Field(default=None, sa_type=Text)
    detail: str | None = Field(default=None, sa_type=Text)
    requested_by: str = Field(sa_type=Text)
    requested_at: datetime = Field(sa_column=_instant())
