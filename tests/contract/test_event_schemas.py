"""The published schemas: what the code says, what they accept, and which changes to them are refused."""

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from shared.contracts.compatibility import breaches_between, breaches_since
from shared.contracts.envelope import EventData
from shared.contracts.examples import EXAMPLES
from shared.contracts.generate import PUBLISHED, SCHEMAS, artefacts
from shared.contracts.inbound import InboundPurchase
from shared.contracts.interaction import PurchaseRecorded
from shared.contracts.json_schemas import Schema, schema_of
from shared.contracts.registry import EVENT_TYPES
from shared.contracts.scoring import ScoreChanged
from shared.messaging.broker import Record
from shared.messaging.codec import decode
from tests.support.messaging import NOON, outgoing

MODELS = list(EVENT_TYPES.values())


def test_generated_files_are_what_the_code_says() -> None:
    for path, content in artefacts().items():
        assert path.read_text() == content, f"{path.name} differs: run `make contracts` and commit the result"
    assert {path.stem for path in SCHEMAS.glob("*.json")} == EVENT_TYPES.keys()


def test_types_are_named_by_service_past_fact_and_version() -> None:
    for name, model in EVENT_TYPES.items():
        rapport, service, fact, version = name.split(".")
        assert (rapport, service, version) == ("rapport", model.topic.split(".")[0], "v1")
        assert fact.endswith(("ed", "sent", "made", "left"))


@pytest.mark.parametrize("model", MODELS)
def test_schemas_are_schemas_and_their_examples_are_valid(model: type[EventData]) -> None:
    schema = schema_of(model)
    Draft202012Validator.check_schema(schema)
    validator = Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)
    for example in schema["examples"]:
        validator.validate(example)
    assert schema["description"], "says what happened"


@pytest.mark.parametrize("model", [model for model in MODELS if not model.tombstone])
def test_code_and_schema_read_the_same(model: type[EventData]) -> None:
    data = model.model_validate_json(json.dumps(EXAMPLES[model].data), strict=True)
    schema = schema_of(model)
    sent = outgoing(data)
    Draft202012Validator(schema).validate(json.loads(sent.value or b"null"))
    assert decode(Record(sent.topic, 0, 0, sent.key, sent.value, sent.headers, NOON)).data == data


def test_the_promises_given_are_kept() -> None:
    assert breaches_since(PUBLISHED) == []


def test_every_type_is_published() -> None:
    assert {path.stem for path in PUBLISHED.glob("*.json")} == EVENT_TYPES.keys(), (
        "a new type is a promise from its first day: python -m shared.contracts.generate --publish"
    )


def test_a_published_type_that_is_gone_is_refused(tmp_path: Path) -> None:
    (tmp_path / "rapport.interaction.forgotten.v1.json").write_text("{}")
    assert breaches_since(tmp_path) == [
        "rapport.interaction.forgotten.v1: is gone; events of it are still in topics and in others' code"
    ]


Change = Callable[[Schema], Any]


def money(schema: Schema) -> Schema:
    definition: Schema = schema["$defs"]["Money"]
    return definition


def changed(model: type[EventData], change: Change) -> list[str]:
    """What the gate says of `change`, with `model` as published before it."""
    published = schema_of(model)
    current = copy.deepcopy(published)
    change(current)
    return breaches_between(published, current, ours=not model.topic.startswith("inbound"))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda s: s["properties"].pop("channel"), "data.channel is gone"),
        (lambda s: money(s)["properties"].pop("minor"), "data.amount.minor is gone"),
        (lambda s: s["required"].append("channel"), "data.channel is now required"),
        (lambda s: s["properties"].update(new={}) or s["required"].append("new"), "data.new is now required"),
        (lambda s: s["properties"]["order_id"].update(type="integer"), "data.order_id can no longer be string"),
        (lambda s: s["properties"]["channel"]["anyOf"].pop(), "data.channel can no longer be null"),
        (
            lambda s: s["properties"]["order_id"].update(maxLength=50),
            "data.order_id: maxLength is now 50 instead of 200",
        ),
        (lambda s: s["properties"]["lines"].update(maxItems=9), "data.lines: maxItems is now 9"),
        (lambda s: money(s)["properties"]["minor"].update(minimum=0), "data.amount.minor: minimum is now 0"),
        (lambda s: s["properties"]["order_id"].update(pattern="^A"), "data.order_id: pattern is now ^A"),
        (lambda s: s["properties"]["order_id"].update(enum=["a", "b"]), "data.order_id is now limited to a, b"),
        (lambda s: s.update(additionalProperties=False), "data now refuses unknown fields"),
        (lambda s: s["$defs"]["PurchaseLine"]["required"].append("note"), "data.lines[].note is now required"),
    ],
)
def test_a_change_that_refuses_what_was_valid_is_refused(change: Change, said: str) -> None:
    assert any(breach.startswith(said) for breach in changed(PurchaseRecorded, change))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda s: s["$defs"]["AbcClass"]["enum"].remove("A"), "data.abc_class can no longer be A"),
        (lambda s: s["properties"]["rfm"]["anyOf"][0]["prefixItems"].pop(), "data.rfm now has 2 places instead of 3"),
        (
            lambda s: s["properties"]["rfm"]["anyOf"][0]["prefixItems"][0].update(type="string"),
            "data.rfm[0] can no longer be integer",
        ),
    ],
)
def test_a_narrowed_enum_or_tuple_is_refused(change: Change, said: str) -> None:
    assert any(breach.startswith(said) for breach in changed(ScoreChanged, change))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda s: s["required"].remove("order_id"), "data.order_id may now be missing"),
        (
            lambda s: s["properties"].update(order_id={"anyOf": [s["properties"]["order_id"], {"type": "null"}]}),
            "data.order_id may now be null, too",
        ),
    ],
)
def test_what_readers_rely_on_may_not_go_away(change: Change, said: str) -> None:
    assert changed(PurchaseRecorded, change) == [said]
    assert changed(InboundPurchase, change) == [], "of what others send, the platform is the only reader"


@pytest.mark.parametrize(
    "change",
    [
        lambda s: s["properties"].update(new={"type": "string"}),
        lambda s: s["properties"]["order_id"].update(maxLength=500),
        lambda s: s["properties"]["order_id"].pop("pattern"),
        lambda s: s["properties"]["order_id"].update(description="another wording"),
        lambda s: money(s)["properties"].update(new={"type": "string"}),
    ],
)
def test_additions_and_relaxations_are_allowed(change: Change) -> None:
    assert changed(PurchaseRecorded, change) == []


def test_an_enum_may_grow() -> None:
    assert changed(ScoreChanged, lambda s: s["$defs"]["AbcClass"]["enum"].append("D")) == []
