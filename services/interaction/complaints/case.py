"""A complaint as a case: what the steps of its life amount to, in whatever order they arrive."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID, uuid5

from services.interaction.complaints.promises import Promise, PromisePolicy
from shared.money import Money

_CASES = UUID("c1b0f1d2-6a57-4d0c-9a3e-0f5d2b8e7a64")


class CaseState(StrEnum):
    """`open` until a resolution or a closure; a reopening makes it open again."""

    OPEN = "open"
    RESOLVED = "resolved"
    FOLLOWED_UP = "followed_up"
    CLOSED = "closed"


class Step(StrEnum):
    OPENING = "opening"
    ASSIGNMENT = "assignment"
    RESPONSE = "response"
    RESOLUTION = "resolution"
    FOLLOW_UP = "follow_up"
    CLOSURE = "closure"
    REOPENING = "reopening"


def complaint_id_of(source: str, name: str) -> UUID:
    """One id for ever per case: its name within its source."""
    return uuid5(_CASES, f"{source}\n{name}")


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFact:
    """One step in the life of a case; of the fields each kind of step has its own. The customer may be known later."""

    step: Step
    interaction_id: UUID
    at: datetime
    customer_id: UUID | None
    severity: str | None = None
    category: str | None = None
    description: str | None = None
    department: str | None = None
    handler: str | None = None
    outcome: str | None = None
    cause: str | None = None
    compensation: Money | None = None
    satisfied: bool | None = None
    score: int | None = None

    @property
    def place(self) -> tuple[datetime, UUID]:
        """Equal instants are told apart by id, so that the order of arrival never decides."""
        return self.at, self.interaction_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What all facts of a case that count come to; `green_channel` is None until an opening of a known customer."""

    source: str
    name: str
    facts: tuple[CaseFact, ...]
    green_channel: bool | None = None

    @property
    def complaint_id(self) -> UUID:
        return complaint_id_of(self.source, self.name)

    @property
    def opening(self) -> CaseFact | None:
        return self._first(Step.OPENING)

    @property
    def resolution(self) -> CaseFact | None:
        """The last one; it closes the case whatever its time, unless the case was reopened after it."""
        return self._last(Step.RESOLUTION)

    @property
    def closure(self) -> CaseFact | None:
        return self._last(Step.CLOSURE)

    @property
    def follow_up(self) -> CaseFact | None:
        return self._last(Step.FOLLOW_UP)

    @property
    def reopening(self) -> CaseFact | None:
        return self._last(Step.REOPENING)

    @property
    def state(self) -> CaseState:
        if self._stands(self.closure):
            return CaseState.CLOSED
        if not self._stands(self.resolution):
            return CaseState.OPEN
        return CaseState.FOLLOWED_UP if self._stands(self.follow_up) else CaseState.RESOLVED

    @property
    def customer_id(self) -> UUID | None:
        """Who complained; until the opening tells, whom the other steps name."""
        opening = self.opening
        told = (fact.customer_id for fact in ((opening, *self.facts) if opening else self.facts))
        return next((customer_id for customer_id in told if customer_id is not None), None)

    @property
    def started_at(self) -> datetime:
        """The first opening, or what is known in its place; raises ValueError for a case of which nothing is known."""
        first = self.opening or (self.facts[0] if self.facts else None)
        if first is None:
            raise ValueError("a case begins with a fact")
        return first.at

    @property
    def responded_at(self) -> datetime | None:
        """The first response since the case began, or began again; a resolution or a closure is one, too."""
        steps = (Step.RESPONSE, Step.RESOLUTION, Step.CLOSURE)
        return next((fact.at for fact in self.facts if fact.step in steps and self._stands(fact)), None)

    @property
    def resolved_in(self) -> timedelta | None:
        """From the first opening to the last resolution; None while one is missing, or when their times contradict."""
        opening, resolution = self.opening, self.resolution
        if opening is None or resolution is None or resolution.at < opening.at:
            return None
        return resolution.at - opening.at

    @property
    def severity(self) -> str | None:
        """As it began; unless a reopening said otherwise."""
        again = (fact.severity for fact in reversed(self.facts) if fact.step is Step.REOPENING)
        first = self.opening.severity if self.opening else None
        return next((said for said in again if said is not None), first)

    @property
    def department(self) -> str | None:
        return self._said("department")

    @property
    def handler(self) -> str | None:
        return self._said("handler")

    def promise(self, policy: PromisePolicy) -> Promise:
        """Counted from the opening, or from the last reopening."""
        return policy.promise_from((self.reopening or self.opening or self.facts[0]).at, green=bool(self.green_channel))

    def count(self, step: Step) -> int:
        return sum(fact.step is step for fact in self.facts)

    def _stands(self, fact: CaseFact | None) -> bool:
        """Whether nothing was reopened since."""
        return fact is not None and (self.reopening is None or fact.place > self.reopening.place)

    def _first(self, step: Step) -> CaseFact | None:
        return next((fact for fact in self.facts if fact.step is step), None)

    def _last(self, step: Step) -> CaseFact | None:
        return next((fact for fact in reversed(self.facts) if fact.step is step), None)

    def _said(self, name: str) -> str | None:
        said = (getattr(fact, name) for fact in reversed(self.facts))
        return next((value for value in said if value is not None), None)


def in_order(facts: Sequence[CaseFact]) -> tuple[CaseFact, ...]:
    return tuple(sorted(facts, key=lambda fact: fact.place))
