"""News of a customer: what has to be known to attach interactions, and nothing personal."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.interaction.ingest.identity import CustomerKey, ExternalKey


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerSighting:
    """A version of a customer with its identities at `seen_at`; `event_id` is the event that told of it."""

    customer_id: UUID
    version: int
    external_keys: frozenset[ExternalKey]
    seen_at: datetime
    event_id: str
    key_account: bool = False

    @property
    def keys(self) -> Iterator[CustomerKey]:
        yield self.customer_id
        yield from self.external_keys


def owners_of(sightings: Iterable[CustomerSighting]) -> dict[CustomerKey, CustomerSighting]:
    """Who brings each identity first: a batch must attach what its events would, taken one by one.

    An identity that one event brings and the next takes away again has had its moment, and attaches what waits for it.
    """
    owners: dict[CustomerKey, CustomerSighting] = {}
    for sighting in sightings:
        for key in sighting.keys:
            owners.setdefault(key, sighting)
    return owners


def latest_of(sightings: Iterable[CustomerSighting]) -> dict[UUID, CustomerSighting]:
    """The newest version of each customer."""
    latest: dict[UUID, CustomerSighting] = {}
    for sighting in sightings:
        known = latest.get(sighting.customer_id)
        if known is None or known.version < sighting.version:
            latest[sighting.customer_id] = sighting
    return latest
