"""Why a figure is what it is: parts that add up to it, each with the rule, the numbers and the facts behind it."""

from collections.abc import Mapping

from msgspec import Struct

from services.scoring.facts.fact import FactKind

Evidence = Mapping[str, int | float | str | bool]


class Reason(Struct, frozen=True):
    """`amount` is this part of the figure, in the figure's own whole units (tenths of a point, or minor units of
    money); None for a reason that takes part in no sum. `facts` and `case` say which facts stand behind it."""

    rule: str
    amount: int | None
    evidence: Evidence = {}
    facts: tuple[FactKind, ...] = ()
    case: tuple[str, str] | None = None


def total(reasons: tuple[Reason, ...]) -> int:
    return sum(reason.amount or 0 for reason in reasons)
