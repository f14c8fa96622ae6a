"""The JSON format of CloudEvents 1.0: a whole event in one document, as structured mode and HTTP carry it."""

import base64
import binascii

import msgspec

from shared.errors import Poison

MEDIA_TYPE = "application/cloudevents+json"

_document: msgspec.json.Decoder[dict[str, msgspec.Raw]] = msgspec.json.Decoder(dict[str, msgspec.Raw])
_scalar: msgspec.json.Decoder[str | int | bool | None] = msgspec.json.Decoder(str | int | bool | None)


def parse(content_type: str, body: bytes | None) -> tuple[dict[str, str], bytes | None]:
    """The attributes, and the data still as JSON. Raises Poison for another format or a malformed document."""
    media_type, _, parameters = content_type.partition(";")
    if media_type.strip().lower() != MEDIA_TYPE:
        raise Poison(
            f"{media_type.strip()} is not read here; publish one event per record as {MEDIA_TYPE}, or in binary mode",
            code="event_format_unsupported",
            field="content-type",
        )
    if "charset" in parameters.lower() and "utf-8" not in parameters.lower():
        raise Poison("JSON travels as UTF-8; drop the charset", code="event_format_unsupported", field="content-type")
    if body is None:
        raise Poison("the record has no value; put the event's JSON document there", code="event_not_json")
    return parse_document(body)


def parse_document(body: bytes) -> tuple[dict[str, str], bytes | None]:
    """The same for a document that is known to be in the JSON format."""
    try:
        members = _document.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Poison(f"the event is not a JSON object: {error}", code="event_not_json") from None
    data = _data(members)
    attributes = {name: _attribute(name, raw) for name, raw in members.items()}
    return {name: value for name, value in attributes.items() if value is not None}, data


def _data(members: dict[str, msgspec.Raw]) -> bytes | None:
    data, encoded = (_present(members.pop(name, None)) for name in ("data", "data_base64"))
    if encoded is None:
        return data
    if data is not None:
        raise Poison("give either `data` or `data_base64`, not both", code="data_ambiguous", field="data_base64")
    try:
        return base64.b64decode(msgspec.json.decode(encoded, type=str), validate=True)
    except (msgspec.DecodeError, UnicodeDecodeError, binascii.Error):
        raise Poison("`data_base64` must be a base64 string", code="data_not_base64", field="data_base64") from None


def _present(raw: msgspec.Raw | None) -> bytes | None:
    return None if raw is None or bytes(raw) == b"null" else bytes(raw)


def _attribute(name: str, raw: msgspec.Raw) -> str | None:
    try:
        value = _scalar.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise Poison(
            f"attribute {name!r} must be a string, an integer or a boolean; put structures under `data`",
            code="attribute_invalid",
            field=name,
        ) from None
    if isinstance(value, bool):
        return "true" if value else "false"
    return None if value is None else str(value)
