"""Which consent stands does not depend on the order of arrival."""

from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.customer.consents.decisions import check_time_of, standing_consents
from shared.contracts.common import Channel, Purpose
from shared.contracts.customer import Consent
from shared.errors import InvalidInput
from tests.support.factories.customer import NOW, make_consent

DECISIONS = st.builds(
    Consent,
    channel=st.sampled_from(Channel),
    purpose=st.sampled_from(Purpose),
    granted=st.booleans(),
    at=st.sampled_from([NOW - timedelta(hours=hours) for hours in range(3)]),
    proof=st.sampled_from([None, "form 1", "form 2"]),
)


def test_the_latest_stands() -> None:
    old, new = make_consent(at=NOW - timedelta(days=1)), make_consent(granted=False)
    assert standing_consents([new, old]) == standing_consents([old, new]) == (new,)


def test_withdrawal_wins_at_the_same_instant() -> None:
    yes, no = make_consent(granted=True, proof="z"), make_consent(granted=False)
    assert standing_consents([yes, no]) == standing_consents([no, yes]) == (no,)


def test_channels_and_purposes_stand_apart() -> None:
    care, marketing = make_consent(), make_consent(purpose=Purpose.MARKETING, granted=False)
    inbox = make_consent(channel=Channel.INBOX)
    assert standing_consents([marketing, inbox, care]) == (care, marketing, inbox)


@given(st.lists(DECISIONS, max_size=4))
def test_order_makes_no_difference(decisions: list[Consent]) -> None:
    assert len({standing_consents(order) for order in permutations(decisions)}) == 1


@given(st.lists(DECISIONS, max_size=8), DECISIONS)
def test_settling_step_by_step_is_settling_at_once(decisions: list[Consent], last: Consent) -> None:
    assert standing_consents([*standing_consents(decisions), last]) == standing_consents([*decisions, last])


@pytest.mark.parametrize("at", [NOW, NOW + timedelta(minutes=5), datetime(1970, 1, 1, tzinfo=UTC)])
def test_possible_times_are_accepted(at: datetime) -> None:
    check_time_of(make_consent(at=at), now=NOW, field="at")


@pytest.mark.parametrize("at", [NOW + timedelta(minutes=6), datetime(1969, 12, 31, tzinfo=UTC)])
def test_impossible_times_are_refused(at: datetime) -> None:
    with pytest.raises(InvalidInput) as caught:
        check_time_of(make_consent(at=at), now=NOW, field="consents[0].at")
    assert (caught.value.code, caught.value.field) == ("consent_time_invalid", "consents[0].at")
