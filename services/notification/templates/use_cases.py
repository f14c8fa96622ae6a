"""Writing versions of templates, putting them in force, and asking for a message to try one."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.notification.channels.mime import check_address
from services.notification.offers.documents import MOST_TOGETHER
from services.notification.offers.queries import find_sizes, has_coupon_list
from services.notification.suppression.queries import find_suppressed
from services.notification.templates import repository
from services.notification.templates.catalogue import (
    CATALOGUE,
    SAMPLE_COUPON,
    SAMPLE_INSTANT,
    TemplateSpec,
    sample_member,
)
from services.notification.templates.library import TemplateLibrary
from services.notification.templates.mjml import compile_mjml
from services.notification.templates.version import SHIPPED_VERSION, TemplateKey, TemplateVersion
from services.notification.values import Attached, RenderedMessage
from shared.contracts.common import Channel
from shared.errors import Conflict, InvalidInput, NotFound, RateLimited
from shared.ids import uuid7

MOST_TRIALS = 20
RESERVED = frozenset({"customer", "brand", "day", "amount", "coupon"})
"""What every template can show without being told."""
TAKEN = frozenset({*CATALOGUE, "trials"})
"""No template of a business's own: those that come with Rapport, and a place of the API."""
WITHIN = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What a new version says. `mjml` stands in the place of `html`, which it is compiled to."""

    subject: str
    text: str
    html: str | None
    mjml: str | None
    defaults: Mapping[str, str]
    attachments: tuple[Attached, ...] = ()
    coupon_list: str | None = None


async def refresh_templates(session: AsyncSession, library: TemplateLibrary) -> None:
    """Puts in force what was activated, here or by another process, up to this transaction."""
    known = await repository.count_activations(session)
    if known > library.generation:
        library.adopt(await repository.load_active(session), generation=known)


async def create_template(
    session: AsyncSession, spec: TemplateSpec, *, description: str, by: str, now: datetime
) -> None:
    """A name of the business's own, under which words can then be written.

    Raises Conflict for a name that there is, and InvalidInput for facts that could not be shown.
    """
    for name in (*spec.facts, *spec.required):
        if name in RESERVED or name not in spec.facts:
            raise InvalidInput(
                f"{name!r} is no fact of its own: there is something of this name already, or no sample of it",
                code="fact_unknown",
                field=f"facts.{name}",
            )
    row = {
        "name": spec.name,
        "description": description,
        "facts": dict(spec.facts),
        "required": sorted(spec.required),
        "for_staff": spec.for_staff,
        "author": by,
        "created_at": now,
    }
    if spec.name in TAKEN or not await repository.insert_template(session, row):
        raise Conflict(f"there is a template {spec.name} already", code="template_exists")


async def write_version(
    session: AsyncSession,
    key: TemplateKey,
    words: Words,
    *,
    library: TemplateLibrary,
    author: str,
    reason: str,
    now: datetime,
) -> TemplateVersion:
    """A draft: checked, numbered and kept, but not in force.

    Raises InvalidInput for words that cannot be compiled, or cannot be rendered with the sample's facts, or with those
    alone that a message always has.
    """
    check_language(library, key.language)
    spec = await find_spec(session, key.template)
    await repository.lock_key(session, key)
    version = TemplateVersion(
        key=key,
        version=(await repository.last_version(session, key) or SHIPPED_VERSION) + 1,
        subject=words.subject,
        text=words.text,
        html=html_of(words),
        mjml=words.mjml,
        defaults=words.defaults,
        attachments=words.attachments,
        coupon_list=words.coupon_list,
    )
    check_version(library, version, spec)
    await _check_offers(session, version)
    await repository.insert_version(session, version, {"author": author, "reason": reason, "created_at": now})
    return version


async def _check_offers(session: AsyncSession, version: TemplateVersion) -> None:
    """Raises InvalidInput for what is not there, and for more than a mail should weigh."""
    sizes = await find_sizes(session, {one.document for one in version.attachments})
    for place, one in enumerate(version.attachments):
        if one.document not in sizes:
            raise InvalidInput(
                "no document has this digest; upload it first",
                code="document_unknown",
                field=f"attachments[{place}].document",
            )
    together = sum(sizes[one.document] for one in version.attachments)
    if together > MOST_TOGETHER:
        raise InvalidInput(
            f"they have {together} bytes together, more than {MOST_TOGETHER}",
            code="document_too_large",
            field="attachments",
        )
    if version.coupon_list is not None and not await has_coupon_list(session, version.coupon_list):
        raise InvalidInput(
            "there is no such list of coupons; put codes on it first", code="coupon_list_unknown", field="coupon_list"
        )


def html_of(words: Words) -> str:
    """Raises InvalidInput unless exactly one of HTML and MJML is given."""
    if (words.html is None) == (words.mjml is None):
        raise InvalidInput(
            "give either `html` or `mjml`: mail programs choose between text and HTML",
            code="template_invalid",
            field="html",
        )
    return words.html if words.html is not None else compile_mjml(words.mjml or "")


def check_version(library: TemplateLibrary, version: TemplateVersion, spec: TemplateSpec) -> None:
    """Renders it with the sample, in full and with the required facts alone. Raises InvalidInput."""
    member = sample_member(version.key.language)
    for name in version.defaults:
        if name not in spec.facts:
            known = ", ".join(spec.facts) or "no facts at all"
            raise InvalidInput(
                f"is not used by this template, which knows {known}", code="fact_unknown", field=f"defaults.{name}"
            )
    required = {name: value for name, value in spec.facts.items() if name in spec.required}
    coupon = {"coupon": SAMPLE_COUPON} if version.coupon_list is not None else {}
    for facts in (spec.facts, required):
        library.render_version(version, member=member, facts={**facts, **coupon}, happened_at=SAMPLE_INSTANT)


def check_language(library: TemplateLibrary, language: str) -> None:
    if language not in library.languages:
        raise InvalidInput(
            f"is not spoken here; there are {', '.join(library.languages)}", code="language_unknown", field="language"
        )


async def activate_version(
    session: AsyncSession, key: TemplateKey, version: int, *, by: str, reason: str, now: datetime
) -> None:
    """Puts a version in force, a former one too: that is how one goes back. Version 1 are the shipped words.

    Raises NotFound for a version that does not exist, Conflict for the one that is in force already.
    """
    await repository.lock_key(session, key)
    await find_spec(session, key.template)
    if not _is_shipped(key, version) and await repository.find_version(session, key, version) is None:
        raise version_unknown(key, version)
    if (await repository.active_version(session, key) or SHIPPED_VERSION) == version:
        raise Conflict(f"version {version} is in force already", code="version_active")
    about = {"version": version, "reason": reason, "activated_by": by, "activated_at": now}
    await repository.insert_activation(session, key, about)


async def get_version(
    session: AsyncSession, key: TemplateKey, version: int, *, library: TemplateLibrary
) -> TemplateVersion:
    """Raises NotFound."""
    if _is_shipped(key, version) and key.language in library.languages:
        return library.shipped(key.template, key.language)
    found = await repository.find_version(session, key, version)
    if found is None:
        raise version_unknown(key, version)
    return found


def _is_shipped(key: TemplateKey, version: int) -> bool:
    return version == SHIPPED_VERSION and key.template in CATALOGUE


async def load_specs(session: AsyncSession) -> dict[str, TemplateSpec]:
    """Every template by its name: those that come with Rapport, and the business's own."""
    own = await repository.load_templates(session)
    return {
        **CATALOGUE,
        **{one.name: TemplateSpec(one.name, one.facts, frozenset(one.required), one.for_staff) for one in own},
    }


async def find_spec(session: AsyncSession, name: str) -> TemplateSpec:
    """Raises NotFound."""
    spec = CATALOGUE.get(name) or (await load_specs(session)).get(name)
    if spec is None:
        raise NotFound(f"there is no template {name}; GET /v1/templates lists those there are", code="template_unknown")
    return spec


async def has_words(session: AsyncSession, name: str) -> bool:
    """Whether a template can say anything: the shipped words, or words that were put in force."""
    return name in CATALOGUE or await repository.has_words(session, name)


def version_unknown(key: TemplateKey, version: int) -> NotFound:
    return NotFound(
        f"there is no version {version} of {key.template} in {key.language} for {key.channel_text}; list the versions",
        code="version_unknown",
    )


async def request_trial(
    session: AsyncSession,
    rendered: RenderedMessage,
    *,
    key: TemplateKey,
    channel: Channel,
    version: int,
    address: str,
    by: str,
    now: datetime,
) -> UUID:
    """A message to try a version, which a worker sends soon. It concerns no customer, so no consent is asked.

    Raises InvalidInput for an address that cannot be, Conflict for one on the suppression list, and RateLimited.
    """
    if channel is Channel.EMAIL:
        check_address(address)
    if await find_suppressed(session, [(channel, address)]):
        raise Conflict("this address is on the suppression list", code="address_suppressed")
    if await repository.count_trials(session, requested_by=by, since=now - WITHIN) >= MOST_TRIALS:
        raise RateLimited(
            f"you have asked for {MOST_TRIALS} within an hour, which is as many as there may be",
            code="trials_too_often",
            retry_after_seconds=int(WITHIN.total_seconds()),
        )
    trial_id = uuid7()
    values: dict[str, Any] = {
        "trial_id": trial_id,
        "template": str(key.template),
        "language": key.language,
        "channel": channel.value,
        "version": version,
        "address": address,
        "subject": rendered.subject,
        "body_text": rendered.text,
        "body_html": rendered.html,
        "state": "planned",
        "requested_by": by,
        "requested_at": now,
    }
    await repository.insert_trial(session, values)
    return trial_id
