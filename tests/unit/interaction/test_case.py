"""Complaint cases: what the steps of a life come to, in whatever order they arrive."""

from datetime import timedelta
from itertools import permutations
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.interaction.complaints.case import Case, CaseFact, CaseState, Step, in_order
from tests.support.factories.interaction import NOW, PROMISES


def step(kind: Step, minutes: int, **told: Any) -> CaseFact:
    customer_id: UUID | None = told.pop("customer_id", None)
    at = NOW + timedelta(minutes=minutes)
    return CaseFact(step=kind, interaction_id=uuid4(), at=at, customer_id=customer_id, **told)


def opening(minutes: int = 0, **told: Any) -> CaseFact:
    return step(Step.OPENING, minutes, **({"severity": "high", "category": "delivery"} | told))


def resolution(minutes: int = 60, **told: Any) -> CaseFact:
    return step(Step.RESOLUTION, minutes, **told)


def case_of(*facts: CaseFact, green_channel: bool | None = None) -> Case:
    return Case(source="shop", name="c-1", facts=in_order(facts), green_channel=green_channel)


def test_an_opening_opens_and_a_resolution_resolves() -> None:
    first, last = opening(), resolution(90)
    assert case_of(first).state is CaseState.OPEN
    assert case_of(first).resolved_in is None
    assert case_of(first, last).state is CaseState.RESOLVED
    assert case_of(first, last).resolved_in == timedelta(minutes=90)


def test_a_resolution_that_arrives_alone_makes_a_resolved_case_without_duration() -> None:
    case = case_of(resolution())
    assert (case.state, case.opening, case.resolved_in) == (CaseState.RESOLVED, None, None)
    assert case.started_at == NOW + timedelta(minutes=60)


def test_the_first_opening_and_the_last_resolution_show_and_the_others_are_counted() -> None:
    first, again, early, last = opening(0), opening(5), resolution(10), resolution(20)
    for arrived in permutations([first, again, early, last]):
        case = case_of(*arrived)
        assert (case.opening, case.resolution) == (first, last)
        assert (case.count(Step.OPENING), case.count(Step.RESOLUTION)) == (2, 2)


def test_clocks_that_contradict_each_other_leave_the_duration_open() -> None:
    case = case_of(opening(10), resolution(5))
    assert (case.state, case.resolved_in) == (CaseState.RESOLVED, None)


def test_a_life_goes_on_to_its_end_and_begins_again() -> None:
    life = [opening(), step(Step.RESPONSE, 10), resolution(20), step(Step.FOLLOW_UP, 30), step(Step.CLOSURE, 40)]
    states = [case_of(*life[: end + 1]).state for end in range(len(life))]
    assert states == ["open", "open", "resolved", "followed_up", "closed"]
    again = case_of(*life, step(Step.REOPENING, 50, severity="critical"))
    assert (again.state, again.severity, again.responded_at) == (CaseState.OPEN, "critical", None)
    assert case_of(*life, step(Step.REOPENING, 50), resolution(60)).state is CaseState.RESOLVED


def test_the_first_answer_counts_and_a_resolution_is_one() -> None:
    answers = [step(Step.RESPONSE, 30), step(Step.RESPONSE, 10)]
    assert case_of(opening(), *answers).responded_at == NOW + timedelta(minutes=10)
    assert case_of(opening(), resolution(20)).responded_at == NOW + timedelta(minutes=20)


def test_promises_count_from_the_opening_and_anew_from_a_reopening() -> None:
    promise = case_of(opening()).promise(PROMISES)
    assert (promise.respond_by - NOW, promise.resolve_by - NOW) == (timedelta(hours=24), timedelta(hours=48))
    assert case_of(opening(), green_channel=True).promise(PROMISES).respond_by == NOW + timedelta(hours=1)
    again = case_of(opening(), resolution(20), step(Step.REOPENING, 60)).promise(PROMISES)
    assert again.resolve_by == NOW + timedelta(hours=49)


def test_whoever_was_named_last_handles_it() -> None:
    named = [
        opening(department="shop"),
        step(Step.ASSIGNMENT, 10, department="logistics", handler="one"),
        step(Step.RESPONSE, 20, handler="two"),
    ]
    for arrived in permutations(named):
        case = case_of(*arrived)
        assert (case.department, case.handler) == ("logistics", "two")


def test_until_the_opening_tells_the_resolution_says_whose_case_it_is() -> None:
    mine, yours = uuid4(), uuid4()
    assert case_of(opening(), resolution(customer_id=yours)).customer_id == yours
    assert case_of(opening(customer_id=mine), resolution(customer_id=yours)).customer_id == mine


def test_a_case_without_facts_has_no_beginning() -> None:
    with pytest.raises(ValueError, match="begins with"):
        _ = case_of().started_at


facts = st.lists(
    st.builds(step, st.sampled_from(Step), st.integers(-5, 5), customer_id=st.none() | st.uuids()),
    min_size=1,
    max_size=8,
)


@given(facts, st.randoms())
def test_the_order_of_arrival_makes_no_difference(told: list[CaseFact], random: object) -> None:
    shuffled = list(told)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert case_of(*shuffled) == case_of(*told)
