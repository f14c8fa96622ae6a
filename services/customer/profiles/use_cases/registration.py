"""Registering customers, one or many: by the set, and yet each for itself."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.customer.consents.use_cases import record_first, settle_first
from services.customer.profiles import repository
from services.customer.profiles.claims import Claim, decide_claims, find_conflict
from services.customer.profiles.locality import HomeDefaults
from services.customer.profiles.profile import CustomerRecord, Profile, checked
from services.customer.profiles.schemas.requests import CustomerCreate
from services.customer.profiles.use_cases.publication import Announcer
from services.customer.profiles.use_cases.values import (
    birthday_of,
    consents_of,
    contact_points_of,
    do_not_disturb_of,
    external_ids_of,
    manager_of,
)
from shared.contracts.customer import Consent
from shared.errors import Conflict, RapportError
from shared.ids import uuid7


@dataclass(frozen=True, slots=True)
class _Draft:
    record: CustomerRecord
    consents: tuple[Consent, ...]

    @property
    def customer_id(self) -> UUID:
        return self.record.customer_id

    @property
    def claim(self) -> Claim:
        return Claim(self.record.customer_id, self.record.external_ids)


async def register_customer(
    session: AsyncSession,
    wanted: CustomerCreate,
    *,
    defaults: HomeDefaults,
    announcer: Announcer,
    now: datetime,
    registrar: str,
) -> CustomerRecord:
    """Raises InvalidInput, or Conflict naming the customer who has one of the external ids."""
    (outcome,) = await register_customers(
        session, [wanted], defaults=defaults, announcer=announcer, now=now, registrar=registrar
    )
    if isinstance(outcome, RapportError):
        raise outcome
    return outcome


async def register_customers(
    session: AsyncSession,
    wanted: Sequence[CustomerCreate],
    *,
    defaults: HomeDefaults,
    announcer: Announcer,
    now: datetime,
    registrar: str,
) -> list[CustomerRecord | RapportError]:
    """What became of each, in order. Those that cannot be registered leave no trace and do not hold up the others.

    `registrar` is the subject in whose name the consents are recorded.
    """
    drafts = [_draft(one, defaults=defaults, now=now) for one in wanted]
    sound = [draft for draft in drafts if isinstance(draft, _Draft)]
    refused = await _insert(session, sound)
    registered = [draft for draft in sound if draft.customer_id not in refused]
    await record_first(
        session, {draft.customer_id: draft.consents for draft in registered}, now=now, recorded_by=registrar
    )
    await announcer.publish(session, [draft.record for draft in registered])
    return [
        draft if isinstance(draft, RapportError) else refused.get(draft.customer_id, draft.record) for draft in drafts
    ]


async def _insert(session: AsyncSession, drafts: Sequence[_Draft]) -> dict[UUID, Conflict]:
    """Writes the drafts whose external ids are free; returns the conflicts of the others."""
    named = {identity for draft in drafts for identity in draft.record.external_ids}
    refused = decide_claims([draft.claim for draft in drafts], await repository.find_holders(session, named))
    granted = [draft for draft in drafts if draft.customer_id not in refused]
    await repository.insert_customers(session, [draft.record for draft in granted])
    holders = await repository.claim_identities(
        session, {identity: draft.customer_id for draft in granted for identity in draft.record.external_ids}
    )
    # Another transaction may have taken an id since we looked: who lost that race goes as if never inserted.
    lost = {
        draft.customer_id: conflict
        for draft in granted
        if (conflict := find_conflict(draft.claim, holders)) is not None
    }
    await repository.delete_customers(session, lost.keys())
    return refused | lost


def _draft(wanted: CustomerCreate, *, defaults: HomeDefaults, now: datetime) -> _Draft | RapportError:
    try:
        consents = consents_of(wanted.consents, now)
        profile = replace(_profile_of(wanted, defaults), consents=settle_first(consents, now=now))
        record = CustomerRecord(
            customer_id=uuid7(),
            version=1,
            registered_at=now,
            changed_at=now,
            profile=checked(profile, now=now),
            external_ids=external_ids_of(wanted.external_ids),
        )
    except RapportError as error:
        return error
    return _Draft(record, consents)


def _profile_of(wanted: CustomerCreate, defaults: HomeDefaults) -> Profile:
    return Profile(
        kind=wanted.kind,
        lifecycle=wanted.lifecycle,
        given_name=wanted.given_name,
        family_name=wanted.family_name,
        full_name=wanted.full_name,
        organisation_name=wanted.organisation_name,
        language=wanted.language or defaults.language,
        time_zone=wanted.time_zone or defaults.time_zone,
        region=wanted.region,
        birthday=birthday_of(wanted.birthday),
        contact_points=contact_points_of(wanted.contact_points),
        tags=wanted.tags,
        custom_attributes=wanted.custom_attributes,
        gender=wanted.gender,
        occupation=wanted.occupation,
        industry=wanted.industry,
        income_band=wanted.income_band,
        interests=wanted.interests,
        acquisition_source=wanted.acquisition_source,
        do_not_disturb=do_not_disturb_of(wanted.do_not_disturb),
        key_account=wanted.key_account,
        owner=manager_of(wanted.owner),
        backup_owner=manager_of(wanted.backup_owner),
    )
