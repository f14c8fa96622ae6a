"""Why an address is on the suppression list. Pure."""

from enum import StrEnum


class SuppressionReason(StrEnum):
    BOUNCED = "bounced"
    COMPLAINED = "complained"
    REQUESTED = "requested"
    INVALID = "invalid"
    OTHER = "other"
