"""What the sender of a bad event is told, in the words an API would use."""

import json
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest

from shared.errors import Poison
from shared.messaging.broker import Record
from shared.messaging.codec import decode

AT = datetime(2026, 11, 1, tzinfo=UTC)
HEADERS = {
    "ce_specversion": "1.0",
    "ce_id": "1",
    "ce_source": "erp",
    "ce_type": "rapport.inbound.purchase_recorded.v1",
    "ce_time": AT.isoformat(),
}
SOUND: dict[str, Any] = {
    "customer": {"id": str(uuid4())},
    "order_id": "1",
    "amount": {"amount": "1", "currency": "CNY"},
}


def refusal_of(data: bytes) -> Poison:
    headers = tuple((name, value.encode()) for name, value in HEADERS.items())
    with pytest.raises(Poison) as refused:
        decode(Record("inbound.events", 0, 0, b"", data, headers, AT))
    return refused.value


@pytest.mark.parametrize(
    ("values", "field", "told"),
    [
        ({"amuont": 1}, "data.amuont", "did you mean 'amount'"),
        ({"amount": {"amount": "1", "curency": "CNY"}}, "data.amount.currency", "is required (and 1 more)"),
        ({"lines": [{"category": "x"}]}, "data.lines[0].amount", "is required"),
        ({"order_id": 1}, "data.order_id", "string"),
    ],
)
def test_the_place_and_the_way_out_are_told(values: dict[str, Any], field: str, told: str) -> None:
    error = refusal_of(json.dumps(SOUND | values).encode())
    assert (error.code, error.field) == ("data_invalid", field)
    assert told in error.detail


def test_what_was_given_is_not_repeated_since_reasons_are_logged() -> None:
    assert "secret" not in refusal_of(json.dumps(SOUND | {"amount": "secret"}).encode()).detail


@pytest.mark.parametrize("data", [b"{", b"\xff", b"[1]", b"7"])
def test_data_that_is_no_object_is_told_as_a_whole(data: bytes) -> None:
    assert refusal_of(data).field == "data"
