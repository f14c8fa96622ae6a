"""A twin reads what its model reads, and nothing else: whatever arrives, both ways end alike."""

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from shared.contracts.envelope import Envelope, Event, EventData
from shared.contracts.examples import EXAMPLES
from shared.contracts.inbound import InboundSurvey
from shared.contracts.interaction import PurchaseRecorded
from shared.contracts.registry import EVENT_TYPES
from shared.errors import Poison
from shared.messaging.broker import Record
from shared.messaging.codec import RawEvent, build, encode, read
from shared.messaging.twin_codec import build_twin
from shared.twins import twin_of
from tests.support.messaging import NOON


def has_twin(model: type[EventData]) -> bool:
    try:
        twin_of(model)
    except TypeError:
        return False
    return not model.tombstone


ALL = sorted(name for name, model in EVENT_TYPES.items() if not model.tombstone)
TWINNED = [name for name in ALL if has_twin(EVENT_TYPES[name])]
ODD_VALUES: list[Any] = [
    None, True, False, 0, -1, 1.0, 0.5, 10**15, 10**16, 10**30, [], {}, "", "x" * 200, "x" * 201, "喜" * 2001, "é", "£",
    "a\x85b", "a\x7fb", "a\nb", "a\\b", 'a"b', "\x00", "CNY", "cny", "CN", "1", "low", "zh-CN", "zh_CN",
    "2026-03-01T12:00:00Z", "2026-03-01t12:00:00z", "2026-03-01 12:00:00Z", "2026-03-01T12:00:00", "20260301T120000Z",
    "2026-03-01T12:00:00.1234567Z", "2026-03-01T12:00:00.9999999Z", "2026-03-01T12:00:60Z", "2026-02-30T12:00:00Z",
    "2026-03-01T12:00:00+08:00", "2026-03-01T12:00+08:00", "2026-03-01", "2026-03-01T00:00:00Z", 1_767_225_600,
    "1767225600",
    "5b1c1a52-6b53-5a53-9d36-2f6d9a5b1c10", "5B1C1A52-6B53-5A53-9D36-2F6D9A5B1C10", "5b1c1a526b535a539d362f6d9a5b1c10",
    "{5b1c1a52-6b53-5a53-9d36-2f6d9a5b1c10}", "urn:uuid:5b1c1a52-6b53-5a53-9d36-2f6d9a5b1c10",
]  # fmt: skip


def raw_example(event_type: str) -> tuple[dict[str, str], dict[str, Any]]:
    example = EXAMPLES[EVENT_TYPES[event_type]]
    data = example.data or {}
    attributes = {"specversion": "1.0", "id": example.id, "source": example.source, "type": event_type}
    return attributes | {"time": NOON.isoformat(), "subject": str(data.get("customer_id"))}, data


def plain(value: Any) -> Any:
    """Fields by name, whether of a model or of a twin."""
    if isinstance(value, BaseModel):
        return {name: plain(getattr(value, name)) for name in type(value).model_fields}
    if isinstance(value, msgspec.Struct):
        return {name: plain(getattr(value, name)) for name in value.__struct_fields__}
    return [plain(each) for each in value] if isinstance(value, tuple) else value


def ending(build_event: Any, record: Record, model: type[EventData]) -> Any:
    try:
        event: Event[Any] = build_event(read(record), model)
    except Poison as refusal:
        return refusal.code, refusal.field, refusal.detail
    return plain(event.envelope), plain(event.data)


def places(document: Any) -> list[tuple[Any, ...]]:
    """Every path into a document, the innermost too."""
    steps = document.items() if isinstance(document, dict) else enumerate(document)
    return [
        (step, *further)
        for step, value in steps
        for further in [(), *(places(value) if isinstance(value, dict | list) else [])]
    ]


@st.composite
def documents(draw: st.DrawFn, sound: dict[str, Any]) -> dict[str, Any]:
    """A sound document with up to two places changed, emptied or added to."""
    document = json.loads(json.dumps(sound))
    for _ in range(draw(st.integers(0, 2))):
        *way, last = draw(st.sampled_from(places(document) or [("added",)]))
        target = document
        for step in way:
            target = target[step]
        value = draw(st.sampled_from(ODD_VALUES) | st.text("ab喜\n\\", max_size=5) | st.integers())
        match draw(st.sampled_from(["replace", "remove", "add"])):
            case "remove" if isinstance(target, dict):
                del target[last]
            case "add" if isinstance(target, dict):
                target["added_later"] = value
            case _:
                target[last] = value
    return document  # type: ignore[no-any-return]


@given(st.data(), st.sampled_from(ALL), st.booleans())
def test_both_readers_end_alike(data: st.DataObject, event_type: str, ascii_only: bool) -> None:
    attributes, sound = raw_example(event_type)
    attributes = {name: str(value) for name, value in data.draw(documents(attributes)).items()}
    document = data.draw(documents(sound))
    headers = tuple((f"ce_{name}", value.encode()) for name, value in attributes.items())
    value = json.dumps(document, ensure_ascii=ascii_only).encode()
    record, model = Record("", 0, 0, b"", value, headers, NOON), EVENT_TYPES[event_type]
    assert ending(build_twin, record, model) == ending(build, record, model)


@pytest.mark.parametrize("event_type", TWINNED)
def test_what_the_platform_writes_is_read_by_the_twin_itself(event_type: str) -> None:
    attributes, sound = raw_example(event_type)
    data = EVENT_TYPES[event_type].model_validate_json(json.dumps(sound))
    _, value = encode(Envelope.model_validate(attributes), data)
    event = build_twin(RawEvent(attributes, value), EVENT_TYPES[event_type])
    assert isinstance(event.data, msgspec.Struct)
    assert isinstance(event.envelope, msgspec.Struct)
    assert event.data.event_type == event_type  # type: ignore[attr-defined]


@pytest.mark.parametrize("event_type", TWINNED)
def test_what_a_twin_writes_is_what_its_model_writes(event_type: str) -> None:
    attributes, sound = raw_example(event_type)
    written = json.dumps(sound).encode()
    model = EVENT_TYPES[event_type].model_validate_json(written)
    twin = msgspec.json.decode(written, type=twin_of(EVENT_TYPES[event_type]))
    (of_model, value), (of_twin, twins_value) = (
        encode(Envelope.model_validate(attributes), model),
        encode(msgspec.convert(attributes, twin_of(Envelope)), twin),
    )
    assert of_model == of_twin
    assert json.loads(value or b"") == json.loads(twins_value or b"")


def test_a_model_with_rules_of_its_own_has_no_twin() -> None:
    with pytest.raises(TypeError, match="InboundSurvey has validators"):
        twin_of(InboundSurvey)


def test_a_twin_keeps_the_constants_of_its_model() -> None:
    twin = twin_of(PurchaseRecorded)
    assert (twin.event_type, twin.topic, twin.tombstone) == (
        PurchaseRecorded.event_type,
        PurchaseRecorded.topic,
        False,
    )
