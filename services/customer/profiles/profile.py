"""Everything a customer tells about itself, as one value: compared to see a change, checked before it is kept."""

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from services.customer.profiles.addresses import normalise_email, normalise_mobile
from services.customer.profiles.attributes import check_attributes, normalise_tags
from services.customer.profiles.birthday import check_birthday
from services.customer.profiles.contact_points import normalise_contact_points, with_known_states
from services.customer.profiles.lifecycle import Lifecycle, check_transition
from services.customer.profiles.locality import check_region, check_time_zone
from services.customer.profiles.names import display_name_of
from services.customer.profiles.peace import check_do_not_disturb
from services.customer.profiles.search_text import search_text_of
from services.customer.profiles.wallet import Estimate
from shared.contracts.common import CustomerKind, ExternalId
from shared.contracts.customer import (
    AccountManager,
    Birthday,
    BuyingRole,
    Consent,
    ContactPoint,
    DoNotDisturb,
    Gender,
    ImportantDate,
    ProfileContact,
)
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
    gender: Gender | None = None
    occupation: str | None = None
    industry: str | None = None
    income_band: str | None = None
    interests: tuple[str, ...] = ()
    acquisition_source: str | None = None
    do_not_disturb: DoNotDisturb | None = None
    deceased: bool = False
    key_account: bool = False
    owner: AccountManager | None = None
    backup_owner: AccountManager | None = None
    important_dates: tuple[ImportantDate, ...] = ()
    wallet: tuple[Estimate, ...] = ()
    contacts: tuple[ProfileContact, ...] = ()
    contacts_left: int = 0
    main_contact_left_at: datetime | None = None
    abuse_flags_active: int = 0
    abuse_flags_total: int = 0

    @property
    def executive_contacts(self) -> int:
        return sum(contact.role is BuyingRole.EXECUTIVE for contact in self.contacts)

    @property
    def main_contact(self) -> ProfileContact | None:
        return next((contact for contact in self.contacts if contact.main), None)

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
    if "do_not_disturb" in changed and profile.do_not_disturb is not None:
        check_do_not_disturb(profile.do_not_disturb, now=now)
    _check_fit(profile)
    if "custom_attributes" in changed:
        check_attributes(profile.custom_attributes)
    points = profile.contact_points
    if "contact_points" in changed:
        points = normalise_contact_points(points, profile.region)
    return replace(
        profile,
        contact_points=points,
        tags=normalise_tags(profile.tags),
        interests=normalise_tags(profile.interests),
        owner=_reachable(profile.owner, profile.region, "owner") if "owner" in changed else profile.owner,
        backup_owner=_reachable(profile.backup_owner, profile.region, "backup_owner")
        if "backup_owner" in changed
        else profile.backup_owner,
    )


def revised(before: Profile, changes: Mapping[str, Any], *, now: datetime) -> Profile:
    """`before` with `changes` applied and checked. Raises InvalidInput, or Conflict for a step not allowed."""
    after = checked(replace(before, **changes), now=now, changed=changes.keys())
    check_transition(before.lifecycle, after.lifecycle)
    return replace(after, contact_points=with_known_states(after.contact_points, before.contact_points))


def differ(before: Profile, after: Profile) -> bool:
    """Whether there is anything to tell. JSON distinguishes `1` from `true`, which Python's equality does not."""
    return before != after or _as_json(before) != _as_json(after)


def _as_json(profile: Profile) -> str:
    return json.dumps(profile.custom_attributes, sort_keys=True)


_OF_PERSONS = ("gender", "occupation", "income_band", "deceased")


def _check_fit(profile: Profile) -> None:
    if profile.kind is CustomerKind.PERSON:
        return
    for name in _OF_PERSONS:
        if getattr(profile, name):
            raise InvalidInput(
                f"an organisation has no `{name}`; its contacts are persons", code="field_does_not_fit_kind", field=name
            )


def _reachable(manager: AccountManager | None, region: str | None, field: str) -> AccountManager | None:
    if manager is None:
        return None
    email = normalise_email(manager.email, f"{field}.email") if manager.email else None
    mobile = normalise_mobile(manager.mobile, region, f"{field}.mobile") if manager.mobile else None
    return manager.model_copy(update={"email": email, "mobile": mobile})


def _check_birthday_of(profile: Profile, birthday: Birthday, now: datetime) -> None:
    if profile.kind is CustomerKind.ORGANISATION:
        raise InvalidInput("an organisation has no birthday", code="birthday_of_organisation", field="birthday")
    check_birthday(birthday, now.astimezone(ZoneInfo(profile.time_zone)).date())
