"""The HTTP resources of customers."""

from services.customer.profiles.api import bulk, consents, identities, records

# Fixed paths before those with a parameter in the same place.
ROUTERS = (bulk.router, identities.router, consents.router, records.router)
