"""The outermost layer of an API: correlation, limits, logs and metrics of every request, and the last resort."""

import asyncio
import re
import time
from uuid import uuid4

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from structlog.contextvars import bound_contextvars

from shared.observability.metrics import HTTP_REQUESTS, HTTP_SECONDS
from shared.web.problems import stopping_problem, unexpected_problem

log = structlog.get_logger(__name__)

CORRELATION_HEADER = "X-Correlation-ID"
_CORRELATION_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/-]{0,127}")
_TRACEPARENT = re.compile(r"[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")
_QUIET_PATHS = frozenset({"/livez", "/readyz", "/metrics"})


class EdgeMiddleware:
    """Gives each request its correlation id, counts and logs it, and answers for bugs with a problem."""

    def __init__(self, app: ASGIApp, *, service: str) -> None:
        self._app = app
        self._service = service

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        correlation_id = correlation_id_of(headers.get(CORRELATION_HEADER))
        scope.setdefault("state", {})["correlation_id"] = correlation_id
        bindings = {"service": self._service, "correlation_id": correlation_id}
        traceparent = headers.get("traceparent", "")
        if _TRACEPARENT.fullmatch(traceparent):
            bindings["traceparent"] = scope["state"]["traceparent"] = traceparent
        with bound_contextvars(**bindings):
            await self._handle(scope, receive, send, correlation_id)

    async def _handle(self, scope: Scope, receive: Receive, send: Send, correlation_id: str) -> None:
        started = time.perf_counter()
        status = 0

        async def send_with_correlation(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)[CORRELATION_HEADER] = correlation_id
            await send(message)

        try:
            await self._app(scope, receive, send_with_correlation)
        except asyncio.CancelledError:
            # The process stops and this request has used up the grace.
            if not status:
                await stopping_problem(Request(scope))(scope, receive, send_with_correlation)
            raise
        except Exception as error:
            log.error("request_failed", method=scope["method"], route=_route_of(scope), exc_info=error)
            if status:
                raise  # the answer has begun: all that is left is to break the connection off
            await unexpected_problem(Request(scope))(scope, receive, send_with_correlation)
        finally:
            self._record(scope, status, time.perf_counter() - started)

    def _record(self, scope: Scope, status: int, seconds: float) -> None:
        route = _route_of(scope)
        HTTP_REQUESTS.labels(self._service, scope["method"], route, str(status)).inc()
        HTTP_SECONDS.labels(self._service, route).observe(seconds)
        if scope["path"] not in _QUIET_PATHS:
            milliseconds = round(seconds * 1000, 1)
            log.info("request", method=scope["method"], route=route, status=status, milliseconds=milliseconds)


class BodyLimitMiddleware:
    """Refuses a request body larger than `max_bytes`, by its announced length or while it streams in."""

    def __init__(self, app: ASGIApp, *, max_bytes: int) -> None:
        self._app = app
        self._max_bytes = max_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        announced = Headers(scope=scope).get("content-length", "0")
        too_large = announced.isdigit() and int(announced) > self._max_bytes
        received = 0

        async def receive_limited() -> Message:
            nonlocal received
            if too_large:
                raise self._refusal()
            message = await receive()
            received += len(message.get("body", b""))
            if received > self._max_bytes:
                raise self._refusal()
            return message

        await self._app(scope, receive_limited, send)

    def _refusal(self) -> HTTPException:
        # FastAPI hides any other exception raised while it reads a body.
        return HTTPException(413, f"the body exceeds {self._max_bytes} bytes; send it in smaller parts")


def correlation_id_of(given: str | None) -> str:
    """The caller's id where it is fit for logs and headers, else a new one."""
    if given is not None and _CORRELATION_ID.fullmatch(given):
        return given
    return str(uuid4())


def _route_of(scope: Scope) -> str:
    """The template, never the path: paths carry ids, and each would become a metric of its own."""
    return getattr(scope.get("route"), "path", "(none)")
