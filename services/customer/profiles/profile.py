"""Everything a customer tells about itself, as one value: compared to see a change, checked before it is kept."""

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from services.customer.profiles.attributes import check_attributes, normalise_tags
from services.customer.profiles.birthday import check_birthday
from services.customer.profiles.contact_points import normalise_contact_points
from services.customer.profiles.lifecycle import Lifecycle, check_transition
from services.customer.profiles.locality import check_region, check_time_zone
from services.customer.profiles.names import display_name_of
from services.customer.profiles.search_text import search_text_of
from shared.contracts.common import CustomerKind, ExternalId
from shared.contracts.customer import Birthday, Consent, ContactPoint
from shared.errors import InvalidInput


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Profile:
    """What the customer is and says. It prints without its contents: they are personal data."""

    kind: CustomerKind
    lifecycle: Lifecycle = Lifecycle.PROSPECT
    given_name: str | None = None
    family_name: str | None = None
    full_name: str | None = None
    organisation_name: str | None = None
    language: str
    time_zone: str
    region: str | None = None
    birthday: Birthday | None = None
    contact_points: tuple[ContactPoint, ...] = ()
    consents: tuple[Consent, ...] = ()
    tags: tuple[str, ...] = ()
    custom_attributes: Mapping[str, Any] = field(default_factory=dict)

    @property
    def display_name(self) -> str:
        return display_name_of(
            kind=self.kind,
            given_name=self.given_name,
            family_name=self.family_name,
            full_name=self.full_name,
            organisation_name=self.organisation_name,
            language=self.language,
        )

    def __repr__(self) -> str:
        return f"Profile(kind={self.kind.value}, lifecycle={self.lifecycle.value}, …)"


PROFILE_FIELDS = frozenset(part.name for part in fields(Profile))


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerRecord:
    """A registered customer: its profile, its identities elsewhere and the state of the record itself."""

    customer_id: UUID
    version: int
    registered_at: datetime
    changed_at: datetime
    profile: Profile
    external_ids: tuple[ExternalId, ...] = ()

    @property
    def search_text(self) -> str:
        profile = self.profile
        return search_text_of(
            (
                profile.display_name,
                profile.family_name,
                profile.given_name,
                *(point.address for point in profile.contact_points),
                *(identity.id for identity in self.external_ids),
            )
        )


def in_order(identities: Iterable[ExternalId]) -> tuple[ExternalId, ...]:
    """Each once, by source and id: one order for comparing, and for locking."""
    return tuple(sorted(set(identities), key=lambda identity: (identity.source, identity.id)))


def checked(profile: Profile, *, now: datetime, changed: Collection[str] = PROFILE_FIELDS) -> Profile:
    """The profile in its one spelling. Raises InvalidInput naming the field that cannot be right.

    Only what is in `changed` is looked at: a number that was valid when given does not bar a later change of tags.
    Names are looked at always, since whether they suffice depends on all of them.
    """
    _ = profile.display_name  # raises where the names given do not make one
    if "time_zone" in changed:
        check_time_zone(profile.time_zone)
    if "region" in changed and profile.region is not None:
        check_region(profile.region)
    if "birthday" in changed and profile.birthday is not None:
        _check_birthday_of(profile, profile.birthday, now)
    if "custom_attributes" in changed:
        check_attributes(profile.custom_attributes)
    points = profile.contact_points
    if "contact_points" in changed:
        points = normalise_contact_points(points, profile.region)
    return replace(profile, contact_points=points, tags=normalise_tags(profile.tags))


def revised(before: Profile, changes: Mapping[str, Any], *, now: datetime) -> Profile:
    """`before` with `changes` applied and checked. Raises InvalidInput, or Conflict for a step not allowed."""
    after = checked(replace(before, **changes), now=now, changed=changes.keys())
    check_transition(before.lifecycle, after.lifecycle)
    return after


def differ(before: Profile, after: Profile) -> bool:
    """Whether there is anything to tell. JSON distinguishes `1` from `true`, which Python's equality does not."""
    return before != after or _as_json(before) != _as_json(after)


def _as_json(profile: Profile) -> str:
    return json.dumps(profile.custom_attributes, sort_keys=True)


def _check_birthday_of(profile: Profile, birthday: Birthday, now: datetime) -> None:
    if profile.kind is CustomerKind.ORGANISATION:
        raise InvalidInput("an organisation has no birthday", code="birthday_of_organisation", field="birthday")
    check_birthday(birthday, now.astimezone(ZoneInfo(profile.time_zone)).date())
