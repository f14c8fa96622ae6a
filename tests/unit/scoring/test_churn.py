"""The risk of losing a customer, each reason by hand."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from services.scoring.facts.fact import Detail, Fact, FactKind
from services.scoring.scores.churn import Churn
from services.scoring.scores.context import Context
from services.scoring.scores.score import score
from tests.support.factories.scoring import CONTEXT, MEASURES, POLICY, START, days, make_fact, statistics_of

WITHOUT_MODEL = Context(POLICY, MEASURES)
WITHOUT_FREQUENCY = replace(POLICY, churn=replace(POLICY.churn, frequency=replace(POLICY.churn.frequency, bands=())))
WEEKLY = [make_fact(at=START + days(7 * week)) for week in range(10)]
LAST = START + days(63)


def risk(facts: list[Fact], at: datetime, context: Context = WITHOUT_MODEL) -> Churn:
    found = score(statistics_of(*facts), context, at).churn
    assert found is not None
    return found


def test_who_never_bought_cannot_be_lost() -> None:
    assert score(statistics_of(make_fact(FactKind.VISIT)), CONTEXT, START).churn is None


def test_who_buys_as_usual_is_no_risk() -> None:
    assert risk(WEEKLY, LAST + days(7)) == Churn(0)


@pytest.mark.parametrize(
    ("silence", "tenths"), [(14, 0), (15, 150), (21, 150), (22, 350), (42, 350), (43, 600), (365, 600), (366, 700)]
)
def test_silence_is_measured_against_the_own_rhythm(silence: int, tenths: int) -> None:
    """Every 7 days: longer than 2, 3 and 6 gaps; after 365 days everybody is dormant."""
    found = risk(WEEKLY, LAST + days(silence), replace(WITHOUT_MODEL, policy=WITHOUT_FREQUENCY))
    assert found.tenths == tenths
    assert found.rules == (() if tenths == 0 else ("silence_dormant",) if silence > 365 else ("silence_rhythm",))


def test_with_a_model_the_probability_of_being_active_decides() -> None:
    levels = {}
    for silence in range(0, 360, 3):
        found = score(statistics_of(*WEEKLY), replace(CONTEXT, policy=WITHOUT_FREQUENCY), LAST + days(silence))
        assert found.churn is not None
        assert found.current.probability_active is not None
        levels[found.churn.tenths] = found.current.probability_active
    assert list(levels) == [0, 50, 150, 350, 500, 600]
    assert 0.75 <= levels[50] < 0.9
    assert 0.1 <= levels[500] < 0.25


@pytest.mark.parametrize(
    ("recent", "tenths"),
    [(4, 0), (3, 0), (2, 100), (1, 150)],
)
def test_a_fall_of_frequency_counts(recent: int, tenths: int) -> None:
    """16 purchase days in 364 days are 4 in 91: half of them is a fall of 50 %."""
    usual = [make_fact(at=START + days(22 * number)) for number in range(16)]
    lately = [make_fact(at=START + days(365 + 80 - number)) for number in range(recent)]
    found = risk([*usual, *lately], START + days(364 + 90))
    down = [reason.amount for reason in found.reasons if reason.rule == "frequency_down"]
    assert down == ([tenths] if tenths else [])


def test_of_pending_complaints_the_worst_counts() -> None:
    at = LAST + days(1)
    one = make_fact(FactKind.COMPLAINT, at)
    other = make_fact(FactKind.COMPLAINT, at + timedelta(hours=1), detail=Detail(source="shop", case="c-2", severity=0))
    assert risk([*WEEKLY, one], at).tenths == 100
    late = risk([*WEEKLY, one, other], at + timedelta(hours=48, minutes=30))
    assert [(reason.rule, reason.amount, reason.case) for reason in late.reasons] == [
        ("complaint_pending", 150, ("shop", "c-1"))
    ]
    resolved = make_fact(FactKind.RESOLUTION, at + timedelta(hours=2))
    again = make_fact(FactKind.COMPLAINT, at + timedelta(hours=3))
    assert risk([*WEEKLY, one, resolved], at + timedelta(hours=2)).tenths == 0
    assert risk([*WEEKLY, one, resolved, again], at + timedelta(hours=3)).tenths == 200


def test_the_risk_ends_at_100_and_says_so() -> None:
    policy = replace(
        POLICY, churn=replace(WITHOUT_FREQUENCY.churn, complaint_points={"open": 0, "open_late": 90, "reopened": 90})
    )
    facts = [*WEEKLY, make_fact(FactKind.COMPLAINT, LAST)]
    found = risk(facts, LAST + days(400), replace(WITHOUT_MODEL, policy=policy))
    assert found.tenths == 1000
    assert found.reasons[-1].rule == "churn_bounds"
    assert found.rules == ("complaint_pending", "silence_dormant")
