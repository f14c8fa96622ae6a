"""A customer as the customer service tells of them."""

from datetime import datetime
from uuid import UUID

from msgspec import Struct

from services.scoring.facts.profile import Profile


class ToldProfile(Struct, frozen=True):
    """`changed_at`: since when the profile holds, in business time."""

    customer_id: UUID
    registered_at: datetime
    changed_at: datetime
    profile: Profile
