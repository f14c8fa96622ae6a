"""The published schema of the policy: every number with its unit, its bounds and its meaning."""

from collections.abc import Iterator, Mapping
from typing import Any

import jsonschema
import pytest

from services.scoring.policies.document import schema_of_policy, write_policy
from tests.support.factories.scoring import POLICY

SCHEMA = schema_of_policy()
DOCUMENT = {name: value for name, value in write_policy(POLICY).items() if name != "version"}


def numbers_in(node: Mapping[str, Any], path: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    if "$ref" in node:
        node = SCHEMA["$defs"][str(node["$ref"]).rpartition("/")[2]]
    if {node.get("type"), *(variant.get("type") for variant in node.get("anyOf", ()))} & {"integer", "number"}:
        yield path, node
    members = dict(node.get("properties", {}))
    for unnamed in ("items", "additionalProperties"):
        if isinstance(node.get(unnamed), dict):
            members["*"] = node[unnamed]
    for name, member in members.items():
        yield from numbers_in(member, f"{path}.{name}")


NUMBERS = dict(numbers_in(SCHEMA, "policy"))


def test_the_numbers_are_found() -> None:
    known = {
        "policy.money.rates.*",
        "policy.lifecycle.active_probability",
        "policy.loyalty.weights.*.*",
        "policy.satisfaction.survey_weights.bands.*.until_days",
    }
    assert known <= NUMBERS.keys()


@pytest.mark.parametrize("path", NUMBERS)
def test_every_number_has_unit_bounds_and_meaning(path: str) -> None:
    node = NUMBERS[path]
    limits = next((one for one in node.get("anyOf", [node]) if one.get("type") in ("integer", "number")), node)
    assert node.get("x-unit"), "declare it with policies.policy.bounds.number"
    assert node.get("description")
    assert "minimum" in limits or "exclusiveMinimum" in limits
    assert "maximum" in limits or "exclusiveMaximum" in limits


def test_the_shipped_policy_fits_the_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    jsonschema.validate(DOCUMENT, SCHEMA)


@pytest.mark.parametrize("change", [{"unknown": 1}, {"time_zone": 8}, {"telling": {}}])
def test_a_wrong_document_does_not(change: dict[str, Any]) -> None:
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**DOCUMENT, **change}, SCHEMA)
