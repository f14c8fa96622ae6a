"""What is told of the steps in the life of a complaint; `case` is its name within its source."""

from dataclasses import dataclass
from typing import ClassVar, Literal

from services.interaction.ingest.details.kinds import Kind
from shared.money import Money

Severity = Literal["low", "medium", "high", "critical"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Complaint:
    kind: ClassVar[Kind] = Kind.COMPLAINT

    case: str
    severity: Severity
    category: str
    description: str | None = None
    department: str | None = None
    handler: str | None = None
    order_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ComplaintAssignment:
    kind: ClassVar[Kind] = Kind.COMPLAINT_ASSIGNMENT

    case: str
    department: str | None = None
    handler: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ComplaintResponse:
    kind: ClassVar[Kind] = Kind.COMPLAINT_RESPONSE

    case: str
    handler: str | None = None
    message: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ComplaintResolution:
    kind: ClassVar[Kind] = Kind.COMPLAINT_RESOLUTION

    case: str
    outcome: str | None = None
    compensation: Money | None = None
    cause: str | None = None
    department: str | None = None
    handler: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ComplaintFollowUp:
    kind: ClassVar[Kind] = Kind.COMPLAINT_FOLLOW_UP

    case: str
    reached: bool = True
    satisfied: bool | None = None
    score: int | None = None
    comment: str | None = None
    handler: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ComplaintClosure:
    kind: ClassVar[Kind] = Kind.COMPLAINT_CLOSURE

    case: str
    reason: str | None = None
    handler: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ComplaintReopening:
    kind: ClassVar[Kind] = Kind.COMPLAINT_REOPENING

    case: str
    reason: str | None = None
    severity: Severity | None = None
