"""What is learnt of a message after it was accepted, and what follows from it. Pure."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from services.notification.suppression.reasons import SuppressionReason


class ReceiptKind(StrEnum):
    DELAYED = "delayed"
    """Not delivered yet; the provider goes on trying."""
    DELIVERED = "delivered"
    UNDELIVERED = "undelivered"
    """Given up by the provider, for a reason that says nothing against the address."""
    BOUNCED = "bounced"
    """Given up because the address does not work: nothing more is sent there."""
    COMPLAINED = "complained"
    """Reported as unwanted: nothing more is sent there."""


_RANKS = {kind: rank for rank, kind in enumerate(ReceiptKind)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What `provider` says of a message, known by our id or by the provider's `reference`.

    `detail` is what it said, without personal data.
    """

    kind: ReceiptKind
    provider: str
    message_id: UUID | None = None
    reference: str | None = None
    detail: str = ""


def outranks(kind: ReceiptKind, known: str | None) -> bool:
    """Reports come in any order: what says more about the message stands."""
    return known is None or _RANKS[kind] > _RANKS[ReceiptKind(known)]


def suppression_for(kind: ReceiptKind) -> SuppressionReason | None:
    """Why its address goes on the suppression list, None where it does not."""
    match kind:
        case ReceiptKind.BOUNCED:
            return SuppressionReason.BOUNCED
        case ReceiptKind.COMPLAINED:
            return SuppressionReason.COMPLAINED
    return None
