"""The outermost layer: what a request carries with it, and what becomes of failures nobody else handles."""

import asyncio
from typing import Any

import pytest
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from structlog.contextvars import get_contextvars
from structlog.testing import capture_logs

from shared.web.edge import EdgeMiddleware, correlation_id_of

TRACEPARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


async def call(app: ASGIApp, *headers: tuple[str, str], path: str = "/v1/toys") -> list[Message]:
    """What goes out in answer to a GET."""
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        sent.append(message)

    raw = [(name.lower().encode(), value.encode()) for name, value in headers]
    scope = {"type": "http", "method": "GET", "path": path, "query_string": b"", "headers": raw}
    await EdgeMiddleware(app, service="toy")(scope, receive, send)
    return sent


async def answer(_scope: Scope, _receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"ok"})


async def test_a_request_carries_its_correlation_trace_and_service() -> None:
    seen: dict[str, Any] = {}

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        seen.update(get_contextvars())
        await answer(scope, receive, send)

    await call(app, ("X-Correlation-ID", "order-1"), ("traceparent", TRACEPARENT))

    assert seen == {"service": "toy", "correlation_id": "order-1", "traceparent": TRACEPARENT}
    assert get_contextvars() == {}


@pytest.mark.parametrize("broken", ["", "00-xyz-01", TRACEPARENT + "-more", TRACEPARENT.upper()])
async def test_a_broken_trace_is_not_carried_on(broken: str) -> None:
    seen: dict[str, Any] = {}

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        seen.update(get_contextvars())
        await answer(scope, receive, send)

    await call(app, ("traceparent", broken))

    assert "traceparent" not in seen


async def test_a_request_is_logged_by_its_route_not_its_path() -> None:
    with capture_logs() as logs:
        await call(answer, path="/v1/customers/by-external-id/shop/li.lei@example.com")
        await call(answer, path="/readyz")

    [entry] = logs
    assert (entry["event"], entry["method"], entry["route"], entry["status"]) == ("request", "GET", "(none)", 200)
    assert "li.lei" not in str(entry)


async def test_a_failure_before_the_answer_becomes_a_problem() -> None:
    async def app(_scope: Scope, _receive: Receive, _send: Send) -> None:
        raise RuntimeError("a bug")

    start, body = await call(app)

    assert start["status"] == 500
    assert b"internal_error" in body["body"]
    assert b"a bug" not in body["body"]


async def test_a_failure_within_the_answer_breaks_the_connection_off() -> None:
    async def app(_scope: Scope, _receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        raise RuntimeError("a bug")

    with pytest.raises(RuntimeError, match="a bug"):
        await call(app)


async def test_a_cancelled_request_is_answered_and_stays_cancelled() -> None:
    sent: list[Message] = []

    async def app(_scope: Scope, _receive: Receive, _send: Send) -> None:
        raise asyncio.CancelledError

    async def send(message: Message) -> None:
        sent.append(message)

    async def receive() -> Message:
        return {"type": "http.request"}

    scope: Scope = {"type": "http", "method": "GET", "path": "/", "query_string": b"", "headers": []}
    with pytest.raises(asyncio.CancelledError):
        await EdgeMiddleware(app, service="toy")(scope, receive, send)

    assert sent[0]["status"] == 503


async def test_what_is_no_request_passes_through() -> None:
    seen: list[str] = []

    async def app(scope: Scope, _receive: Receive, _send: Send) -> None:
        seen.append(scope["type"])

    async def never(*_: Any) -> Any:
        raise AssertionError("nothing is received or sent")

    await EdgeMiddleware(app, service="toy")({"type": "lifespan"}, never, never)

    assert seen == ["lifespan"]


def test_ids_are_made_where_none_is_given() -> None:
    assert correlation_id_of("order-1") == "order-1"
    assert correlation_id_of(None) != correlation_id_of(None)
