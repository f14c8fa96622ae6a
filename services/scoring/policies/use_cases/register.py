"""What all changes of policies share: one at a time, each written down with its author and reason."""

from datetime import UTC, datetime
from typing import Any, Final

from pydantic import ValidationError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import func, select

from services.scoring.policies.document import check_document, write_document, write_policy
from services.scoring.policies.models import PolicyDecision, StoredPolicy
from services.scoring.policies.patching import Document, merge_patch
from services.scoring.policies.policy import PolicyDocument
from services.scoring.policies.queries import Policies, find_version, get_policy
from shared.db.locks import advisory_key, transaction_lock
from shared.errors import InvalidInput, PreconditionFailed
from shared.validation import explain

_ONE_AT_A_TIME: Final = advisory_key("scoring", "policies")
_ALWAYS: Final = datetime(1970, 1, 1, tzinfo=UTC)
"""The first policy holds for all of the past: no fact is older."""


async def lock_policies(session: AsyncSession, *, policies: Policies, now: datetime) -> int:
    """Waits for its turn to change policies, and returns the version in force.

    A database without any policy is given its first one.
    """
    await transaction_lock(session, _ONE_AT_A_TIME)
    version = await find_version(session)
    if version is not None:
        return version
    first = policies.first
    session.add(
        StoredPolicy(
            version=first.version,
            document=write_policy(first),
            state="active",
            created_at=now,
            first_used_at=_ALWAYS,
            reason="the policy that the service began with",
        )
    )
    await record(session, first.version, "activated", now=now)
    return first.version


async def record(
    session: AsyncSession,
    version: int,
    action: str,
    *,
    now: datetime,
    author: str | None = None,
    reason: str | None = None,
    details: dict[str, Any] | None = None,
) -> None:
    """Writes down what was done; the changes it tells of are flushed before."""
    session.add(
        PolicyDecision(
            version=version, action=action, decided_at=now, decided_by=author, reason=reason, details=details
        )
    )
    await session.flush()


async def next_version(session: AsyncSession) -> int:
    return (await session.scalar(select(func.max(StoredPolicy.version))) or 0) + 1


async def get_revision(session: AsyncSession, version: int, expected: int) -> StoredPolicy:
    """Raises NotFound, or PreconditionFailed when the policy was changed since it was read."""
    row = await get_policy(session, version)
    if row.revision != expected:
        raise PreconditionFailed(
            f"policy {version} is at revision {row.revision}, you decided on revision {expected}; read it again and "
            "decide anew",
            code="version_conflict",
            field="If-Match",
            version=row.revision,
        )
    return row


def written(base: Document, document: PolicyDocument | None, patch: Document | None) -> Document:
    """What was sent as a whole document or as a change of `base`, checked. Raises InvalidInput (`policy_invalid`)."""
    if document is not None:
        return write_document(document)
    changed = merge_patch(base, patch)
    try:
        return write_document(check_document(changed))
    except ValidationError as error:
        faults = explain(error.errors(include_url=False), changed, PolicyDocument)
        raise InvalidInput(
            f"the patched document is invalid: {faults[0].field}: {faults[0].detail}",
            code="policy_invalid",
            errors=[fault._asdict() for fault in faults],
        ) from error
