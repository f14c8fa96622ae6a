"""Whether a planned message is written, when and on which channels, and if not, why; or whether a task is given to
whom. Pure, over a plan and a member.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any
from uuid import UUID

from services.notification.local_days import end_of_local_day, zone_of
from services.notification.messages import manners
from services.notification.messages.manners import Recent
from services.notification.policy import Cap, CarePolicy
from services.notification.rules.document import MessageAction, Rule
from services.notification.rules.vocabulary import facts_for
from services.notification.tasks.assigning import Assigned, assign
from services.notification.values import Member, MemberState, MessagePlan, Outcome, Permission, Reason
from shared.conditions.condition import holds
from shared.contracts.common import Channel, Purpose

_TELLING = (Reason.FREQUENCY_CAP, Reason.ADDRESS_SUPPRESSED, Reason.NO_ADDRESS, Reason.NO_CONSENT)
_UNCAPPED: Mapping[Channel, Cap] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one channel: chosen, left unused (no reason), or impossible for `reason`."""

    channel: Channel
    chosen: bool
    reason: Reason | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """What a decision depends on beside the plan, the customer and the rule.

    `known_at` is when the facts needed were all there: the plan's own `recorded_at`, or the instant of the profile that
    a plan had to wait for. `too_late` is what the caller found out about an occasion's local day. `channels` are those
    that something is configured for, `recent` what else was decided to be written to the customer.
    """

    policy: CarePolicy
    known_at: datetime
    now: datetime
    too_late: bool = False
    channels: Collection[Channel] = tuple(Channel)
    recent: Sequence[Recent] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """`channel` is the primary one; where nothing is sent it is the one that would have been tried first. A task has
    neither channel nor purpose, and is `given` to somebody once it is planned.

    One that waits is decided on again at `due_at`. `displaces` are decisions that give way to this one, `detail` is
    what the reason is about.
    """

    outcome: Outcome
    channel: Channel | None
    purpose: Purpose | None
    reason: Reason | None = None
    given: Assigned | None = None
    considered: tuple[Verdict, ...] = ()
    due_at: datetime | None = None
    displaces: tuple[UUID, ...] = ()
    detail: Mapping[str, Any] = field(default_factory=dict)

    @property
    def sends_on(self) -> tuple[Channel, ...]:
        if self.outcome is not Outcome.PLANNED:
            return ()
        return tuple(verdict.channel for verdict in self.considered if verdict.chosen)


def decide(plan: MessagePlan, member: Member, rule: Rule, at: Situation) -> Decision:
    """The decision on one plan by its rule."""
    refusal = _refusal(plan, member, rule, at)
    if refusal is not None:
        return _suppressed(rule, refusal)
    if member.state is MemberState.UNKNOWN:
        return _open(rule, Outcome.AWAITING_PROFILE)
    zone = zone_of(member.time_zone, default=at.policy.default_time_zone)
    ready = at.known_at
    if rule.document.waits:
        ready = manners.ready_at(rule.document, plan.happened_at, at.known_at, zone)
    if not holds(rule.condition, facts_for(plan.inputs, member), ready):
        return _suppressed(rule, Reason.CONDITION_NOT_MET)
    if ready > at.now:
        return _open(rule, Outcome.WAITING, ready)
    meant_for = ready if rule.document.waits else plan.due_at
    if meant_for is not None and at.now - meant_for > at.policy.max_wait:
        return _suppressed(rule, Reason.TOO_LATE)
    if rule.document.yields_to_complaints and member.has_quieting_complaint:
        return _suppressed(rule, Reason.OPEN_COMPLAINT)
    if rule.document.message is not None and manners.is_paused(member, at.now):
        return _suppressed(rule, Reason.DO_NOT_DISTURB)
    earlier = manners.duplicate_of(rule.document, rule.about, at.recent, at.now)
    if earlier is not None:
        return _suppressed(rule, Reason.DUPLICATE, detail=_naming(earlier))
    if rule.document.task is not None:
        return _given(assign(rule.document.task, member, at.policy.tasks.fallback_role))
    if rule.document.message is not None:
        return _on_channels(plan, member, rule, rule.document.message, at, ready)
    raise AssertionError("a rule says something, or gives somebody something to do")


def _given(assigned: Assigned) -> Decision:
    """Consent, caps and quiet hours have no say in what an employee is to do."""
    detail = {"assignee": assigned.id, "assignee_kind": assigned.kind.value}
    if assigned.reason is not None:
        detail["because"] = assigned.reason.value
    return Decision(outcome=Outcome.PLANNED, channel=None, purpose=None, given=assigned, detail=detail)


def _on_channels(
    plan: MessagePlan, member: Member, rule: Rule, action: MessageAction, at: Situation, ready: datetime
) -> Decision:
    capped = manners.capped_channels(action.purpose, at.recent, at.policy.caps, at.now)
    considered = choose_channels(member, action, at.channels, capped)
    chosen = next((verdict.channel for verdict in considered if verdict.chosen), None)
    if chosen is None:
        reason = _why_none(considered)
        detail = _cap_detail(next(iter(capped.values()))) if reason is Reason.FREQUENCY_CAP else {}
        return _suppressed(rule, reason, considered, detail)
    zone = zone_of(member.time_zone, default=at.policy.default_time_zone)
    spans = manners.quiet_spans(member, at.policy, chosen, action.purpose)
    until = manners.open_and_quiet_until(rule.document.wait_until, at.now, zone, spans)
    is_over = plan.of_day and until >= end_of_local_day(plan.happened_at, zone)
    if until > at.now and (is_over or until - ready > at.policy.max_wait):
        return _suppressed(rule, Reason.QUIET_HOURS, considered, {"until": until.isoformat()})
    rivals = manners.day_rivals(at.recent, until, zone) if rule.document.merges else []
    winner = manners.winner_of(rivals, rule.document.priority, until)
    if winner is not None:
        return _suppressed(rule, Reason.MERGED, considered, _naming(winner))
    return Decision(
        outcome=Outcome.WAITING if until > at.now else Outcome.PLANNED,
        channel=chosen,
        purpose=action.purpose,
        considered=considered,
        due_at=until if until > at.now else None,
        displaces=tuple(rival.decision_id for rival in rivals if rival.is_waiting or rival.is_untouched),
        detail={"quiet_until": until.isoformat()} if manners.quiet_until(at.now, zone, spans) > at.now else {},
    )


def _refusal(plan: MessagePlan, member: Member, rule: Rule, at: Situation) -> Reason | None:
    if member.state is MemberState.ERASED:
        return Reason.ERASED
    if member.is_deceased:
        return Reason.DECEASED
    if rule.is_retired:
        return Reason.RULE_DISABLED
    if plan.recorded_at - plan.happened_at > at.policy.max_age:
        return Reason.STALE
    if at.too_late or at.known_at - plan.recorded_at > at.policy.max_wait:
        return Reason.TOO_LATE
    if rule.document.on.occasion == "birthday" and not member.is_person:
        return Reason.NOT_A_PERSON
    return None


def choose_channels(
    member: Member,
    action: MessageAction,
    channels: Collection[Channel],
    capped: Mapping[Channel, Cap] = _UNCAPPED,
) -> tuple[Verdict, ...]:
    """The first usable channel is the primary one; with `inbox_copy` a usable inbox is taken as well."""
    verdicts: list[Verdict] = []
    has_primary = False
    for channel in action.channels:
        obstacle = obstacle_on(channel, member, action.purpose) if channel in channels else Reason.CHANNEL_OFF
        if obstacle is None and channel in capped:
            obstacle = Reason.FREQUENCY_CAP
        is_copy = has_primary and action.inbox_copy and channel is Channel.INBOX
        chosen = obstacle is None and (not has_primary or is_copy)
        has_primary = has_primary or chosen
        verdicts.append(Verdict(channel, chosen, obstacle))
    return tuple(verdicts)


def obstacle_on(channel: Channel, member: Member, purpose: Purpose) -> Reason | None:
    """Why `member` may or can not be written to on `channel` at present; also asked again just before sending."""
    if member.state is MemberState.ERASED:
        return Reason.ERASED
    if member.is_deceased:
        return Reason.DECEASED
    if Permission(channel, purpose) not in member.granted:
        return Reason.NO_CONSENT
    if member.address_on(channel) is None:
        return Reason.NO_ADDRESS
    if channel in member.suppressed:
        return Reason.ADDRESS_SUPPRESSED
    return None


def _why_none(considered: Sequence[Verdict]) -> Reason:
    # The most telling first: with consent there is somebody who can still supply another address.
    reasons = {verdict.reason for verdict in considered}
    return next((why for why in _TELLING if why in reasons), Reason.CHANNEL_OFF)


def _open(rule: Rule, outcome: Outcome, due_at: datetime | None = None) -> Decision:
    return Decision(outcome=outcome, channel=_first(rule), purpose=rule.document.purpose, due_at=due_at)


def _first(rule: Rule) -> Channel | None:
    return next(iter(rule.document.channels), None)


def _suppressed(
    rule: Rule,
    reason: Reason,
    considered: tuple[Verdict, ...] = (),
    detail: Mapping[str, Any] = MappingProxyType({}),
) -> Decision:
    return Decision(
        outcome=Outcome.SUPPRESSED,
        channel=_first(rule),
        purpose=rule.document.purpose,
        reason=reason,
        considered=tuple(Verdict(verdict.channel, False, verdict.reason) for verdict in considered),
        detail=detail,
    )


def _naming(other: Recent) -> dict[str, Any]:
    return {"decision_id": str(other.decision_id), "rule": other.rule, "at": other.at.isoformat()}


def _cap_detail(cap: Cap) -> dict[str, Any]:
    return {"at_most": cap.at_most, "hours": round(cap.within.total_seconds() / 3600)}
