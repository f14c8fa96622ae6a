"""Customers as the customer service tells of them: without personal data to most, with it to notification."""

from collections.abc import Sequence
from datetime import date
from typing import Any, Literal

import msgspec

from benchmarks.load.records import SOURCE, headers_of
from shared.contracts.topics import CUSTOMER_EVENTS, CUSTOMER_PROFILES
from shared.messaging.broker import OutgoingRecord

_TIME_ZONE = "Asia/Shanghai"
_encode = msgspec.json.Encoder().encode


def registered(customers: Sequence[str], at: str) -> list[OutgoingRecord]:
    """Each has an identity in the shop besides."""
    return [
        _record(
            CUSTOMER_EVENTS.name,
            "registered",
            customer,
            at,
            {**_known(customer, at), "lifecycle": "active", "external_ids": [{"source": SOURCE, "id": customer[:8]}]},
        )
        for customer in customers
    ]


def profiles(
    customers: Sequence[str],
    at: str,
    *,
    consenting_every: int = 1,
    channel: Literal["email", "inbox"] = "email",
    birthday: date | None = None,
) -> list[OutgoingRecord]:
    """With an address; one in `consenting_every` consents to care and service on `channel`."""
    return [
        _record(
            CUSTOMER_PROFILES.name,
            "profile_updated",
            customer,
            at,
            {
                **_known(customer, at),
                "display_name": f"Customer {customer[:8]}",
                "contact_points": [{"kind": "email", "address": f"{customer}@mail.example"}],
                "consents": _consents(channel, at) if number % consenting_every == 0 else [],
                **({} if birthday is None else {"birthday": {"month": birthday.month, "day": birthday.day}}),
            },
        )
        for number, customer in enumerate(customers)
    ]


def _record(topic: str, verb: str, customer: str, at: str, data: dict[str, Any]) -> OutgoingRecord:
    headers = headers_of(f"{verb}-{customer}", "rapport/customer", f"rapport.customer.{verb}.v1", at, customer)
    return OutgoingRecord(topic, customer.encode(), _encode(data), headers)


def _known(customer: str, at: str) -> dict[str, Any]:
    return {
        "customer_id": customer,
        "version": 1,
        "kind": "person",
        "language": "en",
        "time_zone": _TIME_ZONE,
        "registered_at": at,
    }


def _consents(channel: str, at: str) -> list[dict[str, Any]]:
    return [{"channel": channel, "purpose": purpose, "granted": True, "at": at} for purpose in ("care", "service")]
