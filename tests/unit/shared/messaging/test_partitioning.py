"""Placement and limits that both brokers share."""

import pytest

from shared.errors import InvalidInput
from shared.messaging.broker import MAX_RECORD_BYTES, OutgoingRecord
from shared.messaging.partitioning import partition_of, record_size, refuse_oversized


def test_key_value_and_headers_count_towards_the_size() -> None:
    record = OutgoingRecord("t", b"key", b"value", (("name", b"12345"), ("名", b"")))
    assert record_size(record) == 3 + 5 + 4 + 5 + 3
    assert record_size(OutgoingRecord("t", b"key", None)) == 3


def test_a_record_at_the_limit_passes_and_one_byte_more_is_refused_with_its_place() -> None:
    largest = OutgoingRecord("t", b"", bytes(MAX_RECORD_BYTES))
    refuse_oversized([largest])
    with pytest.raises(InvalidInput) as refusal:
        refuse_oversized([largest, OutgoingRecord("t", b"1", bytes(MAX_RECORD_BYTES))])
    assert (refusal.value.code, refusal.value.field) == ("record_too_large", "records[1]")


def test_every_partition_is_used_and_a_key_keeps_its_own() -> None:
    keys = [str(number).encode() for number in range(1000)]
    placed = [partition_of(key, 6) for key in keys]
    assert set(placed) == set(range(6))
    assert placed == [partition_of(key, 6) for key in keys]
