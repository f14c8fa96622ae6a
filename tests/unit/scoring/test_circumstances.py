"""What surrounds purchases: voids, cost to serve, payments, usage, competitors, how complaints were handled."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace as changed

from services.scoring.facts.circumstances import Circumstances
from services.scoring.facts.fact import Detail, Fact, FactKind, Instrument
from services.scoring.facts.profile import Profile, Wallet
from services.scoring.facts.statistics import EMPTY, Statistics, fold, fold_history, merge
from services.scoring.portfolio.growth import Gap, wallet_gap
from services.scoring.scores.context import Context
from services.scoring.scores.satisfaction import judge_satisfaction
from services.scoring.scores.score import Score, score
from tests.support.factories.scoring import (
    CONTEXT,
    MEASURES,
    NOW,
    POLICY,
    PORTFOLIO,
    START,
    days,
    histories,
    make_fact,
    statistics_of,
)

WITHOUT_MODEL = Context(POLICY, MEASURES)
ACCOUNT = Profile(version=1, kind="organisation")


def known(profile: Profile, *facts: Fact) -> Statistics:
    return fold(Statistics(more=Circumstances(profile=profile)), facts, MEASURES)


def bought(*more: Fact, profile: Profile = ACCOUNT, context: Context = WITHOUT_MODEL) -> Score:
    return score(known(profile, make_fact(at=NOW - days(1)), *more), context, NOW)


def void(fact: Fact) -> Fact:
    return make_fact(FactKind.VOID, fact.occurred_at + days(1), detail=Detail(voids=fact.event_id))


@settings(max_examples=60)
@given(histories(min_size=2), st.data())
def test_what_was_voided_never_happened_in_whatever_order(history: list[Fact], data: st.DataObject) -> None:
    victim = data.draw(st.sampled_from(history))
    events = data.draw(st.permutations([*history, void(victim)]))
    live, seen = EMPTY, list[Fact]()
    for event in events:
        seen.append(event)
        live = fold_history(live, seen, MEASURES) if event.kind is FactKind.VOID else fold(live, [event], MEASURES)
    assert live == fold(EMPTY, events, MEASURES)
    left = fold(EMPTY, [fact for fact in history if fact is not victim], MEASURES)
    more = changed(live.more, voided=())
    assert changed(live, more=more, facts=0, first_at=0, last_at=0) == changed(left, facts=0, first_at=0, last_at=0)
    assert live.more.voided == (victim.event_id,)


def test_serving_costs_what_was_told_or_what_the_policy_says() -> None:
    told = Detail(variant="on_site", cost=1_000, cost_currency="USD")
    facts = [make_fact(FactKind.CALL), make_fact(FactKind.CALL), make_fact(FactKind.VISIT, detail=told)]
    shop = make_fact(FactKind.VISIT, detail=Detail(variant="store"))
    assert bought(*facts, shop).cost_to_serve == 2 * 800 + 7_100 + 1_500


def points(found: Score) -> dict[str, int | None]:
    assert found.churn is not None
    return {reason.rule: reason.amount for reason in found.churn.reasons}


def payment(invoice: str, at: int, overdue: int | None) -> Fact:
    detail = Detail(source="erp", case=invoice, overdue_days=overdue)
    return make_fact(FactKind.PAYMENT, NOW - days(at), detail=detail)


def test_an_invoice_is_late_once_and_for_half_a_year() -> None:
    late = [payment("i-1", 20, 5), payment("i-1", 10, 9), payment("i-2", 182, 1)]
    assert points(bought(*late, payment("i-3", 5, 0), payment("i-4", 5, None))) == {"payments_late": 100}
    assert points(bought(*late, payment("i-5", 183, 60))) == {"payments_late": 100}
    assert points(bought(*(payment(f"i-{number}", 1, 30) for number in range(9)))) == {"payments_late": 150}


def use(metric: str, months_ago: int, value: int) -> Fact:
    at = NOW - days(30.4 * months_ago)
    return make_fact(FactKind.USAGE, at, detail=Detail(variant=metric, value=value * 1_000_000))


@pytest.mark.parametrize(("last", "tenths"), [(100, None), (71, None), (70, 100), (40, 200), (0, 200)])
def test_a_fall_of_usage_is_measured_against_the_months_before(last: int, tenths: int | None) -> None:
    usual = [use("energy", months, 100) for months in (2, 3, 4)]
    more = [*usual, use("energy", 1, last), use("water", 1, 5)]
    assert points(bought(*more)).get("usage_down") == tenths
    assert "usage_down" not in points(bought(*more[1:2], *more[3:]))  # too short a time to know what is usual


def test_of_competitors_the_worst_recent_sign_counts() -> None:
    def sign(name: str, ago: int) -> Fact:
        return make_fact(FactKind.COMPETITOR, NOW - days(ago), detail=Detail(variant=name))

    assert points(bought(sign("offer", 3), sign("presence", 1), sign("switched", 183))) == {"competitor": 100}
    assert points(bought(sign("offer", 3), sign("switched", 182))) == {"competitor": 300}


def test_a_main_contact_that_left_is_a_risk() -> None:
    assert points(bought(profile=changed(ACCOUNT, main_contact_gone=True))) == {"contact_gone": 150}


def case(*steps: tuple[FactKind, float, Detail | None], after: float = 10) -> int:
    """Satisfaction, in tenths, after steps so many hours after the opening of a medium complaint."""
    facts = [make_fact(FactKind.COMPLAINT)]
    for kind, hours, detail in steps:
        own = {} if detail is None else {"detail": detail}
        facts.append(make_fact(kind, START + timedelta(hours=hours), **own))
    return judge_satisfaction(statistics_of(*facts), POLICY.satisfaction, MEASURES, START + days(after)).tenths


def asked(answer: int | None) -> Detail:
    return Detail(source="shop", case="c-1", points=answer)


def test_a_late_first_answer_costs_more() -> None:
    """12 points x 30 %, and 25 % more where the answer took more than 24 hours."""
    resolved = (FactKind.RESOLUTION, 40, None)
    assert case(resolved) == 700 - 36
    assert case((FactKind.RESPONSE, 24, None), resolved) == 700 - 36
    assert case((FactKind.RESPONSE, 25, None), resolved) == 700 - 66


def test_a_follow_up_tells_how_it_went() -> None:
    resolved = (FactKind.RESOLUTION, 40, None)
    assert case(resolved, (FactKind.FOLLOW_UP, 50, asked(100))) == 700 - 18
    assert case(resolved, (FactKind.FOLLOW_UP, 50, asked(50))) == 700 - 84
    assert case(resolved, (FactKind.FOLLOW_UP, 50, asked(None))) == 700 - 36
    assert case(resolved, (FactKind.FOLLOW_UP, 50, asked(100)), (FactKind.REOPENING, 60, None)) == 700 - 180


def test_a_closed_case_is_open_no_longer() -> None:
    assert case((FactKind.CLOSURE, 40, None)) == 700 - 36


def test_a_promise_that_was_not_kept_is_late_when_its_time_has_come() -> None:
    due = START + timedelta(hours=1)
    promised = make_fact(FactKind.COMPLAINT)
    promised = changed(promised, detail=changed(promised.detail, respond_by=int(due.timestamp()) * 10**6))
    statistics = statistics_of(promised)
    now = score(statistics, CONTEXT, due)
    assert now.satisfaction.tenths == 700 - 120
    assert now.review_at == due + timedelta(microseconds=1)
    assert score(statistics, CONTEXT, now.review_at).satisfaction.tenths == 700 - 150


def test_praise_in_public_is_a_recommendation_and_raises_satisfaction() -> None:
    praise = make_fact(FactKind.MENTION, detail=Detail(instrument=Instrument.MENTION, points=100))
    neutral = make_fact(FactKind.MENTION)
    lifted = bought(praise)
    assert lifted.satisfaction.tenths > 700
    assert lifted.loyalty > bought(neutral).loyalty


@pytest.mark.parametrize(
    ("day", "stage"),
    [
        ("2025-01-31", "initial"),
        ("2025-04-29", "initial"),
        ("2025-04-30", "stable"),
        ("2026-01-30", "stable"),
        ("2026-01-31", "deep"),
        ("2028-01-30", "deep"),
        ("2028-01-31", "symbiosis"),
    ],
)
def test_a_partnership_ripens_by_calendar_months(day: str, stage: str) -> None:
    first = START.replace(year=2025, month=1, day=31)
    at = first.fromisoformat(f"{day}T05:00:00+00:00")
    assert score(known(ACCOUNT, make_fact(at=first)), WITHOUT_MODEL, at).partnership == stage


def test_persons_have_no_partnership() -> None:
    assert bought(profile=Profile(version=1, kind="person")).partnership is None
    assert score(known(ACCOUNT), WITHOUT_MODEL, NOW).partnership is None


def test_who_breaks_the_rules_is_not_a() -> None:
    rich = make_fact(at=NOW - days(2), margin=50_000)
    assert bought(rich, context=CONTEXT).abc == "A"
    assert bought(rich, context=CONTEXT, profile=changed(ACCOUNT, abuse_flags=1)).abc == "B"


def test_an_account_could_add_the_share_of_its_wallet_not_yet_won() -> None:
    """1,000.00 USD a year at a margin of 30 %, less the 30.00 already won."""
    rich = changed(ACCOUNT, wallets=(Wallet(100_000, "USD"), Wallet(5, "XCD")))
    statistics = known(rich, make_fact(at=NOW - days(1)))
    assert wallet_gap(statistics, MEASURES, MEASURES.day(NOW)) == Gap(wallet=213_000 - 3_000)
    assert score(statistics, CONTEXT, NOW).potential.gap == Gap(wallet=210_000)
    assert wallet_gap(known(rich), MEASURES, MEASURES.day(NOW)) is None


def test_peers_are_those_of_the_same_kind() -> None:
    peers = replace(PORTFOLIO.year.peers[""], basket=90_000)
    year = replace(PORTFOLIO.year, peers={**PORTFOLIO.year.peers, "organisation": peers})
    context = replace(CONTEXT, portfolio=replace(PORTFOLIO, year=year))
    assert (bought(context=context).potential.gap or Gap()).basket == 5 * 87_000
    assert (bought(context=context, profile=Profile(1, "person")).potential.gap or Gap()).basket == 5 * 5_000


@given(st.permutations([1, 2, 3]))
def test_the_newest_profile_holds(order: list[int]) -> None:
    statistics = statistics_of(make_fact(event_id=uuid4()))
    profiles = {version: Profile(version, "person", region=f"r-{version}") for version in order}
    for version in order:
        statistics = merge(statistics, Statistics(more=Circumstances(profile=profiles[version])))
    assert statistics.more.profile == profiles[3]
    assert statistics.facts == 1


@pytest.mark.parametrize(
    "sign",
    [
        make_fact(FactKind.COMPETITOR, NOW - days(100), detail=Detail(variant="offer")),
        payment("i-1", 100, 9),
        *(use("energy", months, 100) for months in (1, 4)),
    ],
)
def test_a_warning_begins_and_ends_with_a_look_at_the_customer(sign: Fact) -> None:
    """From review to review nothing changes, down to the last microsecond."""
    facts = [make_fact(at=NOW - days(7 * week)) for week in range(20)]
    statistics = known(ACCOUNT, sign, *facts)
    at, seen = NOW, set[str]()
    while (found := score(statistics, WITHOUT_MODEL, at)).review_at is not None:
        last = score(statistics, WITHOUT_MODEL, found.review_at - timedelta(microseconds=1))
        assert (points(last), last.partnership) == (points(found), found.partnership)
        seen |= points(found).keys()
        at = found.review_at
    assert not seen.isdisjoint({"competitor", "payments_late", "usage_down"})
    assert points(found).keys() == {"silence_dormant"}
