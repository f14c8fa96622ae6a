"""CloudEvents over HTTP: structured, binary and batched, read by the same codec as those from a topic.

Source: CloudEvents 1.0.2, HTTP protocol binding.
"""

from collections.abc import Iterable
from typing import Any
from urllib.parse import unquote_to_bytes

import msgspec

from services.interaction.ingest.schemas.inbound import INBOUND_TYPES
from services.interaction.ingest.schemas.requests import MAX_BATCH
from shared.clock import wall_now
from shared.contracts.envelope import Event
from shared.errors import InvalidInput, Malformed, Poison, UnsupportedMedia
from shared.messaging.broker import Headers, Record
from shared.messaging.codec import build, read

STRUCTURED = "application/cloudevents+json"
BATCHED = "application/cloudevents-batch+json"
_PREFIX = "ce-"
_UNREADABLE = "event_not_json"

_documents: msgspec.json.Decoder[list[msgspec.Raw]] = msgspec.json.Decoder(list[msgspec.Raw])


def is_batch(content_type: str) -> bool:
    return _media_type(content_type) == BATCHED


def parse_event(headers: Iterable[tuple[str, str]], content_type: str, body: bytes) -> Event[Any]:
    """One event, in structured or binary mode.

    Raises UnsupportedMedia when it is neither, Malformed for a body that is no JSON, and InvalidInput naming the
    attribute or the field of the data that the contract refuses.
    """
    if _media_type(content_type) == STRUCTURED:
        return _parse((("content-type", STRUCTURED.encode()),), body)
    attributes = [(name[len(_PREFIX) :], value) for name, value in headers if name.startswith(_PREFIX)]
    if not attributes:
        raise UnsupportedMedia(
            f"this is no CloudEvent; send one as {STRUCTURED}, several as {BATCHED}, or one in binary mode with the "
            "headers ce-specversion, ce-id, ce-source, ce-type and ce-time",
            code="not_a_cloudevent",
            field="Content-Type",
        )
    # Values of headers are percent-encoded where they are not printable ASCII.
    binary = [(f"ce_{name}", unquote_to_bytes(value)) for name, value in attributes]
    return _parse((*binary, ("content-type", content_type.encode())), body)


def parse_batch(body: bytes) -> list[Event[Any] | InvalidInput]:
    """The events of a batch, with an error in the place of each that cannot be read. Raises Malformed, InvalidInput."""
    try:
        documents = _documents.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Malformed(f"the body is not a JSON array of events: {error}", code="json_invalid") from None
    if not 1 <= len(documents) <= MAX_BATCH:
        raise InvalidInput(
            f"a batch holds 1 to {MAX_BATCH} events, this one {len(documents)}; send it in parts",
            code="batch_size",
            field="(body)",
        )
    return [_parse_or_refusal(bytes(document)) for document in documents]


def _parse_or_refusal(document: bytes) -> Event[Any] | InvalidInput:
    try:
        return _parse((("content-type", STRUCTURED.encode()),), document)
    except Malformed as error:
        return InvalidInput(error.detail, code=error.code, field=error.field)
    except InvalidInput as error:
        return error


def _parse(headers: Headers, body: bytes) -> Event[Any]:
    try:
        raw = read(Record("", 0, 0, None, body, headers, wall_now()))
        model = INBOUND_TYPES.get(raw.type)
        if model is None:
            raise InvalidInput(
                f"events of type {raw.type!r} are not taken here; known are {', '.join(INBOUND_TYPES)}",
                code="event_type_unknown",
                field="type",
            )
        return build(raw, model)
    except Poison as error:
        kind = Malformed if error.code == _UNREADABLE else InvalidInput
        raise kind(error.detail, code=error.code, field=error.field, **error.context) from None


def _media_type(content_type: str) -> str:
    return content_type.partition(";")[0].strip().lower()
