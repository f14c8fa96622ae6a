"""What others are told of a customer: facts without personal data to all, the full profile to the restricted topic."""

from services.customer.profiles.profile import CustomerRecord
from shared.contracts.customer import CustomerChanged, CustomerFacts, CustomerRegistered, ProfileUpdated


def facts_of(record: CustomerRecord) -> CustomerFacts:
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
    )


def profile_of(record: CustomerRecord) -> ProfileUpdated:
    """The state from which readers go on; tags and custom attributes are not part of it."""
    profile = record.profile
    return ProfileUpdated(
        customer_id=record.customer_id,
        version=record.version,
        kind=profile.kind,
        display_name=profile.display_name,
        given_name=profile.given_name,
        family_name=profile.family_name,
        language=profile.language,
        time_zone=profile.time_zone,
        region=profile.region,
        birthday=profile.birthday,
        contact_points=profile.contact_points,
        consents=profile.consents,
        registered_at=record.registered_at,
    )
