"""The documentation of each API: complete, valid, and with examples that hold."""

import re
from typing import Any

import jsonschema
import pytest
import schemathesis

from tests.support.openapi import SERVICES, Operation, document_of, examples_of, operations_of, resolved, violations
from tests.support.source import listed

pytestmark = pytest.mark.parametrize("service", SERVICES)

PROBLEM = {"$ref": "#/components/schemas/Problem"}
ALWAYS = {"401", "403", "503"}
OWN_PROOF = re.compile(r"/v1/receipts/(twilio|aliyun|gateway)/\{provider\}")
"""Called by providers, who sign in their own ways: they could have no bearer token, and so no scope."""
PAGES = re.compile(r"/v1/preferences/(page|unsubscribe)")
"""Opened by customers, whose links are signed: a page tells them what went wrong."""
WITH_BODY = {"400", "413", "415", "422"}


def bodies(operation: Operation) -> dict[str, dict[str, Any]]:
    return dict(operation.content.get("requestBody", {}).get("content", {}))


def test_the_document_is_valid(service: str) -> None:
    document = document_of(service)
    schemathesis.openapi.from_dict(document).validate()
    for schema in document["components"]["schemas"].values():
        jsonschema.Draft202012Validator.check_schema(schema)
    assert document["info"]["description"]


def test_every_operation_says_what_it_does_and_what_it_demands(service: str) -> None:
    document = document_of(service)
    operations = list(operations_of(document))
    assert operations
    unsaid = [
        str(operation)
        for operation in operations
        if not (operation.content.get("description") and operation.content.get("tags"))
    ]
    assert not unsaid, listed(unsaid)
    open_to_all = [
        str(operation)
        for operation in operations
        if not OWN_PROOF.fullmatch(operation.path)
        and not PAGES.fullmatch(operation.path)
        and not any(
            re.fullmatch(rf"{service}:(read|write|admin)", scope)
            for requirement in operation.content.get("security", ())
            for scope in requirement.get("bearer", ())
        )
    ]
    assert not open_to_all, listed(open_to_all)


def test_operations_have_names_that_clients_can_be_generated_from(service: str) -> None:
    names = [operation.content["operationId"] for operation in operations_of(document_of(service))]
    assert len(names) == len(set(names))
    odd = [name for name in names if not re.fullmatch(r"[a-z]+(_[a-z]+)+", name)]
    schemas = document_of(service)["components"]["schemas"]
    odd += [name for name in schemas if not re.fullmatch(r"([A-Z][a-z0-9]*)+", name)]
    assert not odd, listed(odd)


def test_every_body_has_an_example_and_every_example_holds(service: str) -> None:
    document = document_of(service)
    faults = []
    for operation in operations_of(document):
        for media_type, media in bodies(operation).items():
            examples = examples_of(document, media)
            if not examples:
                faults.append(f"{operation} ({media_type}): no example")
            for example in examples:
                found = violations(document, media["schema"], example)
                faults += [f"{operation} ({media_type}): {fault}" for fault in found]
    assert not faults, listed(faults)


def test_every_success_says_what_it_brings(service: str) -> None:
    silent = []
    for operation in operations_of(document_of(service)):
        successes = {status: answer for status, answer in operation.content["responses"].items() if status[0] == "2"}
        assert successes, operation
        silent += [
            f"{operation} {status}"
            for status, answer in successes.items()
            if status != "204" and not any(media.get("schema") for media in answer.get("content", {}).values())
        ]
    assert not silent, listed(silent)


def test_every_failure_is_announced_as_a_problem(service: str) -> None:
    document = document_of(service)
    faults = []
    for operation in operations_of(document):
        answers = operation.content["responses"]
        expected = ALWAYS | (WITH_BODY if bodies(operation) else set())
        if "{" in operation.path:
            expected = expected | {"404"}
        if OWN_PROOF.fullmatch(operation.path):
            expected = expected - {"403"}
        if PAGES.fullmatch(operation.path):
            expected = expected - {"401", "403"}
        faults += [f"{operation}: {status} is not announced" for status in sorted(expected - answers.keys())]
        for status, answer in answers.items():
            is_page = PAGES.fullmatch(operation.path) and "text/html" in answer.get("content", {})
            if status[0] in "45" and not is_page:
                media = resolved(document, answer).get("content", {}).get("application/problem+json", {})
                if media.get("schema") != PROBLEM or not examples_of(document, media):
                    faults.append(f"{operation}: {status} is no problem with an example")
    assert not faults, listed(faults)


def test_the_examples_of_problems_hold(service: str) -> None:
    document = document_of(service)
    answers = document["components"]["responses"]
    faults = [
        f"{name}: {fault}"
        for name, answer in answers.items()
        for media in answer["content"].values()
        for example in examples_of(document, media)
        for fault in violations(document, media["schema"], example)
    ]
    assert answers
    assert not faults, listed(faults)
