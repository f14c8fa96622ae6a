"""Changing a registered customer: under its row's lock, told to others if anything is different afterwards."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.customer.consents.use_cases import record_decision
from services.customer.profiles import repository
from services.customer.profiles.claims import external_id_taken
from services.customer.profiles.profile import CustomerRecord, differ, in_order, revised
from services.customer.profiles.schemas import MAX_EXTERNAL_IDS, ConsentDecided, CustomerChange
from services.customer.profiles.use_cases.publication import publish
from services.customer.profiles.use_cases.values import changes_of
from shared.contracts.common import Channel, ExternalId, Purpose
from shared.errors import Conflict, NotFound, PreconditionFailed
from shared.messaging.outbox import Outbox


async def change_customer(
    session: AsyncSession,
    customer_id: UUID,
    change: CustomerChange,
    *,
    expected_version: int,
    outbox: Outbox,
    now: datetime,
) -> CustomerRecord:
    """Raises NotFound, PreconditionFailed when it is at another version, InvalidInput or Conflict for the change."""
    before = await _lock(session, customer_id)
    if before.version != expected_version:
        raise PreconditionFailed(
            f"the customer is at version {before.version}, you change version {expected_version}; "
            "read it again and decide anew",
            code="version_conflict",
            field="If-Match",
            version=before.version,
        )
    after = replace(before, profile=revised(before.profile, changes_of(change), now=now))
    return await _keep(session, before, after, outbox=outbox, now=now)


async def decide_consent(
    session: AsyncSession,
    customer_id: UUID,
    channel: Channel,
    purpose: Purpose,
    decided: ConsentDecided,
    *,
    outbox: Outbox,
    now: datetime,
    recorded_by: str,
) -> CustomerRecord:
    """Records a decision; the latest per channel and purpose stands. Raises NotFound or InvalidInput."""
    before = await _lock(session, customer_id)
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
    return await _keep(session, before, after, outbox=outbox, now=now)


async def link_external_id(
    session: AsyncSession, customer_id: UUID, identity: ExternalId, *, outbox: Outbox, now: datetime
) -> CustomerRecord:
    """Raises NotFound, or Conflict naming the other customer who has this identity."""
    before = await _lock(session, customer_id)
    if identity in before.external_ids:
        return before
    if len(before.external_ids) >= MAX_EXTERNAL_IDS:
        raise Conflict(
            f"a customer has at most {MAX_EXTERNAL_IDS} external ids; remove one first", code="external_ids_too_many"
        )
    holders = await repository.claim_identities(session, {identity: customer_id})
    if holders[identity] != customer_id:
        raise external_id_taken(identity, holders[identity], field="external_id")
    linked = in_order((*before.external_ids, identity))
    return await _keep(session, before, replace(before, external_ids=linked), outbox=outbox, now=now)


async def unlink_external_id(
    session: AsyncSession, customer_id: UUID, identity: ExternalId, *, outbox: Outbox, now: datetime
) -> CustomerRecord:
    """Raises NotFound when there is no such customer, or it does not have this identity."""
    before = await _lock(session, customer_id)
    if identity not in before.external_ids:
        raise NotFound("this customer does not have this external id", code="external_id_unknown", field="external_id")
    await repository.release_identity(session, customer_id, identity)
    left = tuple(held for held in before.external_ids if held != identity)
    return await _keep(session, before, replace(before, external_ids=left), outbox=outbox, now=now)


async def _lock(session: AsyncSession, customer_id: UUID) -> CustomerRecord:
    record = await repository.find_customer(session, customer_id, lock=True)
    if record is None:
        raise NotFound(f"there is no customer {customer_id}", code="customer_unknown")
    return record


async def _keep(
    session: AsyncSession, before: CustomerRecord, after: CustomerRecord, *, outbox: Outbox, now: datetime
) -> CustomerRecord:
    if after.external_ids == before.external_ids and not differ(before.profile, after.profile):
        return before
    kept = replace(after, version=before.version + 1, changed_at=now)
    await repository.update_customer(session, kept)
    await publish(session, outbox, [kept])
    return kept
