from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from uuid import uuid4

import pytest

from services.interaction.ingest.details import Purchase, Visit
from services.interaction.ingest.identity import ExternalKey
from services.interaction.ingest.interaction import RecordedInteraction, differences
from shared.errors import InvalidInput
from shared.money import Money
from tests.support.factories.interaction import NOW, PERIOD, YESTERDAY, make_command


@pytest.mark.parametrize(
    "occurred_at",
    [
        NOW,
        NOW + timedelta(minutes=5),
        datetime(1970, 1, 1, tzinfo=UTC),
        YESTERDAY.astimezone(timezone(timedelta(hours=8))),
    ],
)
def test_times_within_the_period_are_believed(occurred_at: datetime) -> None:
    PERIOD.check(occurred_at, now=NOW)


@pytest.mark.parametrize(
    ("occurred_at", "code"),
    [
        (NOW + timedelta(minutes=5, seconds=1), "occurred_in_future"),
        (datetime(9999, 12, 31, 23, tzinfo=timezone(timedelta(hours=-12))), "occurred_in_future"),
        (datetime(1969, 12, 31, 23, 59, tzinfo=UTC), "occurred_too_early"),
        (datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=14))), "occurred_too_early"),
    ],
)
def test_times_beyond_it_are_refused(occurred_at: datetime, code: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        PERIOD.check(occurred_at, now=NOW)
    assert (refused.value.code, refused.value.field) == (code, "occurred_at")


def test_the_same_content_differs_in_nothing() -> None:
    values: dict[str, Any] = {"source_id": "1", "channel": "web"}
    kept = RecordedInteraction(make_command(**values), None, NOW)
    assert differences(make_command(**values), kept, None) == []


@pytest.mark.parametrize(
    ("change", "fields"),
    [
        ({"channel": "phone"}, ["channel"]),
        ({"actor": "clerk", "occurred_at": NOW}, ["occurred_at", "actor"]),
        ({"customer": ExternalKey("shop", "somebody")}, ["customer"]),
        ({"details": Purchase(order_id="2", amount=Money(1, "CNY"))}, ["order_id", "amount"]),
        ({"details": Visit(place="store")}, ["kind"]),
    ],
)
def test_other_content_is_told_by_field(change: dict[str, Any], fields: list[str]) -> None:
    kept = RecordedInteraction(make_command(source_id="1"), None, NOW)
    assert differences(make_command(source_id="1", **change), kept, None) == fields


def test_another_name_of_the_same_customer_is_no_difference() -> None:
    customer_id = uuid4()
    kept = RecordedInteraction(make_command(source_id="1"), customer_id, NOW)
    assert differences(make_command(source_id="1", customer=customer_id), kept, customer_id) == []


def test_two_names_of_nobody_known_are_a_difference() -> None:
    kept = RecordedInteraction(make_command(source_id="1"), None, NOW)
    assert differences(make_command(source_id="1", customer=uuid4()), kept, None) == ["customer"]
