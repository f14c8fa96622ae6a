"""What the API's documentation says of a body that is not FastAPI's to parse."""

from typing import Any

from services.interaction.ingest.schemas.cloudevents import BATCHED, STRUCTURED
from services.interaction.ingest.schemas.examples import CLOUDEVENT
from services.interaction.ingest.schemas.inbound import INBOUND_TYPES
from services.interaction.ingest.schemas.requests import MAX_BATCH

_TEXT = {"type": "string", "minLength": 1, "maxLength": 200}
_ATTRIBUTES: dict[str, dict[str, Any]] = {
    "specversion": {"type": "string", "const": "1.0"},
    "id": {**_TEXT, "description": "the interaction's identity within `source`"},
    "source": {**_TEXT, "description": "the system it comes from"},
    "type": {"type": "string", "enum": list(INBOUND_TYPES)},
    "time": {"type": "string", "format": "date-time", "description": "when it happened, with its offset from UTC"},
}
_EVENT = {
    "type": "object",
    "title": "CloudEvent",
    "required": [*_ATTRIBUTES, "data"],
    "properties": {
        **_ATTRIBUTES,
        "datacontenttype": {"type": "string", "const": "application/json"},
        "data": {"type": "object", "description": "as the schema of its type in docs/asyncapi.yaml says"},
    },
}

EVENT_BODY: dict[str, Any] = {
    "required": True,
    "content": {
        STRUCTURED: {"schema": _EVENT, "example": CLOUDEVENT},
        BATCHED: {
            "schema": {"type": "array", "items": _EVENT, "minItems": 1, "maxItems": MAX_BATCH},
            "example": [CLOUDEVENT],
        },
        "application/json": {
            "schema": {"type": "object", "title": "Data", "description": "binary mode: the data alone"},
            "example": CLOUDEVENT["data"],
        },
    },
}
EVENT_HEADERS: list[dict[str, Any]] = [
    {
        "name": f"ce-{name}",
        "in": "header",
        "required": False,
        "description": "of an event in binary mode",
        "schema": schema,
    }
    for name, schema in _ATTRIBUTES.items()
]
