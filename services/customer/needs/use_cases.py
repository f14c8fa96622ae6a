"""What is found out of an account: its needs, how we stand, what it spends; each under the account's lock."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.customer.contacts.queries import get_contact
from services.customer.journal.use_cases import Entry, note_changes
from services.customer.needs import repository
from services.customer.needs.models import Need, SwotAnalysis
from services.customer.needs.schemas import EstimateGiven, NeedChange, NeedCreate, SwotGiven
from services.customer.profiles.profile import CustomerRecord
from services.customer.profiles.revision import check_report_time
from services.customer.profiles.use_cases.changes import lock_customer, revise_customer
from services.customer.profiles.use_cases.publication import Announcer
from services.customer.profiles.wallet import Estimate, with_estimate
from shared.contracts.common import Money
from shared.errors import NotFound, PreconditionFailed
from shared.ids import uuid7
from shared.money import parse_money


async def add_need(
    session: AsyncSession, customer_id: UUID, wanted: NeedCreate, *, now: datetime, changed_by: str
) -> Need:
    """Raises NotFound for an unknown customer, or a contact that is not its own."""
    await lock_customer(session, customer_id)
    if wanted.contact_id is not None:
        await get_contact(session, customer_id, wanted.contact_id)
    need = Need(
        need_id=uuid7(),
        customer_id=customer_id,
        version=1,
        added_at=now,
        added_by=changed_by,
        changed_at=now,
        **wanted.model_dump(mode="python"),
    )
    session.add(need)
    await session.flush()
    await _note(session, need, None, now=now, changed_by=changed_by)
    return need


async def change_need(
    session: AsyncSession,
    customer_id: UUID,
    need_id: UUID,
    change: NeedChange,
    *,
    expected_version: int,
    now: datetime,
    changed_by: str,
) -> Need:
    """Raises NotFound, or PreconditionFailed when it is at another version."""
    await lock_customer(session, customer_id)
    need = await repository.find_need(session, customer_id, need_id)
    if need is None:
        raise NotFound(f"customer {customer_id} has no need {need_id}", code="need_unknown")
    _demand_version(need.version, expected_version, "the need")
    was = _summary(need)
    for name in change.model_fields_set:
        setattr(need, name, getattr(change, name))
    need.version, need.changed_at = need.version + 1, now
    await _note(session, need, was, now=now, changed_by=changed_by)
    return need


async def write_swot(
    session: AsyncSession, customer_id: UUID, given: SwotGiven, *, expected_version: int, now: datetime, written_by: str
) -> SwotAnalysis:
    """A new version of it. Raises NotFound, or PreconditionFailed when it is at another version."""
    await lock_customer(session, customer_id)
    held = await repository.find_swot(session, customer_id)
    version = held.version if held else 0
    _demand_version(version, expected_version, "the analysis")
    swot = SwotAnalysis(
        customer_id=customer_id,
        version=version + 1,
        written_at=now,
        written_by=written_by,
        **{name: list(points) for name, points in given.model_dump().items()},
    )
    session.add(swot)
    return swot


async def estimate_spend(
    session: AsyncSession,
    customer_id: UUID,
    category: str,
    given: EstimateGiven,
    *,
    announcer: Announcer,
    now: datetime,
    changed_by: str,
) -> CustomerRecord:
    """The estimate for a category, in place of the one before. Raises NotFound, InvalidInput, Conflict for too many."""
    check_report_time(given.estimated_at, now=now, field="estimated_at")
    yearly = parse_money(given.yearly.amount, given.yearly.currency, field="yearly")
    estimate = Estimate(
        category=category,
        yearly=Money(minor=yearly.minor, currency=yearly.currency),
        competitors=tuple(dict.fromkeys(given.competitors)),
        note=given.note,
        estimated_at=given.estimated_at or now,
        estimated_by=changed_by,
    )
    before = await lock_customer(session, customer_id)
    wallet = with_estimate(before.profile.wallet, estimate)
    return await revise_customer(
        session, before, {"wallet": wallet}, announcer=announcer, now=now, changed_by=changed_by
    )


async def drop_estimate(
    session: AsyncSession, customer_id: UUID, category: str, *, announcer: Announcer, now: datetime, changed_by: str
) -> CustomerRecord:
    """Raises NotFound when there is none."""
    before = await lock_customer(session, customer_id)
    wallet = tuple(held for held in before.profile.wallet if held.category != category)
    if len(wallet) == len(before.profile.wallet):
        raise NotFound("there is no estimate for this category", code="estimate_unknown", field="category")
    return await revise_customer(
        session, before, {"wallet": wallet}, announcer=announcer, now=now, changed_by=changed_by
    )


def _demand_version(version: int, expected: int, what: str) -> None:
    if version != expected:
        raise PreconditionFailed(
            f"{what} is at version {version}, you change version {expected}; read it again and decide anew",
            code="version_conflict",
            field="If-Match",
            version=version,
        )


async def _note(
    session: AsyncSession, need: Need, was: dict[str, Any] | None, *, now: datetime, changed_by: str
) -> None:
    entry = Entry(subject="needs", before=was, after=_summary(need))
    await note_changes(session, need.customer_id, [entry], changed_at=now, changed_by=changed_by)


def _summary(need: Need) -> dict[str, Any]:
    return {"need_id": str(need.need_id), "kind": need.kind, "status": need.status, "category": need.category}
