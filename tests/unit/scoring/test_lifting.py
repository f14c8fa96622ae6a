"""What would lift a class is true: applied to the customer, it does."""

from datetime import timedelta

import pytest
from hypothesis import given, settings

from services.scoring.facts.circumstances import Circumstances
from services.scoring.facts.fact import Detail, Fact, FactKind
from services.scoring.facts.profile import Profile
from services.scoring.facts.statistics import EMPTY, Statistics, fold, merge
from services.scoring.scores.context import Context
from services.scoring.scores.lifting import Lift, find_lifts, rank_of
from services.scoring.scores.score import effective_instant, score
from tests.support.factories.scoring import CONTEXT, MEASURES, NOW, POLICY, days, histories, make_fact, statistics_of


def lifts_of(*facts: Fact, context: Context = CONTEXT) -> list[Lift]:
    statistics = statistics_of(*facts)
    return list(find_lifts(statistics, context, score(statistics, context, effective_instant(statistics, NOW))))


def told(lifts: list[Lift], figure: str, rule: str) -> dict[str, object]:
    (lift,) = (lift for lift in lifts if (lift.figure, lift.reason.rule) == (figure, rule))
    return dict(lift.reason.evidence)


@settings(max_examples=60)
@given(histories())
def test_what_is_said_to_lift_a_class_lifts_it(history: list[Fact]) -> None:
    statistics = fold(EMPTY, history, MEASURES)
    for context in (CONTEXT, Context(POLICY, MEASURES)):
        now = score(statistics, context, effective_instant(statistics, NOW))
        for lift in find_lifts(statistics, context, now):
            then = score(fold(statistics, lift.facts, MEASURES), context, lift.at)
            assert rank_of(then, lift.figure) > rank_of(now, lift.figure)
            assert lift.at >= now.as_of
            if lift.reason.rule in ("lift_purchases", "lift_answers") and len(lift.facts) > 1:
                fewer = score(fold(statistics, lift.facts[:-1], MEASURES), context, lift.facts[-2].occurred_at)
                assert rank_of(fewer, lift.figure) <= rank_of(now, lift.figure)


def test_time_leads_accounts_to_the_next_stage_of_partnership() -> None:
    bought = statistics_of(make_fact(at=NOW - days(120)), make_fact(at=NOW - days(40)))
    profile = Circumstances(profile=Profile(version=1, kind="organisation"))
    account = merge(bought, Statistics(more=profile))
    now = score(account, CONTEXT, NOW)
    assert now.partnership == "stable"
    evidence = told(list(find_lifts(account, CONTEXT, now)), "partnership_stage", "lift_time")
    assert evidence == {"until": "1999-03-03", "figure": "partnership_stage", "reaches": "deep"}
    assert "partnership_stage" not in {one.figure for one in find_lifts(bought, CONTEXT, score(bought, CONTEXT, NOW))}


def test_further_purchase_days_lead_to_the_next_level() -> None:
    facts = [make_fact(at=NOW - days(120)), make_fact(at=NOW - days(40))]
    evidence = told(lifts_of(*facts), "loyalty_level", "lift_purchases")
    assert evidence == {"days": 2, "until": "1998-07-02", "figure": "loyalty_level", "reaches": "behaviourally_loyal"}


def test_a_resolved_complaint_leads_to_the_next_level() -> None:
    complaint = make_fact(FactKind.COMPLAINT, NOW, detail=Detail(source="shop", case="c-7", severity=0))
    facts = [make_fact(at=NOW - days(120)), make_fact(at=NOW - days(40)), complaint]
    evidence = told(lifts_of(*facts), "loyalty_level", "lift_resolution")
    assert (evidence["case"], evidence["reaches"]) == ("c-7", "trusting")


def test_several_complaints_are_to_be_resolved_together() -> None:
    complaints = [
        make_fact(FactKind.COMPLAINT, NOW, detail=Detail(source="shop", case=f"c-{number}", severity=0))
        for number in range(2)
    ]
    praise = make_fact(FactKind.SURVEY, NOW)
    lifts = lifts_of(make_fact(at=NOW - days(120)), make_fact(at=NOW - days(40)), praise, *complaints)
    assert told(lifts, "loyalty_level", "lift_resolutions")["complaints"] == 2


def test_the_margin_that_lacks_is_told_to_the_cent() -> None:
    lifts = lifts_of(make_fact(at=NOW - days(5), margin=5_000))
    evidence = told(lifts, "abc_class", "lift_margin")
    assert (evidence["margin"], evidence["reaches"]) == (5_693 - 5_000, "B")


def test_time_alone_leads_to_a_level_that_asks_for_it() -> None:
    facts = [make_fact(at=NOW - days(25)), make_fact(at=NOW - timedelta(hours=2))]
    assert told(lifts_of(*facts), "loyalty_level", "lift_time") == {
        "until": "1998-07-06",
        "figure": "loyalty_level",
        "reaches": "trusting",
    }


def test_a_recommendation_and_full_marks_lead_to_attitudinal_loyalty() -> None:
    facts = [make_fact(at=NOW - days(30 * number)) for number in range(5)]
    praise = make_fact(FactKind.REFERRAL, NOW - days(1))
    marks = told(lifts_of(*facts, praise), "loyalty_level", "lift_answers")
    assert (marks["answers"], marks["reaches"]) == (1, "attitudinally_loyal")


def test_a_purchase_wakes_the_dormant() -> None:
    lifts = lifts_of(make_fact(at=NOW - days(500)), make_fact(at=NOW - days(450)))
    assert told(lifts, "lifecycle_stage", "lift_purchases")["days"] == 1


@pytest.mark.parametrize("figure", ["loyalty_level", "lifecycle_stage", "abc_class", "quadrant"])
def test_who_stands_highest_is_not_lifted(figure: str) -> None:
    facts = [
        make_fact(at=NOW - days(20 * number), margin=9_000, detail=Detail(categories=("a", "b")))
        for number in range(25)
    ]
    best = [make_fact(FactKind.SURVEY, NOW - days(1)) for _ in range(3)]
    assert [lift for lift in lifts_of(*facts, *best, make_fact(FactKind.REFERRAL, NOW)) if lift.figure == figure] == []
