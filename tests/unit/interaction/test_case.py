from datetime import timedelta
from itertools import permutations
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.interaction.complaints.case import Case, CaseState, Opening, Resolution
from tests.support.factories.interaction import NOW


def opening(minutes: int = 0, *, customer_id: UUID | None = None, severity: str = "high") -> Opening:
    return Opening(
        interaction_id=uuid4(),
        at=NOW + timedelta(minutes=minutes),
        customer_id=customer_id,
        severity=severity,
        category="delivery",
        description=None,
    )


def resolution(minutes: int = 60, *, customer_id: UUID | None = None) -> Resolution:
    return Resolution(
        interaction_id=uuid4(),
        at=NOW + timedelta(minutes=minutes),
        customer_id=customer_id,
        outcome=None,
        compensation=None,
    )


def case_of(*facts: Opening | Resolution) -> Case:
    case = Case(source="shop", name="c-1")
    for fact in facts:
        case = case.with_fact(fact, new=True)
    return case


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
    told: list[Opening | Resolution] = [first, again, early, last]
    for arrived in permutations(told):
        case = case_of(*arrived)
        assert (case.opening, case.resolution, case.openings, case.resolutions) == (first, last, 2, 2)


def test_clocks_that_contradict_each_other_leave_the_duration_open() -> None:
    case = case_of(opening(10), resolution(5))
    assert (case.state, case.resolved_in) == (CaseState.RESOLVED, None)


def test_a_fact_told_again_with_its_customer_is_not_counted_again() -> None:
    customer_id = uuid4()
    first = opening()
    case = case_of(first, resolution())
    known = Opening(
        interaction_id=first.interaction_id,
        at=first.at,
        customer_id=customer_id,
        severity=first.severity,
        category=first.category,
        description=None,
    )
    assert case.with_fact(known, new=False).customer_id == customer_id
    assert case.with_fact(known, new=False).openings == 1


def test_until_the_opening_tells_the_resolution_says_whose_case_it_is() -> None:
    mine, yours = uuid4(), uuid4()
    assert case_of(opening(), resolution(customer_id=yours)).customer_id == yours
    assert case_of(opening(customer_id=mine), resolution(customer_id=yours)).customer_id == mine


def test_a_case_without_facts_has_no_beginning() -> None:
    with pytest.raises(ValueError, match="begins with"):
        _ = Case(source="shop", name="c-1").started_at


facts = st.lists(
    st.one_of(
        st.builds(opening, st.integers(-5, 5), customer_id=st.none() | st.uuids()),
        st.builds(resolution, st.integers(-5, 5), customer_id=st.none() | st.uuids()),
    ),
    min_size=1,
    max_size=8,
)


@given(facts, st.randoms())
def test_the_order_of_arrival_makes_no_difference(told: list[Opening | Resolution], random: object) -> None:
    shuffled = list(told)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert case_of(*shuffled) == case_of(*told)
