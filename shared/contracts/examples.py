"""One example per event type, shown in schemas and AsyncAPI and held valid by tests; people and shops are made up."""

from dataclasses import dataclass
from typing import Any

from shared.contracts import inbound, notification, scoring
from shared.contracts.customer import examples as customer_examples
from shared.contracts.envelope import EventData
from shared.contracts.example_values import CNY_128, CUSTOMER_ID, INTERACTION_ID, RECORDED_AT, SHOP
from shared.contracts.inbound import examples as inbound_examples
from shared.contracts.interaction import examples as interaction_examples


@dataclass(frozen=True, slots=True)
class Example:
    """`data` is as it travels, None for a tombstone; `source` and `id` identify the event."""

    source: str
    id: str
    data: dict[str, Any] | None


_EVENT_ID = "0192f1c4-9b02-7d11-8f0a-1c2d3e4f5a6b"


def _message(**more: Any) -> dict[str, Any]:
    return {
        "message_id": "7d1f6a0e-54b1-5f0e-8a6b-0f2d8c1e9b77",
        "customer_id": CUSTOMER_ID,
        "rule": "purchase_thanks",
        "occasion": INTERACTION_ID,
        "channel": "email",
        "purpose": "care",
        "language": "zh-CN",
        "caused_by": INTERACTION_ID,
        "at": RECORDED_AT,
    } | more


def _task(**more: Any) -> dict[str, Any]:
    return {
        "task_id": "3b0f7d52-8c1e-5b7a-9d24-6e5f4a3b2c1d",
        "customer_id": CUSTOMER_ID,
        "rule": "churn_warning",
        "occasion": _EVENT_ID,
        "title": {"en": "A customer may leave (risk 72.5)", "zh-CN": "客户流失预警（风险 72.5）"},
        "assignee": {"kind": "employee", "id": "am-17"},
        "priority": "high",
        "due_at": "2026-03-05T09:30:00Z",
        "created_at": RECORDED_AT,
        "caused_by": _EVENT_ID,
    } | more


_SCORE = {
    "customer_id": CUSTOMER_ID,
    "as_of": RECORDED_AT,
    "policy_version": 1,
    "model_version": 3,
    "realised_value": CNY_128,
    "current_value": {"minor": 91250, "currency": "CNY"},
    "probability_active": 0.87,
    "satisfaction": 82.5,
    "loyalty_level": "trusting",
    "lifecycle_stage": "formation",
    "abc_class": "B",
    "rfm": [5, 3, 4],
    "changed": ["realised_value", "current_value", "rfm"],
}
_MEMBERSHIP = {
    "customer_id": CUSTOMER_ID,
    "segment_id": "0192f1c4-9b02-7d11-8f0a-1c2d3e4f5a6c",
    "segment": "Good customers gone quiet",
    "revision": 1,
    "as_of": RECORDED_AT,
}
_DATA: dict[type[EventData], dict[str, Any] | None] = {
    **customer_examples.DATA,
    **interaction_examples.DATA,
    **inbound_examples.DATA,
    scoring.ScoreChanged: _SCORE,
    scoring.SegmentEntered: _MEMBERSHIP,
    scoring.SegmentLeft: _MEMBERSHIP,
    notification.MessageSent: _message(subject="感谢您的惠顾", attempts=1),
    notification.MessageFailed: _message(reason="the mailbox does not exist", attempts=1),
    notification.MessageSuppressed: _message(reason="no_consent"),
    notification.MessageReceiptRecorded: _message(receipt="bounced", provider="mail", detail="5.1.1 no such mailbox"),
    notification.ContactPointReported: {
        "customer_id": CUSTOMER_ID,
        "channel": "email",
        "reason": "bounced",
        "message_id": "7d1f6a0e-54b1-5f0e-8a6b-0f2d8c1e9b77",
        "check": "3fa9",
        "at": RECORDED_AT,
    },
    notification.PreferencesChanged: {
        "customer_id": CUSTOMER_ID,
        "change_id": "0192f1c4-9c10-7a55-8c3e-5f6a7b8c9d01",
        "way": "page",
        "decisions": [{"channel": "email", "purpose": "marketing", "granted": False}],
        "at": RECORDED_AT,
    },
    notification.TaskCreated: _task(),
    notification.TaskClosed: _task(state="done", closed_by="am-17", at="2026-03-03T08:00:00Z"),
}


def _example(model: type[EventData], data: dict[str, Any] | None) -> Example:
    if issubclass(model, inbound.InboundInteraction):
        own_id = str((data or {}).get("order_id") or (data or {}).get("case") or "till-3/2026-03-01/17")
        return Example(source=SHOP, id=own_id, data=data)
    return Example(source=f"rapport/{model.event_type.split('.')[1]}", id=_EVENT_ID, data=data)


EXAMPLES = {model: _example(model, data) for model, data in _DATA.items()}
