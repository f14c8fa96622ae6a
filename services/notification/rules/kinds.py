"""What a rule may be triggered by, and what each trigger tells: to conditions, and to the words of a message."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any
from uuid import UUID

from services.notification.calendars.codes import HOLIDAYS
from services.notification.values import OccasionKind
from shared.conditions.vocabulary import FieldType, Value
from shared.contracts.envelope import EventData
from shared.contracts.interaction import (
    CallRecorded,
    CompetitorNoticed,
    ComplaintClosed,
    ComplaintFollowedUp,
    ComplaintOpened,
    ComplaintReopened,
    ComplaintResolved,
    ComplaintResponded,
    EngagementRecorded,
    MentionRecorded,
    PaymentRecorded,
    PurchaseRecorded,
    ReferralMade,
    ReturnRecorded,
    ServicePerformed,
    Severity,
    SurveyAnswered,
    UsageRecorded,
    VisitRecorded,
)
from shared.contracts.scoring import (
    AbcClass,
    LifecycleStage,
    LoyaltyLevel,
    PartnershipStage,
    Quadrant,
    ScoreChanged,
    SegmentEntered,
    SegmentLeft,
)

OCCASIONS = tuple(kind.value for kind in OccasionKind)
"""The kinds of days a rule may be about."""


@dataclass(frozen=True, slots=True)
class Told:
    """One thing that an event tells: `path` is where it stands in the event's data.

    With `shown` a template may show it, under its name; the rest is for conditions alone.
    """

    name: str
    path: str
    type: FieldType = FieldType.TEXT
    description: str = ""
    choices: tuple[str, ...] = ()
    unit: str | None = None
    shown: bool = True


@dataclass(frozen=True, slots=True)
class EventKind:
    """A kind of event that rules may be triggered by; `subject` is the path of what it is about (a case, an order)."""

    name: str
    data: type[EventData]
    tells: tuple[Told, ...]
    subject: str | None = None


def _values(choices: type[Enum]) -> tuple[str, ...]:
    return tuple(str(one.value) for one in choices)


def _number(name: str, path: str, description: str, *, unit: str | None = None, shown: bool = True) -> Told:
    return Told(name, path, FieldType.NUMBER, description, unit=unit, shown=shown)


_AMOUNT = (
    _number("amount_minor", "amount.minor", "the amount", unit="minor units"),
    Told("currency", "amount.currency", description="ISO 4217, for example CNY"),
)
_ORDER = Told("order_id", "order_id", description="the order")
_CASE = Told("case", "case", description="the complaint's name in its source")
_CATEGORY = Told("category", "category", description="what it is about")
_SEVERITY = Told(
    "severity", "severity", description="how bad it is", choices=tuple(one.value for one in Severity), shown=False
)
_SCORES = (
    Told("changed", "changed", FieldType.TEXTS, "names of the figures that differ from those told before", shown=False),
    Told("loyalty_level", "loyalty_level", description="rung of the ladder", choices=_values(LoyaltyLevel)),
    Told("lifecycle_stage", "lifecycle_stage", description="stage", choices=_values(LifecycleStage), shown=False),
    Told("abc_class", "abc_class", description="class by margin", choices=_values(AbcClass), shown=False),
    Told("quadrant", "quadrant", description="value and potential", choices=_values(Quadrant), shown=False),
    Told("partnership_stage", "partnership_stage", choices=_values(PartnershipStage), shown=False),
    _number("churn_risk", "churn_risk", "how likely it leaves", unit="0-100"),
    Told("churn_reasons", "churn_reasons", FieldType.TEXTS, "rules that speak for it, such as complaint_pending"),
    _number("satisfaction", "satisfaction", "as scored", unit="0-100", shown=False),
    _number("loyalty", "loyalty", "as scored", unit="0-100", shown=False),
)
_SEGMENT = (
    Told("segment_id", "segment_id", description="the segment", shown=False),
    Told("segment", "segment", description="its name at that time", shown=False),
)

EVENTS: Mapping[str, EventKind] = {
    kind.name: kind
    for kind in (
        EventKind(
            "purchase",
            PurchaseRecorded,
            (
                _ORDER,
                *_AMOUNT,
                Told("categories", "lines.category", FieldType.TEXTS, "what was bought", shown=False),
            ),
            "order_id",
        ),
        EventKind("return", ReturnRecorded, (_ORDER, *_AMOUNT), "order_id"),
        EventKind(
            "payment",
            PaymentRecorded,
            (
                Told("invoice", "invoice"),
                Told("status", "status", choices=("due", "paid", "overdue"), shown=False),
                *_AMOUNT,
                _number("overdue_days", "overdue_days", "how late it is", unit="days"),
            ),
            "invoice",
        ),
        EventKind("usage", UsageRecorded, (Told("metric", "metric"), Told("value", "value"), Told("unit", "unit"))),
        EventKind("service", ServicePerformed, (Told("service", "service"), Told("item", "item"), _ORDER), "item"),
        EventKind("visit", VisitRecorded, (Told("place", "place"), Told("purpose", "purpose"))),
        EventKind(
            "call",
            CallRecorded,
            (
                Told("direction", "direction", shown=False),
                Told("reached", "reached", FieldType.BOOLEAN, "whether somebody answered", shown=False),
                Told("about", "about"),
            ),
        ),
        EventKind(
            "survey",
            SurveyAnswered,
            (
                Told("instrument", "instrument", choices=("csat", "nps"), shown=False),
                _number("score", "score", "1-5 for csat, 0-10 for nps"),
            ),
        ),
        EventKind(
            "mention",
            MentionRecorded,
            (
                Told("sentiment", "sentiment", choices=("positive", "neutral", "negative"), shown=False),
                Told("site", "site"),
            ),
        ),
        EventKind("engagement", EngagementRecorded, (Told("activity", "activity"), Told("about", "about"))),
        EventKind("referral", ReferralMade, ()),
        EventKind("competitor", CompetitorNoticed, (Told("sign", "sign"), _CATEGORY)),
        EventKind("complaint_opened", ComplaintOpened, (_CASE, _CATEGORY, _SEVERITY), "case"),
        EventKind("complaint_responded", ComplaintResponded, (_CASE,), "case"),
        EventKind("complaint_resolved", ComplaintResolved, (_CASE,), "case"),
        EventKind(
            "complaint_followed_up",
            ComplaintFollowedUp,
            (
                _CASE,
                Told("satisfied", "satisfied", FieldType.BOOLEAN, "whether the customer is content", shown=False),
                _number("score", "score", "1-5"),
            ),
            "case",
        ),
        EventKind("complaint_closed", ComplaintClosed, (_CASE,), "case"),
        EventKind("complaint_reopened", ComplaintReopened, (_CASE, _SEVERITY), "case"),
        EventKind("score_changed", ScoreChanged, _SCORES),
        EventKind("segment_entered", SegmentEntered, _SEGMENT, "segment_id"),
        EventKind("segment_left", SegmentLeft, _SEGMENT, "segment_id"),
    )
}
KIND_OF: Mapping[type[EventData], EventKind] = {kind.data: kind for kind in EVENTS.values()}

OF_OCCASIONS = (
    _number("lead_days", "lead_days", "for how many days before the day itself the reminder is", unit="days"),
    Told("on", "on", description="the day itself, for example 2027-05-20"),
    Told("days", "days", description="how many days are left"),
    Told("years", "years", description="how many years ago an anniversary began"),
    Told("label", "label", description="what it is about: a number plate, a contract's name"),
    Told("holiday", "holiday", description="which holiday", choices=tuple(HOLIDAYS)),
)
"""What any occasion may tell."""

_OF_REMINDERS = frozenset({"lead_days", "on", "days", "label"})
_TOLD_BY: Mapping[OccasionKind, frozenset[str]] = {
    OccasionKind.BIRTHDAY: frozenset(),
    OccasionKind.WEDDING: frozenset(),
    OccasionKind.CUSTOMER_SINCE: frozenset({"years"}),
    OccasionKind.PURCHASE_ANNIVERSARY: frozenset({"years"}),
    OccasionKind.HOLIDAY: frozenset({"lead_days", "on", "days", "holiday"}),
}


def told_by(occasion: str) -> tuple[Told, ...]:
    """What one kind of occasion tells."""
    names = _TOLD_BY.get(OccasionKind(occasion), _OF_REMINDERS)
    return tuple(told for told in OF_OCCASIONS if told.name in names)


def tells_of(kind: EventKind, data: EventData) -> dict[str, Value]:
    """What `data` tells, by name and without what it does not say; texts of a set as a frozenset."""
    found = {told.name: _read(data, told.path.split(".")) for told in kind.tells}
    return {name: value for name, value in found.items() if value is not None}


def shown_of(kind: EventKind, told: Mapping[str, Value]) -> dict[str, str]:
    """What of it a template may show, as texts; of a set the texts one after the other, by name."""
    shown = (one.name for one in kind.tells if one.shown and told.get(one.name, frozenset()) != frozenset())
    return {name: _text(told[name]) for name in shown}


def _text(value: Value) -> str:
    return ", ".join(sorted(value)) if isinstance(value, frozenset) else str(value)


def subject_of(kind: EventKind, data: EventData) -> str | None:
    """What an event is about, so that a later one about the same is recognised; a case is named within its source."""
    if kind.subject is None:
        return None
    value = _read(data, [kind.subject])
    return None if value is None else f"{kind.subject}:{getattr(data, 'source', '')}:{value}"


def _read(value: Any, path: list[str]) -> Any:
    for place, name in enumerate(path):
        if isinstance(value, tuple):
            inside = (_read(one, path[place:]) for one in value)
            return frozenset(one for one in inside if one is not None)
        if value is None:
            return None
        value = getattr(value, name)
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, UUID):
        return str(value)
    return frozenset(map(str, value)) if isinstance(value, tuple) else value
