"""docs/asyncapi.yaml is valid by AsyncAPI's own schema, complete, and true to the services' real consumers."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft7Validator

from shared.contracts.generate import ASYNCAPI
from shared.contracts.registry import EVENT_TYPES
from shared.contracts.topics import ALL_TOPICS
from shared.contracts.topology import READERS, WRITERS

OFFICIAL = Path(__file__).parent / "asyncapi_specs" / "asyncapi-3.0.0.json"


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(ASYNCAPI.read_text())
    return loaded


def references(node: Any) -> Iterator[str]:
    children = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    if isinstance(node, dict) and isinstance(node.get("$ref"), str):
        yield node["$ref"]
    for child in children:
        yield from references(child)


def resolved(document: dict[str, Any], reference: str) -> Any:
    node: Any = document
    for step in reference.removeprefix("#/").split("/"):
        node = node[step]
    return node


def test_it_is_valid_by_the_official_schema(document: dict[str, Any]) -> None:
    official = Draft7Validator(json.loads(OFFICIAL.read_text()))
    assert [error.message for error in official.iter_errors(document)] == []


def test_every_reference_leads_somewhere(document: dict[str, Any]) -> None:
    found = set(references(document))
    assert len(found) > len(EVENT_TYPES)
    for reference in found:
        assert resolved(document, reference)


def test_every_topic_is_a_channel_and_every_type_a_message_of_its_topic(document: dict[str, Any]) -> None:
    channels = document["channels"]
    assert channels.keys() == {topic.name for topic in ALL_TOPICS}
    for model in EVENT_TYPES.values():
        assert model.__name__ in channels[model.topic]["messages"]


def test_examples_are_valid_headers_and_payloads(document: dict[str, Any]) -> None:
    for message in document["components"]["messages"].values():
        for part in ("headers", "payload"):
            schema = {"allOf": [message[part]], "components": document["components"]}
            for example in message["examples"]:
                assert Draft7Validator(schema).is_valid(example[part]), f"{message['name']}: {part}"


def test_operations_say_who_reads_what(document: dict[str, Any]) -> None:
    read: dict[str, set[str]] = {service: set() for service in READERS}
    for name, operation in document["operations"].items():
        service, action, topic = name.split(".", 2)
        assert operation["action"] == action
        if action == "receive":
            read[service] |= {
                resolved(document, each["$ref"])["$ref"].rsplit("/")[-1] for each in operation["messages"]
            }
        else:
            assert WRITERS[topic] == service
    assert read == {service: {model.__name__ for model in types} for service, types in READERS.items()}
