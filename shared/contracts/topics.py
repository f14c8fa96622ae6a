"""The topics of the platform: who writes them, how long they keep, and what must not be in them."""

from dataclasses import dataclass
from enum import StrEnum


class Retention(StrEnum):
    DELETE = "delete"
    COMPACT = "compact"


@dataclass(frozen=True, slots=True)
class TopicSpec:
    """A topic as a broker must provide it: `retention_hours` None keeps for ever, a compacted one the last per key."""

    name: str
    description: str
    partitions: int = 6
    retention: Retention = Retention.DELETE
    retention_hours: int | None = 24 * 14


CUSTOMER_EVENTS = TopicSpec("customer.events", "Facts about customers, without personal data.")
CUSTOMER_PROFILES = TopicSpec(
    "customer.profiles",
    "The full current profile per customer, with personal data: restricted to notification. A tombstone erases.",
    retention=Retention.COMPACT,
    retention_hours=None,
)
INTERACTION_EVENTS = TopicSpec("interaction.events", "Every recorded interaction, once its customer is known.")
INBOUND_EVENTS = TopicSpec("inbound.events", "Interactions published by other systems, to be recorded.")
SCORING_EVENTS = TopicSpec("scoring.events", "Scores and classes whenever they change.")
NOTIFICATION_EVENTS = TopicSpec(
    "notification.events", "Messages sent, failed and deliberately not sent; what customers prefer."
)

ALL_TOPICS = (
    CUSTOMER_EVENTS,
    CUSTOMER_PROFILES,
    INTERACTION_EVENTS,
    INBOUND_EVENTS,
    SCORING_EVENTS,
    NOTIFICATION_EVENTS,
)
