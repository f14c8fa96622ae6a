"""Whether a planned message is written, on which channels, and if not, why: pure, over a plan and a member."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from services.notification.policy import CarePolicy
from services.notification.rules.document import MessageAction, Rule
from services.notification.rules.vocabulary import facts_for
from services.notification.values import Member, MemberState, MessagePlan, Outcome, Permission, Reason
from shared.conditions.condition import holds
from shared.contracts.common import Channel, Purpose

_TELLING = (Reason.ADDRESS_SUPPRESSED, Reason.NO_ADDRESS, Reason.NO_CONSENT)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one channel: chosen, left unused (no reason), or impossible for `reason`."""

    channel: Channel
    chosen: bool
    reason: Reason | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """`channel` is the primary one; where nothing is sent it is the one that would have been tried first."""

    outcome: Outcome
    channel: Channel
    purpose: Purpose
    reason: Reason | None = None
    considered: tuple[Verdict, ...] = ()

    @property
    def sends_on(self) -> tuple[Channel, ...]:
        return tuple(verdict.channel for verdict in self.considered if verdict.chosen)


def decide(
    plan: MessagePlan,
    member: Member,
    policy: CarePolicy,
    *,
    rule: Rule,
    known_at: datetime,
    too_late: bool = False,
    channels: Collection[Channel] = tuple(Channel),
) -> Decision:
    """The decision on one plan by its rule.

    `known_at` is when the facts needed were all there: the plan's own `recorded_at`, or the instant of the profile that
    a plan had to wait for. `too_late` is what the caller found out about an occasion's local day. `channels` are those
    that something is configured for.
    """
    action = rule.document.message
    refusal = _refusal(plan, member, policy, rule, known_at=known_at, too_late=too_late)
    if refusal is not None:
        return _suppressed(action, refusal)
    if member.state is MemberState.UNKNOWN:
        return Decision(outcome=Outcome.AWAITING_PROFILE, channel=action.channels[0], purpose=action.purpose)
    if not holds(rule.condition, facts_for(plan.inputs, member), known_at):
        return _suppressed(action, Reason.CONDITION_NOT_MET)
    considered = choose_channels(member, action, channels)
    chosen = [verdict.channel for verdict in considered if verdict.chosen]
    if not chosen:
        return _suppressed(action, _why_none(considered), considered)
    return Decision(outcome=Outcome.PLANNED, channel=chosen[0], purpose=action.purpose, considered=considered)


def _refusal(
    plan: MessagePlan, member: Member, policy: CarePolicy, rule: Rule, *, known_at: datetime, too_late: bool
) -> Reason | None:
    if member.state is MemberState.ERASED:
        return Reason.ERASED
    if member.is_deceased:
        return Reason.DECEASED
    if rule.is_retired:
        return Reason.RULE_DISABLED
    if plan.recorded_at - plan.happened_at > policy.max_age:
        return Reason.STALE
    if too_late or known_at - plan.recorded_at > policy.max_wait:
        return Reason.TOO_LATE
    if rule.document.on.occasion == "birthday" and not member.is_person:
        return Reason.NOT_A_PERSON
    if rule.document.yields_to_complaints and member.has_quieting_complaint:
        return Reason.OPEN_COMPLAINT
    return None


def choose_channels(member: Member, action: MessageAction, channels: Collection[Channel]) -> tuple[Verdict, ...]:
    """The first usable channel is the primary one; with `inbox_copy` a usable inbox is taken as well."""
    verdicts: list[Verdict] = []
    has_primary = False
    for channel in action.channels:
        obstacle = obstacle_on(channel, member, action.purpose) if channel in channels else Reason.CHANNEL_OFF
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


def _suppressed(action: MessageAction, reason: Reason, considered: tuple[Verdict, ...] = ()) -> Decision:
    return Decision(
        outcome=Outcome.SUPPRESSED,
        channel=action.channels[0],
        purpose=action.purpose,
        reason=reason,
        considered=considered,
    )
