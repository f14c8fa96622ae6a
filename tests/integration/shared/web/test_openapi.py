"""The document that front-end teams generate clients from."""

from typing import Any

import pytest

from tests.support.toy_service import ToyService


@pytest.fixture
def document(toy: ToyService) -> dict[str, Any]:
    return toy.app.openapi()


def test_operations_are_named_for_generated_clients(document: dict[str, Any]) -> None:
    assert document["paths"]["/v1/notes"]["post"]["operationId"] == "write_note"
    assert document["paths"]["/v1/notes"]["get"]["operationId"] == "list_notes"


def test_schemas_are_named_for_generated_clients(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]

    assert {"NoteCreate", "NoteRead", "NoteReadPage", "Problem", "FieldError"} <= set(schemas)
    assert all(name.isidentifier() for name in schemas)


def test_operations_demand_their_scopes(document: dict[str, Any]) -> None:
    assert document["paths"]["/v1/notes"]["post"]["security"] == [{"bearer": ["toy:write"]}]
    assert document["components"]["securitySchemes"]["bearer"]["bearerFormat"] == "JWT"


def test_failures_are_described_as_problems(document: dict[str, Any]) -> None:
    responses = document["paths"]["/v1/notes"]["post"]["responses"]

    assert set(responses) == {"201", "400", "401", "403", "409", "413", "415", "422", "503"}
    refused = document["components"]["responses"]["Problem422"]["content"]["application/problem+json"]
    assert refused["schema"] == {"$ref": "#/components/schemas/Problem"}
    assert refused["example"]["errors"][0]["field"] == "lines[0].amount"
    assert "HTTPValidationError" not in document["components"]["schemas"]


def test_changes_take_a_key_and_reads_do_not(document: dict[str, Any]) -> None:
    def headers(operation: dict[str, Any]) -> list[str]:
        return [one["name"].lower() for one in operation.get("parameters", []) if one["in"] == "header"]

    assert headers(document["paths"]["/v1/notes"]["post"]) == ["idempotency-key"]
    assert headers(document["paths"]["/v1/notes"]["get"]) == []
    assert sorted(headers(document["paths"]["/v1/notes/{note_id}"]["patch"])) == ["idempotency-key", "if-match"]


def test_ops_endpoints_are_no_part_of_it(document: dict[str, Any]) -> None:
    assert not {"/livez", "/readyz", "/metrics"} & set(document["paths"])


def test_every_reference_leads_somewhere(document: dict[str, Any]) -> None:
    def references(node: Any) -> list[str]:
        if isinstance(node, dict):
            own = [node["$ref"]] if isinstance(node.get("$ref"), str) else []
            return own + [found for inner in node.values() for found in references(inner)]
        return [found for inner in node for found in references(inner)] if isinstance(node, list) else []

    for reference in references(document):
        target: Any = document
        for step in reference.removeprefix("#/").split("/"):
            assert step in target, reference
            target = target[step]


async def test_the_page_is_served(toy: ToyService) -> None:
    answer = await toy.client.get("/docs")

    assert answer.status_code == 200
    assert "swagger-ui" in answer.text
