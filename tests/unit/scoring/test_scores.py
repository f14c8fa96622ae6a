"""The score as a function of the facts alone, and of time."""

from dataclasses import replace
from datetime import datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from services.scoring.facts.circumstances import Circumstances
from services.scoring.facts.fact import Fact, FactKind
from services.scoring.facts.measures import from_microseconds
from services.scoring.facts.profile import Profile, Wallet
from services.scoring.facts.statistics import EMPTY, Statistics, fold, merge
from services.scoring.lifetime.beta_geometric import BgNbd
from services.scoring.scores.context import Context
from services.scoring.scores.explanation import Explanation, Scored, explain
from services.scoring.scores.reason import total
from services.scoring.scores.score import Score, effective_instant, score, score_many
from services.scoring.scores.value import explain_model
from tests.support.factories.scoring import (
    CONTEXT,
    CUSTOMER,
    MEASURES,
    MODEL,
    NOW,
    POLICY,
    START,
    days,
    histories,
    make_fact,
    statistics_of,
)

ACCOUNT = Profile(version=1, kind="organisation", wallets=(Wallet(2_000_000, "CNY"),))
WITHOUT_MODEL = Context(POLICY, MEASURES)
contexts = st.sampled_from([CONTEXT, WITHOUT_MODEL, replace(CONTEXT, model=replace(CONTEXT.model, spend=None))])  # type: ignore[type-var]
moments = st.integers(0, 900 * 24 * 60).map(lambda minutes: START + timedelta(minutes=minutes))


ACCOUNTS = replace(MODEL, purchases=BgNbd(0.9, 9.0, 0.4, 3.0), segment="organisation")
BY_KIND = replace(CONTEXT, model=replace(MODEL, segment_by="kind", segments={"organisation": ACCOUNTS}))


def explained(statistics: Statistics, context: Context, as_of: datetime) -> tuple[Score, Explanation]:
    found = score(statistics, context, as_of)
    return found, explain(Scored(CUSTOMER, statistics, context, found, None))


def classes(found: Score) -> tuple[object, ...]:
    risk = found.churn and (found.churn.tenths, found.churn.rules)
    return found.stage, found.level, found.abc, found.rfm, found.quadrant, found.partnership, risk


@given(histories(), contexts, st.randoms())
def test_any_order_and_company_give_the_same_score(
    history: list[Fact], context: Context, random: "st.DataObject"
) -> None:
    shuffled = sorted(history, key=lambda _: random.random())  # type: ignore[attr-defined]
    one = fold(EMPTY, history, MEASURES)
    other = fold(fold(EMPTY, shuffled[::2], MEASURES), shuffled[1::2], MEASURES)
    as_of = effective_instant(one, NOW)
    alone = score(one, context, as_of)
    crowd = [(statistics_of(make_fact()), NOW)] * 7
    together = score_many([*crowd, (other, as_of), *crowd], context)[7]
    (compared,) = score_many([(one, as_of)], context, look_ahead=False)
    assert compared == structs.replace(together, review_at=None)
    assert together == alone


@given(histories(), contexts, moments)
def test_as_of_is_what_was_told_at_that_time(history: list[Fact], context: Context, then: datetime) -> None:
    """Facts in their order, a score after each: the last one before an instant is the score as of that instant."""
    live = EMPTY
    for fact in sorted(history, key=lambda fact: fact.occurred_at):
        if fact.occurred_at <= then:
            live = fold(live, [fact], MEASURES)
    until = fold(EMPTY, [fact for fact in history if fact.occurred_at <= then], MEASURES)
    assert score(live, context, then) == score(until, context, then)


@given(histories(), contexts, moments)
def test_reasons_add_up_to_their_figures(history: list[Fact], context: Context, then: datetime) -> None:
    statistics = fold(EMPTY, history, MEASURES)
    found, why = explained(statistics, context, effective_instant(statistics, then))
    assert total(why.realised) == found.realised
    assert total(found.satisfaction.reasons) == found.satisfaction.tenths
    assert total(why.loyalty) == found.loyalty
    assert total(why.potential) == (found.potential.minor or 0)
    assert found.churn is None or total(found.churn.reasons) == found.churn.tenths
    assert total(why.current) == (found.current.minor or 0)
    assert 0 <= found.satisfaction.tenths <= 1000
    assert 0 <= found.loyalty <= 1000
    assert found.churn is None or 0 <= found.churn.tenths <= 1000


@given(histories(), contexts, moments)
def test_every_figure_is_finite(history: list[Fact], context: Context, then: datetime) -> None:
    statistics = fold(EMPTY, history, MEASURES)
    found, why = explained(statistics, context, effective_instant(statistics, then))
    current = found.current
    numbers = [current.probability_active, current.purchases, current.margin, current.minor]
    numbers += [found.potential.minor, found.lifetime_profit, found.last_year]
    intervals = (why.intervals.probability_active, why.intervals.purchases, why.intervals.margin, why.intervals.value)
    numbers += [bound for interval in intervals if interval for bound in (interval.low, interval.high)]
    assert np.isfinite([number for number in numbers if number is not None]).all()
    assert (current.minor is None) == (current.missing is not None)
    assert current.minor is None or current.minor >= 0
    assert found.potential.minor is None or found.potential.minor >= 0


@given(histories(), contexts, moments, st.lists(st.floats(0, 0.999), max_size=4), st.sampled_from([None, ACCOUNT]))
def test_no_class_changes_before_the_review(
    history: list[Fact], context: Context, then: datetime, shares: list[float], profile: Profile | None
) -> None:
    statistics = fold(Statistics(more=Circumstances(profile=profile)), history, MEASURES)
    as_of = effective_instant(statistics, then)
    now = score(statistics, context, as_of)
    until = now.review_at or as_of + days(3650)
    assert until > as_of
    for share in (*shares, 0.999999):
        later = score(statistics, context, as_of + (until - as_of) * share)
        assert classes(later) == classes(now)


@given(histories(), contexts)
def test_silence_alone_leads_to_decline_and_then_nothing(history: list[Fact], context: Context) -> None:
    """Following the reviews ends: nobody is looked at for ever."""
    statistics = fold(EMPTY, history, MEASURES)
    at: datetime | None = from_microseconds(statistics.last_at)
    seen = 0
    while at is not None:
        last = score(statistics, context, at)
        at, seen = last.review_at, seen + 1
        assert seen < 120
    assert last.stage == ("decline" if statistics.purchase_days else "exploration")


@given(histories(), st.sampled_from(range(4)), moments)
def test_a_complaint_never_raises_satisfaction(history: list[Fact], severity: int, at: datetime) -> None:
    statistics = fold(EMPTY, history, MEASURES)
    detail = structs.replace(make_fact(FactKind.COMPLAINT).detail, severity=severity)
    more = fold(statistics, [make_fact(FactKind.COMPLAINT, at, detail=detail)], MEASURES)
    then = effective_instant(more, NOW)
    assert score(more, CONTEXT, then).satisfaction.tenths <= score(statistics, CONTEXT, then).satisfaction.tenths


@given(histories([FactKind.PURCHASE, FactKind.VISIT]), contexts)
def test_a_purchase_never_lowers_realised_value(history: list[Fact], context: Context) -> None:
    statistics = fold(EMPTY, history, MEASURES)
    more = fold(statistics, [make_fact(at=NOW)], MEASURES)
    assert score(more, context, NOW).realised == score(statistics, context, NOW).realised + 3_000


def test_without_facts_the_score_says_so() -> None:
    found, why = explained(EMPTY, CONTEXT, NOW)
    assert found.realised == 0
    assert found.current.missing == "no_purchase"
    assert (found.stage, found.level, found.abc, found.rfm) == ("exploration", "none", None, None)
    assert found.review_at is None
    assert why.missing is not None


def test_without_a_model_the_own_rhythm_decides() -> None:
    weekly = [make_fact(at=START + days(7 * week)) for week in range(4)]
    statistics = statistics_of(*weekly)
    patient, impatient = START + days(21 + 21), START + days(21 + 22)
    assert score(statistics, WITHOUT_MODEL, patient).stage == "formation"
    assert score(statistics, WITHOUT_MODEL, impatient).stage == "decline"
    assert score(statistics, WITHOUT_MODEL, patient).current.missing == "no_model"


def test_the_worked_example_of_the_docs() -> None:
    """docs/scoring.md works this customer out by hand."""
    purchases = [("1997-01-01", 2_933), ("1997-01-18", 2_973), ("1997-08-02", 1_496), ("1997-12-12", 2_648)]
    facts = [
        make_fact(at=datetime.fromisoformat(f"{day}T04:00:00+00:00"), amount=cents, currency="USD")
        for day, cents in purchases
    ]
    statistics = statistics_of(*facts)
    found = score(statistics, CONTEXT, datetime.fromisoformat("1998-07-01T04:00:00+00:00"))
    assert found.realised == 21_405
    assert found.satisfaction.tenths == 700
    assert found.current.probability_active == pytest.approx(0.5819, abs=1e-4)
    assert found.current.purchases == pytest.approx(2.525, abs=1e-3)
    assert (found.stage, found.level, found.abc, found.rfm) == ("formation", "behaviourally_loyal", "A", (4, 4, 4))
    assert found.loyalty == 462
    assert found.potential.parts == (24_373, 20_109, 6_073, 0)
    assert (found.lifetime_profit, found.quadrant) == (10_826 + 50_555, "high_potential")
    assert found.churn is not None
    assert (found.churn.tenths, found.churn.rules) == (150, ("silence_model",))


def test_everybody_is_judged_by_the_model_of_their_segment() -> None:
    """In one array or alone, with the review that follows; who has no segment is judged by everybody's."""
    bought = statistics_of(make_fact(at=START), make_fact(at=START + days(30)), make_fact(at=START + days(75)))
    account = merge(bought, Statistics(more=Circumstances(profile=ACCOUNT)))
    person = merge(bought, Statistics(more=Circumstances(profile=Profile(version=1, kind="person"))))
    together = score_many([(bought, NOW), (account, NOW), (person, NOW), (EMPTY, NOW)], BY_KIND)
    assert together == [score(one, BY_KIND, NOW) for one in (bought, account, person, EMPTY)]
    of_accounts = score(account, replace(CONTEXT, model=ACCOUNTS), NOW)
    of_everybody = score(person, CONTEXT, NOW)
    assert (together[1].current, together[1].review_at) == (of_accounts.current, of_accounts.review_at)
    assert (together[2].current, together[2].review_at) == (of_everybody.current, of_everybody.review_at)
    assert together[0].current == together[2].current != together[1].current
    assert BY_KIND.model is not None
    rules = [explain_model(BY_KIND.model, one).rule for one in (bought, account, person)]
    assert rules == ["model_segment_unknown", "model_segment", "model_segment_too_small"]
    assert explain_model(MODEL, person).rule == "model_everybody"
    (_, why), (_, expected) = (explained(account, one, NOW) for one in (BY_KIND, replace(CONTEXT, model=ACCOUNTS)))
    assert why.intervals == expected.intervals
