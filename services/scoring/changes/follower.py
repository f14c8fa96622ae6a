"""Who follows changes of customers."""

from enum import StrEnum


class Follower(StrEnum):
    """`REPLAYS` follow written statistics alone, `SEGMENTS` whatever is known of a customer."""

    REPLAYS = "replays"
    SEGMENTS = "segments"
