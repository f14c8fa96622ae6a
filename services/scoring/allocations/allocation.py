"""Sharing out a scarce supply: whole units, by class and value, nobody above what they want.

After the minimum, units go one by one to whoever has the highest weight per unit that they would then have (highest
averages: D'Hondt 1878, Jefferson 1792), so that one unit more in the supply never takes one from anybody, and equal
weights never differ by more than one. The same sum in other words: customer i gets floor(weight_i x price) units at the
price that uses the supply up; that is how it is computed.
"""

import heapq
import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final, Literal
from uuid import UUID

from services.scoring.policies.policy import AllocationPolicy

AbcClass = Literal["A", "B", "C"]
Limit = Literal["weight", "wanted"]
Measure = Literal["realised_value", "current_value"]
MOST_CUSTOMERS: Final = 20_000

_PRICE_BITS: Final = 64


@dataclass(frozen=True, slots=True)
class Candidate:
    """Who may get something: `value` in minor units, `wanted` units at most (None: as many as there are)."""

    customer_id: UUID
    abc: AbcClass
    value: int
    wanted: int | None


@dataclass(frozen=True, slots=True)
class Share:
    """What a candidate gets. `weight` is exact; `limit` tells what kept it from being more."""

    candidate: Candidate
    units: int
    minimum: int
    weight: Fraction
    limit: Limit


def allocate(supply: int, candidates: Sequence[Candidate], policy: AllocationPolicy) -> list[Share]:
    """Shares, the best customer first (class, value, id). They add up to the supply, or to all that is wanted.

    Without positive value in a class its candidates weigh the same.
    """
    ranked = sorted(candidates, key=lambda one: (one.abc, -one.value, one.customer_id))
    weights = weigh(ranked, policy)
    caps = [supply if one.wanted is None else min(one.wanted, supply) for one in ranked]
    minimums, left = [], supply
    for cap in caps:
        minimums.append(min(policy.minimum, cap, left))
        left -= minimums[-1]
    room = [cap - minimum for cap, minimum in zip(caps, minimums, strict=True)]
    further = _by_highest_averages(left, weights, room)
    return [
        Share(one, minimum + more, minimum, weight, _limit(one, minimum + more))
        for one, minimum, more, weight in zip(ranked, minimums, further, weights, strict=True)
    ]


def weigh(candidates: Sequence[Candidate], policy: AllocationPolicy) -> list[Fraction]:
    """class weight x (1 - value share + value share x value / mean value of the class); values below 0 count as 0."""
    worth: dict[str, list[int]] = {}
    for one in candidates:
        worth.setdefault(one.abc, []).append(max(one.value, 0))
    means = {name: Fraction(sum(values), len(values)) for name, values in worth.items()}
    share = Fraction(policy.value_share)
    return [
        policy.class_weights[one.abc] * (1 - share + share * (max(one.value, 0) / mean if mean else 1))
        for one in candidates
        for mean in [means[one.abc]]
    ]


def _by_highest_averages(supply: int, weights: Sequence[Fraction], room: Sequence[int]) -> list[int]:
    supply = min(supply, sum(room))
    units = _below_price(supply, weights, room)
    left = supply - sum(units)
    # The next unit costs its owner (units + 1) / weight; equals go by rank.
    queue = [((units[place] + 1) / weight, place) for place, weight in enumerate(weights) if units[place] < room[place]]
    heapq.heapify(queue)
    while left:
        _, place = heapq.heappop(queue)
        units[place] += 1
        left -= 1
        if units[place] < room[place]:
            heapq.heappush(queue, ((units[place] + 1) / weights[place], place))
    return units


def _below_price(supply: int, weights: Sequence[Fraction], room: Sequence[int]) -> list[int]:
    """Units of everybody at a price that does not quite use the supply up: a start for the last few, one by one."""
    scale = math.lcm(*(weight.denominator for weight in weights))
    whole = [int(weight * scale) for weight in weights]
    low, high = 0, (supply + 1) << _PRICE_BITS
    units = [0] * len(weights)
    while high - low > 1 and sum(units) < supply - len(units):
        price = (low + high) // 2
        bought = [min(space, weight * price >> _PRICE_BITS) for weight, space in zip(whole, room, strict=True)]
        if sum(bought) <= supply:
            low, units = price, bought
        else:
            high = price
    return units


def _limit(candidate: Candidate, units: int) -> Limit:
    return "wanted" if candidate.wanted is not None and units >= candidate.wanted else "weight"
