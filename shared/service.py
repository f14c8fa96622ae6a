"""A service as a process needs it: its definition, and the platform (database, broker, clock …) it is given."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Annotated, Any, Generic, Literal, TypeVar

import httpx
from fastapi import APIRouter, Depends, FastAPI, Request

from shared.clock import Clock
from shared.contracts.topics import ALL_TOPICS
from shared.db.engine import create_engine
from shared.db.migrate import SchemaCheck
from shared.db.session import Database
from shared.messaging.broker import Broker
from shared.messaging.factory import create_broker
from shared.messaging.outbox import Outbox
from shared.observability.readiness import Check, Readiness
from shared.operations.broker_connection import BrokerConnection
from shared.operations.dead_letter_api import dead_letter_router
from shared.operations.housekeeping import IDEMPOTENCY_PRUNING
from shared.operations.prerequisites import SchemaWatch, Waiting
from shared.runtime import Component, InService, SelfChecking
from shared.scheduling import Scheduler
from shared.settings import ServiceSettings
from shared.web.auth import TokenVerifier
from shared.web.jwks import KeySet, fetch_from_file, fetch_from_url
from shared.web.ops import create_ops_app
from shared.web.server import HttpServer

S = TypeVar("S", bound=ServiceSettings)
Role = Literal["api", "worker", "all"]


@dataclass(frozen=True, slots=True)
class Platform(Generic[S]):
    """What a service is built on. The broker is not started: only workers need it, the API writes to the outbox."""

    service: str
    settings: S
    clock: Clock
    database: Database
    broker: Broker
    outbox: Outbox
    verifier: TokenVerifier
    readiness: Readiness
    admin_routers: Sequence[APIRouter] = ()


@dataclass(frozen=True, slots=True)
class ServiceDefinition:
    """One service: `create_api` and `create_worker` are its composition roots, and neither does any I/O."""

    name: str
    settings: type[ServiceSettings]
    create_api: Callable[[Platform[Any]], FastAPI]
    create_worker: Callable[[Platform[Any]], Sequence[Component]]


@asynccontextmanager
async def open_platform(definition: ServiceDefinition, settings: S, clock: Clock) -> AsyncIterator[Platform[S]]:
    """Everything a process of the service needs, closed again in reverse order. Connects to nothing yet."""
    async with AsyncExitStack() as stack:
        engine = create_engine(
            settings.database_url.get_secret_value(),
            pool_size=settings.database_pool_size,
            application_name=f"rapport-{definition.name}",
        )
        database = Database(engine)
        stack.push_async_callback(database.dispose)
        readiness = Readiness()
        readiness.add("database", database.check)
        yield Platform(
            service=definition.name,
            settings=settings,
            clock=clock,
            database=database,
            broker=create_broker(settings),
            outbox=Outbox(source=f"rapport/{definition.name}", clock=clock),
            verifier=await _open_verifier(settings, stack),
            readiness=readiness,
            admin_routers=(dead_letter_router(definition.name),),
        )


async def _open_verifier(settings: ServiceSettings, stack: AsyncExitStack) -> TokenVerifier:
    if settings.jwks_url is not None:
        client = await stack.enter_async_context(httpx.AsyncClient(timeout=5.0))
        fetch = fetch_from_url(client, settings.jwks_url)
    elif settings.jwks_file is not None:
        fetch = fetch_from_file(settings.jwks_file)
    else:
        raise ValueError("settings demand one of jwks_url and jwks_file")
    return TokenVerifier(issuer=settings.jwt_issuer, audience=settings.jwt_audience, keys=KeySet(fetch))


def create_components(definition: ServiceDefinition, platform: Platform[Any], role: Role) -> list[Component]:
    """What a process of this role runs: workers first, so that HTTP, started last, is the first to stop."""
    settings, readiness = platform.settings, platform.readiness
    schema = SchemaCheck(definition.name, platform.database)
    readiness.add("schema", schema.check)
    parts = [] if role == "api" else _worker_parts(definition, platform, schema)
    if role == "worker":
        app, port = create_ops_app(definition.name, readiness), settings.ops_port
    else:
        app, port = definition.create_api(platform), settings.port
    half = settings.shutdown_grace_seconds / 2  # the other half is for the workers, which stop after it
    parts.append(HttpServer(app, host=settings.host, port=port, name=f"{role}-http", grace_seconds=half))
    return [InService(part, definition.name) for part in parts]


def _worker_parts(definition: ServiceDefinition, platform: Platform[Any], schema: SchemaCheck) -> list[Component]:
    watch = SchemaWatch(schema)
    connection = BrokerConnection(platform.broker, ALL_TOPICS if platform.settings.create_topics else ())
    platform.readiness.add(connection.name, connection.check)
    components = definition.create_worker(platform)
    for component in components:
        if isinstance(component, SelfChecking):
            platform.readiness.add(component.name, _asking(component))
    housekeeping = Scheduler([IDEMPOTENCY_PRUNING], platform.database, platform.clock, name="housekeeping")
    return [
        watch,
        connection,
        Waiting(housekeeping, [watch.migrated]),
        *(Waiting(component, [watch.migrated, connection.connected]) for component in components),
    ]


def _asking(component: SelfChecking) -> Check:
    async def check() -> str | None:
        return component.problem()

    return check


def platform_of(request: Request) -> Platform[Any]:
    """The platform behind the application that serves this request."""
    platform: Platform[Any] = request.app.state.platform
    return platform


async def _current_platform(request: Request) -> Platform[Any]:
    return platform_of(request)


async def _clock_of(request: Request) -> Clock:
    return platform_of(request).clock


async def _outbox_of(request: Request) -> Outbox:
    return platform_of(request).outbox


# Coroutines all: FastAPI sends plain functions to a thread, which costs more than all the rest of a request.
PlatformDep = Annotated[Platform[Any], Depends(_current_platform)]
ClockDep = Annotated[Clock, Depends(_clock_of)]
OutboxDep = Annotated[Outbox, Depends(_outbox_of)]
