"""A customer's statistics: all that scores need of the facts, as exact whole numbers that can be merged.

Merging is commutative and associative and `EMPTY` is neutral, so any order, batching or splitting of the same facts
gives the same statistics. Being once per event is not their business: the facts table sees to it.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterable

from msgspec import Struct
from msgspec.structs import replace

from services.scoring.facts.cases import Case, merge_cases
from services.scoring.facts.circumstances import NOTHING, Circumstances, circumstances_of, merge_circumstances
from services.scoring.facts.fact import Fact, FactKind, Instrument
from services.scoring.facts.measures import Measures, to_microseconds


class DayMargin(Struct, frozen=True, array_like=True, gc=False):
    day: int
    margin: int


class Answers(Struct, frozen=True, array_like=True, gc=False):
    """How many `answers` of one day gave the same points."""

    day: int
    instrument: Instrument
    points: int
    answers: int


class Statistics(Struct, frozen=True, array_like=True, gc=False):
    """Money in minor units of the reporting currency; `purchase_days` and `deductions` (margin of returns and
    compensation) per local day, ascending; `cases` by source and name."""

    facts: int = 0
    first_at: int = 0
    last_at: int = 0
    purchases: int = 0
    revenue: int = 0
    margin: int = 0
    returns: int = 0
    returned_revenue: int = 0
    returned_margin: int = 0
    compensation: int = 0
    visits: int = 0
    referrals: int = 0
    purchase_days: tuple[DayMargin, ...] = ()
    deductions: tuple[DayMargin, ...] = ()
    surveys: tuple[Answers, ...] = ()
    cases: tuple[Case, ...] = ()
    categories: tuple[str, ...] = ()
    more: Circumstances = NOTHING

    @property
    def realised(self) -> int:
        return self.margin - self.returned_margin - self.compensation

    @property
    def first_day(self) -> int | None:
        return self.purchase_days[0].day if self.purchase_days else None

    @property
    def last_day(self) -> int | None:
        return self.purchase_days[-1].day if self.purchase_days else None

    @property
    def repeat_margin(self) -> int:
        """Margin of all transactions after the first one."""
        return self.margin - self.purchase_days[0].margin if self.purchase_days else 0

    def purchase_days_since(self, day: int) -> int:
        """How many days with purchases there were on `day` and later."""
        return len(self.purchase_days) - _place(self.purchase_days, day)

    def entries_since(self, day: int) -> tuple[DayMargin, ...]:
        """Days with purchases or deductions, `day` and later."""
        bought, deducted = self.purchase_days, self.deductions
        return bought[_place(bought, day) :] + deducted[_place(deducted, day) :]

    def margin_since(self, day: int) -> int:
        """Margin of purchases on `day` and later."""
        return sum(entry.margin for entry in self.purchase_days[_place(self.purchase_days, day) :])

    def realised_since(self, day: int) -> int:
        """Realised margin of `day` and later."""
        earned = sum(entry.margin for entry in self.purchase_days[_place(self.purchase_days, day) :])
        return earned - sum(entry.margin for entry in self.deductions[_place(self.deductions, day) :])


EMPTY = Statistics()


def fold(statistics: Statistics, facts: Iterable[Fact], measures: Measures) -> Statistics:
    """The statistics with more facts, but for those that are voided. Raises Poison for a currency that the policy does
    not convert.

    What a void takes back must not be among the statistics yet: `fold_history` where it may be.
    """
    for fact in sorted(facts, key=_is_no_void):
        if fact.event_id not in statistics.more.voided:
            part = _CONTRIBUTIONS.get(fact.kind, _of_other)(fact, measures)
            more = circumstances_of(fact, measures)
            statistics = merge(statistics, part if more is NOTHING else replace(part, more=more))
    return statistics


def fold_history(statistics: Statistics, history: Iterable[Fact], measures: Measures) -> Statistics:
    """Made anew from all facts; only who the customer is stays as it is known."""
    return fold(replace(EMPTY, more=Circumstances(profile=statistics.more.profile)), history, measures)


def _is_no_void(fact: Fact) -> bool:
    return fact.kind is not FactKind.VOID


def merge(one: Statistics, other: Statistics) -> Statistics:
    if one is EMPTY or other is EMPTY:
        return other if one is EMPTY else one
    return Statistics(
        facts=one.facts + other.facts,
        first_at=_earlier(one, other),
        last_at=max(one.last_at, other.last_at),
        purchases=one.purchases + other.purchases,
        revenue=one.revenue + other.revenue,
        margin=one.margin + other.margin,
        returns=one.returns + other.returns,
        returned_revenue=one.returned_revenue + other.returned_revenue,
        returned_margin=one.returned_margin + other.returned_margin,
        compensation=one.compensation + other.compensation,
        visits=one.visits + other.visits,
        referrals=one.referrals + other.referrals,
        purchase_days=_merge_days(one.purchase_days, other.purchase_days),
        deductions=_merge_days(one.deductions, other.deductions),
        surveys=_merge_surveys(one.surveys, other.surveys),
        cases=merge_cases(one.cases, other.cases),
        categories=_merge_categories(one.categories, other.categories),
        more=merge_circumstances(one.more, other.more),
    )


def _earlier(one: Statistics, other: Statistics) -> int:
    """When the first fact was; 0 where there is none."""
    if one.facts and other.facts:
        return min(one.first_at, other.first_at)
    return one.first_at if one.facts else other.first_at


def _place(days: tuple[DayMargin, ...], day: int) -> int:
    return bisect_left(days, day, key=lambda entry: entry.day)


def _merge_days(one: tuple[DayMargin, ...], other: tuple[DayMargin, ...]) -> tuple[DayMargin, ...]:
    if not one or not other:
        return one or other
    longer, shorter = (one, other) if len(one) >= len(other) else (other, one)
    days = list(longer)
    for entry in shorter:
        at = bisect_left(days, entry.day, key=lambda known: known.day)
        if at < len(days) and days[at].day == entry.day:
            days[at] = DayMargin(entry.day, days[at].margin + entry.margin)
        else:
            days.insert(at, entry)
    return tuple(days)


def _merge_surveys(one: tuple[Answers, ...], other: tuple[Answers, ...]) -> tuple[Answers, ...]:
    if not one or not other:
        return one or other
    answers: dict[tuple[int, Instrument, int], int] = {}
    for entry in (*one, *other):
        key = (entry.day, entry.instrument, entry.points)
        answers[key] = answers.get(key, 0) + entry.answers
    return tuple(Answers(*key, number) for key, number in sorted(answers.items()))


def _merge_categories(one: tuple[str, ...], other: tuple[str, ...]) -> tuple[str, ...]:
    if not one or not other or one == other:
        return one or other
    return tuple(sorted({*one, *other}))


def _of_purchase(fact: Fact, measures: Measures) -> Statistics:
    at, margin = to_microseconds(fact.occurred_at), measures.margin(fact)
    return Statistics(
        facts=1,
        first_at=at,
        last_at=at,
        purchases=1,
        revenue=measures.revenue(fact),
        margin=margin,
        purchase_days=(DayMargin(measures.day(fact.occurred_at), margin),),
        categories=fact.detail.categories,
    )


def _of_return(fact: Fact, measures: Measures) -> Statistics:
    at, margin = to_microseconds(fact.occurred_at), measures.margin(fact)
    return Statistics(
        facts=1,
        first_at=at,
        last_at=at,
        returns=1,
        returned_revenue=measures.revenue(fact),
        returned_margin=margin,
        deductions=(DayMargin(measures.day(fact.occurred_at), margin),),
    )


def _of_complaint(fact: Fact, _measures: Measures) -> Statistics:
    at, detail = to_microseconds(fact.occurred_at), fact.detail
    case = Case(detail.source or "", detail.case or "", detail.severity or 0, at, at, None, None)
    return Statistics(facts=1, first_at=at, last_at=at, cases=(case,))


def _of_resolution(fact: Fact, measures: Measures) -> Statistics:
    at, detail = to_microseconds(fact.occurred_at), fact.detail
    case = Case(detail.source or "", detail.case or "", 0, None, None, at, at)
    compensation = measures.revenue(fact)
    deductions = (DayMargin(measures.day(fact.occurred_at), compensation),) if compensation else ()
    return Statistics(facts=1, first_at=at, last_at=at, compensation=compensation, deductions=deductions, cases=(case,))


def _of_visit(fact: Fact, _measures: Measures) -> Statistics:
    at = to_microseconds(fact.occurred_at)
    return Statistics(facts=1, first_at=at, last_at=at, visits=1)


def _of_survey(fact: Fact, measures: Measures) -> Statistics:
    if fact.detail.points is None:
        return _of_other(fact, measures)  # a mention that is neither praise nor criticism
    at, detail = to_microseconds(fact.occurred_at), fact.detail
    answers = Answers(measures.day(fact.occurred_at), detail.instrument or Instrument.CSAT, fact.detail.points, 1)
    return Statistics(facts=1, first_at=at, last_at=at, surveys=(answers,))


def _of_reopening(fact: Fact, _measures: Measures) -> Statistics:
    """Its severity is that of the opening, unless it is worse."""
    at, detail = to_microseconds(fact.occurred_at), fact.detail
    case = Case(detail.source or "", detail.case or "", detail.severity or 0, None, at, None, None)
    return Statistics(facts=1, first_at=at, last_at=at, cases=(case,))


def _of_closure(fact: Fact, _measures: Measures) -> Statistics:
    """A case that is closed is open no longer, also where nobody resolved it."""
    at, detail = to_microseconds(fact.occurred_at), fact.detail
    case = Case(detail.source or "", detail.case or "", 0, None, None, at, at)
    return Statistics(facts=1, first_at=at, last_at=at, cases=(case,))


def _of_other(fact: Fact, _measures: Measures) -> Statistics:
    at = to_microseconds(fact.occurred_at)
    return Statistics(facts=1, first_at=at, last_at=at)


def _of_referral(fact: Fact, _measures: Measures) -> Statistics:
    at = to_microseconds(fact.occurred_at)
    return Statistics(facts=1, first_at=at, last_at=at, referrals=1)


_CONTRIBUTIONS: dict[FactKind, Callable[[Fact, Measures], Statistics]] = {
    FactKind.PURCHASE: _of_purchase,
    FactKind.RETURN: _of_return,
    FactKind.COMPLAINT: _of_complaint,
    FactKind.RESOLUTION: _of_resolution,
    FactKind.VISIT: _of_visit,
    FactKind.SURVEY: _of_survey,
    FactKind.REFERRAL: _of_referral,
    FactKind.REOPENING: _of_reopening,
    FactKind.CLOSURE: _of_closure,
    FactKind.MENTION: _of_survey,
}
