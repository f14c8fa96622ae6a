"""The sharing of partitions is even, complete and moves little."""

from collections import Counter
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from shared.messaging.embedded.assignment import assign

TOPICS = ("a", "b", "c")
MEMBERS = [UUID(int=number) for number in range(1, 6)]

partitions = st.dictionaries(st.integers(0, 40), st.sampled_from(TOPICS), max_size=24)
members = st.dictionaries(st.sampled_from(MEMBERS), st.frozensets(st.sampled_from(TOPICS), min_size=1))
owners = st.dictionaries(st.integers(0, 40), st.sampled_from(MEMBERS))


@given(partitions, members, owners)
def test_every_partition_goes_to_one_of_its_readers_evenly_per_topic(
    topics: dict[int, str], readers: dict[UUID, frozenset[str]], current: dict[int, UUID]
) -> None:
    result = assign(topics, readers, current)
    for topic in TOPICS:
        entitled = [member for member, wanted in readers.items() if topic in wanted]
        shares = Counter(result[partition] for partition, name in topics.items() if name == topic and entitled)
        assert set(shares) <= set(entitled)
        assert not entitled or max(shares[member] for member in entitled) - min(shares[m] for m in entitled) <= 1
    assert result.keys() == {p for p, topic in topics.items() if any(topic in wanted for wanted in readers.values())}


@given(partitions, members, owners)
def test_what_was_shared_out_once_stays_as_it_is(
    topics: dict[int, str], readers: dict[UUID, frozenset[str]], current: dict[int, UUID]
) -> None:
    result = assign(topics, readers, current)
    assert assign(topics, readers, result) == result


def test_topics_are_also_even_in_sum_where_all_read_the_same() -> None:
    topics = dict(enumerate("abc"))
    result = assign(topics, dict.fromkeys(MEMBERS[:3], frozenset(TOPICS)), {})
    assert set(result.values()) == set(MEMBERS[:3])


def test_a_newcomer_gets_its_share_and_nothing_else_moves() -> None:
    topics = dict.fromkeys(range(12), "a")
    before = assign(topics, dict.fromkeys(MEMBERS[:2], frozenset("a")), {})
    after = assign(topics, dict.fromkeys(MEMBERS[:3], frozenset("a")), before)
    moved = {partition for partition in topics if before[partition] != after[partition]}
    assert len(moved) == 4
    assert {after[partition] for partition in moved} == {MEMBERS[2]}


def test_only_the_partitions_of_a_member_that_left_move() -> None:
    topics = dict.fromkeys(range(12), "a")
    before = assign(topics, dict.fromkeys(MEMBERS[:3], frozenset("a")), {})
    after = assign(topics, dict.fromkeys(MEMBERS[:2], frozenset("a")), before)
    assert {p for p in topics if before[p] != after[p]} == {p for p in topics if before[p] == MEMBERS[2]}
