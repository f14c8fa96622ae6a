"""What this service keeps of a profile: how to address a customer, where, and what was agreed to. Pure."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from services.notification.audience.traits import traits_of
from services.notification.values import Employee, Permission
from shared.contracts.common import Channel, CustomerKind, Purpose
from shared.contracts.customer import (
    CONTACT_KINDS,
    AccountManager,
    Birthday,
    Consent,
    ContactKind,
    ContactPoint,
    ContactState,
    DoNotDisturb,
    ImportantDate,
    ProfileUpdated,
)

_CLOSED = (ContactState.BOUNCED, ContactState.OPTED_OUT)
_LEAST_PREFERRED = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownProfile:
    """A profile as of `changed_at`, the business instant of the event that told it."""

    customer_id: UUID
    version: int
    is_person: bool
    display_name: str
    given_name: str | None
    language: str
    time_zone: str
    birthday: Birthday | None
    important_dates: tuple[ImportantDate, ...]
    registered_at: datetime
    email: str | None
    addresses: Mapping[Channel, str]
    granted: frozenset[Permission]
    changed_at: datetime
    traits: Mapping[str, Any]
    is_deceased: bool
    do_not_disturb: DoNotDisturb | None
    owner: Employee | None
    backup_owner: Employee | None


def known_profile(data: ProfileUpdated, at: datetime, own: Sequence[Consent] = ()) -> KnownProfile:
    """`own` is what the customer decided here, which the profile may not know of yet."""
    return KnownProfile(
        customer_id=data.customer_id,
        version=data.version,
        is_person=data.kind is CustomerKind.PERSON,
        display_name=data.display_name,
        given_name=data.given_name,
        language=data.language,
        time_zone=data.time_zone,
        birthday=data.birthday,
        important_dates=data.important_dates,
        registered_at=data.registered_at,
        email=email_of(data.contact_points),
        addresses=addresses_of(data.contact_points),
        granted=granted_by((*data.consents, *own)),
        changed_at=at,
        traits=traits_of(data),
        is_deceased=data.deceased,
        do_not_disturb=data.do_not_disturb,
        owner=_employee(data.owner),
        backup_owner=_employee(data.backup_owner),
    )


def _employee(manager: AccountManager | None) -> Employee | None:
    return None if manager is None else Employee(manager.id, manager.name)


def email_of(points: tuple[ContactPoint, ...]) -> str | None:
    """The one preferred, else the primary address, else the first one; none that bounced or was opted out of."""
    return _first(points, ContactKind.EMAIL)


def addresses_of(points: tuple[ContactPoint, ...]) -> dict[Channel, str]:
    """Where each of the other channels would go; in parts, as JSON, where it takes more than a line."""
    found = {channel: _first(points, kind) for channel, kind in CONTACT_KINDS.items() if channel is not Channel.EMAIL}
    return {channel: address for channel, address in found.items() if address is not None}


def _first(points: tuple[ContactPoint, ...], kind: ContactKind) -> str | None:
    usable = [point for point in points if point.kind == kind and point.state not in _CLOSED]
    if not usable:
        return None
    best = min(usable, key=lambda point: (point.preference or _LEAST_PREFERRED, not point.primary))
    parts = best.push_keys if kind is ContactKind.WEB_PUSH else best.postal if kind is ContactKind.POSTAL else None
    if parts is None:
        return best.address
    return json.dumps({"address": best.address, **parts.model_dump(mode="json")}, ensure_ascii=False, sort_keys=True)


def plain_address(channel: Channel, kept: str) -> str:
    """The contact point's own address, of one that is kept in parts."""
    if channel in (Channel.WEB_PUSH, Channel.DIRECT_MAIL) and kept.startswith("{"):
        return str(json.loads(kept)["address"])
    return kept


def granted_by(consents: tuple[Consent, ...]) -> frozenset[Permission]:
    """What is consented to now: per channel and purpose the latest word counts, and without one there is no consent.

    Of two words of the same instant the withdrawal counts.
    """
    latest: dict[Permission, Consent] = {}
    for consent in consents:
        permission = Permission(consent.channel, consent.purpose)
        held = latest.get(permission)
        if held is None or (consent.at, not consent.granted) > (held.at, not held.granted):
            latest[permission] = consent
    return frozenset(permission for permission, consent in latest.items() if consent.granted)


def permission_text(permission: Permission) -> str:
    return f"{permission.channel}:{permission.purpose}"


def parse_permission(text: str) -> Permission:
    channel, _, purpose = text.partition(":")
    return Permission(Channel(channel), Purpose(purpose))
