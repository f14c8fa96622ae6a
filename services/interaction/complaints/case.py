"""A complaint as a case: what its openings and resolutions amount to, in whatever order they arrive."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID, uuid5

from shared.money import Money

_CASES = UUID("c1b0f1d2-6a57-4d0c-9a3e-0f5d2b8e7a64")


class CaseState(StrEnum):
    OPEN = "open"
    RESOLVED = "resolved"


def complaint_id_of(source: str, name: str) -> UUID:
    """One id for ever per case: its name within its source."""
    return uuid5(_CASES, f"{source}\n{name}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """That somebody complained; the customer may become known later."""

    interaction_id: UUID
    at: datetime
    customer_id: UUID | None
    severity: str
    category: str
    description: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolution:
    interaction_id: UUID
    at: datetime
    customer_id: UUID | None
    outcome: str | None
    compensation: Money | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """Shows the first opening and the last resolution; of the others it keeps the number, the interactions stay.

    A resolution closes the case whatever its time: clocks of two systems differ, and often it arrives first.
    """

    source: str
    name: str
    opening: Opening | None = None
    resolution: Resolution | None = None
    openings: int = 0
    resolutions: int = 0

    @property
    def complaint_id(self) -> UUID:
        return complaint_id_of(self.source, self.name)

    @property
    def state(self) -> CaseState:
        return CaseState.OPEN if self.resolution is None else CaseState.RESOLVED

    @property
    def customer_id(self) -> UUID | None:
        """Who complained; until the opening tells, whom the resolution names."""
        told = (part.customer_id for part in (self.opening, self.resolution) if part is not None)
        return next((customer_id for customer_id in told if customer_id is not None), None)

    @property
    def started_at(self) -> datetime:
        """The first opening, or what is known in its place; raises ValueError for a case of which nothing is known."""
        first = self.opening or self.resolution
        if first is None:
            raise ValueError("a case begins with an opening or a resolution")
        return first.at

    @property
    def resolved_in(self) -> timedelta | None:
        """None while one end is missing, or when the two contradict each other."""
        if self.opening is None or self.resolution is None or self.resolution.at < self.opening.at:
            return None
        return self.resolution.at - self.opening.at

    def with_fact(self, fact: Opening | Resolution, *, new: bool) -> "Case":
        """The case with one more fact, or (not `new`) with one it has, of which more is known now."""
        if isinstance(fact, Opening):
            first = self.opening is None or _place(fact) <= _place(self.opening)
            return replace(self, opening=fact if first else self.opening, openings=self.openings + new)
        last = self.resolution is None or _place(fact) >= _place(self.resolution)
        return replace(self, resolution=fact if last else self.resolution, resolutions=self.resolutions + new)


def _place(fact: Opening | Resolution) -> tuple[datetime, UUID]:
    """Equal instants are told apart by id, so that the order of arrival never decides."""
    return fact.at, fact.interaction_id
