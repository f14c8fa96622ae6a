"""Changes to a customer that have not happened, the smallest of each kind first."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from services.scoring.facts.cases import Case
from services.scoring.facts.fact import Detail, Fact, FactKind, Instrument
from services.scoring.facts.measures import LARGEST_AMOUNT, divide
from services.scoring.facts.statistics import Statistics
from services.scoring.scores.context import Context
from services.scoring.scores.lifecycle import stage_change_days
from services.scoring.scores.loyalty import level_change_days
from services.scoring.scores.partnership import partnership_change_days
from services.scoring.scores.quadrant import value_marks
from services.scoring.scores.reason import Reason
from services.scoring.scores.satisfaction import is_open
from services.scoring.scores.value import realised_last_year

_NOBODY: Final = UUID(int=0)
_NOTHING: Final = Detail()
_FULL_MARKS: Final = Detail(instrument=Instrument.CSAT, points=100)


@dataclass(frozen=True, slots=True)
class Imagined:
    """A change: facts that might come, and the instant by which they would have."""

    reason: Reason
    facts: tuple[Fact, ...]
    at: datetime


@dataclass(frozen=True, slots=True)
class Imagination:
    """Of changes to one customer, of each kind the smallest first; `as_of` is not before their last fact."""

    statistics: Statistics
    context: Context
    as_of: datetime

    def kinds(self) -> Iterator[list[Imagined]]:
        yield self._purchases(1)
        yield self._purchases(self._usual_gap())
        yield self._resolutions()
        yield [self._now(Reason("lift_recommendation", None), self._fact(FactKind.REFERRAL))]
        yield self._answers()
        yield self._margins()
        yield self._waits()

    @property
    def _today(self) -> int:
        return self.context.measures.day(self.as_of)

    def _usual_gap(self) -> int:
        """Days between purchases, rounded up; 0 for who has none to learn it from."""
        days = self.statistics.purchase_days
        return -(-(days[-1].day - days[0].day) // (len(days) - 1)) if len(days) > 1 else 0

    def _purchases(self, gap: int) -> list[Imagined]:
        """More purchase days of the usual kind, `gap` days apart, the first as soon as it can be."""
        bought = self.statistics.purchase_days
        if gap == 0:
            return []
        first = max(self._today, bought[-1].day + gap) if bought else self._today
        size = len(bought) or 1
        revenue, margin = divide(self.statistics.revenue, size), divide(self.statistics.margin, size)
        facts: tuple[Fact, ...] = ()
        found = []
        for number in range(1, self.context.policy.lifting.most_purchase_days + 1):
            day = first + (number - 1) * gap
            at = max(self.as_of, self.context.measures.start_of(day))
            facts = (*facts, self._purchase(at, min(revenue, LARGEST_AMOUNT), _within(margin)))
            evidence: dict[str, int | str] = {"days": number, "until": self.context.measures.date(day).isoformat()}
            found.append(Imagined(Reason("lift_purchases", None, evidence), facts, at))
        return found

    def _resolutions(self) -> list[Imagined]:
        """Each open complaint resolved now; then all of them together."""
        opened = [case for case in self.statistics.cases if is_open(case)]
        found = [
            self._now(
                Reason("lift_resolution", None, {"case": case.case}, (FactKind.COMPLAINT,), (case.source, case.case)),
                self._resolution(case),
            )
            for case in opened
        ]
        if len(opened) > 1:
            facts = (self._resolution(case) for case in opened)
            found.append(self._now(Reason("lift_resolutions", None, {"complaints": len(opened)}), *facts))
        return found

    def _answers(self) -> list[Imagined]:
        answer = self._fact(FactKind.SURVEY, _FULL_MARKS)
        most = self.context.policy.lifting.most_answers
        return [
            self._now(Reason("lift_answers", None, {"answers": number}), *([answer] * number))
            for number in range(1, most + 1)
        ]

    def _margins(self) -> list[Imagined]:
        """One purchase today that earns just what a class by value still lacks."""
        if self.context.portfolio is None:
            return []
        portfolio = self.context.portfolio
        lacking = {portfolio.a_minimum - self.statistics.realised, portfolio.b_minimum - self.statistics.realised}
        last_year = realised_last_year(self.statistics, self._today)
        lacking |= {mark - last_year for mark in value_marks(portfolio.year)}
        return [
            self._now(Reason("lift_margin", None, {"margin": margin}), self._purchase(self.as_of, margin, margin))
            for margin in sorted(lacking)
            if 0 < margin <= LARGEST_AMOUNT
        ]

    def _waits(self) -> list[Imagined]:
        """Time alone, until a tenure that a class asks for."""
        policy, measures = self.context.policy, self.context.measures
        days = {*level_change_days(self.statistics, policy.loyalty)}
        days |= {*partnership_change_days(self.statistics, policy.partnership, measures)}
        days |= {*stage_change_days(self.statistics, policy.lifecycle, by_rhythm=False)}
        return [
            Imagined(Reason("lift_time", None, {"until": measures.date(day).isoformat()}), (), measures.start_of(day))
            for day in sorted(days)
            if day > self._today
        ]

    def _now(self, reason: Reason, *facts: Fact) -> Imagined:
        return Imagined(reason, facts, self.as_of)

    def _purchase(self, at: datetime, amount: int, margin: int) -> Fact:
        currency = self.context.policy.money.currency
        return Fact(_NOBODY, _NOBODY, FactKind.PURCHASE, at, amount=amount, margin=margin, currency=currency)

    def _resolution(self, case: Case) -> Fact:
        return self._fact(FactKind.RESOLUTION, Detail(source=case.source, case=case.case))

    def _fact(self, kind: FactKind, detail: Detail = _NOTHING) -> Fact:
        return Fact(_NOBODY, _NOBODY, kind, self.as_of, detail=detail)


def _within(margin: int) -> int:
    return max(-LARGEST_AMOUNT, min(margin, LARGEST_AMOUNT))
