"""Satisfaction by hand: surveys, complaints in each state, returns, bounds."""

from datetime import datetime, timedelta

import pytest

from services.scoring.facts.fact import Detail, Fact, FactKind, Instrument, survey_points
from services.scoring.scores.satisfaction import Satisfaction, judge_satisfaction
from tests.support.factories.scoring import MEASURES, POLICY, START, days, make_fact, statistics_of


def judge(*facts: Fact, after: timedelta = days(0)) -> Satisfaction:
    return judge_satisfaction(statistics_of(*facts), POLICY.satisfaction, MEASURES, START + after)


def complaint(severity: int = 1, at: datetime = START, case: str = "c-1") -> Fact:
    return make_fact(FactKind.COMPLAINT, at, detail=Detail(source="shop", case=case, severity=severity))


def resolution(at: datetime) -> Fact:
    return make_fact(FactKind.RESOLUTION, at)


def states(satisfaction: Satisfaction) -> list[object]:
    return [reason.evidence["state"] for reason in satisfaction.reasons if reason.rule == "complaint"]


def test_without_any_evidence_it_is_the_baseline() -> None:
    assert judge(make_fact()).tenths == 700


def test_a_fresh_answer_weighs_as_much_as_the_baseline() -> None:
    answer = make_fact(
        FactKind.SURVEY, detail=Detail(instrument=Instrument.CSAT, points=survey_points(Instrument.CSAT, 5))
    )
    assert judge(answer).tenths == 850  # (100 x 100 + 100 x 70) / 200
    assert judge(answer, after=days(91)).tenths == 800  # (50 x 100 + 100 x 70) / 150


@pytest.mark.parametrize(
    ("after", "state", "tenths"),
    [
        (timedelta(hours=48), "open", 700 - 120),
        (timedelta(hours=48, microseconds=1), "open_late", 700 - 180),
        (days(1000), "open_late", 700 - 180),
    ],
)
def test_an_open_complaint_weighs_more_when_it_is_late(after: timedelta, state: str, tenths: int) -> None:
    found = judge(complaint(), after=after)
    assert states(found) == [state]
    assert found.tenths == tenths
    assert found.open_complaints == 1


@pytest.mark.parametrize(
    ("resolved_after", "age", "state", "tenths"),
    [
        (timedelta(hours=48), days(10), "resolved_in_time", 700 - 36),
        (timedelta(hours=49), days(10), "resolved_late", 700 - 72),
        (timedelta(hours=49), days(91), "resolved_late", 700 - 43),
        (timedelta(hours=49), days(400), "resolved_late", 700),
    ],
)
def test_a_resolved_complaint_is_forgotten_with_time(
    resolved_after: timedelta, age: timedelta, state: str, tenths: int
) -> None:
    found = judge(complaint(), resolution(START + resolved_after), after=age)
    assert states(found) == [state]
    assert found.tenths == tenths
    assert found.open_complaints == 0


def test_a_case_opened_again_counts_as_reopened_until_it_is_resolved_again() -> None:
    history = [complaint(), resolution(START + days(1)), complaint(at=START + days(5))]
    assert states(judge(*history, after=days(6))) == ["reopened"]
    assert states(judge(*history, resolution(START + days(6)), after=days(7))) == ["resolved_late"]


def test_a_resolution_without_complaint_changes_nothing() -> None:
    assert judge(resolution(START)).tenths == 700


def test_returns_cost_their_share_of_what_was_bought() -> None:
    bought, returned = make_fact(amount=10_000), make_fact(FactKind.RETURN, amount=2_500)
    assert judge(bought, returned).tenths == 700 - 50
    assert judge(returned).tenths == 700 - 200


def test_it_stays_within_its_bounds_and_says_so() -> None:
    found = judge(*(complaint(severity=3, case=f"c-{number}") for number in range(3)), after=days(3))
    assert found.tenths == 0
    assert found.reasons[-1].rule == "bounds"
    assert found.reasons[-1].amount == 3 * 600 - 700
