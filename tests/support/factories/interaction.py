"""Interactions for tests: each call gives a fresh, valid one; name what matters to the test."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from services.interaction.complaints.promises import PromisePolicy
from services.interaction.ingest.details import Details, Purchase
from services.interaction.ingest.identity import CustomerKey, ExternalKey, interaction_id_of
from services.interaction.ingest.interaction import AcceptedPeriod, RecordInteraction
from services.interaction.ingest.sighting import CustomerSighting
from shared.contracts.common import Channel, CustomerKind, ExternalId, Purpose
from shared.contracts.customer import CustomerChanged, CustomerFacts, CustomerRegistered
from shared.contracts.envelope import Envelope, Event
from shared.contracts.notification import (
    MessageDecided,
    MessageFailed,
    MessageReceiptRecorded,
    MessageSent,
    TaskClosed,
    TaskCreated,
)
from shared.money import Money

NOW = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)
YESTERDAY = NOW - timedelta(days=1)
PERIOD = AcceptedPeriod(datetime(1970, 1, 1, tzinfo=UTC), timedelta(minutes=5))
PROMISES = PromisePolicy(timedelta(hours=24), timedelta(hours=1), timedelta(hours=48))


def interaction_body(kind: str = "purchase", **values: Any) -> dict[str, Any]:
    """An interaction as a client sends it, of a customer that nobody knows."""
    own: dict[str, dict[str, Any]] = {
        "purchase": {"order_id": "1", "amount": {"amount": "29.33", "currency": "CNY"}},
        "return": {"order_id": "1", "amount": {"amount": "9.33", "currency": "CNY"}},
        "complaint": {"case": "c-1", "severity": "high", "category": "delivery"},
        "complaint_resolution": {"case": "c-1", "outcome": "replaced"},
        "visit": {"place": "store"},
        "survey": {"instrument": "nps", "score": 9},
        "referral": {"referred_label": "a neighbour"},
        "complaint_assignment": {"case": "c-1", "handler": "agent-4"},
        "complaint_response": {"case": "c-1"},
        "complaint_follow_up": {"case": "c-1"},
        "complaint_closure": {"case": "c-1"},
        "complaint_reopening": {"case": "c-1"},
    }
    defaults = {
        "kind": kind,
        "source": "shop",
        "id": f"{kind}-{uuid4()}",
        "customer": {"source": "shop", "external_id": "nobody"},
        "occurred_at": YESTERDAY.isoformat(),
    }
    return defaults | own.get(kind, {}) | values


def make_command(**values: Any) -> RecordInteraction:
    """A purchase of a customer that nobody knows."""
    details: Details = values.pop("details", Purchase(order_id="1", amount=Money(2933, "CNY")))
    source, source_id = values.pop("source", "shop"), values.pop("source_id", str(uuid4()))
    customer: CustomerKey = values.pop("customer", ExternalKey("shop", "nobody"))
    defaults: dict[str, Any] = {"occurred_at": YESTERDAY, "channel": None, "actor": None}
    return RecordInteraction(
        interaction_id=interaction_id_of(source, source_id),
        source=source,
        source_id=source_id,
        customer=customer,
        details=details,
        **(defaults | values),
    )


def make_sighting(**values: Any) -> CustomerSighting:
    """A customer seen for the first time, without any other identity."""
    defaults: dict[str, Any] = {
        "customer_id": uuid4(),
        "version": 1,
        "external_keys": frozenset(),
        "seen_at": NOW,
        "event_id": str(uuid4()),
    }
    return CustomerSighting(**(defaults | values))


def customer_event(
    customer_id: UUID, *external_ids: tuple[str, str], version: int = 1, key_account: bool = False
) -> Event[CustomerFacts]:
    model: type[CustomerFacts] = CustomerRegistered if version == 1 else CustomerChanged
    data = model(
        customer_id=customer_id,
        version=version,
        kind=CustomerKind.PERSON,
        lifecycle="active",
        language="en",
        time_zone="Asia/Shanghai",
        external_ids=tuple(ExternalId(source=source, id=name) for source, name in external_ids),
        registered_at=NOW,
        key_account=key_account,
    )
    envelope = Envelope(
        id=str(uuid4()), source="rapport/customer", type=data.event_type, time=NOW, subject=str(customer_id)
    )
    return Event(envelope, data)


def message_event(customer_id: UUID, *, sent: bool = True, **values: Any) -> Event[MessageSent | MessageFailed]:
    defaults: dict[str, Any] = {
        "message_id": uuid4(),
        "customer_id": customer_id,
        "rule": "purchase_thanks",
        "occasion": "o-1",
        "channel": Channel.EMAIL,
        "purpose": Purpose.CARE,
        "language": "en",
        "at": NOW,
        "attempts": 1,
    }
    fields = defaults | ({"subject": "Thank you"} if sent else {"reason": "mailbox full"}) | values
    data = MessageSent(**fields) if sent else MessageFailed(**fields)
    envelope = Envelope(
        id=str(uuid4()), source="rapport/notification", type=data.event_type, time=NOW, subject=str(customer_id)
    )
    return Event(envelope, data)


def receipt_event(message: MessageDecided, receipt: str, *, at: datetime) -> Event[MessageReceiptRecorded]:
    told = {name: getattr(message, name) for name in MessageDecided.model_fields}
    data = MessageReceiptRecorded(**(told | {"receipt": receipt, "provider": "mail", "at": at}))
    envelope = Envelope(
        id=str(uuid4()), source="rapport/notification", type=data.event_type, time=at, subject=str(message.customer_id)
    )
    return Event(envelope, data)


def task_event(customer_id: UUID, *, closed: bool = False, **values: Any) -> Event[TaskCreated | TaskClosed]:
    """That somebody was given a task, or that it is done."""
    defaults: dict[str, Any] = {
        "task_id": uuid4(),
        "customer_id": customer_id,
        "rule": "churn_warning",
        "occasion": "o-1",
        "title": {"en": "A customer may leave", "zh-CN": "客户流失预警"},
        "assignee": {"kind": "employee", "id": "am-17"},
        "priority": "high",
        "due_at": NOW + timedelta(days=2),
        "created_at": NOW,
    }
    told = defaults | ({"state": "done", "closed_by": "am-17", "at": NOW} if closed else {}) | values
    data = TaskClosed(**told) if closed else TaskCreated(**told)
    envelope = Envelope(
        id=str(uuid4()), source="rapport/notification", type=data.event_type, time=NOW, subject=str(customer_id)
    )
    return Event(envelope, data)
