"""One example per kind, shown in the API's documentation and recorded as they stand by a test."""

from typing import Any

_CUSTOMER = {"source": "shop", "external_id": "C-0042"}
_WHO_AND_WHEN = {"source": "shop", "customer": _CUSTOMER, "occurred_at": "2026-03-14T10:30:00+08:00"}

INTERACTIONS: dict[str, dict[str, Any]] = {
    "purchase": {
        **_WHO_AND_WHEN,
        "kind": "purchase",
        "id": "order-4711",
        "channel": "web",
        "order_id": "4711",
        "amount": {"amount": "129.90", "currency": "CNY"},
        "margin": {"amount": "38.00", "currency": "CNY"},
        "lines": [
            {"category": "skin care", "quantity": 2, "amount": {"amount": "99.90", "currency": "CNY"}},
            {"category": "gifts", "quantity": 1, "amount": {"amount": "30.00", "currency": "CNY"}},
        ],
    },
    "return": {
        **_WHO_AND_WHEN,
        "kind": "return",
        "id": "return-4711",
        "order_id": "4711",
        "amount": {"amount": "30.00", "currency": "CNY"},
        "reason": "arrived late",
    },
    "complaint": {
        **_WHO_AND_WHEN,
        "kind": "complaint",
        "id": "ticket-9-opened",
        "case": "ticket-9",
        "severity": "high",
        "category": "delivery",
        "description": "the parcel came open",
    },
    "complaint_resolution": {
        **_WHO_AND_WHEN,
        "kind": "complaint_resolution",
        "id": "ticket-9-resolved",
        "occurred_at": "2026-03-15T16:00:00+08:00",
        "case": "ticket-9",
        "outcome": "replaced",
        "compensation": {"amount": "20.00", "currency": "CNY"},
    },
    "visit": {
        **_WHO_AND_WHEN,
        "kind": "visit",
        "id": "visit-77",
        "place": "store",
        "purpose": "consultation",
    },
    "survey": {
        **_WHO_AND_WHEN,
        "kind": "survey",
        "id": "survey-5-answer-12",
        "instrument": "nps",
        "score": 9,
        "comment": "quick and friendly",
    },
    "referral": {
        **_WHO_AND_WHEN,
        "kind": "referral",
        "id": "referral-3",
        "referred_label": "a neighbour",
    },
}

CLOUDEVENT: dict[str, Any] = {
    "specversion": "1.0",
    "id": "order-4712",
    "source": "shop",
    "type": "rapport.inbound.purchase_recorded.v1",
    "time": "2026-03-14T10:30:00+08:00",
    "datacontenttype": "application/json",
    "data": {
        "customer": _CUSTOMER,
        "order_id": "4712",
        "amount": {"amount": "59.90", "currency": "CNY"},
    },
}
