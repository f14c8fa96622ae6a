"""One example per event type, shown in schemas and AsyncAPI and held valid by tests; people and shops are made up."""

from dataclasses import dataclass
from typing import Any

from shared.contracts import customer, inbound, interaction, notification, scoring
from shared.contracts.envelope import EventData

CUSTOMER_ID = "0192f1c4-7a10-7c3e-9d52-3f6f1f0e8a11"
AT = "2026-03-01T04:12:30Z"
RECORDED_AT = "2026-03-01T04:12:31.480Z"
_SHOP = "urn:shop:beijing-07"
_CNY_128 = {"minor": 12800, "currency": "CNY"}


@dataclass(frozen=True, slots=True)
class Example:
    """`data` is as it travels, None for a tombstone; `source` and `id` identify the event."""

    source: str
    id: str
    data: dict[str, Any] | None


def _facts(**changes: Any) -> dict[str, Any]:
    return {
        "customer_id": CUSTOMER_ID,
        "version": 1,
        "kind": "person",
        "lifecycle": "active",
        "language": "zh-CN",
        "time_zone": "Asia/Shanghai",
        "region": "CN-BJ",
        "tags": ["member"],
        "external_ids": [{"source": _SHOP, "id": "0042"}],
        "registered_at": AT,
    } | changes


def _interaction(source_id: str, **more: Any) -> dict[str, Any]:
    return {
        "interaction_id": "5b1c1a52-6b53-5a53-9d36-2f6d9a5b1c10",
        "customer_id": CUSTOMER_ID,
        "source": _SHOP,
        "source_id": source_id,
        "occurred_at": AT,
        "recorded_at": RECORDED_AT,
        "channel": "store",
        "actor": "till-3",
    } | more


def _message(**more: Any) -> dict[str, Any]:
    return {
        "message_id": "7d1f6a0e-54b1-5f0e-8a6b-0f2d8c1e9b77",
        "customer_id": CUSTOMER_ID,
        "rule": "purchase_thanks",
        "occasion": "5b1c1a52-6b53-5a53-9d36-2f6d9a5b1c10",
        "channel": "email",
        "purpose": "care",
        "language": "zh-CN",
        "caused_by": "5b1c1a52-6b53-5a53-9d36-2f6d9a5b1c10",
        "at": RECORDED_AT,
    } | more


def _inbound(**more: Any) -> dict[str, Any]:
    return {"customer": {"source": _SHOP, "external_id": "0042"}, "channel": "store", "actor": "till-3"} | more


_PROFILE = {
    "customer_id": CUSTOMER_ID,
    "version": 1,
    "kind": "person",
    "display_name": "示例顾客",
    "language": "zh-CN",
    "time_zone": "Asia/Shanghai",
    "region": "CN-BJ",
    "birthday": {"calendar": "lunar", "year": 1988, "month": 8, "day": 15, "leap_month": False},
    "contact_points": [{"kind": "email", "address": "customer@example.com", "primary": True}],
    "consents": [{"channel": "email", "purpose": "care", "granted": True, "at": AT, "proof": "membership form"}],
    "registered_at": AT,
}
_SCORE = {
    "customer_id": CUSTOMER_ID,
    "as_of": RECORDED_AT,
    "policy_version": 1,
    "model_version": 3,
    "realised_value": _CNY_128,
    "current_value": {"minor": 91250, "currency": "CNY"},
    "probability_active": 0.87,
    "satisfaction": 82.5,
    "loyalty_level": "trusting",
    "lifecycle_stage": "formation",
    "abc_class": "B",
    "rfm": [5, 3, 4],
    "changed": ["realised_value", "current_value", "rfm"],
}
_CNY_128_TEXT = {"amount": "128.00", "currency": "CNY"}
_LINES = [{"category": "tea", "quantity": 2, "amount": _CNY_128}]
_INBOUND_LINES = [{"category": "tea", "quantity": 2, "amount": _CNY_128_TEXT}]
_EVENT_ID = "0192f1c4-9b02-7d11-8f0a-1c2d3e4f5a6b"

_DATA: dict[type[EventData], dict[str, Any] | None] = {
    customer.CustomerRegistered: _facts(),
    customer.CustomerChanged: _facts(version=2, tags=["member", "vip"]),
    customer.ProfileUpdated: _PROFILE,
    customer.ProfileErased: None,
    interaction.PurchaseRecorded: _interaction("order-1001", order_id="order-1001", amount=_CNY_128, lines=_LINES),
    interaction.ReturnRecorded: _interaction(
        "return-7", order_id="order-1001", amount=_CNY_128, reason="the tin was dented"
    ),
    interaction.ComplaintOpened: _interaction("case-55", case="case-55", severity="high", category="delivery"),
    interaction.ComplaintResolved: _interaction(
        "case-55-resolved", case="case-55", outcome="delivered again", compensation={"minor": 2000, "currency": "CNY"}
    ),
    interaction.VisitRecorded: _interaction("visit-9", place="store", purpose="tasting"),
    interaction.SurveyAnswered: _interaction("survey-3", instrument="nps", score=9, comment="quick and friendly"),
    interaction.ReferralMade: _interaction("referral-2", referred_label="a colleague"),
    scoring.ScoreChanged: _SCORE,
    notification.MessageSent: _message(subject="感谢您的惠顾", attempts=1),
    notification.MessageFailed: _message(reason="the mailbox does not exist", attempts=1),
    notification.MessageSuppressed: _message(reason="no_consent"),
    inbound.InboundPurchase: _inbound(order_id="order-1001", amount=_CNY_128_TEXT, lines=_INBOUND_LINES),
    inbound.InboundReturn: _inbound(order_id="order-1001", amount=_CNY_128_TEXT, reason="the tin was dented"),
    inbound.InboundComplaint: _inbound(case="case-55", severity="high", category="delivery"),
    inbound.InboundComplaintResolution: _inbound(case="case-55", outcome="delivered again"),
    inbound.InboundVisit: _inbound(place="store", purpose="tasting"),
    inbound.InboundSurvey: _inbound(instrument="nps", score=9, comment="quick and friendly"),
    inbound.InboundReferral: _inbound(referred_label="a colleague"),
}


def _example(model: type[EventData], data: dict[str, Any] | None) -> Example:
    if issubclass(model, inbound.InboundInteraction):
        own_id = str((data or {}).get("order_id") or (data or {}).get("case") or "till-3/2026-03-01/17")
        return Example(source=_SHOP, id=own_id, data=data)
    return Example(source=f"rapport/{model.event_type.split('.')[1]}", id=_EVENT_ID, data=data)


EXAMPLES = {model: _example(model, data) for model, data in _DATA.items()}
