"""The whole platform in one process: PostgreSQL, a broker, a token issuer, a mailbox, and four services over them."""

import asyncio
import os
import secrets
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Literal

import httpx

from deploy.local.clock_control import add_clock_control
from deploy.local.data_folder import DataFolder
from deploy.local.issuer import AUDIENCE, CLIENT_ID, LocalIssuer, create_issuer_app, keep_secret
from deploy.local.kafka import DEFAULT_PORT, KafkaCluster, ports_from
from deploy.local.mailbox import Mailbox
from deploy.local.ports import HOST, Ports, require_free
from deploy.local.postgres import PostgresServer
from services.customer.app import DEFINITION as CUSTOMER
from services.interaction.app import DEFINITION as INTERACTION
from services.notification.app import DEFINITION as NOTIFICATION
from services.scoring.app import DEFINITION as SCORING
from shared.clock import Clock, SteppedClock, SystemClock
from shared.db.migrate import upgrade
from shared.runtime import Component, run_components
from shared.service import ServiceDefinition, create_components, open_platform
from shared.settings import load_settings
from shared.web.server import HttpServer

BrokerKind = Literal["embedded", "kafka"]
Progress = Callable[[str], None]
DEFINITIONS = (CUSTOMER, INTERACTION, SCORING, NOTIFICATION)
READY_WITHIN_SECONDS = 60.0
GRACE_SECONDS = 20.0


class StackNotReady(RuntimeError):
    """The services did not become ready; the message is what they say themselves."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StackOptions:
    folder: DataFolder = field(default_factory=DataFolder)
    broker: BrokerKind = "embedded"
    ports: Ports = field(default_factory=Ports)
    kafka_port: int = DEFAULT_PORT
    """0 takes any free port. A Kafka that is in the folder already keeps the port it has."""
    clock: Clock = field(default_factory=SystemClock)
    """A SteppedClock gets the endpoint /clock on the issuer's server."""
    durable: bool = True
    """False spares tests the waiting for the disk; what is committed then survives kill -9, not a power cut."""
    services: tuple[str, ...] = tuple(definition.name for definition in DEFINITIONS)
    """Which of them run; the others are neither started nor migrated."""
    settings: Mapping[str, Any] = field(default_factory=dict)
    """For every service that runs, beside what the stack decides itself."""

    @property
    def definitions(self) -> list[ServiceDefinition]:
        return [definition for definition in DEFINITIONS if definition.name in self.services]


class LocalStack:
    """A running platform."""

    def __init__(self, options: StackOptions, postgres: PostgresServer, issuer: LocalIssuer, ports: Ports) -> None:
        self.options = options
        self.postgres = postgres
        self.issuer = issuer
        self.ports = ports
        self.client_id = CLIENT_ID
        self.client_secret = issuer.client_secret
        self.urls: dict[str, str] = {"issuer": issuer.url}
        self.urls |= {
            definition.name: f"http://{HOST}:{getattr(ports, definition.name)}" for definition in options.definitions
        }
        self._stop = asyncio.Event()
        self._running: asyncio.Task[None] | None = None

    async def wait(self, stop: asyncio.Event) -> None:
        """Returns when `stop` is set. Raises ComponentFailed as soon as any part of the platform fails."""
        await self._while_running(stop.wait())

    @asynccontextmanager
    async def serving(self, components: list[Component]) -> AsyncIterator[None]:
        """Within the block everything runs and is ready; after it everything has stopped, in reverse order.

        Raises ComponentFailed when a part failed, StackNotReady when the services did not get ready.
        """
        self._running = asyncio.create_task(run_components(components, stop=self._stop, grace_seconds=GRACE_SECONDS))
        try:
            await self._while_running(
                _poll_until_ready([f"{self.urls[d.name]}/readyz" for d in self.options.definitions])
            )
            yield
        finally:
            self._stop.set()
            await asyncio.wait({self._running})
        self._running.result()

    async def _while_running(self, work: Coroutine[Any, Any, Any]) -> None:
        """The end of `work`, or the failure of the platform, whichever comes first."""
        if self._running is None:
            work.close()
            raise RuntimeError("the stack is not running")
        task = asyncio.create_task(work)
        try:
            await asyncio.wait({task, self._running}, return_when=asyncio.FIRST_COMPLETED)
            await (self._running if self._running.done() else task)
        finally:
            task.cancel()


@asynccontextmanager
async def local_stack(options: StackOptions, progress: Progress) -> AsyncIterator[LocalStack]:
    """Starts everything, in order, and stops it in reverse; what was running before a crash is taken over.

    Raises DataFolderInUse, PortsInUse, PostgresFailed, KafkaFailed or ComponentFailed: each message says the way out.
    """
    _spare_loopback_from_proxies()
    folder = options.folder
    async with AsyncExitStack() as cleanup:
        cleanup.enter_context(folder.locked())
        ports = require_free(options.ports)
        postgres = await _start_postgres(options, cleanup, progress)
        broker = await _start_broker(options, postgres, cleanup, progress)
        issuer = LocalIssuer(folder.issuer, f"http://{HOST}:{ports.issuer}")
        stack = LocalStack(options, postgres, issuer, ports)
        components: list[Component] = [_issuer_server(stack), Mailbox(folder.mailbox, port=ports.smtp)]
        for definition in options.definitions:
            progress(f"{definition.name}: migrating")
            await postgres.ensure_database(definition.name)
            await asyncio.to_thread(upgrade, definition.name, postgres.dsn(definition.name))
            components += await _open_service(definition, stack, broker, cleanup)
        progress("starting the services")
        async with stack.serving(components):
            yield stack
            progress("stopping the services")


async def _start_postgres(options: StackOptions, cleanup: AsyncExitStack, progress: Progress) -> PostgresServer:
    progress("starting PostgreSQL")
    server = PostgresServer(options.folder.postgres, durable=options.durable)
    await asyncio.to_thread(server.start)
    cleanup.push_async_callback(asyncio.to_thread, server.stop)
    cleanup.callback(progress, "stopping PostgreSQL")
    return server


async def _start_broker(
    options: StackOptions, postgres: PostgresServer, cleanup: AsyncExitStack, progress: Progress
) -> dict[str, Any]:
    """Starts the broker and returns the settings by which the services find it."""
    if options.broker == "embedded":
        await postgres.ensure_database("broker")
        return {"kafka_bootstrap_servers": None, "broker_database_url": postgres.dsn("broker")}
    progress("starting Kafka")
    cluster = KafkaCluster(options.folder.kafka, ports=ports_from(options.kafka_port) if options.kafka_port else None)
    await asyncio.to_thread(cluster.start)
    cleanup.push_async_callback(asyncio.to_thread, cluster.stop)
    cleanup.callback(progress, "stopping Kafka")
    return {"kafka_bootstrap_servers": cluster.bootstrap_servers, "broker_database_url": None}


def _issuer_server(stack: LocalStack) -> HttpServer:
    app = create_issuer_app(stack.issuer)
    if isinstance(stack.options.clock, SteppedClock):
        add_clock_control(app, stack.options.clock, stack.issuer)
    return HttpServer(app, host=HOST, port=stack.ports.issuer, name="issuer")


async def _open_service(
    definition: ServiceDefinition, stack: LocalStack, broker: Mapping[str, Any], cleanup: AsyncExitStack
) -> list[Component]:
    values = {
        "database_url": stack.postgres.dsn(definition.name),
        "jwt_issuer": stack.issuer.url,
        "jwt_audience": AUDIENCE,
        "jwks_url": f"{stack.issuer.url}/jwks.json",
        "jwks_file": None,
        "token_url": f"{stack.issuer.url}/token",
        "host": HOST,
        "port": getattr(stack.ports, definition.name),
        **broker,
        **(_notification_values(stack) if definition is NOTIFICATION else {}),
        **stack.options.settings,
    }
    settings = load_settings(definition.settings, **values)
    platform = await cleanup.enter_async_context(open_platform(definition, settings, stack.options.clock))
    return create_components(definition, platform, "all")


def _notification_values(stack: LocalStack) -> dict[str, Any]:
    secret = keep_secret(stack.options.folder.issuer / "preferences-secret", lambda: secrets.token_urlsafe(32).encode())
    return {
        "smtp_host": HOST,
        "smtp_port": stack.ports.smtp,
        "public_url": stack.urls[NOTIFICATION.name],
        "preferences_secret": secret.decode(),
    }


async def _poll_until_ready(urls: list[str]) -> None:
    """Raises StackNotReady, with what the services say, when they are not all ready in time."""
    last: str | None = None
    try:
        async with asyncio.timeout(READY_WITHIN_SECONDS), httpx.AsyncClient(trust_env=False) as client:
            for url in urls:
                while (last := await _problem_of(client, url)) is not None:  # noqa: ASYNC110 - asked over HTTP
                    await asyncio.sleep(0.05)
    except TimeoutError:
        raise StackNotReady(f"the services were not ready in {READY_WITHIN_SECONDS:g} s; {last}") from None


async def _problem_of(client: httpx.AsyncClient, url: str) -> str | None:
    try:
        answer = await client.get(url)
    except httpx.TransportError as error:
        return f"{url}: {error!r}"
    return None if answer.status_code == 200 else f"{url}: {answer.text}"


def _spare_loopback_from_proxies() -> None:
    """A company's proxy in the environment must not be asked for addresses of this machine."""
    for variable in ("NO_PROXY", "no_proxy"):
        spared = [os.environ[variable]] if os.environ.get(variable) else []
        os.environ[variable] = ",".join([*spared, HOST, "localhost"])
