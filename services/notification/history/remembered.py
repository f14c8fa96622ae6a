"""An event as the history of triggers keeps it. Pure."""

from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID


class Remembered(NamedTuple):
    """An event as it is kept; `told` is plain JSON."""

    customer_id: UUID
    event_id: str
    kind: str
    occurred_at: datetime
    recorded_at: datetime
    told: dict[str, Any]
