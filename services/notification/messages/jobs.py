"""The delivery loop: claim, commit, send, record. A crash anywhere loses nothing, and doubles only what is uncertain.

Between the commit of a claim and the commit of its result the message is `sending` under a lease. A worker that dies in
between leaves an attempt of which nobody knows how it ended; when the lease runs out it is recorded as uncertain. Sends
are bounded well within the lease, so that a living worker is never overtaken.
"""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

import structlog

from services.notification.channels.port import EmailChannel, SendResult, SendStatus
from services.notification.desk import Desk
from services.notification.messages.lifecycle import DeliveryLimits
from services.notification.messages.repository.decisions import WAKE_CHANNEL
from services.notification.messages.use_cases.claiming import Batch, Claim, take_due
from services.notification.messages.use_cases.settling import AttemptResult, expire_leases, record_results
from shared.clock import wall_now
from shared.contracts.common import Channel
from shared.db.dedicated import dedicated_connection, wake_on
from shared.db.session import Database
from shared.messaging.attempts import Attempts, Interrupted, Pause, pause_unless
from shared.messaging.retry import RetryPolicy
from shared.observability.metrics import MESSAGE_SEND_SECONDS, MESSAGE_SENDS, current_service
from shared.waiting import happened

log = structlog.get_logger(__name__)

_ITEMS_AT_ONCE = 100
_LINGER_SECONDS = 0.004
_NOT_BEGUN = SendResult(SendStatus.UNREACHABLE, "claimed, but not begun")


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryOptions:
    """`in_hand` bounds the emails claimed and not yet recorded: as many may be uncertain after a crash.

    It should be a few times `concurrency`, what the channel can send at once: claims and results then go to the
    database in batches, which cost little more than one.
    """

    concurrency: int = 8
    in_hand: int = 32
    lease: timedelta = timedelta(seconds=120)
    send_timeout: timedelta = timedelta(seconds=60)
    poll_seconds: float = 1.0
    first_pause_seconds: float = 0.5
    longest_pause_seconds: float = 30.0
    limits: DeliveryLimits = field(default_factory=DeliveryLimits)

    def __post_init__(self) -> None:
        if self.send_timeout * 1.5 > self.lease:
            raise ValueError("a lease must outlast the longest send by half: make it longer, or the timeout shorter")


class DeliveryLoop:
    """A component. Any number of workers may run it: a message is in the hands of one of them at a time."""

    name = "delivery"

    def __init__(
        self,
        database: Database,
        channel: EmailChannel,
        desk: Desk,
        options: DeliveryOptions,
        *,
        wall: Callable[[], datetime] = wall_now,
    ) -> None:
        self._database = database
        self._channel = channel
        self._desk = desk
        self._options = options
        self._wall = wall
        self._attempts = Attempts(RetryPolicy())
        self._wake = asyncio.Event()
        self._news = asyncio.Event()
        self._places = asyncio.Semaphore(options.concurrency)
        self._in_hand = 0
        self._stopping = False
        self._results: list[AttemptResult] = []
        self._swept_at = 0.0
        self._paused_until = 0.0
        self._pauses = 0

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
            await self._channel.close()

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
                self._in_hand += 1
                tasks.create_task(self._send(claim))
            if batch.found == 0 or not self._has_room:
                await happened(self._wake, stop, within_seconds=self._options.poll_seconds)

    @property
    def _has_room(self) -> bool:
        """For half a handful at least: a claim of one would cost nearly as much as a claim of many."""
        return self._in_hand <= self._options.in_hand // 2

    async def _take(self) -> Batch:
        room = self._options.in_hand - self._in_hand
        may_send = self._has_room and time.monotonic() >= self._paused_until
        limits = {Channel.INBOX: _ITEMS_AT_ONCE} | ({Channel.EMAIL: room} if may_send else {})
        async with self._database.transaction() as session:
            batch = await take_due(
                session,
                limits=limits,
                lease=self._options.lease,
                wall=self._wall(),
                desk=self._desk,
            )
        if batch.laid_down:
            MESSAGE_SENDS.labels(current_service(), Channel.INBOX.value, SendStatus.ACCEPTED.value).inc(batch.laid_down)
        return batch

    async def _sweep(self, pause: Pause) -> None:
        if time.monotonic() - self._swept_at >= self._options.poll_seconds:
            while await self._attempts.patiently(self._expire, pause=pause):
                pass
            self._swept_at = time.monotonic()

    async def _expire(self) -> int:
        async with self._database.transaction() as session:
            expired = await expire_leases(
                session, limit=100, wall=self._wall(), limits=self._options.limits, desk=self._desk
            )
        if expired:
            log.warning("leases_expired", messages=expired)
        return expired

    async def _send(self, claim: Claim) -> None:
        async with self._places:
            in_time = self._wall() + self._options.send_timeout < claim.lease_until
            result = await self._attempt(claim) if in_time and not self._stopping else _NOT_BEGUN
        self._results.append(AttemptResult(claim.message_id, claim.customer_id, claim.attempt, result))
        self._news.set()

    async def _attempt(self, claim: Claim) -> SendResult:
        started = time.perf_counter()
        try:
            async with asyncio.timeout(self._options.send_timeout.total_seconds()):
                result = await self._channel.send(claim.email)
        except TimeoutError:
            result = SendResult(SendStatus.UNCERTAIN, "no answer in time")
        except Exception as error:
            # A channel that breaks its contract must not stop the others' messages; resends of it are bounded.
            log.exception("send_failed", message_id=str(claim.message_id))
            result = SendResult(SendStatus.UNCERTAIN, f"the channel failed: {type(error).__name__}")
        self._note(result.status, time.perf_counter() - started)
        return result

    def _note(self, status: SendStatus, seconds: float) -> None:
        service, channel = current_service(), Channel.EMAIL.value
        MESSAGE_SENDS.labels(service, channel, status.value).inc()
        if status is not SendStatus.UNREACHABLE:
            self._pauses = 0
            MESSAGE_SEND_SECONDS.labels(service, channel).observe(seconds)
        elif time.monotonic() >= self._paused_until:
            # The rest of a batch that failed together must not stretch the pause further.
            wait = self._options.first_pause_seconds * 2.0 ** min(self._pauses, 16)
            self._paused_until = time.monotonic() + min(wait, self._options.longest_pause_seconds)
            self._pauses += 1
            log.warning("channel_unreachable", next_in_seconds=round(self._paused_until - time.monotonic(), 1))

    async def _record(self, done: asyncio.Event) -> None:
        """Records what has been sent, together with whatever else was sent while the last commit was under way."""
        never = pause_unless(asyncio.Event())
        while not done.is_set() or self._in_hand:
            signals = (self._news,) if done.is_set() else (self._news, done)
            await happened(*signals, within_seconds=self._options.poll_seconds)
            if not self._results:
                continue
            await asyncio.sleep(_LINGER_SECONDS)  # results come in flocks, and cost by the transaction
            self._news.clear()
            results, self._results = self._results, []
            await self._attempts.patiently(partial(self._save, results), pause=never)
            self._in_hand -= len(results)
            self._wake.set()

    async def _save(self, results: list[AttemptResult]) -> None:
        async with self._database.transaction() as session:
            await record_results(session, results, wall=self._wall(), limits=self._options.limits, desk=self._desk)

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
