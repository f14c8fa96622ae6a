"""Trying a rule on what has happened, and putting it in force knowing how many it reaches."""

from typing import Annotated, Any

from fastapi import Path, status

from services.notification.parameters import Admin, DeskDep, Writer
from services.notification.rules.queries import show_rule
from services.notification.rules.schemas import RuleRead
from services.notification.rules.use_cases import activate_draft
from services.notification.triggers import queries
from services.notification.triggers.schemas import DryRunRead, DryRunRequest, RuleActivation
from shared.web.etag import ETagDep, ExpectedVersion
from shared.web.routing import SessionDep, api_router

router = api_router(prefix="/v1/rules", tags=["rules"])

_MANY: dict[int | str, dict[str, Any]] = {status.HTTP_409_CONFLICT: {"description": "it reaches many: confirm it"}}
Name = Annotated[str, Path(pattern=r"^[a-z][a-z0-9_]{1,59}$", description="the rule's name")]


@router.post("/{name}/dry-run")
async def dry_run_rule(
    name: Name, wanted: DryRunRequest, session: SessionDep, desk: DeskDep, _principal: Writer
) -> DryRunRead:
    """What a rule would have sent in a time past, to whom, and what it would not have sent and why. Sends nothing."""
    return await queries.dry_run(session, name, wanted, desk=desk)


@router.post("/{name}/activate", responses=_MANY)
async def activate_rule(
    name: Name,
    wanted: RuleActivation,
    expected: ExpectedVersion,
    session: SessionDep,
    desk: DeskDep,
    etag: ETagDep,
    principal: Admin,
) -> RuleRead:
    """Puts the draft in force, in place of the version before it; every worker takes it with its next transaction.

    One that reaches many customers has to be confirmed: the problem tells which share of them it is.
    """
    reach = await queries.count_reach(session, name, desk=desk)
    if not wanted.confirm:
        queries.demand_few(reach, desk)
    row = await activate_draft(
        session,
        name,
        expected_revision=expected,
        author=principal.subject,
        reason=wanted.reason,
        now=desk.clock.now(),
        details={"share": reach, "confirmed": wanted.confirm},
    )
    etag.set(row.revision)
    return show_rule(row)
