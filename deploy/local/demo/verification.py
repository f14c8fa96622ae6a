"""The proof: what the file and the script say, held against what the services and the mailbox have."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from deploy.local.demo.client import PlatformClient
from deploy.local.demo.occasions import Greeting, expected_greetings
from deploy.local.demo.replay import CLOSES, OPENS, Script
from deploy.local.mailbox import count_by_message_id

PUBLISHED = {"r": "0.243", "alpha": "4.414", "a": "0.793", "b": "2.426", "log_likelihood": "-9582.4"}
"""Fader, Hardie and Lee (2005), on the 39 weeks to 1997-09-30."""

_RULE_OF = {"purchase_thanks": "purchase", "visit_thanks": "visit", "complaint_receipt": "complaint"}


@dataclass(frozen=True, slots=True)
class Check:
    """One sentence that must hold."""

    claim: str
    expected: Any
    found: Any

    @property
    def holds(self) -> bool:
        return bool(self.expected == self.found)


def verify(client: PlatformClient, script: Script, calibration: dict[str, Any]) -> list[Check]:
    """Waits until nothing is under way, then checks everything."""
    greetings = Counter(expected_greetings(script.people.values(), OPENS, CLOSES))
    client.await_scored(script.interactions)
    client.await_messages(greetings.total() + sum(script.count(kind) for kind in _RULE_OF.values()))
    customers = list(client.every("customer", "/v1/customers"))
    decisions = list(client.every("notification", "/v1/decisions"))
    return [
        *_check_purchases(client, script),
        Check("every customer of the file is registered once", len(script.people), len(customers)),
        _check_none_waits(client),
        *_check_decisions(script, decisions),
        _check_greetings(script, customers, decisions, greetings),
        Check("no greeting left after its day", 0, sum(decision["reason"] == "too_late" for decision in decisions)),
        *_check_mailbox(client),
        _check_dead_letters(client),
        *_check_model(calibration),
    ]


def _check_purchases(client: PlatformClient, script: Script) -> list[Check]:
    cents = sum(int(purchase.amount * 100) for purchase in script.purchases)
    checks = []
    for service in ("interaction", "scoring"):
        totals = client.get(service, "/v1/reconciliation")["totals"]
        found = [total for total in totals if total["kind"] == "purchase"]
        checks.append(
            Check(
                f"{service} has every purchase of the file once",
                len(script.purchases),
                sum(total["count"] for total in found),
            )
        )
        checks.append(
            Check(
                f"{service}'s purchases add up to the file's cents",
                {"USD": cents},
                {total["currency"]: total["amount_minor"] for total in found},
            )
        )
    return checks


def _check_none_waits(client: PlatformClient) -> Check:
    awaiting = client.get("interaction", "/v1/reconciliation")["awaiting"]["count"]
    return Check("no interaction still waits for its customer", 0, awaiting)


def _check_decisions(script: Script, decisions: list[dict[str, Any]]) -> list[Check]:
    counted = Counter(decision["rule"] for decision in decisions)
    return [
        Check(f"every {kind} has one decision of the rule {rule}", script.count(kind), counted[rule])
        for rule, kind in _RULE_OF.items()
    ]


def _check_greetings(
    script: Script,
    customers: list[dict[str, Any]],
    decisions: list[dict[str, Any]],
    expected: Counter[Greeting],
) -> Check:
    people = {
        customer["customer_id"]: script.people[int(external["id"])]
        for customer in customers
        for external in customer["external_ids"]
    }
    decided: Counter[Greeting] = Counter()
    for decision in decisions:
        if decision["rule"] == "birthday":
            one = people[decision["customer_id"]]
            decided[Greeting(one.number, _local_day(decision, one.time_zone))] += 1
    return Check(
        "every birthday has one decision, made on that day in the customer's time zone",
        {"birthdays": expected.total(), "missing": 0, "beyond": 0},
        {
            "birthdays": decided.total(),
            "missing": (expected - decided).total(),
            "beyond": (decided - expected).total(),
        },
    )


def _local_day(decision: dict[str, Any], time_zone: str) -> date:
    return datetime.fromisoformat(decision["decided_at"]).astimezone(ZoneInfo(time_zone)).date()


def _check_mailbox(client: PlatformClient) -> list[Check]:
    sent = Counter(m["message_id"] for m in client.every("notification", "/v1/messages", channel="email"))
    stored = Counter({key.strip("<>").partition("@")[0]: n for key, n in count_by_message_id(client.mailbox).items()})
    return [
        Check("every e-mail is in the mailbox, under its own key", 0, len(sent - stored) + len(stored - sent)),
        Check("every e-mail is there once", sent.total(), stored.total()),
    ]


def _check_dead_letters(client: PlatformClient) -> Check:
    services = ("customer", "interaction", "scoring", "notification")
    found = {service: sum(1 for _ in client.every(service, "/v1/dead-letters")) for service in services}
    return Check("no event was set aside as a dead letter", dict.fromkeys(services, 0), found)


def _check_model(calibration: dict[str, Any]) -> list[Check]:
    found = {**calibration["purchases"], "log_likelihood": calibration["log_likelihood"]}
    digits = {"log_likelihood": 1}
    return [
        Check(f"BG/NBD on the first 39 weeks: {name} as published", published, f"{found[name]:.{digits.get(name, 3)}f}")
        for name, published in PUBLISHED.items()
    ]
