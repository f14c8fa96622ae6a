"""JSON Schemas of event data, from the models themselves; published as files, one per event type."""

from collections.abc import Mapping
from typing import Any

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaMode

from shared.contracts.envelope import EventData
from shared.contracts.examples import EXAMPLES

Schema = dict[str, Any]

DIALECT = "https://json-schema.org/draft/2020-12/schema"


class _Generator(GenerateJsonSchema):
    """Without titles for single fields, which only repeat their names."""

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ARG002 - the base class's signature
        return False


def schema_of(model: type[EventData]) -> Schema:
    """The schema of an event's `data`: what a writer must send, and what a reader may rely on."""
    mode: JsonSchemaMode = "validation"
    body: Schema = (
        {"type": "null"} if model.tombstone else model.model_json_schema(schema_generator=_Generator, mode=mode)
    )
    heading = {"$schema": DIALECT, "$id": f"urn:rapport:event:{model.event_type}", "title": model.__name__}
    described = {"description": " ".join((model.__doc__ or "").split())}
    return {**heading, **described, **_without(body, "title", "description"), "examples": [EXAMPLES[model].data]}


def _without(schema: Mapping[str, Any], *names: str) -> Schema:
    return {name: value for name, value in schema.items() if name not in names}
