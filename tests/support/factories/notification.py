"""Members, plans and the events this service listens to, with sensible values that a test may override."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from services.notification.values import Member, MemberState, MessagePlan, Permission, RuleName
from shared.contracts.common import Channel, CustomerKind, Money, Purpose
from shared.contracts.customer import Birthday, Consent, ContactPoint, ProfileErased, ProfileUpdated
from shared.contracts.envelope import Envelope, Event, EventData
from shared.contracts.interaction import (
    ComplaintOpened,
    ComplaintResolved,
    InteractionRecorded,
    PurchaseRecorded,
    Severity,
    VisitRecorded,
)
from shared.contracts.scoring import LifecycleStage, LoyaltyLevel, ScoreChanged

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
ALL_PERMISSIONS = frozenset(Permission(channel, purpose) for channel in Channel for purpose in Purpose)


def member(**changes: Any) -> Member:
    """A person who may be written to on every channel."""
    values: dict[str, Any] = {
        "customer_id": uuid4(),
        "state": MemberState.KNOWN,
        "display_name": "Test Customer",
        "language": "en",
        "time_zone": "UTC",
        "email": "customer@example.com",
        "granted": ALL_PERMISSIONS,
    }
    return Member(**(values | changes))


def message_plan(**changes: Any) -> MessagePlan:
    values: dict[str, Any] = {
        "customer_id": uuid4(),
        "rule": RuleName.VISIT_THANKS,
        "occasion": str(uuid4()),
        "happened_at": NOON,
        "recorded_at": NOON,
        "facts": {"place": "store"},
    }
    return MessagePlan(**(values | changes))


def event_of(data: EventData, *, customer_id: UUID, at: datetime = NOON, **attributes: Any) -> Event[Any]:
    envelope: dict[str, Any] = {
        "id": str(uuid4()),
        "source": "rapport/test",
        "type": data.event_type,
        "time": at,
        "subject": str(customer_id),
    }
    return Event(Envelope(**(envelope | attributes)), data)


def consents(permissions: Iterable[Permission] = ALL_PERMISSIONS, *, at: datetime = NOON) -> tuple[Consent, ...]:
    return tuple(
        Consent(channel=channel, purpose=purpose, granted=True, at=at) for channel, purpose in sorted(permissions)
    )


def profile_updated(customer_id: UUID, *, at: datetime = NOON, **changes: Any) -> Event[ProfileUpdated]:
    values: dict[str, Any] = {
        "customer_id": customer_id,
        "version": 1,
        "kind": CustomerKind.PERSON,
        "display_name": "Test Customer",
        "language": "en",
        "time_zone": "UTC",
        "contact_points": (ContactPoint(kind="email", address="customer@example.com"),),
        "consents": consents(),
        "registered_at": at,
    }
    return event_of(ProfileUpdated(**(values | changes)), customer_id=customer_id, at=at)


def solar_birthday(month: int, day: int) -> Birthday:
    return Birthday(calendar="solar", month=month, day=day)


def profile_erased(customer_id: UUID, *, at: datetime = NOON) -> Event[ProfileErased]:
    return event_of(ProfileErased(customer_id=customer_id), customer_id=customer_id, at=at)


def _interaction(kind: type[InteractionRecorded], customer_id: UUID, changes: dict[str, Any]) -> Event[Any]:
    interaction_id = uuid4()
    values: dict[str, Any] = {
        "interaction_id": interaction_id,
        "customer_id": customer_id,
        "source": "test",
        "source_id": str(interaction_id),
        "occurred_at": NOON,
        "recorded_at": NOON,
    }
    data = kind(**(values | changes))
    return event_of(data, customer_id=customer_id, at=data.occurred_at, id=str(data.interaction_id))


def purchase(customer_id: UUID, **changes: Any) -> Event[PurchaseRecorded]:
    values = {"order_id": "A-1", "amount": Money(minor=2933, currency="CNY")}
    return _interaction(PurchaseRecorded, customer_id, values | changes)


def visit(customer_id: UUID, **changes: Any) -> Event[VisitRecorded]:
    return _interaction(VisitRecorded, customer_id, {"place": "store"} | changes)


def complaint(customer_id: UUID, **changes: Any) -> Event[ComplaintOpened]:
    values = {"case": "C-1", "severity": Severity.MEDIUM, "category": "delivery"}
    return _interaction(ComplaintOpened, customer_id, values | changes)


def resolution(customer_id: UUID, **changes: Any) -> Event[ComplaintResolved]:
    return _interaction(ComplaintResolved, customer_id, {"case": "C-1"} | changes)


def score_changed(customer_id: UUID, **changes: Any) -> Event[ScoreChanged]:
    zero = Money(minor=0, currency="CNY")
    values: dict[str, Any] = {
        "customer_id": customer_id,
        "as_of": NOON,
        "policy_version": 1,
        "model_version": None,
        "realised_value": zero,
        "current_value": None,
        "probability_active": None,
        "satisfaction": 50.0,
        "loyalty_level": LoyaltyLevel.SATISFIED,
        "lifecycle_stage": LifecycleStage.FORMATION,
        "abc_class": None,
        "rfm": None,
        "changed": ("loyalty_level",),
    }
    return event_of(ScoreChanged(**(values | changes)), customer_id=customer_id)
