"""Versions of templates: written, looked at, put in force, and gone back to."""

from typing import Annotated, Literal

from fastapi import Path, status

from services.notification.parameters import Admin, DeskDep, Reader, TemplateName, Writer
from services.notification.templates import queries
from services.notification.templates.schemas import (
    ActivationRead,
    ActivationWanted,
    VersionDraft,
    VersionListed,
    VersionRead,
)
from services.notification.templates.use_cases import Words, activate_version, get_version, write_version
from services.notification.templates.version import TemplateKey
from services.notification.values import Attached
from shared.contracts.common import Channel
from shared.service import ClockDep
from shared.web.pagination import Page, PageDep
from shared.web.routing import SessionDep, api_router

router = api_router(prefix="/v1/templates", tags=["templates"])

ChannelOrAny = Annotated[Channel | Literal["any"], Path(description="a channel, or `any`")]


@router.get("/{name}/versions")
async def list_template_versions(
    name: TemplateName, session: SessionDep, page: PageDep, _principal: Reader, language: str | None = None
) -> Page[VersionListed]:
    """What was written beside the shipped words (version 1), the latest first."""
    return await queries.list_versions(session, name, page, language=language)


@router.post("/{name}/versions", status_code=status.HTTP_201_CREATED)
async def write_template_version(
    name: TemplateName, draft: VersionDraft, session: SessionDep, desk: DeskDep, clock: ClockDep, principal: Writer
) -> VersionRead:
    """Keeps a draft, after it was compiled and rendered with the sample. What is in force stays in force."""
    version = await write_version(
        session,
        TemplateKey(name, draft.language, draft.channel),
        Words(
            subject=draft.subject,
            text=draft.text,
            html=draft.html,
            mjml=draft.mjml,
            defaults=draft.defaults,
            attachments=tuple(Attached(one.document, one.name) for one in draft.attachments),
            coupon_list=draft.coupon_list,
        ),
        library=desk.templates,
        author=principal.subject,
        reason=draft.reason,
        now=clock.now(),
    )
    return queries.version_read(version)


@router.get("/{name}/versions/{language}/{channel}/{version}")
async def read_template_version(
    name: TemplateName,
    language: str,
    channel: ChannelOrAny,
    version: Annotated[int, Path(ge=1, le=1_000_000)],
    session: SessionDep,
    desk: DeskDep,
    _principal: Reader,
) -> VersionRead:
    """The words of one version. Version 1 are those that came with the service."""
    key = TemplateKey(name, language, channel if isinstance(channel, Channel) else None)
    return queries.version_read(await get_version(session, key, version, library=desk.templates))


@router.post("/{name}/activations", status_code=status.HTTP_201_CREATED)
async def activate_template_version(
    name: TemplateName, wanted: ActivationWanted, session: SessionDep, clock: ClockDep, principal: Admin
) -> ActivationRead:
    """Puts a version in force, for every message composed from now on; a former one, to go back to it."""
    now = clock.now()
    await activate_version(
        session,
        TemplateKey(name, wanted.language, wanted.channel),
        wanted.version,
        by=principal.subject,
        reason=wanted.reason,
        now=now,
    )
    return ActivationRead(
        language=wanted.language,
        channel=wanted.channel,
        version=wanted.version,
        reason=wanted.reason,
        activated_by=principal.subject,
        activated_at=now,
    )


@router.get("/{name}/activations")
async def list_template_activations(
    name: TemplateName, session: SessionDep, page: PageDep, _principal: Reader
) -> Page[ActivationRead]:
    """Which version was put in force when, by whom and why, the latest first."""
    return await queries.list_activations(session, name, page)
