"""What is read and written quickly is what the models would have read and written."""

import json
from typing import Any
from uuid import UUID

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from services.interaction.ingest.interaction import RecordInteraction
from services.interaction.ingest.schemas.examples import INTERACTIONS
from services.interaction.ingest.schemas.inbound import Admission
from services.interaction.ingest.schemas.requests import InteractionCreate, InteractionStruct, command_of
from services.interaction.ingest.schemas.responses import InteractionRead
from shared.errors import InvalidInput
from shared.structs import StructDecoder
from tests.support.factories.interaction import NOW, PERIOD

models: TypeAdapter[InteractionCreate] = TypeAdapter(InteractionCreate)
reads: TypeAdapter[InteractionRead] = TypeAdapter(InteractionRead)
structs: StructDecoder[Any] = StructDecoder(InteractionStruct)
KINDS = tuple(INTERACTIONS)
CUSTOMER = UUID("2f1d8c4e-6f0a-4a57-9c1e-1b2a3c4d5e6f")

texts = st.text(max_size=8) | st.sampled_from(
    ["", "a" * 200, "a" * 201, "Ma\nrie", "\x7f", "\x85", "宋", "٣", '"\\', " x "]
)
amounts = st.sampled_from(["0", "29.33", "29.333", "٣", "1e3", "-1", "1.", "9" * 13, "9" * 14, "29.33\n", ""])
money = st.fixed_dictionaries({"amount": amounts, "currency": st.sampled_from(["CNY", "JPY", "RMB", "cny", "CNY\n"])})
instants = st.datetimes().map(lambda it: it.isoformat() + "Z") | st.sampled_from(
    [
        "2026-03-14T10:30:00+08:00", "2026-03-14T10:30:00.123456789Z", "2026-03-14t10:30:00z", "2026-03-14 10:30:00Z",
        "2026-03-14T10:30:00", "2026-03-14T24:00:00Z", "2026-03-14T10:30:60Z", "2026-02-30T00:00:00Z",
        "0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "2026-03-14T10:30:00+25:00", "1773455400",
    ]
)  # fmt: skip
uuids = st.sampled_from([str(CUSTOMER), CUSTOMER.hex, str(CUSTOMER).upper(), f"{{{CUSTOMER}}}", f"urn:uuid:{CUSTOMER}"])
customers = st.dictionaries(st.sampled_from(["id", "source", "external_id"]), texts | uuids | st.none(), max_size=3)
lines = st.lists(
    st.fixed_dictionaries(
        {"category": texts, "amount": money}, optional={"quantity": st.sampled_from([1, 0, 2.0, True, "2", 10**6 + 1])}
    ),
    max_size=3,
)
oddities = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | texts | st.lists(st.integers())
SPECIAL = {"customer": customers, "amount": money, "margin": money, "compensation": money, "lines": lines}


@st.composite
def bodies(draw: st.DrawFn) -> bytes:
    """A good body of some kind, with a few fields replaced by others, good or bad, added or left out."""
    kind = draw(st.sampled_from(KINDS))
    body = json.loads(json.dumps(INTERACTIONS[kind]))
    names = [*body, "channel", "actor", "reason", "score", "severity", "unknown", "lines", "margin"]
    for name in draw(st.lists(st.sampled_from(names), max_size=3)):
        values = SPECIAL.get(name, instants if name == "occurred_at" else texts)
        body[name] = draw(values | oddities)
    if draw(st.integers(0, 9)) == 0:
        body.pop(draw(st.sampled_from(sorted(body))))
    return json.dumps(body, ensure_ascii=draw(st.booleans())).encode(errors="surrogatepass")


def verdict(told: Any) -> RecordInteraction | tuple[str, str | None]:
    try:
        return command_of(told, Admission(PERIOD, NOW), default_source="token")
    except InvalidInput as refusal:
        return refusal.code, refusal.field


@given(bodies())
@settings(max_examples=150)
def test_whatever_a_struct_takes_its_model_takes_and_means_the_same(body: bytes) -> None:
    told = structs.decode(body)
    assume(told is not None)
    try:
        model = models.validate_python(json.loads(body))
    except ValidationError as error:
        pytest.fail(f"{body!r} was read though it is wrong: {error}")
    named = json.loads(body).get("id") is not None
    if named:
        assert verdict(told) == verdict(model)


@pytest.mark.parametrize("kind", KINDS)
def test_what_clients_ordinarily_send_is_read_quickly(kind: str) -> None:
    body = INTERACTIONS[kind]
    assert structs.decode(json.dumps(body).encode()) is not None
    assert structs.decode(json.dumps(body, ensure_ascii=False, indent=2).encode()) is not None


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'{"kind":"visit"',
        b"\xff",
        b'{"kind":"purchase"}',
        b'{"kind":"nothing"}',
        b"[" * 9999,
    ],
)
def test_what_is_no_interaction_is_left_to_the_models(body: bytes) -> None:
    assert structs.decode(body) is None


def test_of_a_key_told_twice_the_last_one_counts_or_none() -> None:
    body = json.dumps(INTERACTIONS["visit"]).encode()
    twice = body[:-1] + b', "id": "other", "kind": "visit"}'
    assert verdict(structs.decode(twice)) == verdict(models.validate_python(json.loads(twice)))
    assert structs.decode(body[:-1] + b', "kind": "survey"}') is None
