"""Templates: what there is, what it would say, and messages to try it."""

from uuid import UUID

from fastapi import status

from services.notification.parameters import DeskDep, Reader, TemplateName, Writer
from services.notification.templates import queries
from services.notification.templates.catalogue import TemplateSpec
from services.notification.templates.schemas import (
    PreviewRead,
    PreviewRequest,
    TemplateDraft,
    TemplateRead,
    TrialRead,
    TrialWanted,
)
from services.notification.templates.use_cases import create_template as add_template
from services.notification.templates.use_cases import request_trial
from shared.contracts.common import Channel
from shared.service import ClockDep
from shared.web.routing import SessionDep, api_router

router = api_router(prefix="/v1/templates", tags=["templates"])


@router.get("")
async def list_templates(session: SessionDep, desk: DeskDep, _principal: Reader) -> list[TemplateRead]:
    """Every template, its languages, the facts it shows, and which versions are in force."""
    return await queries.list_templates(session, desk.templates)


@router.post("", status_code=status.HTTP_201_CREATED)
async def create_template(
    wanted: TemplateDraft, session: SessionDep, desk: DeskDep, clock: ClockDep, principal: Writer
) -> TemplateRead:
    """A template of a new name. Then write its words, put them in force, and name it in a rule of your own."""
    spec = TemplateSpec(wanted.name, wanted.facts, frozenset(wanted.required), wanted.for_staff)
    await add_template(session, spec, description=wanted.description, by=principal.subject, now=clock.now())
    return await queries.get_template(session, wanted.name, desk.templates)


@router.post("/{name}/preview")
async def preview_template(
    name: TemplateName, wanted: PreviewRequest, session: SessionDep, desk: DeskDep, _principal: Reader
) -> PreviewRead:
    """Renders a template for a real customer, a given one or a made-up one. Sends nothing."""
    return (await queries.preview(session, name, wanted, desk=desk)).read()


@router.post("/{name}/trials", status_code=status.HTTP_202_ACCEPTED)
async def send_template_trial(
    name: TemplateName, wanted: TrialWanted, session: SessionDep, desk: DeskDep, principal: Writer
) -> TrialRead:
    """Sends what the preview shows to an address of yours, to see how it arrives. Recorded as a trial, 20 an hour."""
    shown = await queries.preview(session, name, wanted, desk=desk)
    trial_id = await request_trial(
        session,
        shown.rendered,
        key=shown.key,
        channel=wanted.channel or Channel.EMAIL,
        version=shown.version,
        address=wanted.address,
        by=principal.subject,
        now=desk.clock.now(),
    )
    return await queries.get_trial(session, trial_id)


@router.get("/trials/{trial_id}")
async def read_template_trial(trial_id: UUID, session: SessionDep, _principal: Reader) -> TrialRead:
    """What became of a trial."""
    return await queries.get_trial(session, trial_id)
