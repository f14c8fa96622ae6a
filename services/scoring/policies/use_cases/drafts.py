"""Drafts: written, changed, rebased on what came into force meanwhile, and discarded."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from services.scoring.policies.models import StoredPolicy
from services.scoring.policies.patching import (
    Difference,
    Document,
    contested_fields,
    differences,
    merge_patch,
    patch_between,
)
from services.scoring.policies.policy import PolicyDocument
from services.scoring.policies.queries import Policies, find_version, get_policy
from services.scoring.policies.states import demand_possible
from services.scoring.policies.use_cases.register import get_revision, lock_policies, next_version, record, written
from shared.errors import Conflict


async def create_draft(
    session: AsyncSession,
    *,
    policies: Policies,
    base: int | None,
    document: PolicyDocument | None,
    patch: Document | None,
    author: str,
    reason: str,
    now: datetime,
) -> StoredPolicy:
    """A new version, by default made from the policy in force. Raises NotFound or InvalidInput."""
    in_force = await lock_policies(session, policies=policies, now=now)
    based_on = await get_policy(session, in_force if base is None else base)
    whole = written(policies.document(based_on), document, patch)
    return await _add(session, based_on.version, whole, author=author, reason=reason, now=now)


async def try_out(
    session: AsyncSession,
    *,
    policies: Policies,
    base: int | None,
    document: PolicyDocument | None,
    patch: Document | None,
) -> tuple[int, list[Difference]]:
    """Checks what `create_draft` would store: the base, and what would differ from it. Changes nothing."""
    chosen = await find_version(session) if base is None else base
    if chosen is None:
        version, before = policies.first.version, policies.first_document
    else:
        version, before = chosen, policies.document(await get_policy(session, chosen))
    return version, differences(before, written(before, document, patch))


async def change_draft(
    session: AsyncSession,
    version: int,
    *,
    policies: Policies,
    expected_revision: int,
    document: PolicyDocument | None,
    patch: Document | None,
    author: str,
    reason: str,
    now: datetime,
) -> StoredPolicy:
    """What was simulated before the change no longer counts. Raises NotFound, Conflict or InvalidInput."""
    await lock_policies(session, policies=policies, now=now)
    row = await get_revision(session, version, expected_revision)
    demand_possible("change", version, row.state)
    before = policies.document(row)
    row.document = written(before, document, patch)
    row.revision += 1
    row.state = "draft"
    changed = [one.field for one in differences(before, row.document)]
    await record(session, version, "changed", now=now, author=author, reason=reason, details={"fields": changed})
    return row


async def rebase_draft(
    session: AsyncSession, version: int, *, policies: Policies, author: str, reason: str, now: datetime
) -> StoredPolicy:
    """A new draft with the same changes, made from the policy in force; the old one is discarded.

    Raises Conflict (`policy_rebase_conflict`) where the policy in force has changed the same fields otherwise.
    """
    in_force = await lock_policies(session, policies=policies, now=now)
    row = await get_policy(session, version)
    demand_possible("rebase", version, row.state)
    base = policies.document(await get_policy(session, row.base_version or in_force))
    ours, theirs = policies.document(row), policies.document(await get_policy(session, in_force))
    contested = contested_fields(base, ours, theirs)
    if contested:
        raise Conflict(
            f"policy {in_force} has changed {', '.join(contested)} otherwise; make a draft of policy {in_force} and "
            "decide on them anew",
            code="policy_rebase_conflict",
            fields=contested,
            in_force=in_force,
        )
    whole = written(merge_patch(theirs, patch_between(base, ours)), None, {})
    rebased = await _add(session, in_force, whole, author=author, reason=reason, now=now)
    row.state = "discarded"
    details = {"rebased_as": rebased.version}
    await record(session, version, "rebased", now=now, author=author, reason=reason, details=details)
    return rebased


async def discard_draft(
    session: AsyncSession,
    version: int,
    *,
    policies: Policies,
    expected_revision: int,
    author: str,
    reason: str,
    now: datetime,
) -> StoredPolicy:
    """It stays readable, and its version is not used again. Raises NotFound or Conflict."""
    await lock_policies(session, policies=policies, now=now)
    row = await get_revision(session, version, expected_revision)
    demand_possible("discard", version, row.state)
    row.state = "discarded"
    row.revision += 1
    await record(session, version, "discarded", now=now, author=author, reason=reason)
    return row


async def mark_simulated(
    session: AsyncSession, version: int, *, policies: Policies, revision: int, simulation: str, now: datetime
) -> None:
    """Notes that the draft was tried on all customers, unless it was changed or decided on meanwhile."""
    await lock_policies(session, policies=policies, now=now)
    row = await get_policy(session, version)
    if row.revision == revision and row.state == "draft":
        row.state = "simulated"
        await record(session, version, "simulated", now=now, details={"simulation_id": simulation})


async def _add(
    session: AsyncSession, base: int, document: Document, *, author: str, reason: str, now: datetime
) -> StoredPolicy:
    row = StoredPolicy(
        version=await next_version(session),
        document=document,
        state="draft",
        base_version=base,
        author=author,
        reason=reason,
        created_at=now,
    )
    session.add(row)
    await record(session, row.version, "created", now=now, author=author, reason=reason, details={"base": base})
    return row
