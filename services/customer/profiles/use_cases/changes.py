"""Changing a registered customer: under its row's lock, told to others if anything is different afterwards."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.customer.consents.use_cases import record_decision
from services.customer.journal.use_cases import Entry, note_changes
from services.customer.profiles import repository
from services.customer.profiles.claims import external_id_taken
from services.customer.profiles.contact_points import with_reported_state
from services.customer.profiles.profile import CustomerRecord, differ, in_order, revised
from services.customer.profiles.revision import audited_changes, check_report_time
from services.customer.profiles.schemas.fields import MAX_EXTERNAL_IDS
from services.customer.profiles.schemas.parts import ConsentDecided, ContactStateReported
from services.customer.profiles.schemas.requests import CustomerChange
from services.customer.profiles.use_cases.publication import Announcer
from services.customer.profiles.use_cases.values import changes_of
from shared.contracts.common import Channel, ExternalId, Purpose
from shared.errors import Conflict, NotFound, PreconditionFailed


async def change_customer(
    session: AsyncSession,
    customer_id: UUID,
    change: CustomerChange,
    *,
    expected_version: int,
    announcer: Announcer,
    now: datetime,
    changed_by: str,
) -> CustomerRecord:
    """Raises NotFound, PreconditionFailed when it is at another version, InvalidInput or Conflict for the change."""
    before = await lock_customer(session, customer_id)
    if before.version != expected_version:
        raise PreconditionFailed(
            f"the customer is at version {before.version}, you change version {expected_version}; "
            "read it again and decide anew",
            code="version_conflict",
            field="If-Match",
            version=before.version,
        )
    return await revise_customer(
        session, before, changes_of(change), announcer=announcer, now=now, changed_by=changed_by
    )


async def revise_customer(
    session: AsyncSession,
    before: CustomerRecord,
    values: Mapping[str, Any],
    *,
    announcer: Announcer,
    now: datetime,
    changed_by: str,
    reason: str | None = None,
) -> CustomerRecord:
    """The locked customer with these values of its profile, checked, kept and told. Raises InvalidInput or Conflict."""
    after = replace(before, profile=revised(before.profile, values, now=now))
    return await keep_customer(
        session, before, after, announcer=announcer, now=now, changed_by=changed_by, reason=reason
    )


async def decide_consent(
    session: AsyncSession,
    customer_id: UUID,
    channel: Channel,
    purpose: Purpose,
    decided: ConsentDecided,
    *,
    announcer: Announcer,
    now: datetime,
    recorded_by: str,
) -> CustomerRecord:
    """Records a decision; the latest per channel and purpose stands. Raises NotFound or InvalidInput."""
    before = await lock_customer(session, customer_id)
    standing = await record_decision(
        session,
        customer_id=customer_id,
        standing=before.profile.consents,
        channel=channel,
        purpose=purpose,
        granted=decided.granted,
        at=decided.at,
        proof=decided.proof,
        now=now,
        recorded_by=recorded_by,
    )
    after = replace(before, profile=replace(before.profile, consents=standing))
    return await keep_customer(session, before, after, announcer=announcer, now=now, changed_by=recorded_by)


async def report_contact_state(
    session: AsyncSession,
    customer_id: UUID,
    report: ContactStateReported,
    *,
    announcer: Announcer,
    now: datetime,
    reported_by: str,
) -> CustomerRecord:
    """Keeps what was found out last of a contact point. Raises NotFound or InvalidInput."""
    check_report_time(report.at, now=now)
    before = await lock_customer(session, customer_id)
    points = with_reported_state(
        before.profile.contact_points, report.kind, report.address, report.state, report.at or now
    )
    after = replace(before, profile=replace(before.profile, contact_points=points))
    return await keep_customer(
        session, before, after, announcer=announcer, now=now, changed_by=reported_by, reason=report.reason
    )


async def link_external_id(
    session: AsyncSession,
    customer_id: UUID,
    identity: ExternalId,
    *,
    announcer: Announcer,
    now: datetime,
    changed_by: str,
) -> CustomerRecord:
    """Raises NotFound, or Conflict naming the other customer who has this identity."""
    before = await lock_customer(session, customer_id)
    if identity in before.external_ids:
        return before
    if len(before.external_ids) >= MAX_EXTERNAL_IDS:
        raise Conflict(
            f"a customer has at most {MAX_EXTERNAL_IDS} external ids; remove one first", code="external_ids_too_many"
        )
    holders = await repository.claim_identities(session, {identity: customer_id})
    if holders[identity] != customer_id:
        raise external_id_taken(identity, holders[identity], field="external_id")
    after = replace(before, external_ids=in_order((*before.external_ids, identity)))
    return await keep_customer(session, before, after, announcer=announcer, now=now, changed_by=changed_by)


async def unlink_external_id(
    session: AsyncSession,
    customer_id: UUID,
    identity: ExternalId,
    *,
    announcer: Announcer,
    now: datetime,
    changed_by: str,
) -> CustomerRecord:
    """Raises NotFound when there is no such customer, or it does not have this identity."""
    before = await lock_customer(session, customer_id)
    if identity not in before.external_ids:
        raise NotFound("this customer does not have this external id", code="external_id_unknown", field="external_id")
    await repository.release_identity(session, customer_id, identity)
    after = replace(before, external_ids=tuple(held for held in before.external_ids if held != identity))
    return await keep_customer(session, before, after, announcer=announcer, now=now, changed_by=changed_by)


async def lock_customer(session: AsyncSession, customer_id: UUID) -> CustomerRecord:
    """Nobody else changes the customer, or anything that belongs to it, until the transaction ends. Raises NotFound."""
    record = await repository.find_customer(session, customer_id, lock=True)
    if record is None:
        raise NotFound(f"there is no customer {customer_id}", code="customer_unknown")
    return record


async def keep_customer(
    session: AsyncSession,
    before: CustomerRecord,
    after: CustomerRecord,
    *,
    announcer: Announcer,
    now: datetime,
    changed_by: str,
    reason: str | None = None,
    beside: Sequence[Entry] = (),
) -> CustomerRecord:
    """Writes, journals and tells `after`, unless it is `before`. `beside` goes into the journal in any case."""
    changed = after.external_ids != before.external_ids or differ(before.profile, after.profile)
    entries = (*audited_changes(before.profile, after.profile, reason), *beside)
    if entries:
        await note_changes(session, before.customer_id, entries, changed_at=now, changed_by=changed_by)
    if not changed:
        return before
    kept = replace(after, version=before.version + 1, changed_at=now)
    await repository.update_customer(session, kept)
    await announcer.publish(session, [kept])
    return kept
