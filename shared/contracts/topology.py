"""Who publishes and who reads which events: held against the services' real consumers by a test."""

from shared.contracts.customer import CustomerChanged, CustomerRegistered, ProfileErased, ProfileUpdated
from shared.contracts.envelope import EventData
from shared.contracts.interaction import ComplaintAssigned, CorrespondenceRecorded, InteractionVoided, NoteRecorded
from shared.contracts.notification import (
    ContactPointReported,
    MessageFailed,
    MessageReceiptRecorded,
    MessageSent,
    PreferencesChanged,
    TaskClosed,
    TaskCreated,
)
from shared.contracts.registry import EVENT_TYPES
from shared.contracts.scoring import ScoreChanged, SegmentEntered, SegmentLeft
from shared.contracts.topics import (
    CUSTOMER_EVENTS,
    CUSTOMER_PROFILES,
    INBOUND_EVENTS,
    INTERACTION_EVENTS,
    NOTIFICATION_EVENTS,
    SCORING_EVENTS,
)

Types = frozenset[type[EventData]]

WRITERS: dict[str, str | None] = {
    CUSTOMER_EVENTS.name: "customer",
    CUSTOMER_PROFILES.name: "customer",
    INTERACTION_EVENTS.name: "interaction",
    SCORING_EVENTS.name: "scoring",
    NOTIFICATION_EVENTS.name: "notification",
    INBOUND_EVENTS.name: None,
}
"""The one service that publishes to a topic; None where other systems do."""


def types_of(topic: str) -> Types:
    return frozenset(model for model in EVENT_TYPES.values() if model.topic == topic)


READERS: dict[str, Types] = {
    "customer": frozenset({ScoreChanged, ContactPointReported, PreferencesChanged}),
    "interaction": types_of(INBOUND_EVENTS.name)
    | {
        CustomerRegistered,
        CustomerChanged,
        MessageSent,
        MessageFailed,
        MessageReceiptRecorded,
        TaskCreated,
        TaskClosed,
    },
    "scoring": types_of(INTERACTION_EVENTS.name) | {CustomerRegistered, CustomerChanged},
    "notification": types_of(INTERACTION_EVENTS.name)
    - {InteractionVoided, ComplaintAssigned, CorrespondenceRecorded, NoteRecorded}
    | {ProfileUpdated, ProfileErased, ScoreChanged, SegmentEntered, SegmentLeft},
}
"""The types that each service reads."""

SERVICES = tuple(READERS)
