import json
from typing import Any

import pytest

from services.interaction.ingest.schemas.cloudevents import BATCHED, STRUCTURED, is_batch, parse_batch, parse_event
from services.interaction.ingest.schemas.examples import CLOUDEVENT
from shared.contracts.inbound import InboundPurchase
from shared.errors import InvalidInput, Malformed, UnsupportedMedia

HEADERS = [(f"ce-{name}", CLOUDEVENT[name]) for name in ("specversion", "id", "source", "type", "time")]
DATA = json.dumps(CLOUDEVENT["data"]).encode()


def structured(**values: Any) -> bytes:
    return json.dumps(CLOUDEVENT | values).encode()


def test_structured_and_binary_mode_say_the_same() -> None:
    event = parse_event([], STRUCTURED, structured())
    assert isinstance(event.data, InboundPurchase)
    assert event.envelope.id == "order-4712"
    assert parse_event(HEADERS, "application/json", DATA) == event
    assert parse_event([], "application/cloudevents+json; charset=UTF-8", structured()) == event


def test_values_of_headers_are_percent_decoded() -> None:
    headers = [(name, "%E5%95%86%E5%BA%97" if name == "ce-source" else value) for name, value in HEADERS]
    assert parse_event(headers, "application/json", DATA).envelope.source == "商店"


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"id": None}, "id"),
        ({"specversion": "0.3"}, "specversion"),
        ({"time": "yesterday"}, "time"),
        ({"time": None}, "time"),
        ({"source": "a\nb"}, "source"),
        ({"type": "rapport.customer.registered.v1"}, "type"),
        ({"type": "com.example.order"}, "type"),
        ({"data": None}, "data"),
        ({"data": {}}, "data.customer"),
        ({"datacontenttype": "text/xml"}, "datacontenttype"),
    ],
)
def test_what_is_wrong_is_told_by_attribute(values: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        parse_event([], STRUCTURED, structured(**values))
    assert refused.value.field == field


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'"text"', b"\xff"])
def test_a_body_that_is_no_json_object_is_malformed(body: bytes) -> None:
    with pytest.raises(Malformed):
        parse_event([], STRUCTURED, body)


def test_a_request_that_is_no_event_is_told_the_three_ways() -> None:
    with pytest.raises(UnsupportedMedia, match=r"cloudevents-batch\+json"):
        parse_event([], "application/json", DATA)


def test_in_a_batch_every_event_has_its_place() -> None:
    body = json.dumps([CLOUDEVENT, {"id": "1"}, 7, CLOUDEVENT]).encode()
    first, second, third, fourth = parse_batch(body)
    assert first == fourth
    assert isinstance(second, InvalidInput)
    assert isinstance(third, InvalidInput)


@pytest.mark.parametrize("body", [b"{}", b"[", b"7", b"\xff", b"null", b"[" * 100_000], ids=lambda body: body[:4])
def test_a_batch_is_an_array(body: bytes) -> None:
    with pytest.raises(Malformed):
        parse_batch(body)


@pytest.mark.parametrize("size", [0, 1001])
def test_a_batch_has_a_size(size: int) -> None:
    with pytest.raises(InvalidInput) as refused:
        parse_batch(b"[" + b",".join([b"{}"] * size) + b"]")
    assert refused.value.code == "batch_size"


def test_a_batch_is_known_by_its_type() -> None:
    assert is_batch(f"{BATCHED.upper()}; charset=utf-8")
    assert not is_batch(STRUCTURED)
