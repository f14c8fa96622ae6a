"""Rules: which there are, and how they are changed."""

from typing import Annotated, Any

from fastapi import Path, Query, status

from services.notification.parameters import Admin, Reader, Writer
from services.notification.rules import queries, use_cases
from services.notification.rules.checking import check_rule, shown_by
from services.notification.rules.schemas import (
    RuleChangeRead,
    RuleDraft,
    RuleRead,
    RuleReason,
    RuleSchema,
    RuleSummary,
    RuleTrial,
    RuleValidation,
)
from services.notification.templates.use_cases import load_specs
from shared.service import ClockDep
from shared.web.etag import ETagDep
from shared.web.pagination import Page, PageDep
from shared.web.routing import SessionDep, api_router

router = api_router(prefix="/v1/rules", tags=["rules"])

Name = Annotated[str, Path(pattern=r"^[a-z][a-z0-9_]{1,59}$", description="the rule's name")]
_CONFLICT: dict[int | str, dict[str, Any]] = {status.HTTP_409_CONFLICT: {"description": "its state does not allow it"}}


@router.get("")
async def list_rules(session: SessionDep, _principal: Reader) -> list[RuleSummary]:
    """Every rule that is in force, was, or is drafted, by name."""
    return await queries.list_rules(session)


@router.get("/schema")
async def read_rule_schema(_principal: Reader) -> RuleSchema:
    """What a rule may say: its JSON Schema, and for each trigger the fields of conditions and of templates."""
    return queries.rule_schema()


@router.post("/validate")
async def validate_rule(wanted: RuleValidation, session: SessionDep, _principal: Writer) -> RuleTrial:
    """Checks a rule as a draft would be checked. Keeps nothing."""
    check_rule(wanted.document, await load_specs(session))
    return RuleTrial(shows=shown_by(wanted.document))


@router.get("/{name}")
async def read_rule(
    name: Name,
    session: SessionDep,
    etag: ETagDep,
    _principal: Reader,
    version: Annotated[int | None, Query(ge=1, le=2**31 - 1, description="by default the one in force")] = None,
) -> RuleRead:
    """One version of a rule; by default the one in force, else the last that was, else the draft."""
    rule = await queries.get_rule(session, name, version)
    etag.set(rule.revision)
    return rule


@router.get("/{name}/versions")
async def list_rule_versions(name: Name, session: SessionDep, page: PageDep, _principal: Reader) -> Page[RuleRead]:
    """Every version there ever was, the newest first."""
    return await queries.list_versions(session, name, page)


@router.get("/{name}/history")
async def list_rule_changes(name: Name, session: SessionDep, page: PageDep, _principal: Reader) -> Page[RuleChangeRead]:
    """Who did what to a rule, when and why; the latest first."""
    return await queries.list_changes(session, name, page)


@router.put("/{name}/draft")
async def put_rule_draft(
    name: Name, wanted: RuleDraft, session: SessionDep, clock: ClockDep, etag: ETagDep, principal: Writer
) -> RuleRead:
    """Writes the draft of a rule, new or in place of the draft before. Nothing is sent by it until it is activated."""
    row = await use_cases.put_draft(
        session, name, wanted.document, author=principal.subject, reason=wanted.reason, now=clock.now()
    )
    etag.set(row.revision)
    return queries.show_rule(row)


@router.post("/{name}/retire", responses=_CONFLICT)
async def retire_rule(
    name: Name, wanted: RuleReason, session: SessionDep, clock: ClockDep, principal: Admin
) -> RuleRead:
    """Takes a rule out of force, also one that Rapport comes with."""
    row = await use_cases.retire_rule(session, name, author=principal.subject, reason=wanted.reason, now=clock.now())
    return queries.show_rule(row)
