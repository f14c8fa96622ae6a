"""Reading templates: what there is, which version is in force, and what one would say to a customer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy import select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.notification.audience.queries import get_member
from services.notification.channels.sms.segments import count_segments
from services.notification.desk import Desk
from services.notification.policy import CarePolicy
from services.notification.templates.catalogue import CATALOGUE, SAMPLE_COUPON, TemplateSpec, sample_member
from services.notification.templates.library import TemplateLibrary
from services.notification.templates.models import Activation, StoredVersion, TrialMessage
from services.notification.templates.schemas import (
    ActivationRead,
    AttachmentRead,
    PreviewCustomer,
    PreviewRead,
    PreviewRequest,
    TemplateRead,
    TextMessageRead,
    TrialRead,
    VersionListed,
    VersionRead,
)
from services.notification.templates.use_cases import find_spec, get_version, load_specs, refresh_templates
from services.notification.templates.version import TemplateKey, TemplateVersion, key_of
from services.notification.values import Member, RenderedMessage
from shared.errors import InvalidInput, NotFound
from shared.web.pagination import Page, PageParams, decode_cursor, encode_cursor


async def list_templates(session: AsyncSession, library: TemplateLibrary) -> list[TemplateRead]:
    await refresh_templates(session, library)
    return [
        TemplateRead(
            name=spec.name,
            languages=list(library.languages),
            facts=dict(spec.facts),
            required=sorted(spec.required),
            for_staff=spec.for_staff,
            shipped=spec.name in CATALOGUE,
            in_force={
                f"{key.language}/{key.channel_text}": number
                for key, number in library.versions_in_force().items()
                if key.template == spec.name
            },
        )
        for spec in (await load_specs(session)).values()
    ]


async def get_template(session: AsyncSession, name: str, library: TemplateLibrary) -> TemplateRead:
    """Raises NotFound."""
    await find_spec(session, name)
    return next(one for one in await list_templates(session, library) if one.name == name)


async def list_versions(
    session: AsyncSession, name: str, page: PageParams, *, language: str | None
) -> Page[VersionListed]:
    """The latest written first. Raises NotFound for a template that there is not."""
    await find_spec(session, name)
    query = select(StoredVersion).where(col(StoredVersion.template) == name)
    if language is not None:
        query = query.where(col(StoredVersion.language) == language)
    whose = col(StoredVersion.language) + "/" + col(StoredVersion.channel)
    place = (col(StoredVersion.created_at), whose, col(StoredVersion.version))
    if page.cursor is not None:
        query = query.where(tuple_(*place) < tuple_(*decode_cursor(page.cursor, datetime, str, int)))
    rows = list(await session.scalars(query.order_by(*(one.desc() for one in place)).limit(page.limit + 1)))
    states = await _states(session, name)
    items = [_listed(row, states) for row in rows[: page.limit]]
    last = rows[page.limit - 1] if len(rows) > page.limit else None
    cursor = encode_cursor(last.created_at, f"{last.language}/{last.channel}", last.version) if last else None
    return Page(items=items, next_cursor=cursor)


async def _states(session: AsyncSession, name: str) -> Mapping[tuple[str, str], list[int]]:
    """The versions that were ever put in force, by language and channel, in the order in which they were."""
    query = select(Activation).where(col(Activation.template) == name).order_by(col(Activation.activation_id))
    found: dict[tuple[str, str], list[int]] = {}
    for one in await session.scalars(query):
        found.setdefault((one.language, one.channel), []).append(one.version)
    return found


def _listed(row: StoredVersion, states: Mapping[tuple[str, str], list[int]]) -> VersionListed:
    activated = states.get((row.language, row.channel), [])
    return VersionListed(
        language=row.language,
        channel=key_of(row.template, row.language, row.channel).channel,
        version=row.version,
        state=_state_of(row.version, activated),
        author=row.author,
        reason=row.reason,
        created_at=row.created_at,
    )


def _state_of(version: int, activated: Sequence[int]) -> Literal["active", "draft", "retired"]:
    if version not in activated:
        return "draft"
    return "active" if activated[-1] == version else "retired"


async def list_activations(session: AsyncSession, name: str, page: PageParams) -> Page[ActivationRead]:
    """The latest first."""
    query = select(Activation).where(col(Activation.template) == name)
    if page.cursor is not None:
        (last,) = decode_cursor(page.cursor, int)
        query = query.where(col(Activation.activation_id) < last)
    rows = list(await session.scalars(query.order_by(col(Activation.activation_id).desc()).limit(page.limit + 1)))
    items = [
        ActivationRead(
            language=row.language,
            channel=key_of(row.template, row.language, row.channel).channel,
            version=row.version,
            reason=row.reason,
            activated_by=row.activated_by,
            activated_at=row.activated_at,
        )
        for row in rows[: page.limit]
    ]
    more = len(rows) > page.limit
    return Page(items=items, next_cursor=encode_cursor(rows[page.limit - 1].activation_id) if more else None)


def version_read(version: TemplateVersion) -> VersionRead:
    return VersionRead(
        name=version.key.template,
        language=version.key.language,
        channel=version.key.channel,
        version=version.version,
        subject=version.subject,
        text=version.text,
        html=version.html,
        mjml=version.mjml,
        defaults=dict(version.defaults),
        attachments=[AttachmentRead.model_validate(one) for one in version.attachments],
        coupon_list=version.coupon_list,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What a version says to somebody."""

    key: TemplateKey
    version: int
    rendered: RenderedMessage
    happened_at: datetime
    signature: str | None

    def read(self) -> PreviewRead:
        signed = f"【{self.signature}】{self.rendered.text}" if self.signature else self.rendered.text
        return PreviewRead(
            name=self.key.template,
            version=self.version,
            language=self.rendered.language,
            subject=self.rendered.subject,
            text=self.rendered.text,
            html=self.rendered.html,
            text_message=TextMessageRead(
                signature=self.signature, segments=count_segments(signed), characters=len(signed)
            ),
            happened_at=self.happened_at,
        )


async def preview(session: AsyncSession, rule: str, wanted: PreviewRequest, *, desk: Desk) -> Shown:
    """What the template says. Raises NotFound for the customer or version, and InvalidInput naming what is wrong."""
    facts = {**checked_facts(await find_spec(session, rule), wanted.facts), "coupon": SAMPLE_COUPON}
    member = await _member(session, wanted, desk.policy)
    if wanted.language is not None:
        member = replace(member, language=wanted.language)
    happened_at = wanted.happened_at or desk.clock.now()
    library = desk.templates
    await refresh_templates(session, library)
    language = library.language_for(member.language)
    if wanted.version is None:
        version = library.in_force(rule, language, wanted.channel)
        rendered = library.render(rule, member=member, facts=facts, happened_at=happened_at, channel=wanted.channel)
    else:
        version = wanted.version
        words = await get_version(session, TemplateKey(rule, language, wanted.channel), version, library=library)
        rendered = library.render_version(words, member=member, facts=facts, happened_at=happened_at)
    return Shown(
        key=TemplateKey(rule, language, wanted.channel),
        version=version,
        rendered=rendered,
        happened_at=happened_at,
        signature=desk.sms_signature,
    )


async def get_trial(session: AsyncSession, trial_id: UUID) -> TrialRead:
    """Raises NotFound."""
    trial = await session.get(TrialMessage, trial_id)
    if trial is None:
        raise NotFound("no trial has this id", code="trial_unknown")
    return TrialRead.model_validate(trial)


def checked_facts(spec: TemplateSpec, given: Mapping[str, str] | None) -> Mapping[str, str]:
    """The facts given, or the sample. Raises InvalidInput for one that is unknown or missing."""
    if given is None:
        return spec.facts
    for name in given:
        if name not in spec.facts:
            known = ", ".join(spec.facts) or "no facts at all"
            raise InvalidInput(
                f"is not used by this template, which knows {known}", code="fact_unknown", field=f"facts.{name}"
            )
    for name in sorted(spec.required):
        if name not in given:
            raise InvalidInput(
                f"is required; for example {spec.facts[name]!r}", code="fact_missing", field=f"facts.{name}"
            )
    return given


async def _member(session: AsyncSession, wanted: PreviewRequest, policy: CarePolicy) -> Member:
    if wanted.customer_id is not None and wanted.customer is not None:
        raise InvalidInput("give either customer_id or customer, not both", code="customer_ambiguous", field="customer")
    if wanted.customer_id is not None:
        return await get_member(session, wanted.customer_id, policy=policy)
    sample = sample_member(policy.default_language)
    return _made_up(sample, wanted.customer) if wanted.customer is not None else sample


def _made_up(sample: Member, customer: PreviewCustomer) -> Member:
    return replace(
        sample,
        display_name=customer.display_name,
        given_name=customer.given_name,
        time_zone=customer.time_zone,
        loyalty_level=customer.loyalty_level.value,
    )
