"""Reading rules: those in force, for whoever plans; and drafts, versions and changes, for those who keep them."""

from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from services.notification.calendars.codes import HOLIDAYS
from services.notification.rules import repository
from services.notification.rules.book import RuleBook
from services.notification.rules.document import Rule, RuleDocument
from services.notification.rules.kinds import EVENTS, OF_OCCASIONS, Told
from services.notification.rules.models import StoredRule
from services.notification.rules.schemas import (
    HolidayName,
    RuleChangeRead,
    RuleRead,
    RuleSchema,
    RuleSummary,
    RuleVocabulary,
)
from services.notification.rules.shipped import shipped_rules
from services.notification.rules.vocabulary import vocabulary_of
from shared.errors import NotFound
from shared.web.pagination import Page, PageParams, decode_cursor, encode_cursor


async def rules_in_force(session: AsyncSession) -> RuleBook:
    """The rules this transaction works by: an activation counts from the next transaction on, in every process."""
    decided = await repository.load_decided(session)
    return RuleBook([*shipped_rules().values(), *decided])  # of one name, what was decided here counts


async def find_draft(session: AsyncSession, name: str) -> Rule | None:
    row = await repository.find_in_state(session, name, "draft")
    return None if row is None else _rule_of(row)


async def list_rules(session: AsyncSession) -> list[RuleSummary]:
    """Every rule there is or was, by name. There are dozens of them, not thousands."""
    book = await rules_in_force(session)
    drafts = await repository.load_drafts(session)
    shown = {rule.name: _summary(rule, drafts.get(rule.name), in_force=not rule.is_retired) for rule in book}
    for name, version in drafts.items():
        if name not in shown:
            row = await repository.find_version(session, name, version)
            if row is not None:
                shown[name] = _summary(_rule_of(row), version, in_force=False)
    return [shown[name] for name in sorted(shown)]


async def get_rule(session: AsyncSession, name: str, version: int | None = None) -> RuleRead:
    """That version, by default the one in force, else the last that was, else the draft. Raises NotFound."""
    if version is None:
        rule = (await rules_in_force(session)).find(name)
        version = rule.version if rule is not None else await repository.latest_version(session, name)
    row = await repository.find_version(session, name, version)
    if row is not None:
        return show_rule(row)
    shipped = shipped_rules().get(name)
    if shipped is None or shipped.version != version:
        raise _unknown(f"{name} of version {version}" if version else name)
    return show_shipped(shipped)


async def list_versions(session: AsyncSession, name: str, page: PageParams) -> Page[RuleRead]:
    """The newest first; the one that Rapport comes with is the last. Raises NotFound for a rule never heard of."""
    before = decode_cursor(page.cursor, int)[0] if page.cursor is not None else None
    rows = await repository.load_versions(session, name, limit=page.limit + 1, before=before)
    items = [show_rule(row) for row in rows]
    shipped = shipped_rules().get(name)
    is_last_page = len(rows) <= page.limit and (before is None or (shipped is not None and shipped.version < before))
    if is_last_page and shipped is not None and all(item.version != shipped.version for item in items):
        items.append(show_shipped(shipped))
    if not items and before is None:
        raise _unknown(name)
    more = len(items) > page.limit
    items = items[: page.limit]
    return Page(items=items, next_cursor=encode_cursor(items[-1].version) if more else None)


async def list_changes(session: AsyncSession, name: str, page: PageParams) -> Page[RuleChangeRead]:
    """The latest first; of a rule never changed there are none."""
    before = decode_cursor(page.cursor, int)[0] if page.cursor is not None else None
    rows = await repository.load_changes(session, name, limit=page.limit + 1, before=before)
    items = [RuleChangeRead.model_validate(row) for row in rows[: page.limit]]
    more = len(rows) > page.limit
    return Page(items=items, next_cursor=encode_cursor(rows[page.limit - 1].change_id) if more else None)


def rule_schema() -> RuleSchema:
    return RuleSchema(
        document=RuleDocument.model_json_schema(),
        events={name: _vocabulary(name, kind.tells) for name, kind in EVENTS.items()},
        occasion=_vocabulary(None, OF_OCCASIONS),
        holidays=[
            HolidayName(code=one.code, names=one.names_by_language, festival=one.is_festival)
            for one in HOLIDAYS.values()
        ],
    )


def show_rule(row: StoredRule) -> RuleRead:
    values: dict[str, Any] = row.model_dump()
    return RuleRead.model_validate(values)


def show_shipped(rule: Rule) -> RuleRead:
    return RuleRead(
        name=rule.name,
        version=rule.version,
        state="active",
        revision=1,
        author=None,
        reason=None,
        created_at=None,
        active_from=None,
        active_until=None,
        document=rule.document,
    )


def _unknown(what: str) -> NotFound:
    return NotFound(f"there is no rule {what}; GET /v1/rules lists those there are", code="rule_unknown")


def _rule_of(row: StoredRule) -> Rule:
    return Rule(row.name, row.version, RuleDocument.model_validate(row.document))


def _summary(rule: Rule, draft: int | None, *, in_force: bool) -> RuleSummary:
    return RuleSummary(
        name=rule.name,
        version=rule.version if in_force else None,
        draft=draft,
        shipped=shipped_rules().get(rule.name) is rule,
        description=rule.document.description,
        action="message" if rule.document.task is None else "task",
        trigger=str(rule.document.on),
        priority=rule.document.priority,
    )


def _vocabulary(event: str | None, tells: tuple[Told, ...]) -> RuleVocabulary:
    return RuleVocabulary(
        condition=vocabulary_of(event).json_schema(), shows=[told.name for told in tells if told.shown]
    )
