"""A customer's statistics as their row keeps them: packed whole, and once more in columns for what is summed in SQL."""

from typing import Any, Final

import msgspec

from services.scoring.facts.state import CustomerState
from services.scoring.facts.statistics import EMPTY, Statistics

encode = msgspec.msgpack.Encoder().encode
decode = msgspec.msgpack.Decoder(Statistics).decode
EMPTY_PACKED: Final = encode(EMPTY)

COLUMNS: Final = (
    "purchase_days",
    "first_day",
    "last_day",
    "margin",
    "repeat_margin",
    "returned_margin",
    "realised",
    "packed",
    "memory",
)
"""Of the row, after the customer's id."""


def row_of(state: CustomerState) -> tuple[Any, ...]:
    """The values of COLUMNS."""
    statistics = state.statistics
    return (
        len(statistics.purchase_days),
        statistics.first_day,
        statistics.last_day,
        statistics.margin,
        statistics.repeat_margin,
        statistics.returned_margin,
        statistics.realised,
        encode(statistics),
        state.memory,
    )
