"""What is told of how customer and business meet, talk and think of each other; and corrections."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar, Literal
from uuid import UUID

from services.interaction.ingest.details.kinds import Kind
from shared.money import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    kind: ClassVar[Kind] = Kind.VISIT

    place: Literal["store", "on_site", "remote"]
    purpose: str | None = None
    notes: str | None = None
    participants: tuple[str, ...] = ()
    next_step: str | None = None
    next_step_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    kind: ClassVar[Kind] = Kind.SURVEY

    instrument: Literal["csat", "nps"]
    score: int
    comment: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Referral:
    kind: ClassVar[Kind] = Kind.REFERRAL

    referred_customer_id: UUID | None = None
    referred_label: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    kind: ClassVar[Kind] = Kind.CALL

    direction: Literal["inbound", "outbound"]
    reached: bool = True
    duration_seconds: int | None = None
    about: str | None = None
    notes: str | None = None
    next_step: str | None = None
    next_step_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Correspondence:
    kind: ClassVar[Kind] = Kind.CORRESPONDENCE

    direction: Literal["inbound", "outbound"]
    subject: str | None = None
    text: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    kind: ClassVar[Kind] = Kind.MENTION

    sentiment: Literal["positive", "neutral", "negative"]
    site: str | None = None
    url: str | None = None
    text: str | None = None
    reach: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Engagement:
    kind: ClassVar[Kind] = Kind.ENGAGEMENT

    activity: str
    about: str | None = None
    answer: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Competitor:
    kind: ClassVar[Kind] = Kind.COMPETITOR

    sign: str
    competitor: str | None = None
    category: str | None = None
    offer: Money | None = None
    notes: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    kind: ClassVar[Kind] = Kind.NOTE

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Void:
    kind: ClassVar[Kind] = Kind.VOID

    voided_interaction_id: UUID
    replaced_by: UUID | None = None
    reason: str | None = None
