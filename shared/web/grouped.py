"""Answers of requests that share a transaction (`shared.db.group_commit`), each given once per Idempotency-Key."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from shared.db.group_commit import Apply
from shared.db.session import DirectSession
from shared.observability.metrics import IDEMPOTENT_REPLAYS, current_service
from shared.web.answers import Answer
from shared.web.idempotency import Claim, find_answers, store_answers

T = TypeVar("T")

Work = Callable[[DirectSession, Sequence[T]], Awaitable[Sequence[Answer | Exception]]]


@dataclass(frozen=True, slots=True)
class Asked(Generic[T]):
    """One request's command, and the claim on its Idempotency-Key where it has one."""

    command: T
    claim: Claim | None


def answered_once(work: Work[T]) -> Apply[Asked[T], Answer]:
    """`work` for those that have no stored answer yet, and its answers stored with the changes they report.

    The promises are those of `shared.web.idempotency`: only success is stored, a key in use is refused, of the same
    group too.
    """

    async def apply(session: DirectSession, asked: Sequence[Asked[T]]) -> Sequence[Answer | Exception]:
        claims = [one.claim for one in asked if one.claim is not None]
        if not claims:
            return await work(session, [one.command for one in asked])
        found = iter(await find_answers(session, claims))
        answers: list[Answer | Exception | None] = [None if one.claim is None else next(found) for one in asked]
        replays = sum(isinstance(answer, Answer) for answer in answers)
        IDEMPOTENT_REPLAYS.labels(current_service()).inc(replays)
        places = [place for place, answer in enumerate(answers) if answer is None]
        made = await work(session, [asked[place].command for place in places]) if places else ()
        new: list[tuple[Claim, Answer]] = []
        for place, answer in zip(places, made, strict=True):
            answers[place] = answer
            claim = asked[place].claim
            if claim is not None and isinstance(answer, Answer):
                new.append((claim, answer))
        await store_answers(session, new)
        return [answer for answer in answers if answer is not None]

    return apply
