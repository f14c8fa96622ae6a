"""Identifiers are version 7 UUIDs that sort by the time they were made."""

import time

from shared.ids import uuid7


def test_it_is_a_version_7_uuid_of_this_moment() -> None:
    before = time.time_ns() // 1_000_000
    made = uuid7()
    after = time.time_ns() // 1_000_000
    assert (made.version, made.variant) == (7, "specified in RFC 4122")
    assert before <= made.int >> 80 <= after


def test_those_made_apart_sort_by_time_and_none_comes_twice() -> None:
    early = [uuid7() for _ in range(1000)]
    time.sleep(0.001)
    late = [uuid7() for _ in range(1000)]
    assert max(early) < min(late)
    assert len({*early, *late}) == 2000
