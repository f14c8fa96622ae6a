"""Who looks after a customer, and the handover that every change of hands asks for."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.customer.ownership import repository
from services.customer.ownership.handover import completed, opened
from services.customer.ownership.models import Handover
from services.customer.ownership.schemas import HandoverDone, OwnershipGiven
from services.customer.profiles.profile import CustomerRecord
from services.customer.profiles.use_cases.changes import lock_customer, revise_customer
from services.customer.profiles.use_cases.publication import Announcer
from services.customer.profiles.use_cases.values import manager_of
from shared.contracts.customer import HandoverReason
from shared.errors import Conflict, NotFound
from shared.ids import uuid7


async def assign_owner(
    session: AsyncSession,
    customer_id: UUID,
    given: OwnershipGiven,
    *,
    announcer: Announcer,
    handover_due: timedelta,
    now: datetime,
    changed_by: str,
) -> CustomerRecord:
    """Opens a handover when somebody looked after the customer before. Raises NotFound or InvalidInput."""
    before = await lock_customer(session, customer_id)
    values = {"owner": manager_of(given.owner), "backup_owner": manager_of(given.backup_owner)}
    after = await revise_customer(
        session, before, values, announcer=announcer, now=now, changed_by=changed_by, reason=given.reason
    )
    old, new = before.profile.owner, after.profile.owner
    if old is not None and old.id != (new.id if new else None):
        handover = Handover(
            handover_id=uuid7(),
            customer_id=customer_id,
            reason=HandoverReason.OWNER_CHANGED.value,
            from_owner_id=old.id,
            to_owner_id=new.id if new else None,
            opened_at=now,
            opened_by=changed_by,
            due_at=now + handover_due,
        )
        await _open(session, announcer, handover)
    return after


async def hand_over_contact(
    session: AsyncSession,
    customer: CustomerRecord,
    *,
    from_contact_id: UUID,
    to_contact_id: UUID | None,
    announcer: Announcer,
    handover_due: timedelta,
    now: datetime,
    changed_by: str,
) -> None:
    """The main contact changed, or left (`to_contact_id` is None). The caller holds the customer's lock."""
    owner = customer.profile.owner
    handover = Handover(
        handover_id=uuid7(),
        customer_id=customer.customer_id,
        reason=HandoverReason.MAIN_CONTACT_CHANGED.value,
        to_owner_id=owner.id if owner else None,
        from_contact_id=from_contact_id,
        to_contact_id=to_contact_id,
        opened_at=now,
        opened_by=changed_by,
        due_at=now + handover_due,
    )
    await _open(session, announcer, handover)


async def name_successor(session: AsyncSession, customer_id: UUID, to_contact_id: UUID) -> None:
    """Of a main contact who left without one, if its handover is still open. The caller holds the customer's lock."""
    waiting = await repository.find_without_successor(session, customer_id)
    if waiting is not None:
        waiting.to_contact_id = to_contact_id


async def complete_handover(
    session: AsyncSession,
    handover_id: UUID,
    done: HandoverDone,
    *,
    announcer: Announcer,
    now: datetime,
    completed_by: str,
) -> Handover:
    """Raises NotFound, or Conflict when it was completed before."""
    found = await repository.find_handover(session, handover_id)
    if found is None:
        raise NotFound(f"there is no handover {handover_id}; GET /v1/handovers lists them", code="handover_unknown")
    await lock_customer(session, found.customer_id)
    handover = await repository.find_handover(session, handover_id, lock=True)
    if handover is None or handover.completed_at is not None:
        raise Conflict("this handover was completed before", code="handover_closed", handover_id=str(handover_id))
    handover.completed_at, handover.completed_by, handover.note = now, completed_by, done.note
    await announcer.append(session, completed(handover.model_dump(), at=now, by=completed_by))
    return handover


async def _open(session: AsyncSession, announcer: Announcer, handover: Handover) -> None:
    session.add(handover)
    await session.flush()
    await announcer.append(session, opened(handover.model_dump()))
