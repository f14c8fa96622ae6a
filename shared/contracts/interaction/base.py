"""What every published interaction has."""

from typing import ClassVar
from uuid import UUID

from shared.contracts.common import Instant, Money, ShortText
from shared.contracts.envelope import EventData
from shared.contracts.topics import INTERACTION_EVENTS


class InteractionRecorded(EventData):
    """What every interaction has: `occurred_at` is when it happened, `recorded_at` when the platform accepted it.

    `source` and `source_id` are the identity its origin gave it; the pair is unique for ever. `contact_id` names the
    contact of an organisation it happened with, `cost_to_serve` is what it cost the business beside the goods, and
    `amends` is the interaction that this one takes the place of: that one is voided by an event of its own.
    """

    topic: ClassVar[str] = INTERACTION_EVENTS.name

    interaction_id: UUID
    customer_id: UUID
    source: ShortText
    source_id: ShortText
    occurred_at: Instant
    recorded_at: Instant
    channel: ShortText | None = None
    actor: ShortText | None = None
    contact_id: UUID | None = None
    cost_to_serve: Money | None = None
    amends: UUID | None = None
