"""The FastAPI application of a service: everything that is the same for all of them."""

from collections.abc import Sequence
from typing import Protocol

from fastapi import APIRouter, FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.middleware.cors import CORSMiddleware

from shared.clock import Clock
from shared.db.session import Database
from shared.errors import RapportError
from shared.observability.readiness import Readiness
from shared.settings import ServiceSettings
from shared.web.auth import TokenVerifier
from shared.web.edge import CORRELATION_HEADER, BodyLimitMiddleware, EdgeMiddleware
from shared.web.etag import NotModified
from shared.web.idempotency import REPLAYED_HEADER
from shared.web.openapi import describe
from shared.web.ops import ops_router
from shared.web.problems import (
    handle_error,
    handle_http_exception,
    handle_not_modified,
    handle_validation_error,
)
from shared.web.quick import QuickLane, QuickRoute

_REQUEST_HEADERS = [
    "Authorization", "Content-Type", "Idempotency-Key", "If-Match", "If-None-Match", CORRELATION_HEADER, "traceparent",
]  # fmt: skip
_ANSWER_HEADERS = ["ETag", "Location", "Retry-After", REPLAYED_HEADER, CORRELATION_HEADER]


class WebPlatform(Protocol):
    """What an API needs of the process it runs in; `shared.service.Platform` provides it."""

    @property
    def settings(self) -> ServiceSettings: ...
    @property
    def clock(self) -> Clock: ...
    @property
    def database(self) -> Database: ...
    @property
    def verifier(self) -> TokenVerifier: ...
    @property
    def readiness(self) -> Readiness: ...
    @property
    def admin_routers(self) -> Sequence[APIRouter]: ...


def create_app(
    service: str,
    *,
    title: str,
    description: str,
    version: str,
    platform: WebPlatform,
    routers: Sequence[APIRouter],
    quick: Sequence[QuickRoute] = (),
) -> FastAPI:
    """The API of `service`, with ops endpoints, dead-letter administration and its documentation at /docs.

    Each of `quick` answers on behalf of an ordinary route of `routers` what it can.
    """
    app = FastAPI(
        title=title,
        description=description,
        version=version,
        redoc_url=None,
        swagger_ui_parameters={"persistAuthorization": True, "displayRequestDuration": True},
    )
    app.state.platform = platform
    app.state.service = service
    for router in (*routers, *platform.admin_routers, ops_router(platform.readiness)):
        # Not `include_router`, which derives every route anew and asks each request's path of router after router.
        app.router.routes.extend(router.routes)
    _handle_failures(app)
    if quick:
        app.add_middleware(QuickLane, routes=quick, verifier=platform.verifier)
    _add_middleware(app, service, platform.settings)
    describe(app, token_url=platform.settings.token_url)
    return app


def _add_middleware(app: FastAPI, service: str, settings: ServiceSettings) -> None:
    """From the innermost to the outermost."""
    app.add_middleware(BodyLimitMiddleware, max_bytes=settings.max_body_bytes)
    app.add_middleware(EdgeMiddleware, service=service)
    if settings.cors_origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=settings.cors_origins,
            allow_methods=["GET", "POST", "PUT", "PATCH", "DELETE"],
            allow_headers=_REQUEST_HEADERS,
            expose_headers=_ANSWER_HEADERS,
            max_age=3600,
        )


def _handle_failures(app: FastAPI) -> None:
    app.add_exception_handler(RapportError, handle_error)
    app.add_exception_handler(RequestValidationError, handle_validation_error)
    app.add_exception_handler(HTTPException, handle_http_exception)
    app.add_exception_handler(NotModified, handle_not_modified)
