from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from services.interaction.ingest.identity import LOCK_BUCKETS, ExternalKey, interaction_id_of, lock_buckets

keys = st.one_of(st.uuids(), st.builds(ExternalKey, st.text(), st.text()))


def test_an_interaction_keeps_its_id_for_ever() -> None:
    """Changing how ids are made would record everything a second time: this value must never change."""
    assert interaction_id_of("shop", "order-4711") == UUID("674f6da5-6eab-54d6-8197-145e2e0c9e7d")


def test_source_and_id_are_told_apart() -> None:
    assert len({interaction_id_of(*pair) for pair in [("a", "b"), ("ab", ""), ("", "ab"), ("b", "a")]}) == 4


@given(st.lists(keys))
def test_everybody_takes_the_same_locks_in_the_same_order(named: list[UUID | ExternalKey]) -> None:
    buckets = lock_buckets(named)
    assert buckets == lock_buckets(reversed(named)) == sorted(set(buckets))
    assert all(0 <= bucket < LOCK_BUCKETS for bucket in buckets)


@given(keys, st.lists(keys))
def test_an_identity_has_its_lock_in_whatever_company(
    key: UUID | ExternalKey, others: list[UUID | ExternalKey]
) -> None:
    assert set(lock_buckets([key])) <= set(lock_buckets([*others, key]))
