"""SQL of rules. Whoever changes a rule holds its lock until the transaction ends."""

from sqlalchemy import Text, cast, func, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.notification.rules.document import Rule, read_rule
from services.notification.rules.models import RuleChange, StoredRule
from shared.db.locks import advisory_key, transaction_lock


async def lock_rule(session: AsyncSession, name: str) -> None:
    """Changes of one rule follow each other; nobody else waits."""
    await transaction_lock(session, advisory_key("rule", name))


async def load_decided(session: AsyncSession) -> list[Rule]:
    """Of each rule ever put in force or retired here, the version in force, else the last one retired."""
    is_active = col(StoredRule.state) == "active"
    rows = await session.execute(
        select(
            col(StoredRule.name),
            col(StoredRule.version),
            col(StoredRule.state),
            cast(col(StoredRule.document), Text).label("document"),
        )
        .where(col(StoredRule.state) != "draft")
        .ext(distinct_on(col(StoredRule.name)))
        .order_by(col(StoredRule.name), is_active.desc(), col(StoredRule.version).desc())
    )
    return [read_rule(row.name, row.version, row.document, is_retired=row.state == "retired") for row in rows]


async def find_in_state(session: AsyncSession, name: str, state: str) -> StoredRule | None:
    found: StoredRule | None = await session.scalar(
        select(StoredRule).where(col(StoredRule.name) == name, col(StoredRule.state) == state)
    )
    return found


async def was_decided_on(session: AsyncSession, name: str) -> bool:
    """Whether any version was ever put in force or retired here."""
    decided = select(col(StoredRule.version)).where(col(StoredRule.name) == name, col(StoredRule.state) != "draft")
    return await session.scalar(decided.limit(1)) is not None


async def find_version(session: AsyncSession, name: str, version: int) -> StoredRule | None:
    return await session.get(StoredRule, (name, version))


async def latest_version(session: AsyncSession, name: str) -> int:
    """0 for a rule never stored."""
    return await session.scalar(select(func.max(StoredRule.version)).where(col(StoredRule.name) == name)) or 0


async def load_drafts(session: AsyncSession) -> dict[str, int]:
    """Versions of all drafts by name."""
    rows = await session.execute(
        select(col(StoredRule.name), col(StoredRule.version)).where(col(StoredRule.state) == "draft")
    )
    return {row.name: row.version for row in rows}


async def load_versions(session: AsyncSession, name: str, *, limit: int, before: int | None) -> list[StoredRule]:
    """The newest first; `before` is the last version of the page before."""
    versions = select(StoredRule).where(col(StoredRule.name) == name)
    if before is not None:
        versions = versions.where(col(StoredRule.version) < before)
    return list(await session.scalars(versions.order_by(col(StoredRule.version).desc()).limit(limit)))


async def load_changes(session: AsyncSession, name: str, *, limit: int, before: int | None) -> list[RuleChange]:
    """The latest first; `before` is the last one of the page before."""
    changes = select(RuleChange).where(col(RuleChange.name) == name)
    if before is not None:
        changes = changes.where(col(RuleChange.change_id) < before)
    return list(await session.scalars(changes.order_by(col(RuleChange.change_id).desc()).limit(limit)))
