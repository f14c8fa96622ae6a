"""A customer in the words of the vocabulary, and who enters or leaves because of it."""

from decimal import Decimal
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from services.scoring.facts.fact import Detail, Fact, FactKind
from services.scoring.facts.profile import Profile, Wallet
from services.scoring.scores.score import score_many
from services.scoring.scores.telling import tell
from services.scoring.segments.membership import Judgement, Query, bring_forward, judge
from services.scoring.segments.subject import Source, Units, describe
from services.scoring.segments.vocabulary import VOCABULARY
from shared.conditions.condition import holds, next_change
from shared.conditions.reading import read_condition
from shared.conditions.vocabulary import FieldType
from tests.support.factories.scoring import (
    CONTEXT,
    CUSTOMER,
    MEASURES,
    NOW,
    START,
    days,
    histories,
    make_fact,
    statistics_of,
)

UNITS = Units(MEASURES, 2)
SEGMENT = UUID(int=7)
QUIET = read_condition({"field": "last_purchase_on", "older_than_days": 60}, VOCABULARY)
_PYTHON: dict[FieldType, type | tuple[type, ...]] = {
    FieldType.TEXT: str,
    FieldType.TEXTS: frozenset,
    FieldType.NUMBER: (int, Decimal),
    FieldType.BOOLEAN: bool,
}


def source_of(*facts: Fact, **values: object) -> Source:
    statistics = statistics_of(*facts)
    told = tell(score_many([(statistics, NOW)], CONTEXT)[0])
    return Source(CUSTOMER, statistics=statistics, told=told, **values)  # type: ignore[arg-type]


@given(histories())
def test_every_value_belongs_to_a_word_and_has_its_type(history: list[Fact]) -> None:
    for name, value in describe(source_of(*history), UNITS).items():
        word = VOCABULARY.fields[name]
        if value is not None and word.type in _PYTHON:
            assert isinstance(value, _PYTHON[word.type]), name
        assert value is None or not word.choices or value in word.choices, name


def test_figures_are_those_of_the_facts() -> None:
    known = describe(
        source_of(
            make_fact(amount=10_050, detail=Detail(categories=("tea", "books"))),
            make_fact(at=START + days(3), amount=20_000),
            make_fact(FactKind.COMPLAINT, START + days(4)),
            make_fact(FactKind.VISIT, START + days(5)),
            profile=Profile(1, "organisation", wallets=(Wallet(900_000, "CNY"), Wallet(5, "XXX"))),
            traits={"customer_id": "x", "version": 1, "tags": ["b", "a"], "coverage_risks": [], "owner_id": "m-1"},
        ),
        UNITS,
    )
    assert (known["revenue"], known["purchases"], known["categories"]) == (Decimal("300.50"), 2, {"tea", "books"})
    assert (known["complaints"], known["open_complaints"], known["visits"]) == (1, 1, 1)
    assert str(known["last_purchase_on"]) == "1997-01-04"
    assert (known["wallet"], known["tags"], known["owner_id"]) == (Decimal("9000.00"), {"a", "b"}, "m-1")
    assert known["realised_value"] == Decimal("90.15")


def test_of_a_customer_without_facts_only_the_profile_is_known() -> None:
    known = describe(Source(CUSTOMER, profile=Profile(1, "person", region="CN-31")), UNITS)
    assert known["region"] == "CN-31"
    assert "purchases" not in known


@given(histories([FactKind.PURCHASE]), st.integers(0, 800), st.booleans())
def test_members_are_those_of_whom_the_condition_holds(history: list[Fact], after: int, was_in: bool) -> None:
    subject, at = describe(source_of(*history), UNITS), START + days(after)
    query = Query(SEGMENT, "quiet", 1, QUIET)
    judgement = judge({CUSTOMER: subject}, [query], {CUSTOMER: {SEGMENT}} if was_in else {}, at)
    moved = [move.entered for move in judgement.moves]
    assert moved == ([] if holds(QUIET, subject, at) is was_in else [not was_in])
    assert judgement.next_at[CUSTOMER] == next_change(QUIET, subject, at)


def test_a_new_query_only_brings_the_next_look_forward() -> None:
    early, late = START + days(10), START + days(100)
    subjects = {UUID(int=place): {"next_at": at} for place, at in enumerate((None, early, late))}
    found = bring_forward(subjects, Judgement([], dict.fromkeys(subjects, START + days(50))))
    assert found == {UUID(int=0): START + days(50), UUID(int=2): START + days(50)}
