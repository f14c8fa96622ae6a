"""What docs/events.md shows to other systems works."""

import ast
import json
import re
from pathlib import Path
from typing import Any

from shared.contracts.inbound import InboundPurchase
from shared.messaging.broker import Record
from shared.messaging.codec import decode
from tests.support.messaging import NOON

DOCUMENT = Path(__file__).parents[4] / "docs" / "events.md"


def block(language: str) -> str:
    (found,) = re.findall(rf"```{language}\n(.*?)```", DOCUMENT.read_text(), re.DOTALL)
    return str(found)


def constants(source: str) -> dict[str, Any]:
    """The literal values a program assigns at its top."""
    return {
        statement.targets[0].id: ast.literal_eval(statement.value)
        for statement in ast.parse(source).body
        if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name)
    }


def test_the_structured_document_is_a_purchase() -> None:
    headers = (("content-type", b"application/cloudevents+json"),)
    event = decode(Record("inbound.events", 0, 0, b"0042", block("json").encode(), headers, NOON))
    assert isinstance(event.data, InboundPurchase)


def test_the_program_publishes_the_same_purchase_in_binary_mode() -> None:
    values = constants(block("python"))
    headers = tuple((name, value.encode()) for name, value in values["HEADERS"].items())
    event = decode(Record("inbound.events", 0, 0, b"0042", json.dumps(values["DATA"]).encode(), headers, NOON))
    document = json.loads(block("json"))
    assert (event.envelope.source, event.envelope.id) == (document["source"], document["id"])
    assert event.data.model_dump(exclude={"lines"}) == InboundPurchase.model_validate(document["data"]).model_dump(
        exclude={"lines"}
    )
