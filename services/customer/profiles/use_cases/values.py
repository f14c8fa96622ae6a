"""From what was sent to the values of a profile."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from services.customer.profiles.profile import in_order
from services.customer.profiles.schemas.parts import (
    BirthdayGiven,
    ConsentGiven,
    ContactPointGiven,
    DoNotDisturbGiven,
    ExternalIdGiven,
    ManagerGiven,
)
from services.customer.profiles.schemas.requests import CustomerChange
from shared.contracts.common import ExternalId
from shared.contracts.customer import AccountManager, Birthday, Consent, ContactPoint, DoNotDisturb


def birthday_of(given: BirthdayGiven | None) -> Birthday | None:
    return Birthday.model_validate(given.model_dump()) if given else None


def contact_points_of(given: Iterable[ContactPointGiven]) -> tuple[ContactPoint, ...]:
    return tuple(ContactPoint.model_validate(point.model_dump() | {"address": point.address or ""}) for point in given)


def consents_of(given: Iterable[ConsentGiven], now: datetime) -> tuple[Consent, ...]:
    return tuple(Consent.model_validate(consent.model_dump() | {"at": consent.at or now}) for consent in given)


def do_not_disturb_of(given: DoNotDisturbGiven | None) -> DoNotDisturb | None:
    return DoNotDisturb.model_validate(given.model_dump()) if given else None


def manager_of(given: ManagerGiven | None) -> AccountManager | None:
    return AccountManager.model_validate(given.model_dump()) if given else None


def external_ids_of(given: Iterable[ExternalIdGiven]) -> tuple[ExternalId, ...]:
    return in_order(ExternalId(source=identity.source, id=identity.id) for identity in given)


def changes_of(change: CustomerChange) -> Mapping[str, Any]:
    """The fields that were sent, as values of a profile."""
    values = {name: getattr(change, name) for name in change.model_fields_set}
    if "birthday" in values:
        values["birthday"] = birthday_of(change.birthday)
    if "contact_points" in values:
        values["contact_points"] = contact_points_of(change.contact_points)
    if "do_not_disturb" in values:
        values["do_not_disturb"] = do_not_disturb_of(change.do_not_disturb)
    return values
