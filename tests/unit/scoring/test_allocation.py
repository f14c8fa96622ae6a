"""Sharing out: nothing is lost, nobody gets more than wanted, and more supply or more worth never harms."""

from dataclasses import replace
from decimal import Decimal
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from services.scoring.allocations.allocation import AbcClass, Candidate, allocate
from services.scoring.policies.policy import AllocationPolicy

POLICY = AllocationPolicy(class_weights={"A": 5, "B": 3, "C": 1}, value_share=Decimal("0.50"), minimum=0)
EQUAL = AllocationPolicy(class_weights={"A": 5, "B": 3, "C": 1}, value_share=Decimal(0), minimum=0)


def candidate(number: int, abc: AbcClass = "A", value: int = 100, wanted: int | None = None) -> Candidate:
    return Candidate(UUID(int=number), abc, value, wanted)


@st.composite
def candidates(draw: st.DrawFn) -> list[Candidate]:
    size = draw(st.integers(1, 12))
    return [
        candidate(
            number,
            draw(st.sampled_from(("A", "B", "C"))),
            draw(st.integers(-50, 1000)),
            draw(st.none() | st.integers(0, 40)),
        )
        for number in range(size)
    ]


policies = st.builds(
    AllocationPolicy,
    class_weights=st.lists(st.integers(1, 9), min_size=3, max_size=3).map(
        lambda weights: dict(zip("ABC", sorted(weights, reverse=True), strict=True))
    ),
    value_share=st.sampled_from([Decimal(0), Decimal("0.3"), Decimal("0.95")]),
    minimum=st.integers(0, 3),
)


def units(supply: int, ones: list[Candidate], policy: AllocationPolicy = POLICY) -> dict[UUID, int]:
    return {share.candidate.customer_id: share.units for share in allocate(supply, ones, policy)}


def test_classes_share_by_their_weights() -> None:
    ones = [candidate(1, "A"), candidate(2, "B"), candidate(3, "C")]
    assert [share.units for share in allocate(90, ones, EQUAL)] == [50, 30, 10]


def test_value_shares_within_the_class() -> None:
    # Mean value 200; weights 5 x (0.5 + 0.5 x 300/200) = 6.25 and 5 x (0.5 + 0.5 x 100/200) = 3.75.
    shares = allocate(80, [candidate(1, value=100), candidate(2, value=300)], POLICY)
    assert [(share.candidate.value, float(share.weight), share.units) for share in shares] == [
        (300, 6.25, 50),
        (100, 3.75, 30),
    ]


def test_what_one_does_not_want_goes_to_the_others() -> None:
    shares = allocate(90, [candidate(1, "A", wanted=10), candidate(2, "B"), candidate(3, "C")], EQUAL)
    assert [(share.units, share.limit) for share in shares] == [(10, "wanted"), (60, "weight"), (20, "weight")]


def test_the_minimum_reaches_the_best_first() -> None:
    policy = replace(EQUAL, minimum=2)
    ones = [candidate(1, "C"), candidate(2, "B"), candidate(3, "A"), candidate(4, "A", value=200)]
    assert units(5, ones, policy) == {UUID(int=4): 2, UUID(int=3): 2, UUID(int=2): 1, UUID(int=1): 0}


def test_a_large_supply_is_shared_exactly() -> None:
    ones = [candidate(number, "A", value=number) for number in range(1, 400)]
    assert sum(units(10**9, ones).values()) == 10**9


@given(supply=st.integers(1, 300), ones=candidates(), policy=policies)
def test_nothing_is_lost_and_nobody_gets_more_than_wanted(
    supply: int, ones: list[Candidate], policy: AllocationPolicy
) -> None:
    got = units(supply, ones, policy)
    demand = sum(supply if one.wanted is None else one.wanted for one in ones)
    assert sum(got.values()) == min(supply, demand)
    assert all(one.wanted is None or got[one.customer_id] <= one.wanted for one in ones)
    assert units(supply, ones[::-1], policy) == got


@given(supply=st.integers(1, 200), ones=candidates(), policy=policies)
def test_one_unit_more_takes_none_from_anybody(supply: int, ones: list[Candidate], policy: AllocationPolicy) -> None:
    before, after = units(supply, ones, policy), units(supply + 1, ones, policy)
    assert all(after[customer] >= had for customer, had in before.items())


@given(supply=st.integers(1, 200), ones=candidates(), policy=policies)
def test_no_unit_would_be_better_placed_elsewhere(supply: int, ones: list[Candidate], policy: AllocationPolicy) -> None:
    shares = allocate(supply, ones, policy)
    hungry = [one for one in shares if one.candidate.wanted is None or one.units < one.candidate.wanted]
    for giver in shares:
        if giver.units > giver.minimum:
            further = giver.units - giver.minimum
            assert all(one.weight / (one.units - one.minimum + 1) <= giver.weight / further for one in hungry)
