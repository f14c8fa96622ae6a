"""What others are told of a customer: facts without personal data to all, the full profile to the restricted topic."""

from services.customer.profiles.coverage import CoveragePolicy
from services.customer.profiles.profile import CustomerRecord, Profile
from shared.contracts.common import CustomerKind
from shared.contracts.customer import (
    ContactsSummary,
    CustomerChanged,
    CustomerFacts,
    CustomerRegistered,
    ProfileUpdated,
    WalletEstimate,
)


def facts_of(record: CustomerRecord, policy: CoveragePolicy) -> CustomerFacts:
    """Registered for the first version, Changed for every later one. Names, addresses and dates are left out."""
    event = CustomerRegistered if record.version == 1 else CustomerChanged
    profile = record.profile
    return event(
        customer_id=record.customer_id,
        version=record.version,
        kind=profile.kind,
        lifecycle=profile.lifecycle.value,
        language=profile.language,
        time_zone=profile.time_zone,
        region=profile.region,
        tags=profile.tags,
        external_ids=record.external_ids,
        registered_at=record.registered_at,
        industry=profile.industry if profile.kind is CustomerKind.ORGANISATION else None,
        acquisition_source=profile.acquisition_source,
        key_account=profile.key_account,
        owner_id=profile.owner.id if profile.owner else None,
        backup_owner_id=profile.backup_owner.id if profile.backup_owner else None,
        contacts=_contacts_of(profile, policy),
        wallet=tuple(
            WalletEstimate(category=one.category, yearly=one.yearly, competitors=len(one.competitors))
            for one in profile.wallet
        ),
        abuse_flags_active=profile.abuse_flags_active,
        abuse_flags_total=profile.abuse_flags_total,
    )


def _contacts_of(profile: Profile, policy: CoveragePolicy) -> ContactsSummary | None:
    if profile.kind is CustomerKind.PERSON:
        return None
    return ContactsSummary(
        active=len(profile.contacts),
        executives=profile.executive_contacts,
        left=profile.contacts_left,
        main="present" if profile.main_contact else "gone" if profile.main_contact_left_at else "none",
        main_left_at=profile.main_contact_left_at,
        risks=policy.risks_of(
            kind=profile.kind,
            key_account=profile.key_account,
            contacts=len(profile.contacts),
            executives=profile.executive_contacts,
        ),
    )


def profile_of(record: CustomerRecord) -> ProfileUpdated:
    """The state from which readers go on. What we think the customer worth, and hold against it, is not part of it."""
    profile = record.profile
    return ProfileUpdated(
        customer_id=record.customer_id,
        version=record.version,
        registered_at=record.registered_at,
        display_name=profile.display_name,
        lifecycle=profile.lifecycle.value,
        **{name: getattr(profile, name) for name in _CARRIED},
    )


_CARRIED = ProfileUpdated.model_fields.keys() - {"customer_id", "version", "registered_at", "display_name", "lifecycle"}
"""All others have the same names in the profile as in the event."""
