"""Routes with one transaction at the edge: committed before the answer leaves, together with its Idempotency-Key.

An endpoint of `api_router` takes `session: SessionDep` and neither commits nor rolls back: when it returns, the route
commits and only then lets the answer go; when it raises, nothing has happened. Reading routes get a snapshot instead.
A connection is taken with the first statement, so a request that is refused before it never costs one.
"""

import functools
import inspect
from collections.abc import Callable, Coroutine
from contextvars import ContextVar
from dataclasses import dataclass, field
from enum import Enum
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response, params
from fastapi.routing import APIRoute
from sqlalchemy.ext.asyncio import AsyncSession

from shared.db.session import Database
from shared.errors import RapportError, UnsupportedMedia
from shared.observability.metrics import IDEMPOTENT_REPLAYS, current_service
from shared.web.answers import Answer
from shared.web.idempotency import Claim, declare_idempotency_key, find_answers, fingerprint_of, store_answers
from shared.web.openapi import operation_id

READING_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
Handler = Callable[[Request], Coroutine[Any, Any, Response]]


@dataclass(slots=True)
class _UnitOfWork:
    """One changing request: its session and, when it carries a key, the claim on it."""

    request: Request
    session: AsyncSession
    claim: Claim | None = field(default=None)


class _Answered(Exception):
    """Leaves the transaction without committing, with the answer to give all the same."""

    def __init__(self, answer: Response) -> None:
        super().__init__()
        self.answer = answer


_unit: ContextVar[_UnitOfWork] = ContextVar("unit_of_work")


def _database(request: Request) -> Database:
    database: Database = request.app.state.platform.database
    return database


async def _current_database(request: Request) -> Database:
    return _database(request)


class TransactionalRoute(APIRoute):
    """Wraps a route in one transaction (or, for reading methods, in one read-only snapshot)."""

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        methods = {method.upper() for method in options.get("methods") or ["GET"]}
        self.reading = methods <= READING_METHODS
        if not self.reading:
            if not inspect.iscoroutinefunction(endpoint):
                raise TypeError(f"{path}: an endpoint that changes something must be a coroutine function")
            endpoint = _answered_once(endpoint)
            options["dependencies"] = [*(options.get("dependencies") or ()), Depends(declare_idempotency_key)]
        super().__init__(path, endpoint, **options)

    def get_route_handler(self) -> Handler:
        handle = super().get_route_handler()
        return _in_snapshot(handle) if self.reading else _in_transaction(handle, expects_json=self._expects_json())

    def _expects_json(self) -> bool:
        return self.body_field is not None and not isinstance(self.body_field.field_info, params.Form)


def _in_snapshot(handle: Handler) -> Handler:
    async def handle_reading(request: Request) -> Response:
        async with _database(request).snapshot() as session:
            request.state.session = session
            return await handle(request)

    return handle_reading


def _in_transaction(handle: Handler, *, expects_json: bool) -> Handler:
    async def handle_changing(request: Request) -> Response:
        # The body is read before the transaction: a slow sender must not hold a connection.
        body = await request.body()
        if expects_json and body:
            _demand_json(request)
        try:
            async with _database(request).transaction() as session:
                return await _handle_in(session, request, handle)
        except _Answered as answered:
            return answered.answer

    return handle_changing


async def _handle_in(session: AsyncSession, request: Request, handle: Handler) -> Response:
    request.state.session = session
    unit = _UnitOfWork(request, session)
    token = _unit.set(unit)
    try:
        answer = await handle(request)
    finally:
        _unit.reset(token)
    if answer.status_code >= 400:
        raise _Answered(answer)
    if unit.claim is not None:
        if not isinstance(getattr(answer, "body", None), bytes | memoryview):
            raise TypeError("a streamed answer cannot be stored for its Idempotency-Key; stream from a GET route")
        await store_answers(session, [(unit.claim, Answer.of(answer))])
    return answer


def _answered_once(endpoint: Callable[..., Any]) -> Callable[..., Any]:
    """Looks the Idempotency-Key up when all dependencies are solved: after authentication and validation."""

    @functools.wraps(endpoint)
    async def answer_once(*args: Any, **kwargs: Any) -> Any:
        unit = _unit.get()
        request = unit.request
        key = request.state.idempotency_key
        if key is not None:
            principal = getattr(request.state, "principal", None)
            target = request.url.path + ("?" + request.url.query if request.url.query else "")
            claim = Claim(
                principal=principal.subject if principal is not None else "",
                route=f"{request.method} {request.scope['route'].path}",
                key=key,
                fingerprint=fingerprint_of(request.method, target, await request.body()),
            )
            [found] = await find_answers(unit.session, [claim])
            if isinstance(found, RapportError):
                raise found
            if found is not None:
                IDEMPOTENT_REPLAYS.labels(current_service()).inc()
                raise _Answered(found.response())
            unit.claim = claim
        return await endpoint(*args, **kwargs)

    return answer_once


def _demand_json(request: Request) -> None:
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != "application/json" and not (
        media_type.startswith("application/") and media_type.endswith("+json")
    ):
        raise UnsupportedMedia(
            "the body must be JSON, sent with Content-Type: application/json; it came as "
            + (media_type or "nothing in particular"),
            code="content_type_unsupported",
            field="Content-Type",
        )


def api_router(*, prefix: str = "", tags: list[str | Enum] | None = None, **options: Any) -> APIRouter:
    """An APIRouter whose routes are transactional; use it for everything under /v1."""
    return APIRouter(
        prefix=prefix,
        tags=tags,
        route_class=TransactionalRoute,
        generate_unique_id_function=operation_id,
        **options,
    )


async def _current_session(request: Request) -> AsyncSession:
    session: AsyncSession | None = getattr(request.state, "session", None)
    if session is None:
        raise RuntimeError("SessionDep belongs to routes of api_router")
    return session


SessionDep = Annotated[AsyncSession, Depends(_current_session)]
"""The session of this request: a transaction on a changing route, a read-only snapshot on a reading one.

Its block ends before the answer is sent, so a streaming endpoint opens snapshots of its own instead.
"""
DatabaseDep = Annotated[Database, Depends(_current_database)]
"""For streaming endpoints, which must not hold a transaction while they stream: short snapshots, one per portion."""
