"""Growth potential (客户增值潜力): what a customer would add if they bought as their better peers do, discounted."""

from functools import lru_cache
from typing import Literal

from msgspec import Struct

from services.scoring.facts.fact import FactKind
from services.scoring.policies.policy import LifetimePolicy
from services.scoring.portfolio.growth import Gap, Pattern, Peers
from services.scoring.scores.reason import Reason

MissingPotential = Literal["no_purchase", "no_model", "no_peers"]

_FACTS = (FactKind.PURCHASE, FactKind.RETURN)


class Potential(Struct, frozen=True):
    """`minor` is the sum of `parts`, which are in the order of a Gap; without them `missing` says why. `gap` is what a
    year lacks, whether the customer is active or not."""

    gap: Gap | None = None
    parts: tuple[int, ...] = ()
    minor: int | None = None
    missing: MissingPotential | None = None


def judge_potential(bought: int, gap: Gap | None, probability: float | None, policy: LifetimePolicy) -> Potential:
    """`gap` is None without peers to be measured against."""
    if not bought:
        return Potential(missing="no_purchase")
    if gap is None:
        return Potential(missing="no_peers")
    if probability is None:
        return Potential(gap, missing="no_model")
    factor = years_worth(policy.horizon_months, policy.step_months, policy.discount_per_year) * probability
    parts = tuple(round(part * factor) for part in gap)
    return Potential(gap, parts, sum(parts))


@lru_cache(maxsize=16)
def years_worth(horizon_months: int, step_months: int, discount_per_year: float) -> float:
    """Present value of 1 a year over the horizon, each step discounted from its middle, as current value is."""
    steps = range(step_months, horizon_months + 1, step_months)
    discounts = ((1 + discount_per_year) ** (-(end - step_months / 2) / 12) for end in steps)
    return float(sum(discounts) * step_months / 12)


def explain_potential(
    potential: Potential, pattern: Pattern, peers: Peers | None, probability: float | None, policy: LifetimePolicy
) -> tuple[Reason, ...]:
    """The potential, in minor units, as the parts it is the sum of."""
    if potential.gap is None or potential.minor is None or peers is None or probability is None:
        return ()
    years = years_worth(policy.horizon_months, policy.step_months, policy.discount_per_year)
    shared: dict[str, int | float] = {"probability_active": round(probability, 4), "years": round(years, 4)}
    own, marks = (*pattern, 0), (*peers.marks, 0)
    counted = zip(Gap._fields, own, marks, potential.gap, potential.parts, strict=True)
    return tuple(
        Reason(f"potential_{name}", part, _evidence(name, found, mark) | {"yearly": missing} | shared, _FACTS)
        for name, found, mark, missing, part in counted
        if missing
    )


def _evidence(name: str, own: int, mark: int) -> dict[str, int | float]:
    """A basket is money, the others are counts; of a wallet the gap says it all."""
    if name == "wallet":
        return {}
    return {"own_basket": own, "mark_basket": mark} if name == "basket" else {"own": own, "mark": mark}
