"""Events as records and back: CloudEvents 1.0 in binary mode going out; binary and structured mode coming in.

Reading has two steps, so that a reader can look at the type before it pays for the data: `read` takes the attributes
and the bytes of the data apart, `build` validates both. Whatever is wrong with a record becomes a Poison whose code is
stable, whose field names the attribute (`ce_time`) or the place in the data (`data.lines[0].amount`), and whose detail
says the way out.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, lru_cache
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from shared.contracts.envelope import Envelope, Event, EventData
from shared.contracts.registry import EVENT_TYPES, TOMBSTONES
from shared.errors import Poison, RapportError
from shared.ids import uuid7
from shared.messaging import structured
from shared.messaging.broker import Headers, Record
from shared.validation import explain

SPECVERSION = "1.0"
JSON = "application/json"
_CLOUDEVENTS = "application/cloudevents"

_EXTENSIONS = ("dataschema", "traceparent", "correlationid", "causationid")
_REQUIRED = frozenset({"specversion", "id", "source", "type", "time"})
_ATTRIBUTES = {f"ce_{name}": name for name in ("specversion", *Envelope.model_fields) if name != "datacontenttype"}
_ATTRIBUTES["content-type"] = "datacontenttype"
_INSTANTS = ("time", "recordedtime")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")

_envelope = TypeAdapter(Envelope)
_packed_headers: msgspec.msgpack.Decoder[tuple[tuple[str, bytes], ...]] = msgspec.msgpack.Decoder(
    tuple[tuple[str, bytes], ...]
)
_pack = msgspec.msgpack.Encoder().encode
_write_twin = msgspec.json.Encoder().encode


class UnknownEventType(RapportError):
    """A well-formed event of a type this version does not know: newer writers may be ahead of their readers."""


class RawEvent(NamedTuple):
    """An event taken apart but not yet validated; `data` is JSON, None where the record has no value."""

    attributes: dict[str, str]
    data: bytes | None

    @property
    def type(self) -> str:
        return self.attributes["type"]


@dataclass(frozen=True, slots=True)
class Claims:
    """What a record says it is, believed without proof: for showing a record that could not be read."""

    event_id: str | None = None
    source: str | None = None
    type: str | None = None


def claims_of(headers: Headers, value: bytes | None) -> Claims:
    """Never raises: what cannot be read is None, and characters that cannot be stored are replaced."""
    content_type = dict(headers).get("content-type", b"").decode(errors="replace")
    if content_type[: len(_CLOUDEVENTS)].lower() == _CLOUDEVENTS:
        try:
            attributes, _ = structured.parse(content_type, value)
        except Poison:
            return Claims()
    else:
        attributes = {_ATTRIBUTES.get(name, name): value.decode(errors="replace") for name, value in headers}
    told = {name: _CONTROL.sub("\N{REPLACEMENT CHARACTER}", text)[:200] for name, text in attributes.items()}
    return Claims(told.get("id"), told.get("source"), told.get("type"))


def new_event_id() -> str:
    return str(uuid7())


def pack_headers(headers: Headers) -> bytes:
    """Headers as one column value."""
    return _pack(headers)


def unpack_headers(packed: bytes) -> Headers:
    return _packed_headers.decode(packed)


def encode(envelope: Envelope, data: EventData) -> tuple[Headers, bytes | None]:
    """The record's headers and value; the value of a tombstone is None."""
    headers = [
        ("ce_specversion", SPECVERSION.encode()),
        ("ce_id", envelope.id.encode()),
        ("ce_source", envelope.source.encode()),
        ("ce_type", envelope.type.encode()),
        ("ce_time", _instant(envelope.time)),
        ("content-type", envelope.datacontenttype.encode()),
    ]
    if envelope.subject is not None:
        headers.append(("ce_subject", envelope.subject.encode()))
    if envelope.recordedtime is not None:
        headers.append(("ce_recordedtime", _instant(envelope.recordedtime)))
    for name in _EXTENSIONS:
        value = getattr(envelope, name)
        if value is not None:
            headers.append((f"ce_{name}", value.encode()))
    return tuple(headers), None if data.tombstone else _value(data)


def decode(record: Record) -> Event[Any]:
    """The event in a record. Raises Poison, or UnknownEventType when only its type is not known."""
    raw = read(record)
    model = EVENT_TYPES.get(raw.type)
    if model is None:
        raise UnknownEventType(
            f"no event of type {raw.type!r} is known; see docs/asyncapi.yaml for those that are",
            code="event_type_unknown",
            field="type",
        )
    return build(raw, model)


def read(record: Record) -> RawEvent:
    """The attributes and data of a record in binary or structured mode. Raises Poison when it is no CloudEvent."""
    try:
        attributes = {_ATTRIBUTES[name]: value.decode() for name, value in record.headers if name in _ATTRIBUTES}
    except UnicodeDecodeError as error:
        names = (_ATTRIBUTES[name] for name, value in record.headers if name in _ATTRIBUTES and value == error.object)
        raise _poison("attribute_invalid", next(names), "is not UTF-8; header values must be") from None
    content_type = attributes.get("datacontenttype", JSON)
    if content_type[: len(_CLOUDEVENTS)].lower() == _CLOUDEVENTS:
        return _checked(RawEvent(*structured.parse(content_type, record.value)))
    if not attributes or attributes.keys() == {"datacontenttype"}:
        return _bare(record)
    return _checked(RawEvent(attributes, record.value))


def build(raw: RawEvent, model: type[EventData]) -> Event[Any]:
    """The validated event. Raises Poison for an attribute or data that the contract does not allow."""
    try:
        envelope = _envelope.validate_python(raw.attributes)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        raise _poison("attribute_invalid", _path(first), f"is wrong: {_sentence(first)}") from None
    return addressed(Event(envelope, _tombstone(raw, model) if model.tombstone else _data(raw, model)))


def addressed(event: Event[Any]) -> Event[Any]:
    """The event, whose subject is the customer of its data. Raises Poison where it is not."""
    customer_id = getattr(event.data, "customer_id", None)
    if customer_id is not None and event.envelope.subject != str(customer_id):
        raise _poison("subject_mismatch", "subject", "must be the customer_id of the data, in lower case")
    return event


def _checked(raw: RawEvent) -> RawEvent:
    """What can be said of attributes without parsing them; the common case in a few quick looks at all at once."""
    attributes = raw.attributes
    sound = (
        attributes.keys() >= _REQUIRED
        and attributes["specversion"] == SPECVERSION
        and attributes.get("datacontenttype", JSON) == JSON
        and "".join(attributes.values()).isprintable()
    )
    if not sound:
        _examine(attributes)
    for name in _INSTANTS:
        # Looked at here, since pydantic reads a bare number as a Unix time, guessing its unit.
        if name in attributes and attributes[name][10:11] not in ("T", "t"):
            raise _poison("attribute_invalid", name, "must be an RFC 3339 instant such as 2026-01-31T09:30:00Z")
    return raw


def _examine(attributes: dict[str, str]) -> None:
    """Raises Poison for what is wrong, if anything is: some spaces, and types of JSON, are unusual but right."""
    missing = sorted(_REQUIRED - attributes.keys())
    if missing:
        raise _poison("attribute_missing", missing[0], "is missing; every event needs it")
    if attributes["specversion"] != SPECVERSION:
        raise _poison("specversion_unsupported", "specversion", f"must be {SPECVERSION}")
    for name, value in attributes.items():
        if _CONTROL.search(value):
            raise _poison("attribute_invalid", name, "holds control characters; remove them")
    media_type = attributes.get("datacontenttype", JSON).partition(";")[0].strip().lower()
    if media_type != JSON and not media_type.endswith("+json"):
        raise _poison("data_format_unsupported", "datacontenttype", f"must be {JSON}")


def _bare(record: Record) -> RawEvent:
    """A null value without headers erases its key, whoever wrote it; anything else without attributes is no event."""
    tombstone = TOMBSTONES.get(record.topic) if record.value is None and record.key is not None else None
    if tombstone is None:
        raise Poison(
            "the record is no CloudEvent; give it the headers ce_specversion, ce_id, ce_source, ce_type and ce_time, "
            f"or publish it with content-type {structured.MEDIA_TYPE}",
            code="not_a_cloudevent",
        )
    return _checked(
        RawEvent(
            {
                "specversion": SPECVERSION,
                "id": f"{record.topic}/{record.partition}/{record.offset}",
                "source": record.topic,
                "type": tombstone.event_type,
                "time": record.timestamp.isoformat(),
                "subject": (record.key or b"").decode(errors="replace"),
            },
            None,
        )
    )


def _data(raw: RawEvent, model: type[EventData]) -> EventData:
    if not raw.data:
        raise Poison(f"an event of type {raw.type} needs data; send it as JSON", code="data_missing", field="data")
    try:
        return _adapter(model).validate_json(raw.data, strict=True)
    except ValidationError as error:
        raise _data_invalid(raw, model, error) from None


def _data_invalid(raw: RawEvent, model: type[EventData], error: ValidationError) -> Poison:
    """What was given is not shown: reasons are logged, and data may be personal."""
    faults = explain(error.errors(include_url=False, include_input=False), _readable(raw.data), model)
    field = ".".join(part for part in ("data", faults[0].field) if part)
    more = f" (and {len(faults) - 1} more)" if len(faults) > 1 else ""
    detail = f"{field}: {faults[0].detail}{more}; correct it, see the schema of {raw.type}"
    return Poison(detail, code="data_invalid", field=field)


def _readable(data: bytes | None) -> Any:
    try:
        return msgspec.json.decode(data or b"")
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def _tombstone(raw: RawEvent, model: type[EventData]) -> EventData:
    if raw.data is not None:
        raise Poison(f"an event of type {raw.type} has no data; send null", code="data_unexpected", field="data")
    try:
        customer_id = UUID(raw.attributes.get("subject", ""))
    except ValueError:
        raise _poison("attribute_invalid", "subject", "must be the customer's id, a UUID") from None
    return _adapter(model).validate_python({"customer_id": customer_id})


def _value(data: EventData) -> bytes:
    return _write_twin(data) if isinstance(data, msgspec.Struct) else _adapter(type(data)).dump_json(data)


@cache
def _adapter(model: type[EventData]) -> TypeAdapter[EventData]:
    return TypeAdapter(model)


@lru_cache(maxsize=1024)
def _instant(value: datetime) -> bytes:
    # Kept, since the effects of a batch share their instants.
    if value.tzinfo is None:
        raise ValueError("an event needs aware instants")
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z").encode()


def _path(fault: ErrorDetails) -> str:
    """`lines[0].amount` of a pydantic location."""
    path = ""
    for part in fault["loc"]:
        path += f"[{part}]" if isinstance(part, int) else f".{part}" if path else part
    return path


def _sentence(fault: ErrorDetails) -> str:
    return fault["msg"].removeprefix("Value error, ")


def _poison(code: str, name: str, complaint: str) -> Poison:
    return Poison(f"the attribute {name!r} {complaint}", code=code, field=name)
