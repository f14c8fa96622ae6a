"""A consumer with a handler that cannot stand some events, and how to wait for what becomes of them."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from shared.contracts.envelope import Event
from shared.contracts.interaction import PurchaseRecorded
from shared.db.session import Database
from shared.errors import Poison
from shared.messaging.broker import Broker
from shared.messaging.consumer import Consumer
from shared.messaging.dead_letter import DeadLetter, State, list_dead_letters, request_redrive
from tests.support.eventually import eventually
from tests.support.messaging import applied_orders, record_orders

GROUP = "test.worker"


class Picky:
    """A handler that cannot stand some orders; like a real one it fails after it has written."""

    def __init__(self, *bad: str, error: Exception | None = None) -> None:
        self.bad = set(bad)
        self.calls = 0
        self._error = error or Poison("this order breaks a rule", code="rule_broken", field="data.order_id")

    async def __call__(self, session: AsyncSession, events: Sequence[Event[Any]]) -> None:
        self.calls += 1
        await record_orders(session, events)
        if self.bad.intersection(event.data.order_id for event in events):
            raise self._error


def consumer(database: Database, broker: Broker, handler: Picky, **options: Any) -> Consumer:
    return Consumer(group=GROUP, handlers={PurchaseRecorded: handler}, database=database, broker=broker, **options)


async def letters(database: Database, state: State | None = None) -> list[DeadLetter]:
    async with database.snapshot() as session:
        return await list_dead_letters(session, consumer=GROUP, state=state)


async def until_letters(database: Database, count: int, state: State = State.WAITING, attempts: int = 1) -> None:
    async def there() -> bool:
        found = [(letter.state, letter.attempts) for letter in await letters(database)]
        assert found == [(state, attempts)] * count, found
        return True

    await eventually(there)


async def until_applied(database: Database, *orders: str) -> None:
    async def there() -> bool:
        assert await applied_orders(database) == list(orders)
        return True

    await eventually(there)


async def redrive(database: Database, **which: Any) -> int:
    async with database.transaction() as session:
        return await request_redrive(session, **which)
