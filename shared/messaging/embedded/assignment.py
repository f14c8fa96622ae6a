"""Who reads which partition: even, and moving as few partitions as possible."""

from collections import Counter
from collections.abc import Mapping
from uuid import UUID


class _Load:
    """How many partitions each member has, per topic and in all."""

    def __init__(self) -> None:
        self._topic: Counter[tuple[UUID, str]] = Counter()
        self._total: Counter[UUID] = Counter()

    def add(self, member: UUID, topic: str, count: int = 1) -> None:
        self._topic[member, topic] += count
        self._total[member] += count

    def of(self, member: UUID, topic: str) -> tuple[int, int]:
        return self._topic[member, topic], self._total[member]


def assign(
    topics: Mapping[int, str], members: Mapping[UUID, frozenset[str]], current: Mapping[int, UUID]
) -> dict[int, UUID]:
    """The owner each partition should have; partitions that no member reads are left out.

    `topics` names each partition's topic, `members` the topics each member reads, in the order they joined, `current`
    who has a partition now. Each topic is spread evenly over its readers, then the sum over all topics; a partition
    stays with its present owner wherever that allows.
    """
    load = _Load()
    result: dict[int, UUID] = {}
    for partition, topic in topics.items():
        owner = current.get(partition)
        if owner is not None and topic in members.get(owner, ()):
            result[partition] = owner
            load.add(owner, topic)
    for partition, topic in topics.items():
        readers = [member for member, wanted in members.items() if topic in wanted]
        if partition not in result and readers:
            result[partition] = min(readers, key=lambda member: load.of(member, topic))
            load.add(result[partition], topic)
    while _move_one(topics, members, result, load):
        pass
    return result


def _move_one(
    topics: Mapping[int, str], members: Mapping[UUID, frozenset[str]], result: dict[int, UUID], load: _Load
) -> bool:
    # Each move lowers the squares of the topic's loads, or leaves them and lowers those of the totals: it ends.
    for partition, owner in result.items():
        topic = topics[partition]
        owner_topic, owner_total = load.of(owner, topic)
        for member, wanted in members.items():
            if topic not in wanted:
                continue
            topic_gap = owner_topic - load.of(member, topic)[0]
            total_gap = owner_total - load.of(member, topic)[1]
            if topic_gap >= 2 or (topic_gap == 1 and total_gap >= 2):
                load.add(owner, topic, -1)
                load.add(member, topic)
                result[partition] = member
                return True
    return False
