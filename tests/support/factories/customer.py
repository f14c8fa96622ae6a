"""Customers for tests: each call gives a fresh, valid one; name what matters to the test."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from services.customer.profiles.profile import CustomerRecord, Profile
from shared.contracts.common import Channel, CustomerKind, Money, Purpose
from shared.contracts.customer import Consent, ContactPoint
from shared.contracts.envelope import Envelope, Event
from shared.contracts.scoring import AbcClass, LifecycleStage, LoyaltyLevel, ScoreChanged

NOW = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)


def make_profile(**values: Any) -> Profile:
    """A person with a name and a home; nothing else."""
    defaults: dict[str, Any] = {
        "kind": CustomerKind.PERSON,
        "given_name": "Customer",
        "family_name": "Test",
        "language": "en",
        "time_zone": "Asia/Shanghai",
    }
    return Profile(**(defaults | values))


def make_record(**values: Any) -> CustomerRecord:
    defaults: dict[str, Any] = {
        "customer_id": uuid4(),
        "version": 1,
        "registered_at": NOW,
        "changed_at": NOW,
        "profile": make_profile(),
    }
    return CustomerRecord(**(defaults | values))


def make_consent(**values: Any) -> Consent:
    defaults: dict[str, Any] = {"channel": Channel.EMAIL, "purpose": Purpose.CARE, "granted": True, "at": NOW}
    return Consent(**(defaults | values))


def point(**values: Any) -> dict[str, Any]:
    """A contact point as it comes back, nothing being known of it yet."""
    return ContactPoint(**values).model_dump(mode="json")


def person_body(number: int = 1, **values: Any) -> dict[str, Any]:
    """A registration as a client sends it."""
    defaults: dict[str, Any] = {
        "kind": "person",
        "given_name": f"Customer {number}",
        "family_name": "Test",
        "language": "en",
        "time_zone": "Asia/Shanghai",
        "contact_points": [{"kind": "email", "address": f"customer{number}@example.com"}],
    }
    return defaults | values


def organisation_body(number: int = 1, **values: Any) -> dict[str, Any]:
    defaults: dict[str, Any] = {
        "kind": "organisation",
        "organisation_name": f"Test Organisation {number}",
        "language": "zh-CN",
        "time_zone": "Asia/Shanghai",
        "region": "CN-BJ",
    }
    return defaults | values


def score_event(customer_id: str | UUID, abc_class: AbcClass | None, as_of: datetime = NOW) -> Event[Any]:
    score = ScoreChanged(
        customer_id=UUID(str(customer_id)),
        as_of=as_of,
        policy_version=1,
        model_version=None,
        realised_value=Money(minor=100, currency="CNY"),
        current_value=None,
        probability_active=None,
        satisfaction=80.0,
        loyalty_level=LoyaltyLevel.SATISFIED,
        lifecycle_stage=LifecycleStage.FORMATION,
        abc_class=abc_class,
        rfm=None,
        changed=("abc_class",),
    )
    envelope = Envelope(
        id=str(uuid4()), source="rapport/scoring", type=score.event_type, time=as_of, subject=str(customer_id)
    )
    return Event(envelope, score)
