"""Examples of what the customer service publishes."""

from typing import Any

from shared.contracts.customer.facts import CustomerChanged, CustomerRegistered, HandoverCompleted, HandoverOpened
from shared.contracts.customer.profile import ProfileErased, ProfileUpdated
from shared.contracts.envelope import EventData
from shared.contracts.example_values import AT, CONTACT_ID, CUSTOMER_ID, SHOP

_FACTS = {
    "customer_id": CUSTOMER_ID,
    "version": 1,
    "kind": "person",
    "lifecycle": "active",
    "language": "zh-CN",
    "time_zone": "Asia/Shanghai",
    "region": "CN-BJ",
    "tags": ["member"],
    "external_ids": [{"source": SHOP, "id": "0042"}],
    "registered_at": AT,
}
_ACCOUNT_FACTS = _FACTS | {
    "version": 2,
    "kind": "organisation",
    "industry": "power",
    "key_account": True,
    "owner_id": "am-17",
    "contacts": {"active": 3, "executives": 0, "left": 1, "main": "present", "risks": ["no_executive"]},
    "wallet": [{"category": "tea", "yearly": {"minor": 48000000, "currency": "CNY"}, "competitors": 1}],
}
_HANDOVER = {
    "handover_id": "0192f1c4-7a10-7c3e-9d52-3f6f1f0e8c33",
    "customer_id": CUSTOMER_ID,
    "reason": "owner_changed",
    "from_owner_id": "am-17",
    "to_owner_id": "am-21",
    "opened_at": AT,
    "due_at": "2026-03-02T04:12:30Z",
}
_PROFILE = {
    "customer_id": CUSTOMER_ID,
    "version": 1,
    "kind": "person",
    "display_name": "示例顾客",
    "language": "zh-CN",
    "time_zone": "Asia/Shanghai",
    "region": "CN-BJ",
    "birthday": {"calendar": "lunar", "year": 1988, "month": 8, "day": 15, "leap_month": False},
    "contact_points": [
        {
            "kind": "email",
            "address": "customer@example.com",
            "primary": True,
            "state": "verified",
            "state_at": AT,
            "preference": 1,
        }
    ],
    "consents": [{"channel": "email", "purpose": "care", "granted": True, "at": AT, "proof": "membership form"}],
    "registered_at": AT,
    "lifecycle": "active",
    "gender": "female",
    "interests": ["tea"],
    "tags": ["member"],
    "do_not_disturb": {"quiet_hours": {"start": "21:30", "end": "08:00"}},
    "important_dates": [
        {
            "date_id": CONTACT_ID,
            "kind": "vehicle_inspection",
            "on": {"calendar": "solar", "year": 2027, "month": 5, "day": 20},
            "recurring": False,
            "lead_days": [30, 7],
            "label": "the blue van",
        }
    ],
    "owner": {"id": "am-17", "name": "示例经理", "email": "manager@example.com"},
}

DATA: dict[type[EventData], dict[str, Any] | None] = {
    CustomerRegistered: _FACTS,
    CustomerChanged: _ACCOUNT_FACTS,
    HandoverOpened: _HANDOVER,
    HandoverCompleted: _HANDOVER | {"completed_at": "2026-03-01T15:00:00Z", "completed_by": "am-21"},
    ProfileUpdated: _PROFILE,
    ProfileErased: None,
}
