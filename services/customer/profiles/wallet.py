"""What a customer is thought to spend in a year, by category, and who else sells to it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

from pydantic import Field

from shared.contracts.common import LongText, Money, ShortText, Value
from shared.errors import Conflict

MAX_ESTIMATES = 50
MAX_COMPETITORS = 20


class Estimate(Value):
    """The yearly spend on one category with everybody; `competitors` by name."""

    category: ShortText
    yearly: Money
    competitors: Annotated[tuple[ShortText, ...], Field(max_length=MAX_COMPETITORS)] = ()
    note: LongText | None = None
    estimated_at: datetime
    estimated_by: ShortText


def with_estimate(wallet: Sequence[Estimate], estimate: Estimate) -> tuple[Estimate, ...]:
    """The wallet with this estimate for its category, by category. Raises Conflict when there would be too many.

    Saying the same again is no new estimate: the first keeps its time and author.
    """
    others = tuple(held for held in wallet if held.category != estimate.category)
    held = next((held for held in wallet if held.category == estimate.category), None)
    if held is None and len(wallet) >= MAX_ESTIMATES:
        raise Conflict(f"a wallet has at most {MAX_ESTIMATES} categories; remove one first", code="wallet_full")
    same = held is not None and (held.yearly, held.competitors, held.note) == (
        estimate.yearly,
        estimate.competitors,
        estimate.note,
    )
    kept = held if same and held is not None else estimate
    return tuple(sorted((*others, kept), key=lambda one: one.category))
