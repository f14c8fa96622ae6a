"""The AsyncAPI 3.0 document of the platform, derived from event types, topics and who reads and writes them.

Source: AsyncAPI 3.0.0, its Kafka bindings 0.5.0, and the Kafka protocol binding of CloudEvents 1.0.2.
"""

from typing import Any

from shared.contracts.envelope import EventData
from shared.contracts.example_values import AT, CUSTOMER_ID, RECORDED_AT
from shared.contracts.examples import EXAMPLES
from shared.contracts.json_schemas import Schema, schema_of
from shared.contracts.registry import EVENT_TYPES
from shared.contracts.topics import ALL_TOPICS, Retention, TopicSpec
from shared.contracts.topology import READERS, SERVICES, WRITERS, types_of

Document = dict[str, Any]

_KAFKA_BINDING = "0.5.0"
_DESCRIPTION = """\
What the services of Rapport tell each other and the world, and what other systems may tell them.

Every message is a CloudEvent 1.0. The platform publishes in binary mode (attributes as headers `ce_*`, data as the
value) and reads binary and structured mode. `source` and `id` identify an event for ever: send it again as often as you
like, it counts once. The key is the customer's id; events of one customer keep their order. Readers ignore fields they
do not know.

How an event travels, what is guaranteed, and what becomes of a bad one: docs/events.md.
"""


def build_document(version: str) -> Document:
    schemas = _Schemas()
    messages = {model.__name__: _message(model, schemas) for model in EVENT_TYPES.values()}
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Rapport events",
            "version": version,
            "description": _DESCRIPTION,
            "tags": [{"name": service} for service in SERVICES],
        },
        "defaultContentType": "application/json",
        "servers": _servers(),
        "channels": {topic.name: _channel(topic) for topic in ALL_TOPICS},
        "operations": _operations(),
        "components": {"messages": messages, "schemas": schemas.shared},
    }


def _servers() -> Document:
    return {
        "laptop": {
            "host": "localhost:9092",
            "protocol": "kafka",
            "description": "What `make kafka` starts. Without a Kafka, services keep the same log in PostgreSQL.",
        },
        "cluster": {
            "host": "{bootstrap}",
            "protocol": "kafka-secure",
            "description": "Kafka behind SASL and TLS; KAFKA_BOOTSTRAP_SERVERS of every service names it.",
            "variables": {"bootstrap": {"default": "kafka:9093", "description": "host and port of any broker"}},
            "security": [{"type": "scramSha512", "description": "a user per service or system"}],
        },
    }


def _channel(topic: TopicSpec) -> Document:
    compact = topic.retention is Retention.COMPACT
    forever, hour_ms = -1, 3_600_000
    retention = forever if topic.retention_hours is None else topic.retention_hours * hour_ms
    return {
        "address": topic.name,
        "title": topic.name,
        "description": topic.description,
        "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in _names(types_of(topic.name))},
        "bindings": {
            "kafka": {
                "topic": topic.name,
                "partitions": topic.partitions,
                "topicConfiguration": {
                    "cleanup.policy": ["compact" if compact else "delete"],
                    "retention.ms": retention,
                },
                "bindingVersion": _KAFKA_BINDING,
            }
        },
    }


def _operations() -> Document:
    """Named `<service>.<action>.<topic>`; a service receives only the messages it has a handler for."""
    operations: Document = {}
    for service in SERVICES:
        for topic in ALL_TOPICS:
            if WRITERS[topic.name] == service:
                operations[f"{service}.send.{topic.name}"] = _operation("send", service, topic, types_of(topic.name))
            read = READERS[service] & types_of(topic.name)
            if read:
                operations[f"{service}.receive.{topic.name}"] = _operation("receive", service, topic, read)
    return operations


def _operation(action: str, service: str, topic: TopicSpec, types: frozenset[type[EventData]]) -> Document:
    channel = f"#/channels/{topic.name}"
    summary = {"send": f"{service} publishes to {topic.name}.", "receive": f"{service} reads {topic.name}."}[action]
    return {
        "action": action,
        "channel": {"$ref": channel},
        "summary": summary,
        "tags": [{"name": service}],
        "messages": [{"$ref": f"{channel}/messages/{name}"} for name in _names(types)],
    }


def _message(model: type[EventData], schemas: "_Schemas") -> Document:
    published = schema_of(model)
    headers = {"allOf": [schemas.headers(), {"type": "object", "properties": {"ce_type": {"const": model.event_type}}}]}
    example = EXAMPLES[model]
    return {
        "name": model.event_type,
        "title": model.__name__,
        "summary": published["description"],
        "contentType": "application/json",
        "headers": headers,
        "payload": schemas.payload(published),
        "bindings": {"kafka": {"key": _key(), "bindingVersion": _KAFKA_BINDING}},
        "examples": [{"name": model.__name__, "headers": _example_headers(model), "payload": example.data}],
    }


def _example_headers(model: type[EventData]) -> dict[str, str]:
    example = EXAMPLES[model]
    headers = {
        "ce_specversion": "1.0",
        "ce_id": example.id,
        "ce_source": example.source,
        "ce_type": model.event_type,
        "ce_time": AT,
        "content-type": "application/json",
    }
    if WRITERS[model.topic] is None:
        return headers
    return headers | {"ce_subject": CUSTOMER_ID, "ce_recordedtime": RECORDED_AT, "ce_correlationid": example.id}


def _names(types: frozenset[type[EventData]]) -> list[str]:
    return [model.__name__ for model in EVENT_TYPES.values() if model in types]


class _Schemas:
    """Schemas that messages share, collected under `#/components/schemas`."""

    def __init__(self) -> None:
        self.shared: dict[str, Schema] = {"CloudEventHeaders": _headers()}

    def headers(self) -> Schema:
        return {"$ref": "#/components/schemas/CloudEventHeaders"}

    def payload(self, published: Schema) -> Schema:
        """The schema in the dialect of AsyncAPI, its definitions moved to the components.

        Raises ValueError when two models of one name differ: each name stands for one thing in a document.
        """
        for name, definition in published.get("$defs", {}).items():
            moved = _moved(definition)
            if self.shared.setdefault(name, moved) != moved:
                raise ValueError(f"two different contracts are named {name}; rename one of them")
        outer = ("$defs", "$schema", "$id", "examples", "description", "title")
        payload: Schema = _moved({name: value for name, value in published.items() if name not in outer})
        return payload


def _moved(node: Any) -> Any:
    """Draft 2020-12 as AsyncAPI writes it, which builds on draft 7: other places for definitions, other tuples."""
    if isinstance(node, list):
        return [_moved(item) for item in node]
    if not isinstance(node, dict):
        return node
    moved = {("items" if name == "prefixItems" else name): _moved(value) for name, value in node.items()}
    if isinstance(moved.get("$ref"), str):
        moved["$ref"] = moved["$ref"].replace("#/$defs/", "#/components/schemas/")
    return moved


def _headers() -> Schema:
    text = {"type": "string", "minLength": 1, "maxLength": 200}
    instant = {"type": "string", "format": "date-time"}
    return {
        "type": "object",
        "description": "The attributes of a CloudEvent in binary mode; in structured mode they stand in the value.",
        "required": ["ce_specversion", "ce_id", "ce_source", "ce_type", "ce_time", "content-type"],
        "properties": {
            "ce_specversion": {"const": "1.0"},
            "ce_id": {**text, "description": "unique within its source, for ever"},
            "ce_source": {**text, "description": "who publishes: a URI or a path, `rapport/<service>` for our own"},
            "ce_type": text,
            "ce_time": {**instant, "description": "when it happened, in business time"},
            "ce_subject": {**text, "description": "the customer's id; always there in what the platform publishes"},
            "ce_recordedtime": {**instant, "description": "when it was committed, in real time"},
            "ce_correlationid": {"type": "string", "description": "follows a request through all it caused"},
            "ce_causationid": {"type": "string", "description": "the event or request that caused this one"},
            "ce_traceparent": {"type": "string", "description": "W3C trace context"},
            "ce_dataschema": {"type": "string", "format": "uri"},
            "content-type": {"type": "string", "const": "application/json"},
        },
    }


def _key() -> Schema:
    return {
        "type": "string",
        "description": "The customer's id. Other systems may use any key that keeps events of one customer together.",
    }
