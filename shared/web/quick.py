"""A quick lane for the few routes that carry most of the load, beside FastAPI's own way and never instead of it.

A quick route answers what it recognises at a glance: a caller whose token was checked a moment ago, and a body that the
structs of `shared.structs` take. Everything else (any error, a query, an unusual header, a first request) it leaves to
the route of the same method and path in the application, with the request untouched: so documentation, refusals and
their words have one source, and the lane only has to be right about success. It lies inside the edge and the body
limit, so correlation, metrics, logs and limits are those of any route.
"""

import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from fastapi import Request
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.errors import RapportError
from shared.web.answers import Answer
from shared.web.auth import Principal, TokenVerifier
from shared.web.idempotency import KEY_PATTERN, MAX_KEY_LENGTH, Claim, fingerprint_of
from shared.web.problems import handle_error, handle_http_exception

_KEY = re.compile(KEY_PATTERN.removesuffix("$") + r"\Z")


@dataclass(frozen=True, slots=True)
class QuickRequest:
    """A request whose caller is known and holds the route's scope."""

    method: str
    path: str
    media_type: str
    body: bytes
    principal: Principal
    idempotency_key: str | None
    correlation_id: str
    traceparent: str | None

    def origin(self) -> dict[str, str | None]:
        """What ties the events that follow from this request to it, where several requests share a transaction."""
        return {"correlation_id": self.correlation_id, "traceparent": self.traceparent}

    def claim(self) -> Claim | None:
        """The same as the ordinary route would make of this request."""
        if self.idempotency_key is None:
            return None
        return Claim(
            principal=self.principal.subject,
            route=f"{self.method} {self.path}",
            key=self.idempotency_key,
            fingerprint=fingerprint_of(self.method, self.path, self.body),
        )


@dataclass(frozen=True, slots=True)
class QuickRoute:
    """`answer` gives None, before it has done anything, for what it leaves to the ordinary route."""

    method: str
    path: str
    media_types: frozenset[str]
    scope: str
    answer: Callable[[QuickRequest], Awaitable[Answer | None]]


class QuickLane:
    """The middleware: innermost, so that whatever it leaves goes straight to the application's routes."""

    def __init__(self, app: ASGIApp, *, routes: Sequence[QuickRoute], verifier: TokenVerifier) -> None:
        self._app = app
        self._routes = {(route.method, route.path): route for route in routes}
        self._verifier = verifier

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        route = self._routes.get((scope["method"], scope["path"])) if scope["type"] == "http" else None
        caller = self._caller_of(route, scope) if route is not None else None
        if route is None or caller is None:
            await self._app(scope, receive, send)
            return
        scope["route"] = route
        try:
            body, received = await _read_body(receive)
            answer = None if body is None else await route.answer(_request_of(route, scope, caller, body))
        except RapportError as error:
            await (await handle_error(Request(scope), error))(scope, receive, send)
            return
        except HTTPException as error:
            await (await handle_http_exception(Request(scope), error))(scope, receive, send)
            return
        if answer is None:
            await self._app(scope, _again(received, receive), send)
        else:
            await answer.send(send)

    def _caller_of(self, route: QuickRoute, scope: Scope) -> "_Caller | None":
        """Whom the lane serves: anybody else is the ordinary route's."""
        if scope["query_string"]:
            return None
        token = media_type = key = b""
        for name, value in scope["headers"]:
            if name == b"authorization":
                token = value
            elif name == b"content-type":
                media_type = value
            elif name == b"idempotency-key":
                if key or len(value) > MAX_KEY_LENGTH or _KEY.match(value.decode("latin-1")) is None:
                    return None
                key = value
        told = media_type.decode("latin-1")
        if told not in route.media_types or token[:7].lower() != b"bearer ":
            return None
        principal = self._verifier.recognise(token[7:].decode("latin-1"))
        if principal is None or route.scope not in principal.scopes:
            return None
        return _Caller(principal, told, key.decode() or None)


class _Caller(NamedTuple):
    principal: Principal
    media_type: str
    idempotency_key: str | None


def _request_of(route: QuickRoute, scope: Scope, caller: _Caller, body: bytes) -> QuickRequest:
    state = scope["state"]
    return QuickRequest(
        route.method,
        route.path,
        caller.media_type,
        body,
        caller.principal,
        caller.idempotency_key,
        state["correlation_id"],
        state.get("traceparent"),
    )


async def _read_body(receive: Receive) -> tuple[bytes | None, list[Message]]:
    """The body, None when the caller has gone; and the messages it came in."""
    message = await receive()
    received = [message]
    while message["type"] == "http.request" and message.get("more_body", False):
        message = await receive()
        received.append(message)
    if message["type"] != "http.request":
        return None, received
    return (message["body"] if len(received) == 1 else b"".join(each["body"] for each in received)), received


def _again(received: list[Message], receive: Receive) -> Receive:
    """The request's messages once more, for the application to read as if nobody had."""
    messages = iter(received)

    async def receive_again() -> Message:
        for message in messages:
            return message
        return await receive()

    return receive_again
