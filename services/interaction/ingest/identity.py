"""Who is meant and which interaction it is: identities given by other systems, and the platform's own."""

from collections.abc import Iterable
from typing import NamedTuple
from uuid import UUID
from zlib import crc32

from shared.ids import Namespace

INTERACTIONS = Namespace(UUID("5f0c7a64-9d8e-4f5b-8b53-6a1f7f5e2c11"))
"""Namespace of interaction ids. To change it is to record everything a second time."""

LOCK_BUCKETS = 256


class ExternalKey(NamedTuple):
    """A customer's identity in another system."""

    source: str
    id: str


CustomerKey = UUID | ExternalKey
"""How an interaction names its customer: the platform's id, or an identity of another system."""


def interaction_id_of(source: str, source_id: str) -> UUID:
    """One id for ever per (source, id), so that its primary key alone keeps the pair unique.

    Neither part may contain a line break: the contract of events refuses control characters.
    """
    return INTERACTIONS.id_of(f"{source}\n{source_id}")


def lock_buckets(keys: Iterable[CustomerKey]) -> list[int]:
    """The locks that stand for these identities, in the one order in which everybody takes them.

    Few fixed buckets rather than a lock per identity: a batch of a thousand must not fill the server's lock table.
    """
    return sorted({_bucket(key) for key in keys})


def _bucket(key: CustomerKey) -> int:
    name = key.bytes if isinstance(key, UUID) else f"{key.source}\n{key.id}".encode()
    return crc32(name) % LOCK_BUCKETS
