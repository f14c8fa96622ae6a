"""Changing rules: a draft is written, put in force, and retired; each with its author and reason."""

from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from services.notification.rules import repository
from services.notification.rules.checking import check_rule
from services.notification.rules.document import RuleDocument
from services.notification.rules.models import RuleChange, StoredRule
from services.notification.rules.shipped import shipped_rules
from services.notification.templates.use_cases import has_words, load_specs
from shared.errors import Conflict, InvalidInput, NotFound, PreconditionFailed


async def put_draft(
    session: AsyncSession, name: str, document: RuleDocument, *, author: str, reason: str, now: datetime
) -> StoredRule:
    """Writes the draft of a rule, or writes it anew. Raises InvalidInput for what could never be sent."""
    check_rule(document, await load_specs(session))
    await repository.lock_rule(session, name)
    row = await repository.find_in_state(session, name, "draft")
    plain = document.kept()
    if row is None:
        row = StoredRule(name=name, version=await _next_version(session, name), document=plain, state="draft")
        session.add(row)
    else:
        row.document, row.revision = plain, row.revision + 1
    row.author, row.reason, row.created_at = author, reason, now
    _record(session, row, "drafted", author=author, reason=reason, now=now)
    return row


async def activate_draft(
    session: AsyncSession,
    name: str,
    *,
    expected_revision: int,
    author: str,
    reason: str,
    now: datetime,
    details: dict[str, Any] | None = None,
) -> StoredRule:
    """Puts the draft in force in place of the version before it.

    Raises NotFound, or PreconditionFailed for a draft that was changed since it was read.
    """
    await repository.lock_rule(session, name)
    row = await repository.find_in_state(session, name, "draft")
    if row is None:
        raise NotFound(
            f"there is no draft of {name}; write one by PUT /v1/rules/{name}/draft", code="rule_draft_unknown"
        )
    if row.revision != expected_revision:
        raise PreconditionFailed(
            f"the draft was changed meanwhile and is at revision {row.revision}; read it again and decide anew",
            code="version_conflict",
            revision=row.revision,
        )
    await _check_words(session, RuleDocument.model_validate(row.document))
    await _end_present(session, name, now=now)
    row.state, row.active_from = "active", now
    _record(session, row, "activated", author=author, reason=reason, now=now, details=details)
    return row


async def _check_words(session: AsyncSession, document: RuleDocument) -> None:
    """Raises InvalidInput for a rule that could say nothing, were it in force."""
    check_rule(document, await load_specs(session))
    if not await has_words(session, document.template):
        raise InvalidInput(
            f"no words of the template {document.template} are in force: activate a version of it first",
            code="template_without_words",
            field="document.message.template" if document.task is None else "document.task.template",
        )


async def retire_rule(session: AsyncSession, name: str, *, author: str, reason: str, now: datetime) -> StoredRule:
    """Takes a rule out of force; what still waits by it is not sent. Raises Conflict when it is not in force."""
    await repository.lock_rule(session, name)
    row = await _end_present(session, name, now=now)
    if row is None:
        raise Conflict(f"{name} is not in force, so that there is nothing to retire", code="rule_not_in_force")
    _record(session, row, "retired", author=author, reason=reason, now=now)
    return row


async def _end_present(session: AsyncSession, name: str, *, now: datetime) -> StoredRule | None:
    """Ends what is in force; the rule that Rapport comes with gets a row with that, so that it stays known."""
    row = await repository.find_in_state(session, name, "active")
    shipped = shipped_rules().get(name)
    if row is not None:
        row.state, row.active_until = "retired", now
    elif shipped is not None and not await repository.was_decided_on(session, name):
        row = StoredRule(
            name=name,
            version=shipped.version,
            document=shipped.document.kept(),
            state="retired",
            active_until=now,
        )
        session.add(row)
    await session.flush()  # one version is active at a time, so that the next one must find this one ended
    return row


async def _next_version(session: AsyncSession, name: str) -> int:
    shipped = shipped_rules().get(name)
    return max(await repository.latest_version(session, name), shipped.version if shipped is not None else 0) + 1


def _record(
    session: AsyncSession,
    row: StoredRule,
    action: str,
    *,
    author: str,
    reason: str,
    now: datetime,
    details: dict[str, Any] | None = None,
) -> None:
    session.add(
        RuleChange(
            name=row.name, version=row.version, action=action, at=now, author=author, reason=reason, details=details
        )
    )
