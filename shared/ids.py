"""Identifiers: those that sort by the time they were made, so that new rows land together at the edge of an index, and
those made of a name, so that the same name always gets the same one."""

import hashlib
import secrets
import time
from uuid import UUID

from asyncpg.pgproto import pgproto


def uuid7() -> UUID:
    """A version 7 UUID (RFC 9562): milliseconds, then 12 bits of their fraction (method 3), then 62 random bits.

    The standard library has it from Python 3.14 on.
    """
    milliseconds, nanoseconds = divmod(time.time_ns(), 1_000_000)
    fraction = nanoseconds * 4096 // 1_000_000
    return UUID(int=milliseconds << 80 | 0x7 << 76 | fraction << 64 | 0b10 << 62 | secrets.randbits(62))


class Namespace:
    """Version 5 UUIDs (RFC 9562) in one namespace: `uuid.uuid5` to the bit, in a fourth of its time.

    What it gives are UUIDs of the driver, which hash, print and travel faster than those of the standard library and
    are equal to them.
    """

    def __init__(self, namespace: UUID) -> None:
        self._begun = hashlib.sha1(namespace.bytes, usedforsecurity=False)

    def id_of(self, name: str) -> UUID:
        digest = self._begun.copy()
        digest.update(name.encode())
        octets = bytearray(digest.digest()[:16])
        octets[6] = octets[6] & 0x0F | 0x50
        octets[8] = octets[8] & 0x3F | 0x80
        made: UUID = pgproto.UUID(bytes(octets))
        return made
