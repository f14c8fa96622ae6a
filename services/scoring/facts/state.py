"""What is kept of a customer in one row, which every batch that names them locks, reads and rewrites."""

from msgspec import Struct

from services.scoring.facts.statistics import EMPTY, Statistics


class CustomerState(Struct, frozen=True):
    """`memory` belongs to the capability that tells scores: what it last said, in its own form, unread here."""

    statistics: Statistics = EMPTY
    memory: bytes | None = None
