"""The delivery loop: claim, commit, send, record. A crash anywhere loses nothing, and doubles only what is uncertain.

Between the commit of a claim and the commit of its result the message is `sending` under a lease. A worker that dies in
between leaves an attempt of which nobody knows how it ended; when the lease runs out it is recorded as uncertain. Sends
are bounded well within the lease, so that a living worker is never overtaken.
"""

import asyncio
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial

import structlog

from services.notification.channels.breaker import HEALTHY, Health, health_after
from services.notification.channels.port import SendResult, SendStatus
from services.notification.channels.registry import Providers
from services.notification.desk import Desk
from services.notification.messages.jobs.hands import Hands
from services.notification.messages.jobs.options import DeliveryOptions
from services.notification.messages.repository.decisions import WAKE_CHANNEL
from services.notification.messages.use_cases.claiming import Batch, Claim, take_due
from services.notification.messages.use_cases.settling import AttemptResult, Rules, expire_leases, record_results
from services.notification.providers.use_cases import read_healths
from shared.clock import wall_now
from shared.contracts.common import Channel
from shared.db.dedicated import dedicated_connection, wake_on
from shared.db.session import Database
from shared.messaging.attempts import Attempts, Interrupted, Pause, pause_unless
from shared.messaging.retry import RetryPolicy
from shared.observability.metrics import MESSAGE_SEND_SECONDS, MESSAGE_SENDS, current_service
from shared.waiting import happened

log = structlog.get_logger(__name__)

_LINGER_SECONDS = 0.004
_RATE_LIMITED_SECONDS = 0.1
_NOT_BEGUN = SendResult(SendStatus.UNREACHABLE, "claimed, but not begun")


class DeliveryLoop:
    """A component. Any number of workers may run it: a message is in the hands of one of them at a time."""

    name = "delivery"

    def __init__(
        self,
        database: Database,
        providers: Providers,
        desk: Desk,
        options: DeliveryOptions,
        *,
        wall: Callable[[], datetime] = wall_now,
    ) -> None:
        self._database = database
        self._providers = providers
        self._desk = desk
        self._options = options
        self._rules = Rules(providers=providers, limits=options.limits, breaker=options.breaker)
        self._wall = wall
        self._attempts = Attempts(RetryPolicy())
        self._wake = asyncio.Event()
        self._news = asyncio.Event()
        self._hands = Hands(providers, options)
        self._healths: dict[str, Health] = {}
        """As all workers know it."""
        self._seen: dict[str, Health] = {}
        """As it became since, by results that are not recorded yet."""
        self._stopping = False
        self._results: list[tuple[Claim, SendResult]] = []
        self._swept_at = 0.0

    async def run(self, stop: asyncio.Event) -> None:
        """Delivers until `stop` is set; what is being sent then is finished, and what was not begun is given back."""
        done = asyncio.Event()
        try:
            async with asyncio.TaskGroup() as tasks:
                listener = tasks.create_task(self._listen())
                tasks.create_task(self._record(done))
                await self._claim(stop, tasks)
                self._stopping = True
                done.set()
                listener.cancel()
        finally:
            await self._providers.close()

    async def _claim(self, stop: asyncio.Event, tasks: asyncio.TaskGroup) -> None:
        pause = pause_unless(stop)
        while not stop.is_set():
            self._wake.clear()
            try:
                await self._sweep(pause)
                batch = await self._attempts.patiently(self._take, pause=pause)
            except Interrupted:
                return
            for claim in batch.claims:
                self._hands.take(claim)
                tasks.create_task(self._send(claim))
            if batch.moved == 0 or self._hands.are_full(self._hands.room(self._healths, self._wall())):
                wait = min(self._options.poll_seconds, _RATE_LIMITED_SECONDS) if batch.left else None
                await happened(self._wake, stop, within_seconds=wait or self._options.poll_seconds)

    async def _take(self) -> Batch:
        wall = self._wall()
        async with self._database.transaction() as session:
            self._healths = await read_healths(session)
            self._seen = dict(self._healths)
            hand = self._hands.room(self._healths, wall)
            batch = await take_due(session, hand=hand, providers=self._providers, wall=wall, desk=self._desk)
        if batch.laid_down:
            _count(Channel.INBOX, "", SendStatus.ACCEPTED, batch.laid_down)
        return batch

    async def _sweep(self, pause: Pause) -> None:
        if time.monotonic() - self._swept_at >= self._options.poll_seconds:
            while await self._attempts.patiently(self._expire, pause=pause):
                pass
            self._swept_at = time.monotonic()

    async def _expire(self) -> int:
        async with self._database.transaction() as session:
            expired = await expire_leases(session, limit=100, wall=self._wall(), rules=self._rules, desk=self._desk)
        if expired:
            log.warning("leases_expired", messages=expired)
        return expired

    async def _send(self, claim: Claim) -> None:
        async with self._hands.places(claim.provider).taken(claim.lane):
            result = await self._attempt(claim) if self._may_begin(claim) else _NOT_BEGUN
        self._results.append((claim, result))
        self._news.set()

    def _may_begin(self, claim: Claim) -> bool:
        """Not what could outlast its lease, nor at a provider that failed the others of the same handful."""
        wall = self._wall()
        in_time = wall + self._options.send_timeout < claim.lease_until
        return in_time and not self._stopping and not self._seen.get(claim.provider, HEALTHY).is_open(wall)

    async def _attempt(self, claim: Claim) -> SendResult:
        started = time.perf_counter()
        provider = self._providers.mounted(claim.provider).provider
        try:
            async with asyncio.timeout(self._options.send_timeout.total_seconds()):
                result = await provider.send(claim.message)
        except TimeoutError:
            result = SendResult(SendStatus.UNCERTAIN, "no answer in time")
        except Exception as error:
            # A provider that breaks its contract must not stop the others' messages; resends of it are bounded.
            log.exception("send_failed", message_id=str(claim.message_id), provider=claim.provider)
            result = SendResult(SendStatus.UNCERTAIN, f"the provider's adapter failed: {type(error).__name__}")
        if self._providers.is_judged(claim.provider):
            seen = self._seen.get(claim.provider, HEALTHY)
            self._seen[claim.provider] = health_after(seen, [result], self._options.breaker, self._wall())
        channel = claim.message.channel
        _count(channel, claim.provider, result.status)
        if result.status is not SendStatus.UNREACHABLE:
            seconds = MESSAGE_SEND_SECONDS.labels(current_service(), channel.value, claim.provider)
            seconds.observe(time.perf_counter() - started)
        return result

    async def _record(self, done: asyncio.Event) -> None:
        """Records what has been sent, together with whatever else was sent while the last commit was under way."""
        never = pause_unless(asyncio.Event())
        while not done.is_set() or self._hands.total:
            signals = (self._news,) if done.is_set() else (self._news, done)
            await happened(*signals, within_seconds=self._options.poll_seconds)
            if not self._results:
                continue
            await asyncio.sleep(_LINGER_SECONDS)  # results come in flocks, and cost by the transaction
            self._news.clear()
            ended, self._results = self._results, []
            await self._attempts.patiently(partial(self._save, [_result(*one) for one in ended]), pause=never)
            for claim, _ in ended:
                self._hands.put_down(claim)
            self._wake.set()

    async def _save(self, results: Sequence[AttemptResult]) -> None:
        async with self._database.transaction() as session:
            await record_results(
                session, results, wall=self._wall(), rules=self._rules, desk=self._desk, healths=self._healths
            )

    async def _listen(self) -> None:
        """Wakes the loop for each new message; while it cannot listen, polling is the net."""
        never = pause_unless(asyncio.Event())
        while True:
            await self._attempts.patiently(self._listen_once, pause=never)

    async def _listen_once(self) -> None:
        async with dedicated_connection(self._database) as connection:
            lost = asyncio.Event()
            connection.add_termination_listener(lambda _: lost.set())
            await wake_on(connection, WAKE_CHANNEL, self._wake)
            self._wake.set()  # what was announced while nobody listened
            await lost.wait()


def _result(claim: Claim, result: SendResult) -> AttemptResult:
    # What was never begun says nothing of its provider.
    provider = None if result is _NOT_BEGUN else claim.provider
    return AttemptResult(claim.message_id, claim.customer_id, claim.attempt, provider, result)


def _count(channel: Channel, provider: str, status: SendStatus, messages: int = 1) -> None:
    MESSAGE_SENDS.labels(current_service(), channel.value, provider, status.value).inc(messages)
