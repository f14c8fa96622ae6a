"""Keeping a policy's document, so that its version means the same for ever."""

from datetime import datetime

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import func, select

from services.scoring.policies.document import write_policy
from services.scoring.policies.models import UsedPolicy
from services.scoring.policies.policy import Policy
from shared.errors import Conflict


async def keep_policy(session: AsyncSession, *, policy: Policy, used_at: datetime) -> None:
    """Stores the document at its version's first use.

    Raises Conflict when the version was used with another document, or a newer version has been used since.
    """
    document = write_policy(policy)
    await session.execute(
        insert(UsedPolicy)
        .values(version=policy.version, document=document, first_used_at=used_at)
        .on_conflict_do_nothing()
    )
    kept = await session.get_one(UsedPolicy, policy.version)
    if kept.document != document:
        raise Conflict(
            f"scores were told under another policy {policy.version}; give the changed document a new version",
            code="policy_version_reused",
            field="version",
        )
    newest = await session.scalar(select(func.max(UsedPolicy.version)))
    if newest is not None and newest > policy.version:
        raise Conflict(
            f"policy {newest} has been used since; to go back to policy {policy.version}, give it a higher version",
            code="policy_superseded",
            field="version",
            newest=newest,
        )
