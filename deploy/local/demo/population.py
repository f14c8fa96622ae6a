"""What the CDNOW file does not have, made up and marked as such: names, addresses, birthdays, complaints, visits.

Everything follows from the customer's number, so that every run is the same and the verification can foretell it.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from deploy.local.cdnow import CdnowPurchase

CUSTOMERS = "cdnow"
"""Source of the customers' external ids."""
PURCHASES = "cdnow-file"
MADE_UP = "demo-made-up"
"""Source of every interaction that is not in the file."""

_PLACES = (
    ("Asia/Shanghai", "CN"),
    ("America/New_York", "US"),
    ("Europe/London", "GB"),
    ("Australia/Sydney", "AU"),
    ("America/Los_Angeles", "US"),
)
_BIRTHDAYS: tuple[dict[str, Any], ...] = (
    {"calendar": "solar", "year": 1961, "month": 3, "day": 14},
    {"calendar": "solar", "month": 7, "day": 2},
    {"calendar": "solar", "year": 1968, "month": 2, "day": 29},
    {"calendar": "lunar", "year": 1955, "month": 8, "day": 15},
    {"calendar": "lunar", "month": 1, "day": 1},
    {"calendar": "lunar", "month": 5, "day": 6, "leap_month": True},
    {"calendar": "lunar", "month": 12, "day": 30},
    {"calendar": "solar", "month": 12, "day": 24},
)
_SEVERITIES = ("low", "medium", "high", "critical")


@dataclass(frozen=True, slots=True)
class Person:
    """A customer of the file as the demo registers it."""

    number: int
    language: str
    time_zone: str
    region: str
    birthday: dict[str, Any] | None
    channels: tuple[str, ...]
    registered_late: bool
    """Registered the day after its first purchase, which therefore waits for its customer."""

    @property
    def external_id(self) -> str:
        return f"{self.number:04d}"

    def as_registration(self) -> dict[str, Any]:
        """The body of `POST /v1/customers`."""
        name = f"演示客户 {self.external_id}" if self.language == "zh-CN" else f"Demo Customer {self.external_id}"
        registration: dict[str, Any] = {
            "kind": "person",
            "full_name": name,
            "language": self.language,
            "time_zone": self.time_zone,
            "region": self.region,
            "tags": ["demo", "made-up-name"],
            "external_ids": [{"source": CUSTOMERS, "id": self.external_id}],
            "contact_points": [{"kind": "email", "address": f"customer-{self.external_id}@demo.example"}],
            "consents": [
                {"channel": channel, "purpose": purpose, "granted": True, "proof": "made up for the demo"}
                for channel in self.channels
                for purpose in ("service", "care")
            ],
        }
        if self.birthday is not None:
            registration["birthday"] = self.birthday
        return registration


def person(number: int) -> Person:
    """Half read Chinese; one in 20 has a birthday, one in 25 consents to nothing, one in 7 to the inbox alone."""
    time_zone, region = _PLACES[number % len(_PLACES)]
    channels: tuple[str, ...] = ("email", "inbox")
    if number % 25 == 0:
        channels = ()
    elif number % 7 == 0:
        channels = ("inbox",)
    return Person(
        number=number,
        language="zh-CN" if number % 2 else "en",
        time_zone=time_zone,
        region=region,
        birthday=_BIRTHDAYS[number // 20 % len(_BIRTHDAYS)] if number % 20 == 3 else None,
        channels=channels,
        registered_late=number % 50 == 1,
    )


def business_instant(day: date) -> datetime:
    """The file has days only; each purchase is placed at noon UTC."""
    return datetime.combine(day, time(12), tzinfo=UTC)


def purchase_item(line: int, purchase: CdnowPurchase) -> dict[str, Any]:
    """The body of one purchase in a batch; its identity is its line in the file."""
    amount = {"amount": f"{purchase.amount:.2f}", "currency": "USD"}
    return {
        "kind": "purchase",
        "source": PURCHASES,
        "id": f"line-{line}",
        "customer": {"source": CUSTOMERS, "external_id": f"{purchase.customer:04d}"},
        "occurred_at": business_instant(purchase.date).isoformat(),
        "channel": "web",
        "order_id": f"line-{line}",
        "amount": amount,
        "lines": [{"category": "music", "quantity": purchase.quantity, "amount": amount}],
    }


def made_up_items(number: int, first_purchase: date, until: date) -> list[tuple[date, dict[str, Any]]]:
    """One in 40 visits a shop, one in 60 complains (most are resolved within three days and then asked how it went)."""
    customer = {"source": CUSTOMERS, "external_id": f"{number:04d}"}
    items: list[tuple[date, dict[str, Any]]] = []

    def add(after_days: int, what: str, **fields: Any) -> None:
        day = first_purchase + timedelta(days=after_days)
        if day < until:
            identity = {"source": MADE_UP, "id": f"{what}-{number:04d}", "customer": customer}
            items.append((day, {**identity, "kind": what, "occurred_at": business_instant(day).isoformat(), **fields}))

    if number % 40 == 5:
        add(10, "visit", place="store", purpose="browsing (made up)")
    if number % 60 == 7:
        case = f"case-{number:04d}"
        turn = number // 60
        add(5, "complaint", case=case, severity=_SEVERITIES[turn % 4], category="delivery (made up)")
        if turn % 5 != 4:
            add(6 + turn % 3, "complaint_resolution", case=case, outcome="replaced (made up)")
            add(9, "survey", instrument="csat", score=2 + turn % 4)
    return items
