"""The stage of an account's partnership (S2): initial, stable, deep, symbiosis, by months since its first purchase."""

from datetime import date
from typing import Literal

from services.scoring.facts.fact import FactKind
from services.scoring.facts.measures import Measures
from services.scoring.facts.statistics import Statistics
from services.scoring.policies.policy import PartnershipPolicy
from services.scoring.scores.reason import Reason

Partnership = Literal["initial", "stable", "deep", "symbiosis"]

PARTNERSHIP_STAGES: tuple[Partnership, ...] = ("initial", "stable", "deep", "symbiosis")
"""The youngest first."""


def judge_partnership(
    statistics: Statistics, policy: PartnershipPolicy, measures: Measures, today: int
) -> Partnership | None:
    """None for persons, and before the first purchase."""
    begins = partnership_change_days(statistics, policy, measures)
    return PARTNERSHIP_STAGES[sum(today >= day for day in begins)] if begins else None


def partnership_change_days(statistics: Statistics, policy: PartnershipPolicy, measures: Measures) -> tuple[int, ...]:
    """Local days on which the stable, the deep stage and symbiosis begin."""
    profile, first = statistics.more.profile, statistics.first_day
    if profile is None or profile.kind != "organisation" or first is None:
        return ()
    since = measures.date(first)
    months = (policy.stable_after_months, policy.deep_after_months, policy.symbiosis_after_months)
    return tuple(first + (_later_by(since, number) - since).days for number in months)


def explain_partnership(stage: Partnership, statistics: Statistics, measures: Measures, today: int) -> Reason:
    first = statistics.first_day or today
    evidence: dict[str, int | str] = {"since": measures.date(first).isoformat(), "tenure_days": today - first}
    return Reason(f"partnership_{stage}", None, evidence, (FactKind.PURCHASE,))


def _later_by(since: date, months: int) -> date:
    """The same day of a later month, or its last one where that is shorter."""
    year, month = divmod(12 * since.year + since.month - 1 + months, 12)
    following = date(year + (month == 11), (month + 1) % 12 + 1, 1)
    days = (following - date(year, month + 1, 1)).days
    return date(year, month + 1, min(since.day, days))
