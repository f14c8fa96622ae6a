"""What is encoded is decoded again, in either mode, and everything malformed is named with the way out."""

import base64
import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.contracts.customer import ProfileErased
from shared.contracts.envelope import Envelope
from shared.contracts.interaction import PurchaseRecorded
from shared.errors import Poison
from shared.messaging.broker import Headers, Record
from shared.messaging.codec import UnknownEventType, claims_of, decode, encode, pack_headers, unpack_headers
from tests.support.messaging import NOON, purchase

CUSTOMER = UUID("8f14e45f-ceea-467f-ab7c-9d1f1a0c0d0e")
DATA = purchase(CUSTOMER)
ATTRIBUTES: dict[str, Any] = {
    "id": "event-1",
    "source": "rapport/interaction",
    "type": DATA.event_type,
    "time": NOON,
    "subject": str(CUSTOMER),
}


def envelope(**changes: Any) -> Envelope:
    return Envelope.model_validate(ATTRIBUTES | changes)


def record(headers: Headers, value: bytes | None, *, topic: str = "interaction.events") -> Record:
    return Record(topic, 2, 7, str(CUSTOMER).encode(), value, headers, NOON)


def binary(value: bytes | None = None, *, headers: dict[str, bytes] | None = None, drop: str = "") -> Record:
    as_sent, encoded = encode(envelope(), DATA)
    changed = {name: text for name, text in as_sent if name != drop} | (headers or {})
    return record(tuple(changed.items()), encoded if value is None else value)


def structured(document: Any, *, content_type: str = "application/cloudevents+json") -> Record:
    value = document if isinstance(document, bytes) else json.dumps(document).encode()
    return record((("content-type", content_type.encode()),), value)


def as_document(**changes: Any) -> dict[str, Any]:
    attributes = envelope().model_dump(mode="json", exclude_none=True)
    return {"specversion": "1.0", **attributes, "data": DATA.model_dump(mode="json"), **changes}


def refused(bad: Record) -> Poison:
    with pytest.raises(Poison) as caught:
        decode(bad)
    return caught.value


def test_binary_mode_comes_back_as_it_went() -> None:
    given_envelope = envelope(
        recordedtime=NOON, correlationid="request-1", causationid="cause-1", traceparent="00-ab-cd-01"
    )
    headers, value = encode(given_envelope, DATA)
    event = decode(record(headers, value))
    assert (event.envelope, event.data) == (given_envelope, DATA)
    assert event.customer_id == CUSTOMER
    assert dict(headers)["content-type"] == b"application/json"


def test_times_travel_in_utc() -> None:
    shanghai = timezone(timedelta(hours=8))
    headers, _ = encode(envelope(time=datetime(2026, 3, 1, 20, 0, tzinfo=shanghai)), DATA)
    assert dict(headers)["ce_time"] == b"2026-03-01T12:00:00Z"


texts = st.text(st.characters(exclude_categories=("Cc", "Cs")), min_size=1, max_size=200)


@given(id=texts, source=texts, time=st.datetimes(timezones=st.just(UTC)), correlation=st.none() | texts)
def test_any_text_and_time_survive(id: str, source: str, time: datetime, correlation: str | None) -> None:
    given_envelope = envelope(id=id, source=source, time=time, correlationid=correlation)
    assert decode(record(*encode(given_envelope, DATA))).envelope == given_envelope


def test_both_modes_say_the_same() -> None:
    assert decode(structured(as_document())) == decode(binary())


@pytest.mark.parametrize(
    "document",
    [
        as_document(unknown="extension", count=3, flag=True, nothing=None),
        as_document(data=None, data_base64=base64.b64encode(DATA.model_dump_json().encode()).decode()),
    ],
)
def test_structured_mode_takes_what_the_format_allows(document: dict[str, Any]) -> None:
    event = decode(structured(document, content_type="application/cloudevents+json; charset=utf-8"))
    assert event.data == DATA


def test_extensions_and_headers_of_others_are_ignored() -> None:
    known = binary()
    extra = (("ce_partitionkey", b"x"), ("uber-trace-id", b"\xff"))
    assert decode(record((*known.headers, *extra), known.value)) == decode(known)


@pytest.mark.parametrize("content_type", [b"application/json; charset=utf-8", b"application/vnd.shop+json"])
def test_any_json_is_json(content_type: bytes) -> None:
    assert decode(binary(headers={"content-type": content_type})).data == DATA


def test_readers_ignore_fields_added_later() -> None:
    value = json.dumps(DATA.model_dump(mode="json") | {"added_later": 1}).encode()
    assert decode(binary(value)).data == DATA


def test_a_type_this_version_does_not_know_is_not_poison() -> None:
    with pytest.raises(UnknownEventType, match="teleported") as caught:
        decode(binary(headers={"ce_type": b"rapport.interaction.teleported.v1"}))
    assert not isinstance(caught.value, Poison)


@pytest.mark.parametrize("name", ["specversion", "id", "source", "type", "time"])
def test_a_missing_attribute_is_named(name: str) -> None:
    error = refused(binary(drop=f"ce_{name}"))
    assert (error.code, error.field) == ("attribute_missing", name)


@pytest.mark.parametrize(
    ("attribute", "value", "code"),
    [
        ("specversion", b"0.3", "specversion_unsupported"),
        ("id", b"", "attribute_invalid"),
        ("id", b"x" * 201, "attribute_invalid"),
        ("id", b"a\x00b", "attribute_invalid"),
        ("source", b"\xff\xfe", "attribute_invalid"),
        ("time", b"2026-03-01", "attribute_invalid"),
        ("time", b"1772366400", "attribute_invalid"),
        ("time", b"2026-03-01T12:00:00", "attribute_invalid"),
        ("time", b"2026-13-01T12:00:00Z", "attribute_invalid"),
        ("recordedtime", b"yesterday", "attribute_invalid"),
        ("subject", b"00000000-0000-4000-8000-000000000001", "subject_mismatch"),
        ("subject", str(CUSTOMER).upper().encode(), "subject_mismatch"),
    ],
)
def test_a_wrong_attribute_is_named(attribute: str, value: bytes, code: str) -> None:
    error = refused(binary(headers={f"ce_{attribute}": value}))
    assert (error.code, error.field) == (code, attribute)


@pytest.mark.parametrize(
    ("value", "code", "field"),
    [
        (b"", "data_missing", "data"),
        (b"{", "data_invalid", "data"),
        (b"[1]", "data_invalid", "data"),
        (b'{"order_id": 7}', "data_invalid", None),
        (DATA.model_dump_json().replace("2933", '"2933"').encode(), "data_invalid", "data.amount.minor"),
        (DATA.model_dump_json().replace("CNY", "yuan").encode(), "data_invalid", "data.amount.currency"),
        (b"[" * 100_000, "data_invalid", "data"),
    ],
    ids=["nothing", "cut off", "list", "incomplete", "number as text", "no currency", "too deep"],
)
def test_wrong_data_is_named(value: bytes, code: str, field: str | None) -> None:
    error = refused(binary(value))
    assert error.code == code
    assert field is None or error.field == field


@pytest.mark.parametrize(
    ("bad", "code", "field"),
    [
        (record((), b"hello"), "not_a_cloudevent", None),
        (record((("content-type", b"application/json"),), b"{}"), "not_a_cloudevent", None),
        (record((), None), "not_a_cloudevent", None),
        (binary(headers={"content-type": b"application/avro"}), "data_format_unsupported", "datacontenttype"),
        (structured(b"{"), "event_not_json", None),
        (structured(b"[]"), "event_not_json", None),
        (structured(b'{"id": "\xff"}'), "attribute_invalid", "id"),
        (structured(b'{"data": ' + b"[" * 100_000), "event_not_json", None),
        (structured(as_document(id={"nested": 1})), "attribute_invalid", "id"),
        (structured(as_document(id=None)), "attribute_missing", "id"),
        (structured(as_document(data_base64="AAAA")), "data_ambiguous", "data_base64"),
        (structured(as_document(data=None, data_base64="*")), "data_not_base64", "data_base64"),
        (structured(as_document(data=None)), "data_missing", "data"),
        (structured([], content_type="application/cloudevents-batch+json"), "event_format_unsupported", "content-type"),
        (structured(b"", content_type="application/cloudevents+avro"), "event_format_unsupported", "content-type"),
        (
            structured({}, content_type="application/cloudevents+json; charset=gb18030"),
            "event_format_unsupported",
            "content-type",
        ),
    ],
)
def test_what_is_no_event_is_told_apart(bad: Record, code: str, field: str | None) -> None:
    error = refused(bad)
    assert (error.code, error.field) == (code, field)
    assert len(error.detail) > 20, "says the way out"


def test_a_tombstone_is_a_null_value_and_an_event() -> None:
    data = ProfileErased(customer_id=CUSTOMER)
    headers, value = encode(envelope(type=data.event_type), data)
    assert value is None
    assert decode(record(headers, value, topic=data.topic)).data == data


def test_a_bare_tombstone_of_a_compacted_topic_is_one_too() -> None:
    bare = decode(record((), None, topic="customer.profiles"))
    assert bare.data == ProfileErased(customer_id=CUSTOMER)
    assert (bare.envelope.id, bare.envelope.time) == ("customer.profiles/2/7", NOON)


def test_a_bare_tombstone_of_no_customer_is_refused() -> None:
    bare = Record("customer.profiles", 0, 0, b"nobody", None, (), NOON)
    assert (refused(bare).code, refused(bare).field) == ("attribute_invalid", "subject")


def test_a_tombstone_with_data_is_refused() -> None:
    headers, _ = encode(envelope(type=ProfileErased.event_type), ProfileErased(customer_id=CUSTOMER))
    assert refused(record(headers, b"{}", topic="customer.profiles")).code == "data_unexpected"


def test_packed_headers_unpack() -> None:
    headers: Headers = (("ce_id", b"1"), ("ce_id", b"2"), ("binary", b"\x00\xff"))
    assert unpack_headers(pack_headers(headers)) == headers


def test_claims_are_read_from_the_worst_of_records() -> None:
    assert claims_of(binary().headers, None).type == PurchaseRecorded.event_type
    claims = claims_of((("ce_id", b"\x00\xff" + b"x" * 300), ("ce_source", b"shop")), b"")
    assert (claims.source, claims.type) == ("shop", None)
    assert claims.event_id is not None
    assert len(claims.event_id) == 200
    assert "\x00" not in claims.event_id
    document = structured(as_document(data="not a purchase"))
    assert claims_of(document.headers, document.value).event_id == "event-1"
    assert claims_of(structured(b"{").headers, b"{").event_id is None
