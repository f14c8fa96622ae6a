"""Reading templates: the list, and what one would say to a customer."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from services.notification.audience.queries import get_member
from services.notification.policy import CarePolicy
from services.notification.templates.catalogue import CATALOGUE, TemplateSpec, sample_member
from services.notification.templates.library import TemplateLibrary
from services.notification.templates.schemas import PreviewCustomer, PreviewRead, PreviewRequest, TemplateRead
from services.notification.values import Member, RuleName
from shared.errors import InvalidInput


def list_templates(library: TemplateLibrary) -> list[TemplateRead]:
    return [
        TemplateRead(
            name=spec.name, languages=list(library.languages), facts=dict(spec.facts), required=sorted(spec.required)
        )
        for spec in CATALOGUE.values()
    ]


async def preview(
    session: AsyncSession,
    rule: RuleName,
    wanted: PreviewRequest,
    *,
    library: TemplateLibrary,
    policy: CarePolicy,
    now: datetime,
) -> PreviewRead:
    """What the template says. Raises NotFound for the customer, and InvalidInput naming the fact that is wrong."""
    facts = checked_facts(CATALOGUE[rule], wanted.facts)
    member = await _member(session, wanted, policy)
    if wanted.language is not None:
        member = replace(member, language=wanted.language)
    happened_at = wanted.happened_at or now
    rendered = library.render(rule, member=member, facts=facts, happened_at=happened_at)
    return PreviewRead(
        name=rule,
        language=rendered.language,
        subject=rendered.subject,
        text=rendered.text,
        html=rendered.html,
        happened_at=happened_at,
    )


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
