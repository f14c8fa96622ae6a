"""What this service keeps of a profile: how to address a customer, where, and what was agreed to. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from uuid import UUID

from services.notification.values import Permission
from shared.contracts.common import Channel, CustomerKind, Purpose
from shared.contracts.customer import Birthday, Consent, ContactPoint, ProfileUpdated

KINDS: Mapping[Channel, str] = MappingProxyType({Channel.SMS: "mobile"})
"""The kind of contact point behind each channel, beside email and the inbox, which needs none."""


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
    email: str | None
    addresses: Mapping[Channel, str]
    granted: frozenset[Permission]
    changed_at: datetime


def known_profile(data: ProfileUpdated, at: datetime) -> KnownProfile:
    return KnownProfile(
        customer_id=data.customer_id,
        version=data.version,
        is_person=data.kind is CustomerKind.PERSON,
        display_name=data.display_name,
        given_name=data.given_name,
        language=data.language,
        time_zone=data.time_zone,
        birthday=data.birthday,
        email=email_of(data.contact_points),
        addresses=addresses_of(data.contact_points),
        granted=granted_by(data.consents),
        changed_at=at,
    )


def email_of(points: tuple[ContactPoint, ...]) -> str | None:
    """The primary address, else the first one."""
    return _primary(points, "email")


def addresses_of(points: tuple[ContactPoint, ...]) -> dict[Channel, str]:
    """Where each of the other channels would go, from the primary contact point of its kind, else the first one."""
    found = {channel: _primary(points, kind) for channel, kind in KINDS.items()}
    return {channel: address for channel, address in found.items() if address is not None}


def _primary(points: tuple[ContactPoint, ...], kind: str) -> str | None:
    those = sorted((point for point in points if point.kind == kind), key=lambda point: not point.primary)
    return those[0].address if those else None


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
