"""What a refusal by Kafka means to whoever publishes."""

import asyncio
from typing import Any

import pytest
from aiokafka.errors import KafkaError, MessageSizeTooLargeError, NotLeaderForPartitionError, RecordListTooLargeError

from shared.errors import InvalidInput, Unavailable
from shared.messaging.broker import OutgoingRecord
from shared.messaging.kafka import publishing
from shared.messaging.kafka.connection import KafkaSettings
from shared.messaging.kafka.publishing import Publisher

RECORD = OutgoingRecord("interaction.events", b"key", b"value", ())


class _Batch:
    def append(self, **_: Any) -> object:
        return object()


class RefusingProducer:
    """Takes any batch; the first of them is refused later, as a broker does it."""

    refusals: list[KafkaError]
    abandoned: int

    def __init__(self, **_: Any) -> None: ...

    async def start(self) -> None: ...

    async def stop(self) -> None: ...

    async def partitions_for(self, topic: str) -> set[int]:
        return {0}

    def create_batch(self) -> _Batch:
        return _Batch()

    async def send_batch(self, batch: _Batch, topic: str, *, partition: int) -> asyncio.Future[None]:
        answer: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        if self.refusals:
            answer.set_exception(self.refusals.pop())
        else:
            answer.set_result(None)
        return answer


@pytest.fixture
def producers(monkeypatch: pytest.MonkeyPatch) -> type[RefusingProducer]:
    RefusingProducer.refusals, RefusingProducer.abandoned = [], 0

    async def abandon(_: object) -> None:
        RefusingProducer.abandoned += 1

    monkeypatch.setattr(publishing, "AIOKafkaProducer", RefusingProducer)
    monkeypatch.setattr(publishing, "abandon_producer", abandon)
    return RefusingProducer


@pytest.mark.parametrize("refusal", [MessageSizeTooLargeError, RecordListTooLargeError])
async def test_a_batch_larger_than_the_broker_takes_is_the_records_fault(
    producers: type[RefusingProducer], refusal: type[KafkaError]
) -> None:
    producers.refusals.append(refusal())
    publisher = Publisher(KafkaSettings("kafka.test:9092"))
    with pytest.raises(InvalidInput) as refused:
        await publisher.publish([RECORD])
    assert (refused.value.code, refused.value.context["largest"]) == ("record_too_large", 8)
    await publisher.publish([RECORD])
    await publisher.close()
    assert producers.abandoned == 1


async def test_a_passing_refusal_is_none_of_the_records_fault(producers: type[RefusingProducer]) -> None:
    producers.refusals.append(NotLeaderForPartitionError())
    publisher = Publisher(KafkaSettings("kafka.test:9092"))
    with pytest.raises(Unavailable):
        await publisher.publish([RECORD])
    await publisher.close()
