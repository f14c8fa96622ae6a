"""Which kinds of occasions are greetings and which reminders, and of which dates. Pure."""

from collections.abc import Mapping
from types import MappingProxyType

from services.notification.values import OccasionKind
from shared.contracts.customer import ImportantDateKind

GREETINGS = frozenset(
    {
        OccasionKind.BIRTHDAY,
        OccasionKind.CUSTOMER_SINCE,
        OccasionKind.PURCHASE_ANNIVERSARY,
        OccasionKind.WEDDING,
        OccasionKind.HOLIDAY,
    }
)
"""Said on the day itself, once a year, and too late on the next. The others are reminders: said before it comes."""

KIND_OF_DATE: Mapping[ImportantDateKind, OccasionKind] = MappingProxyType(
    {
        ImportantDateKind.WEDDING: OccasionKind.WEDDING,
        ImportantDateKind.CONTRACT_END: OccasionKind.CONTRACT_END,
        ImportantDateKind.INSURANCE_EXPIRY: OccasionKind.EXPIRY,
        ImportantDateKind.LICENCE_INSPECTION: OccasionKind.INSPECTION,
        ImportantDateKind.VEHICLE_INSPECTION: OccasionKind.INSPECTION,
        ImportantDateKind.MAINTENANCE: OccasionKind.MAINTENANCE,
        ImportantDateKind.WARRANTY_END: OccasionKind.WARRANTY_END,
    }
)
"""A date of the kind `custom` is not among them: nobody but who recorded it knows what there is to say."""
