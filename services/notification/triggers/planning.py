"""Which rules an event triggers, and what each of them would say. Pure."""

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from services.notification.history.remembered import Remembered
from services.notification.messages.ending import Happening
from services.notification.rules.book import RuleBook
from services.notification.rules.document import Rule
from services.notification.rules.kinds import KIND_OF, EventKind, shown_of, subject_of, tells_of
from services.notification.rules.vocabulary import facts_for, plain_inputs
from services.notification.values import Member, MemberState, MessagePlan
from shared.conditions.condition import holds
from shared.conditions.vocabulary import Value
from shared.contracts.envelope import Event
from shared.contracts.interaction import InteractionRecorded
from shared.contracts.scoring import ScoreChanged, SegmentMembership


def plans_for(event: Event[Any], member: Member, book: RuleBook) -> Iterator[MessagePlan]:
    """What the rules in force ask for because of `event`, the highest priority first.

    The occasion is the event's own id, so each event is answered once by each rule, however often it is delivered. A
    rule whose condition does not hold asks for nothing; of a customer whose profile has not come, that is seen later.
    """
    kind = KIND_OF.get(type(event.data))
    if kind is None or _is_silent(event.data):
        return
    rules = book.on_event(kind.name)
    if not rules:
        return
    inputs = tells_of(kind, event.data)
    for rule in rules:
        plan = _plan(event, kind, rule, inputs)
        is_known = member.state is MemberState.KNOWN
        if not is_known or holds(rule.condition, facts_for(inputs, member), plan.recorded_at):
            yield plan


def happenings_of(events: Sequence[Event[Any]], book: RuleBook) -> dict[UUID, list[Happening]]:
    """What has happened that may end something's waiting, by customer."""
    found: dict[UUID, list[Happening]] = {}
    for event in events:
        kind, data = KIND_OF[type(event.data)], event.data
        if kind.name in book.ends and not _is_silent(data):
            at = data.occurred_at if isinstance(data, InteractionRecorded) else data.as_of
            happening = Happening(kind.name, event.envelope.id, at, subject_of(kind, data))
            found.setdefault(data.customer_id, []).append(happening)
    return found


def remembered(event: Event[Any]) -> Remembered | None:
    """An event as the history keeps it; None for one that triggers nothing."""
    kind, data = KIND_OF[type(event.data)], event.data
    if _is_silent(data):
        return None
    is_interaction = isinstance(data, InteractionRecorded)
    return Remembered(
        customer_id=data.customer_id,
        event_id=event.envelope.id,
        kind=kind.name,
        occurred_at=data.occurred_at if is_interaction else data.as_of,
        recorded_at=data.recorded_at if is_interaction else event.envelope.time,
        told=plain_inputs(tells_of(kind, data)),
    )


def _is_silent(data: Any) -> bool:
    """Scores of everybody were computed anew, or a segment was: nobody is to be written to because of that."""
    return isinstance(data, ScoreChanged | SegmentMembership) and data.silent


def _plan(event: Event[Any], kind: EventKind, rule: Rule, inputs: dict[str, Value]) -> MessagePlan:
    data, envelope = event.data, event.envelope
    is_interaction = isinstance(data, InteractionRecorded)
    return MessagePlan(
        customer_id=data.customer_id,
        rule=rule.name,
        occasion=str(data.interaction_id) if is_interaction else envelope.id,
        happened_at=data.occurred_at if is_interaction else data.as_of,
        recorded_at=data.recorded_at if is_interaction else envelope.time,
        facts=shown_of(kind, inputs),
        inputs=inputs,
        subject=subject_of(kind, data),
        caused_by=envelope.id,
        correlation_id=envelope.correlationid or envelope.id,
    )
