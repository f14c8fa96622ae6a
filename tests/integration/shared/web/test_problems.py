"""Bad input and failures, as a caller meets them: the field, the reason, the way out."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from structlog.testing import capture_logs

from tests.support.toy_service import ToyService


def problem(answer: httpx.Response) -> dict[str, Any]:
    """The body of a well-formed problem."""
    assert answer.headers["content-type"] == "application/problem+json"
    body: dict[str, Any] = answer.json()
    assert body["status"] == answer.status_code
    assert body["type"] == f"urn:rapport:problem:{body['code']}"
    assert body["title"]
    assert body["detail"]
    assert body["correlation_id"] == answer.headers["x-correlation-id"]
    return body


def shown(body: dict[str, Any]) -> list[tuple[str, str]]:
    return [(error["field"], error["code"]) for error in body["errors"]]


async def test_malformed_json_is_told_by_its_position(toy: ToyService) -> None:
    headers = toy.headers(**{"Content-Type": "application/json"})

    answer = await toy.client.post("/v1/notes", content=b'{"text":\n "a",, }', headers=headers)

    body = problem(answer)
    assert (answer.status_code, body["code"]) == (400, "json_invalid")
    assert "line 2, column 6" in body["detail"]


@pytest.mark.parametrize("content", [b'{"text": "\xff"}', b"[" * 3000], ids=["not UTF-8", "too deep"])
async def test_a_body_that_cannot_be_read_is_refused(toy: ToyService, content: bytes) -> None:
    answer = await toy.client.post(
        "/v1/notes", content=content, headers=toy.headers(**{"Content-Type": "application/json"})
    )

    assert (answer.status_code, problem(answer)["code"]) == (400, "body_unreadable")


async def test_unknown_fields_are_named_with_the_nearest_known_one(toy: ToyService) -> None:
    body = {"text": "a", "lnes": [], "lines": [{"amuont": 1}], "figure": {"shape": "round", "radios": 1}}

    answer = await toy.client.post("/v1/notes", json=body, headers=toy.headers())

    told = problem(answer)
    assert (answer.status_code, told["code"]) == (422, "validation_failed")
    details = {error["field"]: error["detail"] for error in told["errors"]}
    assert "did you mean 'lines'?" in details["lnes"]
    assert "did you mean 'amount'?" in details["lines[0].amuont"]
    assert "did you mean 'radius'?" in details["figure.radios"]
    assert details["lines[0].amount"] == details["figure.radius"] == "is required"


async def test_wrong_values_are_told_by_their_path(toy: ToyService) -> None:
    body = {"text": 7, "lines": [{"amount": 1}, {"amount": -5}], "figure": {"shape": "oval"}}

    told = problem(await toy.client.post("/v1/notes", json=body, headers=toy.headers()))

    assert shown(told) == [
        ("text", "string_type"),
        ("lines[1].amount", "greater_than_equal"),
        ("figure.shape", "union_tag_invalid"),
    ]
    assert told["errors"][1]["detail"] == "input should be greater than or equal to 1; given was -5"


async def test_a_missing_body_is_told(toy: ToyService) -> None:
    told = problem(await toy.client.post("/v1/notes", headers=toy.headers()))

    assert shown(told) == [("(body)", "required")]


async def test_a_body_of_another_type_is_refused(toy: ToyService) -> None:
    answer = await toy.client.post(
        "/v1/notes", content=b"text=a", headers=toy.headers(**{"Content-Type": "text/plain"})
    )

    assert (answer.status_code, problem(answer)["code"]) == (415, "content_type_unsupported")


async def test_an_announced_body_that_is_too_large_is_refused(toy: ToyService) -> None:
    answer = await toy.client.post("/v1/notes", json={"text": "a" * 5000}, headers=toy.headers())

    assert (answer.status_code, problem(answer)["code"]) == (413, "body_too_large")


async def test_a_body_that_grows_too_large_is_refused_while_it_streams(toy: ToyService) -> None:
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        while sent < 1_000_000:
            sent += 1024
            yield b" " * 1024

    answer = await toy.client.post(
        "/v1/notes", content=endless(), headers=toy.headers(**{"Content-Type": "application/json"})
    )

    assert (answer.status_code, problem(answer)["code"]) == (413, "body_too_large")
    assert sent < 10_000


async def test_bad_parameters_are_told_by_name(toy: ToyService) -> None:
    for url, field in {
        "/v1/notes?limit=0": "limit",
        "/v1/notes?cursor=xyz": "cursor",
        "/v1/notes/7": "note_id",
    }.items():
        answer = await toy.client.get(url, headers=toy.headers())
        assert answer.status_code == 400, url
        assert problem(answer)["errors"][0]["field"] == field


async def test_unknown_addresses_and_methods_are_problems_too(toy: ToyService) -> None:
    missing = await toy.client.get("/v1/nothing", headers=toy.headers())
    method = await toy.client.delete("/v1/notes", headers=toy.headers())

    assert (missing.status_code, problem(missing)["code"]) == (404, "route_not_found")
    assert (method.status_code, problem(method)["code"]) == (405, "method_not_allowed")
    assert "GET" in method.headers["allow"] or "POST" in method.headers["allow"]


async def test_errors_carry_their_code_and_what_is_worth_knowing(toy: ToyService) -> None:
    told = problem(await toy.client.post("/v1/notes/failing/conflict", headers=toy.headers()))

    assert (told["code"], told["detail"], told["context"]) == ("note_taken", "taken already", {"note_id": "7"})


async def test_a_passing_failure_says_when_to_come_back(toy: ToyService) -> None:
    busy = await toy.client.post("/v1/notes/failing/busy", headers=toy.headers())
    away = await toy.client.post("/v1/notes/failing/away", headers=toy.headers())

    assert (problem(busy)["code"], busy.headers["retry-after"]) == ("slow_down", "9")
    assert (problem(away)["code"], away.headers["retry-after"]) == ("provider_unavailable", "2")


async def test_a_bug_tells_the_caller_nothing_and_the_log_all(toy: ToyService) -> None:
    with capture_logs() as logs:
        answer = await toy.client.post("/v1/notes/failing/bug", headers=toy.headers())

    assert (answer.status_code, problem(answer)["code"]) == (500, "internal_error")
    assert "secret detail" not in answer.text
    failed = next(entry for entry in logs if entry["event"] == "request_failed")
    assert "secret detail" in str(failed["exc_info"])


async def test_a_text_that_cannot_be_stored_is_the_callers_to_mend(toy: ToyService) -> None:
    answer = await toy.client.post("/v1/notes", json={"text": "a\x00b"}, headers=toy.headers())

    assert (answer.status_code, problem(answer)["code"]) == (422, "text_not_storable")
