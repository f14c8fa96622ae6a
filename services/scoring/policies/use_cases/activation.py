"""Putting a policy in force: now, at a later instant, or again after another one."""

from datetime import datetime

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from services.scoring.policies.models import StoredPolicy
from services.scoring.policies.queries import Policies, find_scheduled, get_policy
from services.scoring.policies.states import (
    demand_current_base,
    demand_none_scheduled,
    demand_possible,
    demand_simulated,
    is_for_later,
)
from services.scoring.policies.use_cases.register import get_revision, lock_policies, next_version, record

log = structlog.get_logger(__name__)


async def activate(
    session: AsyncSession,
    version: int,
    *,
    policies: Policies,
    expected_revision: int,
    at: datetime | None,
    silent: bool,
    without_simulation: bool,
    author: str,
    reason: str,
    now: datetime,
) -> StoredPolicy:
    """Puts a draft in force now, or has it come into force at a later instant.

    Raises NotFound, Conflict when the draft or what is in force does not allow it, InvalidInput for a past instant.
    """
    later = is_for_later(at, now)
    in_force = await lock_policies(session, policies=policies, now=now)
    row = await get_revision(session, version, expected_revision)
    demand_possible("activate", version, row.state)
    demand_none_scheduled(await _scheduled_version(session))
    demand_current_base(version, row.base_version, in_force)
    demand_simulated(version, row.state, without_simulation=without_simulation)
    row.silent = silent
    row.revision += 1
    if not later:
        await _switch(session, row, in_force, now=now, author=author, reason=reason)
        return row
    row.state, row.activate_at = "scheduled", at
    details = {"at": row.activate_at.isoformat() if row.activate_at else None, "silent": silent}
    await record(session, version, "scheduled", now=now, author=author, reason=reason, details=details)
    return row


async def cancel_activation(
    session: AsyncSession,
    version: int,
    *,
    policies: Policies,
    expected_revision: int,
    author: str,
    reason: str,
    now: datetime,
) -> StoredPolicy:
    """Makes a scheduled policy a draft again. Raises NotFound, or Conflict when it is not scheduled (any more)."""
    await lock_policies(session, policies=policies, now=now)
    row = await get_revision(session, version, expected_revision)
    demand_possible("cancel", version, row.state)
    row.state, row.activate_at = "draft", None
    row.revision += 1
    await record(session, version, "cancelled", now=now, author=author, reason=reason)
    return row


async def roll_back(
    session: AsyncSession,
    version: int,
    *,
    policies: Policies,
    silent: bool,
    author: str,
    reason: str,
    now: datetime,
) -> StoredPolicy:
    """Puts the document of a policy that was in force once in force again, as a new version.

    Raises NotFound, or Conflict when it was never in force or an activation is scheduled.
    """
    in_force = await lock_policies(session, policies=policies, now=now)
    earlier = await get_policy(session, version)
    demand_possible("roll_back", version, earlier.state)
    demand_none_scheduled(await _scheduled_version(session))
    row = StoredPolicy(
        version=await next_version(session),
        document=policies.document(earlier),
        state="draft",
        base_version=in_force,
        author=author,
        reason=reason,
        created_at=now,
        silent=silent,
    )
    session.add(row)
    details = {"base": in_force, "document_of": version}
    await record(session, row.version, "created", now=now, author=author, reason=reason, details=details)
    await _switch(session, row, in_force, now=now, author=author, reason=reason)
    return row


async def switch_when_due(session: AsyncSession, *, policies: Policies, now: datetime) -> bool:
    """Puts the scheduled policy in force once its instant has come, however late that is noticed."""
    scheduled = await find_scheduled(session)
    if scheduled is None or scheduled.activate_at is None or scheduled.activate_at > now:
        return False
    in_force = await lock_policies(session, policies=policies, now=now)
    # Another process may have been faster, or its activation cancelled, while this one waited for its turn.
    await session.refresh(scheduled)
    if scheduled.state != "scheduled" or scheduled.activate_at is None or scheduled.activate_at > now:
        return False
    await _switch(session, scheduled, in_force, now=now, author=None, reason=None)
    return True


async def begin_with_first(session: AsyncSession, *, policies: Policies, now: datetime) -> None:
    """Gives a new database its first policy, and says so when one from a file is not used."""
    in_force = await lock_policies(session, policies=policies, now=now)
    stored = await get_policy(session, in_force)
    if policies.document(stored) != policies.first_document:
        log.warning("policy_file_not_used", in_force=in_force, reason="the database has a policy, and that one counts")


async def _switch(
    session: AsyncSession, row: StoredPolicy, in_force: int, *, now: datetime, author: str | None, reason: str | None
) -> None:
    """The one place where a policy comes into force; the row before it is written first, for one may be active."""
    before = await get_policy(session, in_force)
    before.state, before.retired_at = "retired", now
    await record(session, in_force, "retired", now=now, details={"followed_by": row.version})
    row.state, row.first_used_at = "active", now
    await record(
        session, row.version, "activated", now=now, author=author, reason=reason, details={"silent": row.silent}
    )


async def _scheduled_version(session: AsyncSession) -> int | None:
    scheduled = await find_scheduled(session)
    return None if scheduled is None else scheduled.version
