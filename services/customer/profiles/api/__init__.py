"""The HTTP resources of customers."""

from services.customer.profiles.api import bulk, consents, coverage, identities, journal, reach, records

# Fixed paths before those with a parameter in the same place.
ROUTERS = (
    bulk.router,
    identities.router,
    consents.router,
    reach.router,
    journal.router,
    coverage.router,
    records.router,
)
