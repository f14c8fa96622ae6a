"""The quadrant of value and potential (S2): core, high potential, maintain, optimise."""

from typing import Literal

from services.scoring.facts.fact import FactKind
from services.scoring.facts.statistics import Statistics
from services.scoring.portfolio.growth import YEAR_DAYS, Gap, Peers, YearlyMarks, yearly_gap
from services.scoring.scores.context import Context
from services.scoring.scores.lifecycle import Activity, Stage
from services.scoring.scores.lookahead import next_change
from services.scoring.scores.reason import Reason
from services.scoring.scores.value import realised_last_year

Quadrant = Literal["core", "high_potential", "maintain", "optimise"]


def judge_quadrant(
    last_year: int, gap: Gap | None, standing: tuple[Stage, Activity], marks: YearlyMarks
) -> Quadrant | None:
    """By the margin of the last twelve months and what the year lacks; None without marks to hold them against."""
    core, maintain, potential = _marks(marks)
    if gap is None or core is None or maintain is None or potential is None:
        return None
    stage, activity = standing
    if stage == "stability" and last_year >= core:
        return "core"
    if activity.active and gap.total >= potential:
        return "high_potential"
    return "maintain" if last_year >= maintain else "optimise"


def explain_quadrant(
    quadrant: Quadrant, last_year: int, gap: Gap, standing: tuple[Stage, Activity], marks: YearlyMarks
) -> Reason:
    core, maintain, potential = _marks(marks)
    stage, activity = standing
    evidence = {
        "last_year": last_year,
        "yearly_gap": gap.total,
        "stage": stage,
        "active": activity.active,
        "core_minimum": core or 0,
        "maintain_minimum": maintain or 0,
        "potential_minimum": potential or 0,
    }
    return Reason(f"quadrant_{quadrant}", None, evidence, (FactKind.PURCHASE, FactKind.RETURN, FactKind.RESOLUTION))


def quadrant_change_days(
    statistics: Statistics, peers: Peers, context: Context, marks: YearlyMarks, today: int
) -> tuple[int, ...]:
    """The next day, if any, on which what leaves the last twelve months moves the customer over a mark; stage and
    activity have days of their own."""
    thresholds = _marks(marks)

    def judge(day: int) -> tuple[bool, ...]:
        last_year = realised_last_year(statistics, day)
        gap = yearly_gap(statistics, peers, context.policy.growth, context.measures, day).total
        found = zip((last_year, last_year, gap), thresholds, strict=True)
        return tuple(mark is not None and figure >= mark for figure, mark in found)

    within = statistics.entries_since(today - YEAR_DAYS + 1)
    changed = next_change((entry.day + YEAR_DAYS for entry in within), judge, today)
    return () if changed is None else (changed,)


def value_marks(marks: YearlyMarks) -> tuple[int, ...]:
    """Margins of the last twelve months from which a class by value may begin."""
    core, maintain, _ = _marks(marks)
    return () if core is None or maintain is None else (core, maintain)


def _marks(marks: YearlyMarks) -> tuple[int | None, int | None, int | None]:
    """Of core, maintain and high potential: who brings nothing, or lacks nothing, is in none of them."""
    core, maintain, potential = marks.core_minimum, marks.maintain_minimum, marks.potential_minimum
    if core is None or maintain is None or potential is None:
        return None, None, None
    return max(core, 1), max(maintain, 1), max(potential, 1)
