"""What surrounds a customer's purchases and answers: what serving them costs, late payments, usage, competitors, how
complaints were handled, what was taken back, and who they are. Merged like the statistics they are part of."""

from collections.abc import Callable
from typing import Final, TypeVar
from uuid import UUID

from msgspec import Struct

from services.scoring.facts.fact import Fact, FactKind
from services.scoring.facts.measures import Measures, to_microseconds
from services.scoring.facts.profile import Profile, newer

_T = TypeVar("_T")


class Serving(Struct, frozen=True, array_like=True, gc=False):
    """Interactions of one kind that cost something, and what, in minor units of the reporting currency."""

    kind: str
    facts: int
    cost: int


class LateInvoice(Struct, frozen=True, array_like=True, gc=False):
    """An invoice that was paid late or is overdue: the last local day it was heard of, and by how many days at most."""

    invoice: str
    day: int
    overdue_days: int


class Usage(Struct, frozen=True, array_like=True, gc=False):
    """How much of a metric was used in a local month (counted from January of year 0), in millionths."""

    metric: str
    month: int
    value: int


class Sign(Struct, frozen=True, array_like=True, gc=False):
    """Signs of competitors on a local day."""

    day: int
    sign: str
    facts: int


class CaseLife(Struct, frozen=True, array_like=True, gc=False):
    """What else is known of a complaint: when it was first answered and had to be by promise, and how its last
    follow-up went, in points of 100; instants in microseconds since 1970."""

    source: str
    case: str
    responded_at: int | None = None
    respond_by: int | None = None
    followed_at: int | None = None
    points: int | None = None


class Circumstances(Struct, frozen=True, array_like=True, gc=False):
    """Everything ascending by its key. `voided`: events that never happened, whether they have arrived or not."""

    servings: tuple[Serving, ...] = ()
    late_invoices: tuple[LateInvoice, ...] = ()
    usages: tuple[Usage, ...] = ()
    signs: tuple[Sign, ...] = ()
    lives: tuple[CaseLife, ...] = ()
    voided: tuple[UUID, ...] = ()
    profile: Profile | None = None


NOTHING: Final = Circumstances()

_TELLING: Final = frozenset({
    FactKind.PAYMENT, FactKind.USAGE, FactKind.COMPETITOR, FactKind.COMPLAINT, FactKind.RESPONSE, FactKind.FOLLOW_UP,
    FactKind.VOID,
})  # fmt: skip
"""Kinds that tell more than what they cost."""


def merge_circumstances(one: Circumstances, other: Circumstances) -> Circumstances:
    if one is NOTHING or other is NOTHING or one == NOTHING or other == NOTHING:
        return one if other == NOTHING else other
    return Circumstances(
        servings=_merge(one.servings, other.servings, lambda serving: serving.kind, _add_servings),
        late_invoices=_merge(one.late_invoices, other.late_invoices, lambda late: late.invoice, _later),
        usages=_merge(one.usages, other.usages, lambda usage: (usage.metric, usage.month), _add_usages),
        signs=_merge(one.signs, other.signs, lambda sign: (sign.day, sign.sign), _add_signs),
        lives=_merge(one.lives, other.lives, lambda life: (life.source, life.case), _live_on),
        voided=tuple(sorted({*one.voided, *other.voided})),
        profile=newer(one.profile, other.profile),
    )


def circumstances_of(fact: Fact, measures: Measures) -> Circumstances:
    """What one fact tells of them. Raises Poison for a cost that the policy does not convert."""
    cost = measures.cost(fact)
    servings = (Serving(fact.serving, 1, cost),) if cost else ()
    if fact.kind not in _TELLING:
        return Circumstances(servings) if servings else NOTHING
    at, day, detail = to_microseconds(fact.occurred_at), measures.day(fact.occurred_at), fact.detail
    match fact.kind:
        case FactKind.PAYMENT if detail.overdue_days:
            late = LateInvoice(f"{detail.source}\n{detail.case}", day, detail.overdue_days)
            return Circumstances(servings, late_invoices=(late,))
        case FactKind.USAGE:
            month = measures.month(day)
            return Circumstances(servings, usages=(Usage(detail.variant or "", month, detail.value or 0),))
        case FactKind.COMPETITOR:
            return Circumstances(servings, signs=(Sign(day, detail.variant or "", 1),))
        case FactKind.COMPLAINT if detail.respond_by is not None:
            life = CaseLife(detail.source or "", detail.case or "", respond_by=detail.respond_by)
            return Circumstances(servings, lives=(life,))
        case FactKind.RESPONSE:
            return Circumstances(servings, lives=(CaseLife(detail.source or "", detail.case or "", responded_at=at),))
        case FactKind.FOLLOW_UP if detail.points is not None:
            life = CaseLife(detail.source or "", detail.case or "", followed_at=at, points=detail.points)
            return Circumstances(servings, lives=(life,))
        case FactKind.VOID if detail.voids is not None:
            return Circumstances(servings, voided=(detail.voids,))
    return Circumstances(servings) if servings else NOTHING


def _merge(
    one: tuple[_T, ...], other: tuple[_T, ...], key: Callable[[_T], object], join: Callable[[_T, _T], _T]
) -> tuple[_T, ...]:
    if not one or not other:
        return one or other
    entries = {key(entry): entry for entry in one}
    for entry in other:
        known = entries.get(key(entry))
        entries[key(entry)] = entry if known is None else join(known, entry)
    return tuple(entries[name] for name in sorted(entries))  # type: ignore[type-var]


def _add_servings(one: Serving, other: Serving) -> Serving:
    return Serving(one.kind, one.facts + other.facts, one.cost + other.cost)


def _later(one: LateInvoice, other: LateInvoice) -> LateInvoice:
    return LateInvoice(one.invoice, max(one.day, other.day), max(one.overdue_days, other.overdue_days))


def _add_usages(one: Usage, other: Usage) -> Usage:
    return Usage(one.metric, one.month, one.value + other.value)


def _add_signs(one: Sign, other: Sign) -> Sign:
    return Sign(one.day, one.sign, one.facts + other.facts)


def _live_on(one: CaseLife, other: CaseLife) -> CaseLife:
    """The first answer and promise, and the last follow-up; of two at once the less pleased."""
    followed = [(life.followed_at, -(life.points or 0)) for life in (one, other) if life.followed_at is not None]
    followed_at, points = max(followed, default=(None, None))
    return CaseLife(
        one.source,
        one.case,
        responded_at=_first(one.responded_at, other.responded_at),
        respond_by=_first(one.respond_by, other.respond_by),
        followed_at=followed_at,
        points=None if points is None else -points,
    )


def _first(one: int | None, other: int | None) -> int | None:
    return min((at for at in (one, other) if at is not None), default=None)
