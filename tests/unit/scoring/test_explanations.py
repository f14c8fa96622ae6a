"""Sentences for every rule in every language, and scores as the API shows them."""

import json
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from services.scoring.facts.fact import Detail, Fact, FactKind
from services.scoring.facts.statistics import EMPTY, fold
from services.scoring.scores.explanation import Scored
from services.scoring.scores.reason import Reason
from services.scoring.scores.schemas.shapes import ReasonRead
from services.scoring.scores.schemas.showing import show_score
from services.scoring.scores.score import effective_instant, score
from services.scoring.scores.sentences import Language, choose_language, say, write_money
from tests.support.factories.scoring import CONTEXT, CUSTOMER, MEASURES, NOW, START, days, histories, make_fact


def scored(*facts: Fact) -> Scored:
    statistics = fold(EMPTY, facts, MEASURES)
    as_of = effective_instant(statistics, NOW)
    return Scored(CUSTOMER, statistics, CONTEXT, score(statistics, CONTEXT, as_of), facts)


@given(histories(), st.sampled_from(["zh-CN", "en"]))
def test_every_score_can_be_shown_and_its_displayed_parts_add_up(history: list[Fact], language: Language) -> None:
    shown = show_score(scored(*history), language)
    for figure in (shown.satisfaction, shown.loyalty):
        assert round(sum((reason.points or 0) * 10 for reason in figure.reasons)) == round(figure.value * 10)
    realised = sum(reason.money.minor for reason in shown.realised_value.reasons if reason.money)
    assert realised == shown.realised_value.value.minor
    if shown.current_value.value is not None:
        expected = sum(reason.money.minor for reason in shown.current_value.reasons if reason.money)
        assert expected == shown.current_value.value.minor
    assert "NaN" not in json.dumps(shown.model_dump(mode="json"), allow_nan=False)


@pytest.mark.parametrize(("language", "word"), [("en", "Complaint c-1 (high, open"), ("zh-CN", "投诉 c-1（严重")])
def test_a_complaint_is_told_in_the_readers_language(language: Language, word: str) -> None:
    complaint = make_fact(FactKind.COMPLAINT, detail=Detail(source="shop", case="c-1", severity=2))
    reasons = show_score(scored(make_fact(), complaint), language).satisfaction.reasons
    assert any(word in reason.sentence for reason in reasons)


def test_a_case_named_like_a_word_is_left_as_it_is() -> None:
    complaint = make_fact(FactKind.COMPLAINT, detail=Detail(source="shop", case="open", severity=2))
    assert "投诉 open（" in show_score(scored(complaint), "zh-CN").satisfaction.reasons[1].sentence


def test_text_from_outside_is_never_read_as_a_template() -> None:
    complaint = make_fact(FactKind.COMPLAINT, detail=Detail(source="shop", case="{amount.__class__}", severity=2))
    assert "{amount.__class__}" in show_score(scored(complaint), "en").satisfaction.reasons[1].sentence


def test_reasons_name_the_events_behind_them() -> None:
    purchases = [make_fact(at=START + days(number)) for number in range(120)]
    mine = make_fact(FactKind.COMPLAINT, START + days(3))
    other = make_fact(FactKind.COMPLAINT, START + days(4), detail=replace(mine.detail, case="c-2"))
    shown = show_score(scored(*purchases, mine, other), "en")
    (bought,) = shown.realised_value.reasons
    assert bought.event_count == 120
    assert bought.events is not None
    assert bought.events == [fact.event_id for fact in reversed(purchases)][:100]
    complaints = [reason for reason in shown.satisfaction.reasons if reason.rule == "complaint"]
    assert [reason.events for reason in complaints] == [[mine.event_id], [other.event_id]]


def test_events_are_left_out_unless_asked_for() -> None:
    one = scored(make_fact(event_id=uuid4()))
    quiet = Scored(one.customer_id, one.statistics, one.context, one.score, None)
    reasons: list[ReasonRead] = show_score(quiet, "en").realised_value.reasons
    assert [reason.events for reason in reasons] == [None]


def test_a_customer_without_facts_is_told_so() -> None:
    assert "No interaction" in (show_score(scored(), "en").notice or "")


@pytest.mark.parametrize(
    ("header", "language"),
    [
        (None, "zh-CN"),
        ("", "zh-CN"),
        ("en", "en"),
        ("en-GB;q=0.3, zh;q=0.8", "zh-CN"),
        ("fr, en;q=0.5", "en"),
        ("zh;q=0, en;q=0.1", "en"),
        ("en;q=nonsense", "zh-CN"),
        ("en;q=nan", "zh-CN"),
    ],
)
def test_the_language_follows_the_header(header: str | None, language: Language) -> None:
    assert choose_language(header) == language


@pytest.mark.parametrize(
    ("minor", "digits", "written"), [(123_450, 2, "1,234.50 CNY"), (-5, 2, "-0.05 CNY"), (1_200, 0, "1,200 CNY")]
)
def test_money_is_written_in_major_units(minor: int, digits: int, written: str) -> None:
    assert write_money(minor, "CNY", digits) == written


@pytest.mark.parametrize(
    ("rule", "evidence", "sentence"),
    [
        ("purchases", {"purchases": 1, "revenue": 100}, "1 purchase worth 1.00 CNY brought a margin of 1."),
        ("purchases", {"purchases": 21, "revenue": 100}, "21 purchases worth 1.00 CNY brought a margin of 1."),
        ("lift_purchases", {"days": 1, "until": "then", "figure": "A", "reaches": "B"}, "1 more purchase day, until"),
        ("driver_switching_cost", {"tenure_days": 11, "categories": 1, "weight": 1}, "11 days together and 1 category"),
    ],
)
def test_one_is_said_otherwise_than_many(rule: str, evidence: dict[str, int | str], sentence: str) -> None:
    assert say(Reason(rule, None, evidence), "en", amount="1", currency="CNY", digits=2).startswith(sentence)
