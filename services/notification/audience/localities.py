"""Where customers live, as far as days depend on it. Pure."""

from typing import Final, NamedTuple

REGION: Final = "coalesce(traits ->> 'region', '')"
"""The region as SQL over `customers`, as its index has it."""


class Locality(NamedTuple):
    """A time zone, which says when a day begins, and a region, which says what day it is; empty where none is told."""

    time_zone: str
    region: str
