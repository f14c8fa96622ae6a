"""What became of a command."""

from dataclasses import dataclass
from enum import StrEnum

from services.interaction.ingest.interaction import RecordedInteraction
from shared.errors import Conflict, InvalidInput


class Status(StrEnum):
    RECORDED = "recorded"
    AWAITING_CUSTOMER = "awaiting_customer"
    DUPLICATE = "duplicate"
    CONFLICT = "conflict"
    INVALID = "invalid"


@dataclass(frozen=True, slots=True)
class Accepted:
    """`interaction` is what is kept: from now on, or since an earlier submission that was the same (a duplicate)."""

    interaction: RecordedInteraction
    fresh: bool

    @property
    def status(self) -> Status:
        return Status(self.interaction.state) if self.fresh else Status.DUPLICATE


@dataclass(frozen=True, slots=True)
class Refused:
    """Nothing was changed by this command."""

    error: Conflict | InvalidInput

    @property
    def status(self) -> Status:
        return Status.CONFLICT if isinstance(self.error, Conflict) else Status.INVALID


Outcome = Accepted | Refused
