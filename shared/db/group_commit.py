"""Group commit: what many callers ask for at the same time becomes one transaction.

A transaction costs round trips, a disk write and much work around its SQL, whatever it holds. Callers that wait at the
same time share that. Nobody waits for company: a lone caller's transaction begins at once, and what arrives while the
writers are busy goes together with the next one. So groups grow with the load, and latency stays near that of one
commit.

What callers may rely on:

- The answer comes after the commit, or the error that tells why nothing was changed.
- First come, first served; a group holds at most `max_group` members.
- A member that breaks its group's transaction fails alone: the group is rolled back and tried again in halves. What
  concerns all of them (the database is away) fails all of them; when the commit itself broke off, all are told
  `commit_unknown`.
- A caller that is cancelled while it waits is left out; one whose transaction is under way changes nothing about it.
- When more than `max_waiting` wait, the next is refused at once (RateLimited): a queue that only grows helps nobody.
- `drain`, part of `Database.dispose`, returns when all that was accepted is answered.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from contextvars import Context
from dataclasses import dataclass
from typing import Generic, TypeVar, cast

import structlog
from structlog.contextvars import bind_contextvars

from shared.db.session import Database, DirectConnection, DirectSession
from shared.errors import RateLimited, Unavailable
from shared.observability.metrics import GROUP_COMMIT_MEMBERS, current_service

log = structlog.get_logger(__name__)

T = TypeVar("T")
R = TypeVar("R")

Apply = Callable[[DirectSession, Sequence[T]], Awaitable[Sequence[R | Exception]]]
"""Does the members' work in one transaction: an answer for each, in order, or the error that refuses it alone.

A refused member must have changed nothing. It may be called again for the same members after a rollback.
"""

BUSY_RETRY_SECONDS = 1
_ATTEMPTS = 2
_WORTH_ANOTHER_WRITER = 8


@dataclass(slots=True, eq=False)
class _Place(Generic[T, R]):
    member: T
    answer: "asyncio.Future[R]"


class GroupCommit(Generic[T, R]):
    """Lives on one event loop; the tasks that write exist only while somebody waits."""

    def __init__(
        self,
        database: Database,
        apply: Apply[T, R],
        *,
        name: str,
        max_group: int = 256,
        max_waiting: int = 5000,
        writers: int = 2,
    ) -> None:
        """`writers` transactions may be under way at once: while one waits for the disk, the next one works."""
        self._database = database
        self._apply = apply
        self._name = name
        self._max_group = max_group
        self._max_waiting = max_waiting
        self._most_writers = writers
        self._waiting: deque[_Place[T, R]] = deque()
        self._writers: set[asyncio.Task[None]] = set()
        database.before_dispose(self.drain)

    async def submit(self, member: T) -> R:
        """The member's answer, once it is committed.

        Raises RateLimited (`too_busy`), the error `apply` gave it, and what `Database.transaction` raises.
        """
        if len(self._waiting) >= self._max_waiting:
            raise RateLimited(
                "more requests are waiting than can be served in good time; repeat this one in a moment",
                code="too_busy",
                retry_after_seconds=BUSY_RETRY_SECONDS,
            )
        place = _Place[T, R](member, asyncio.get_running_loop().create_future())
        self._waiting.append(place)
        self._summon_writer()
        return await place.answer

    async def drain(self) -> None:
        """Returns when nobody waits any more."""
        while self._writers:
            await asyncio.wait(set(self._writers))

    def _summon_writer(self) -> None:
        # A second writer pays once the first leaves behind what is worth a transaction of its own.
        if len(self._writers) >= self._most_writers or (self._writers and len(self._waiting) < _WORTH_ANOTHER_WRITER):
            return
        context = Context()  # not the caller's: its correlation is not that of the whole group
        context.run(bind_contextvars, service=current_service(), group_commit=self._name)
        writer = asyncio.get_running_loop().create_task(self._write(), context=context)
        self._writers.add(writer)

    async def _write(self) -> None:
        """Writes group after group until nobody waits, on one connection as long as it lasts."""
        group: list[_Place[T, R]] = []
        failure: Exception = Unavailable("the process stops; repeat the request", code="stopping")
        try:
            async with self._database.direct() as connection:
                while not connection.lost and (group := self._next_group()):
                    await self._settle(connection, group)
        except Exception as error:
            if not isinstance(error, Unavailable):
                log.error("group_commit_failed", exc_info=error)
            failure = error
            group = [*group, *self._waiting]  # no connection can be had: for none of them
            self._waiting.clear()
        finally:
            _fail(group, failure)  # none, when all went well: they have their answers
            # Here, not when the task is found done: who submits in between would wait for a writer that is gone.
            self._writers.discard(cast("asyncio.Task[None]", asyncio.current_task()))
        if self._waiting:
            self._summon_writer()

    def _next_group(self) -> list[_Place[T, R]]:
        group: list[_Place[T, R]] = []
        while self._waiting and len(group) < self._max_group:
            place = self._waiting.popleft()
            if not place.answer.done():  # its caller was cancelled
                group.append(place)
        return group

    async def _settle(self, connection: DirectConnection, group: list[_Place[T, R]]) -> None:
        """Answers every member, dividing a group that fails until the culprits are alone."""
        try:
            answers = await self._transact(connection, [place.member for place in group])
        except Unavailable as error:
            _fail(group, error)
        except Exception as error:
            if len(group) == 1:
                _fail(group, error)
                return
            log.warning("group_divided", members=len(group), reason=repr(error))
            middle = len(group) // 2
            await self._settle(connection, group[:middle])
            await self._settle(connection, group[middle:])
        else:
            GROUP_COMMIT_MEMBERS.labels(current_service(), self._name).observe(len(group))
            for place, answer in zip(group, answers, strict=True):
                _answer(place, answer)

    async def _transact(self, connection: DirectConnection, members: list[T]) -> Sequence[R | Exception]:
        attempt = 1
        while True:
            try:
                async with connection.transaction() as session:
                    return await self._apply(session, members)
            except Unavailable as error:
                # A deadlock or the like rolled all back, and is worth another attempt; a lost connection is not.
                if attempt == _ATTEMPTS or connection.lost or error.code == "commit_unknown":
                    raise
                attempt += 1


def _answer(place: _Place[T, R], answer: R | Exception) -> None:
    if place.answer.done():
        return
    if isinstance(answer, Exception):
        place.answer.set_exception(answer)
    else:
        place.answer.set_result(answer)


def _fail(group: Sequence[_Place[T, R]], error: Exception) -> None:
    for place in group:
        _answer(place, error)
