"""What holds of known, unknown and ageing facts."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given

from shared.conditions.condition import fields_of, holds, next_change
from shared.conditions.reading import read_condition
from tests.support.conditions import VOCABULARY, documents, facts, instants

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
CUSTOMER: dict[str, Any] = {
    "region": "CN-31",
    "abc_class": "A",
    "tags": frozenset({"vip", "golf"}),
    "orders": 3,
    "is_person": True,
    "birthday": date(2026, 3, 1),
    "last_seen_at": NOON - timedelta(days=2),
}


def says(document: Any, subject: dict[str, Any] = CUSTOMER, at: datetime = NOON) -> bool:
    return holds(read_condition(document, VOCABULARY), subject, at)


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ({"field": "region", "is": "CN-31"}, True),
        ({"field": "region", "is_not": "CN-31"}, False),
        ({"field": "region", "starts_with": "CN"}, True),
        ({"field": "abc_class", "in": ["B", "C"]}, False),
        ({"field": "abc_class", "not_in": ["B", "C"]}, True),
        ({"field": "orders", "above": 3}, False),
        ({"field": "orders", "at_least": 3}, True),
        ({"field": "orders", "below": 3.5}, True),
        ({"field": "orders", "at_most": 2}, False),
        ({"field": "tags", "contains": "golf"}, True),
        ({"field": "tags", "contains_any": ["tennis", "golf"]}, True),
        ({"field": "tags", "contains_all": ["tennis", "golf"]}, False),
        ({"field": "is_person", "is": False}, False),
        ({"field": "birthday", "before": "2026-03-01"}, False),
        ({"field": "birthday", "within_last_days": 9}, True),
        ({"field": "birthday", "within_last_days": 8}, False),
        ({"field": "last_seen_at", "after": "2026-03-08T20:00:00+08:00"}, False),
        ({"field": "last_seen_at", "older_than_days": 2}, True),
        ({"field": "last_seen_at", "within_last_days": 2}, False),
        ({"field": "region", "missing": False}, True),
        ({"all": []}, True),
        ({"any": [{"field": "orders", "is": 4}, {"not": {"field": "orders", "is": 4}}]}, True),
    ],
)
def test_what_holds_of_a_known_customer(document: Any, expected: bool) -> None:
    assert says(document) is expected


def test_nothing_but_missing_holds_of_what_is_unknown() -> None:
    assert not says({"field": "region", "is": "CN-31"}, {})
    assert not says({"field": "region", "is_not": "CN-31"}, {})
    assert says({"not": {"field": "region", "is": "CN-31"}}, {})
    assert says({"field": "region", "missing": True}, {})


def test_what_lies_ahead_is_not_within_the_last_days() -> None:
    ahead = CUSTOMER | {"last_seen_at": NOON + timedelta(hours=1)}
    assert not says({"field": "last_seen_at", "within_last_days": 3}, ahead)
    assert says({"field": "last_seen_at", "within_last_days": 3}, ahead, NOON + timedelta(hours=1))


def test_fields_are_those_of_every_branch() -> None:
    condition = read_condition(
        {"any": [{"field": "orders", "is": 4}, {"not": {"field": "region", "missing": True}}]}, VOCABULARY
    )
    assert fields_of(condition) == {"orders", "region"}


@given(document=documents, subject=facts, at=instants)
def test_nothing_changes_before_the_next_change(document: Any, subject: dict[str, Any], at: datetime) -> None:
    condition = read_condition(document, VOCABULARY)
    until = next_change(condition, subject, at) or at + timedelta(days=400)
    now = holds(condition, subject, at)
    steps = [at + (until - at) * part / 7 for part in range(7)] + [until - timedelta(microseconds=1)]
    assert {holds(condition, subject, step) for step in steps} == {now}
