"""Sends the messages that were asked for to try a version: once each, and outside of any transaction."""

import asyncio
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import Row

from services.notification.channels.port import Outgoing, SendResult, SendStatus
from services.notification.channels.registry import Providers
from services.notification.templates.repository import settle_trial, take_trials
from shared.contracts.common import Channel, Purpose
from shared.db.session import Database
from shared.messaging.attempts import Attempts, Interrupted, pause_unless
from shared.messaging.retry import RetryPolicy
from shared.waiting import happened

log = structlog.get_logger(__name__)

_AT_ONCE = 5
_FORGOTTEN = {"subject": "", "body_text": "", "body_html": ""}
"""It may be about a real customer, whose erasure would not find it here; and a trial is sent once at most."""
_STATES = {SendStatus.ACCEPTED: "accepted", SendStatus.UNCERTAIN: "uncertain"}


class TrialSender:
    """A component. A message in hand is marked before it is sent, so that a crash never sends one twice."""

    name = "template-trials"

    def __init__(self, database: Database, providers: Providers, *, poll_seconds: float = 3.0) -> None:
        self._database = database
        self._providers = providers
        self._poll_seconds = poll_seconds
        self._attempts = Attempts(RetryPolicy())

    async def run(self, stop: asyncio.Event) -> None:
        pause = pause_unless(stop)
        while not stop.is_set():
            try:
                sent = await self._attempts.patiently(self.send_waiting, pause=pause)
            except Interrupted:
                return
            if not sent:
                await happened(stop, within_seconds=self._poll_seconds)

    async def send_waiting(self) -> int:
        """Those that wait, a few at a time; returns how many there were."""
        async with self._database.transaction() as session:
            rows = await take_trials(session, limit=_AT_ONCE)
            for row in rows:
                await settle_trial(session, row.trial_id, {"state": "sending", **_FORGOTTEN})
        for row in rows:
            await self._send(row)
        return len(rows)

    async def _send(self, row: Row[Any]) -> None:
        order = self._providers.order(Channel(row.channel))
        if not order:
            await self._settle(row.trial_id, {"state": "failed", "detail": "nothing is configured for this channel"})
            return
        provider = self._providers.mounted(order[0]).provider
        result: SendResult = await provider.send(_outgoing(row))
        state = _STATES.get(result.status, "failed")
        await self._settle(row.trial_id, {"state": state, "detail": result.detail or None, "provider": provider.name})
        log.info("template_tried", template=row.template, channel=row.channel, state=state)

    async def _settle(self, trial_id: UUID, values: dict[str, Any]) -> None:
        async with self._database.transaction() as session:
            await settle_trial(session, trial_id, values)


def _outgoing(row: Row[Any]) -> Outgoing:
    return Outgoing(
        message_id=row.trial_id,
        channel=Channel(row.channel),
        address=row.address,
        name="",
        language=row.language,
        purpose=Purpose.SERVICE,
        subject=row.subject,
        text=row.body_text,
        html=row.body_html,
        composed_at=row.requested_at,
        rule=row.template,
    )
