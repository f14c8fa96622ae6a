"""Satisfaction 0-100: a baseline moved by time-weighted answers, by complaints and by returns. All in tenths."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from msgspec import Struct

from services.scoring.facts.cases import Case
from services.scoring.facts.circumstances import CaseLife
from services.scoring.facts.fact import FactKind
from services.scoring.facts.measures import Measures, divide, from_microseconds
from services.scoring.facts.statistics import Statistics
from services.scoring.policies.policy import SEVERITIES, SatisfactionPolicy
from services.scoring.scores.reason import Reason, total

CASE_FACTS = (
    FactKind.COMPLAINT, FactKind.RESPONSE, FactKind.RESOLUTION, FactKind.FOLLOW_UP, FactKind.CLOSURE,
    FactKind.REOPENING,
)  # fmt: skip
"""Kinds of facts in the life of a complaint."""

FULL = 1000
"""100 points, in tenths."""

_MICROSECOND: Final = timedelta(microseconds=1)


class Satisfaction(Struct, frozen=True):
    """`reasons` add up to `tenths`; `open_complaints` counts the cases that are not resolved."""

    tenths: int
    reasons: tuple[Reason, ...]
    open_complaints: int


def judge_satisfaction(
    statistics: Statistics, policy: SatisfactionPolicy, measures: Measures, as_of: datetime
) -> Satisfaction:
    reasons = [Reason("baseline", 10 * policy.baseline)]
    if not (statistics.surveys or statistics.returns or statistics.cases):
        return Satisfaction(10 * policy.baseline, tuple(reasons), 0)
    today = measures.day(as_of)
    if statistics.surveys:
        reasons.append(_surveys(statistics, policy, today))
    if statistics.returns:
        reasons.append(_returns(statistics, policy))
    opened = [case for case in statistics.cases if case.opened_first is not None]
    lives = {(life.source, life.case): life for life in statistics.more.lives}
    reasons += [_complaint(case, lives.get((case.source, case.case)), policy, measures, as_of) for case in opened]
    raw = total(tuple(reasons))
    kept = min(max(raw, 0), FULL)
    if kept != raw:
        reasons.append(Reason("bounds", kept - raw, {"unbounded": raw / 10}))
    return Satisfaction(kept, tuple(reasons), sum(is_open(case) for case in opened))


def is_open(case: Case) -> bool:
    """Whether the case was opened, or opened again, after its last resolution."""
    if case.opened_last is None:
        return False
    return case.resolved_last is None or case.resolved_last < case.opened_last


def state_of(case: Case, policy: SatisfactionPolicy, as_of: datetime) -> str:
    """One of the policy's CASE_STATES, for a case with an opening."""
    opened, resolved = from_microseconds(case.opened_first or 0), case.resolved_first
    if is_open(case):
        if resolved is not None and from_microseconds(resolved) >= opened:
            return "reopened"
        return "open_late" if as_of - opened > policy.resolve_within else "open"
    answered = from_microseconds(resolved or 0)
    again = from_microseconds(case.opened_last or 0) > answered
    return "resolved_late" if again or answered - opened > policy.resolve_within else "resolved_in_time"


def satisfaction_changes(
    statistics: Statistics, policy: SatisfactionPolicy, measures: Measures, as_of: datetime
) -> Iterator[datetime]:
    """Later instants at which a weight or a case's state changes by time alone, the next one of each."""
    if not (statistics.surveys or statistics.cases):
        return
    today = measures.day(as_of)
    for answers in statistics.surveys:
        changed = policy.survey_weights.next_change(today - answers.day)
        if changed is not None:
            yield measures.start_of(answers.day + changed)
    lives = {(life.source, life.case): life for life in statistics.more.lives}
    for case in statistics.cases:
        if case.opened_first is None or case.opened_last is None:
            continue
        life = lives.get((case.source, case.case))
        if life is not None and _answered_at(case, life) is None and not _answered_late(case, life, policy, as_of):
            due = _answer_due(case, life, policy)
            if due is not None:
                yield due + _MICROSECOND
        if is_open(case):
            if state_of(case, policy, as_of) == "open":
                yield from_microseconds(case.opened_first + 1) + policy.resolve_within
            continue
        opened_on = measures.day(from_microseconds(case.opened_last))
        changed = policy.complaint_weights.next_change(today - opened_on)
        if changed is not None:
            yield measures.start_of(opened_on + changed)


def _answer_due(case: Case, life: CaseLife, policy: SatisfactionPolicy) -> datetime | None:
    """By when the first answer was to come: as promised, and by the policy where answers are recorded at all."""
    if life.responded_at is None and life.respond_by is None:
        return None
    due = from_microseconds(case.opened_first or 0) + policy.respond_within
    return due if life.respond_by is None else min(due, from_microseconds(life.respond_by))


def _answered_at(case: Case, life: CaseLife) -> int | None:
    """The first answer; a resolution is one too."""
    return min((at for at in (life.responded_at, case.resolved_first) if at is not None), default=None)


def _answered_late(case: Case, life: CaseLife, policy: SatisfactionPolicy, as_of: datetime) -> bool:
    due, answered = _answer_due(case, life, policy), _answered_at(case, life)
    return due is not None and (as_of if answered is None else from_microseconds(answered)) > due


def _pleased(case: Case, life: CaseLife, policy: SatisfactionPolicy) -> bool | None:
    """How the follow-up after the last resolution went; None where there was none."""
    if is_open(case) or life.followed_at is None or life.followed_at < (case.opened_last or 0):
        return None
    return (life.points or 0) >= policy.pleased_from


def _surveys(statistics: Statistics, policy: SatisfactionPolicy, today: int) -> Reason:
    """(Σ weight × points + baseline weight × baseline) / (Σ weight + baseline weight), less the baseline."""
    weight = deviation = answers = 0
    for entry in statistics.surveys:
        share = policy.survey_weights.of(today - entry.day) * entry.answers
        weight += share
        deviation += share * (entry.points - policy.baseline)
        answers += entry.answers
    evidence = {"answers": answers, "weight": weight, "baseline_weight": policy.baseline_weight}
    moved = divide(10 * deviation, weight + policy.baseline_weight)
    return Reason("surveys", moved, evidence, (FactKind.SURVEY,))


def _returns(statistics: Statistics, policy: SatisfactionPolicy) -> Reason:
    bought, returned = statistics.revenue, statistics.returned_revenue
    share = min(returned, bought) if bought > 0 else 1
    whole = bought if bought > 0 else 1
    evidence = {"returns": statistics.returns, "returned": returned, "bought": bought}
    return Reason("returns", -divide(10 * policy.return_points * share, whole), evidence, (FactKind.RETURN,))


def _complaint(
    case: Case, life: CaseLife | None, policy: SatisfactionPolicy, measures: Measures, as_of: datetime
) -> Reason:
    state, severity = state_of(case, policy, as_of), SEVERITIES[case.severity]
    age = measures.day(as_of) - measures.day(from_microseconds(case.opened_last or 0))
    weight = 100 if is_open(case) else policy.complaint_weights.of(age)
    points, factor = policy.complaint_points[severity], policy.complaint_states[state]
    evidence: dict[str, int | str] = {"case": case.case, "severity": severity, "state": state, "points": points}
    share = 100
    if life is not None:
        if _answered_late(case, life, policy, as_of):
            factor += policy.late_response_percent
            evidence["late_response"] = True
        pleased = _pleased(case, life, policy)
        if pleased is not None:
            evidence["pleased"] = pleased
            share -= policy.pleased_percent if pleased else 0
            factor += 0 if pleased else policy.displeased_percent
    return Reason(
        "complaint",
        -divide(points * factor * share * weight, 100_000),
        {**evidence, "factor": factor, "weight": weight},
        CASE_FACTS,
        (case.source, case.case),
    )
