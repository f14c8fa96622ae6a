"""Whether a planned message is written, on which channels, and if not, why: pure, over a plan and a member."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from services.notification.policy import CarePolicy, RulePolicy
from services.notification.values import Member, MemberState, MessagePlan, Outcome, Permission, Reason, RuleName
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
    known_at: datetime,
    too_late: bool = False,
    channels: Collection[Channel] = tuple(Channel),
) -> Decision:
    """The decision on one plan.

    `known_at` is when the facts needed were all there: the plan's own `recorded_at`, or the instant of the profile that
    a plan had to wait for. `too_late` is what the caller found out about an occasion's local day. `channels` are those
    that something is configured for.
    """
    rule = policy.rules[plan.rule]
    refusal = _refusal(plan, member, policy, known_at=known_at, too_late=too_late)
    if refusal is not None:
        return _suppressed(rule, refusal)
    if member.state is MemberState.UNKNOWN:
        return Decision(outcome=Outcome.AWAITING_PROFILE, channel=rule.channels[0], purpose=rule.purpose)
    considered = choose_channels(member, rule, channels)
    chosen = [verdict.channel for verdict in considered if verdict.chosen]
    if not chosen:
        return _suppressed(rule, _why_none(considered), considered)
    return Decision(outcome=Outcome.PLANNED, channel=chosen[0], purpose=rule.purpose, considered=considered)


def _refusal(
    plan: MessagePlan, member: Member, policy: CarePolicy, *, known_at: datetime, too_late: bool
) -> Reason | None:
    if member.state is MemberState.ERASED:
        return Reason.ERASED
    if not policy.rules[plan.rule].enabled:
        return Reason.RULE_DISABLED
    if plan.recorded_at - plan.happened_at > policy.max_age:
        return Reason.STALE
    if too_late or known_at - plan.recorded_at > policy.max_wait:
        return Reason.TOO_LATE
    if plan.rule is RuleName.BIRTHDAY:
        if not member.is_person:
            return Reason.NOT_A_PERSON
        if member.has_quieting_complaint:
            return Reason.OPEN_COMPLAINT
    return None


def choose_channels(member: Member, rule: RulePolicy, channels: Collection[Channel]) -> tuple[Verdict, ...]:
    """The first usable channel is the primary one; with `inbox_copy` a usable inbox is taken as well."""
    verdicts: list[Verdict] = []
    has_primary = False
    for channel in rule.channels:
        obstacle = obstacle_on(channel, member, rule.purpose) if channel in channels else Reason.CHANNEL_OFF
        is_copy = has_primary and rule.inbox_copy and channel is Channel.INBOX
        chosen = obstacle is None and (not has_primary or is_copy)
        has_primary = has_primary or chosen
        verdicts.append(Verdict(channel, chosen, obstacle))
    return tuple(verdicts)


def obstacle_on(channel: Channel, member: Member, purpose: Purpose) -> Reason | None:
    """Why `member` may or can not be written to on `channel` at present; also asked again just before sending."""
    if member.state is MemberState.ERASED:
        return Reason.ERASED
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


def _suppressed(rule: RulePolicy, reason: Reason, considered: tuple[Verdict, ...] = ()) -> Decision:
    return Decision(
        outcome=Outcome.SUPPRESSED,
        channel=rule.channels[0],
        purpose=rule.purpose,
        reason=reason,
        considered=considered,
    )
