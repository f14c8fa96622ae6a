"""What scoring knows of customers beside what scores rest on: to ask by, and to tell whose they are."""

from typing import Any
from uuid import UUID

from msgspec import Struct


class Traits(Struct, frozen=True):
    """As the customer service last told them. `owner_id` is the account manager, by the business's own directory;
    `coverage_risks` why the relationship to an organisation hangs by a thread."""

    customer_id: UUID
    version: int
    lifecycle: str
    language: str
    time_zone: str
    tags: tuple[str, ...] = ()
    acquisition_source: str | None = None
    owner_id: str | None = None
    backup_owner_id: str | None = None
    contacts: int | None = None
    coverage_risks: tuple[str, ...] = ()


def traits_of(data: Any) -> Traits:
    """From what the customer service tells of a customer."""
    contacts = data.contacts
    return Traits(
        customer_id=data.customer_id,
        version=data.version,
        lifecycle=data.lifecycle,
        language=data.language,
        time_zone=data.time_zone,
        tags=tuple(sorted(set(data.tags))),
        acquisition_source=data.acquisition_source,
        owner_id=data.owner_id,
        backup_owner_id=data.backup_owner_id,
        contacts=None if contacts is None else contacts.active,
        coverage_risks=() if contacts is None else tuple(sorted(str(risk) for risk in contacts.risks)),
    )
