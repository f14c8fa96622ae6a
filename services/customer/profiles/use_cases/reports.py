"""What the notification service hears from customers and their mail servers, kept with the customer it concerns."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from services.customer.consents.use_cases import record_told
from services.customer.profiles import repository
from services.customer.profiles.contact_points import find_reported, with_reported_state
from services.customer.profiles.profile import CustomerRecord
from services.customer.profiles.use_cases.changes import keep_customer
from services.customer.profiles.use_cases.publication import Announcer
from shared.contracts.customer import Consent, ContactState
from shared.contracts.notification import ContactPointReported, PreferencesChanged

log = structlog.get_logger(__name__)

_STATES = {"bounced": ContactState.BOUNCED, "complained": ContactState.OPTED_OUT}


async def keep_preferences(
    session: AsyncSession, told: PreferencesChanged, *, announcer: Announcer, now: datetime, told_by: str
) -> None:
    """The customer's decisions become its consents, with the record kept at `told_by` as their proof."""
    before = await _find(session, told.customer_id)
    if before is None:
        return
    proof = f"preferences, by {told.way.replace('_', ' ')}: {told.change_id}"
    standing = await record_told(
        session,
        customer_id=told.customer_id,
        standing=before.profile.consents,
        decisions=[
            Consent(channel=one.channel, purpose=one.purpose, granted=one.granted, at=told.at, proof=proof)
            for one in told.decisions
        ],
        now=now,
        recorded_by=told_by,
    )
    after = replace(before, profile=replace(before.profile, consents=standing))
    await keep_customer(session, before, after, announcer=announcer, now=now, changed_by=told_by)


async def keep_report(
    session: AsyncSession, told: ContactPointReported, *, announcer: Announcer, now: datetime, told_by: str
) -> None:
    """The contact point that is meant is marked; one that is gone by now, or cannot be told apart, is left alone."""
    before = await _find(session, told.customer_id)
    state = _STATES.get(told.reason)
    if before is None or state is None:
        return
    point = find_reported(before.profile.contact_points, told)
    if point is None:
        log.info("reported_contact_point_unknown", customer_id=str(told.customer_id), channel=told.channel.value)
        return
    points = with_reported_state(before.profile.contact_points, point.kind, point.address, state, min(told.at, now))
    after = replace(before, profile=replace(before.profile, contact_points=points))
    await keep_customer(
        session, before, after, announcer=announcer, now=now, changed_by=told_by,
        reason=f"{told.reason}: message {told.message_id}",
    )  # fmt: skip


async def _find(session: AsyncSession, customer_id: UUID) -> CustomerRecord | None:
    """The customer, locked. Who was written to had been registered here: there is none only after an erasure."""
    record = await repository.find_customer(session, customer_id, lock=True)
    if record is None:
        log.info("report_on_unknown_customer", customer_id=str(customer_id))
    return record
