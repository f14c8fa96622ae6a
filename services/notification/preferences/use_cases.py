"""Customers decide for themselves: kept as proof, counted at once, and told to the customer service."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.notification.audience.use_cases import decide_for_oneself, lock_members
from services.notification.desk import Desk
from services.notification.preferences import repository
from services.notification.preferences.tokens import PreferenceToken
from services.notification.values import Member, MemberState, Permission
from shared.contracts.notification import PreferenceDecision, PreferencesChanged, PreferenceWay
from shared.errors import NotFound, RateLimited
from shared.ids import uuid7
from shared.messaging.outbox import NewEvent

MOST_CHANGES = 30
WITHIN = timedelta(hours=1)

Choose = Callable[[Collection[Permission]], Mapping[Permission, bool]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """By which link somebody came, and how the decision was made; `link` is the fingerprint of its token."""

    token: PreferenceToken
    link: str
    way: PreferenceWay
    language: str


async def decide(session: AsyncSession, visit: Visit, choose: Choose, *, desk: Desk) -> Member:
    """Keeps what `choose` makes of what is granted now; nothing where that is how it stands. Returns who it is of.

    Raises NotFound for an erased customer, and RateLimited when consent is given more than 30 times an hour: who has a
    link may not fill our disks. Withdrawing is never refused.
    """
    customer_id = visit.token.customer_id
    member = (await lock_members(session, {customer_id}, policy=desk.policy))[customer_id]
    if member.state is MemberState.ERASED:
        raise NotFound("this customer was erased", code="customer_unknown")
    decisions = choose(member.granted)
    if decisions:
        now = desk.clock.now()
        if any(decisions.values()):
            await _check_rate(session, customer_id, now)
        at = await decide_for_oneself(session, member, decisions, now=now)
        await _record(session, visit, decisions, at=at, desk=desk)
    return member


async def unsubscribe(session: AsyncSession, visit: Visit, *, desk: Desk) -> Member:
    """Ends what the link was made for; again and again is no error. Raises NotFound for an erased customer."""
    unwanted = Permission(visit.token.channel, visit.token.purpose)
    return await decide(session, visit, lambda granted: {unwanted: False} if unwanted in granted else {}, desk=desk)


async def _check_rate(session: AsyncSession, customer_id: UUID, now: datetime) -> None:
    if await repository.count_changes(session, customer_id, since=now - WITHIN) >= MOST_CHANGES:
        raise RateLimited(
            "consent was changed very often within the last hour; it can still be withdrawn",
            code="preferences_too_often",
            retry_after_seconds=int(WITHIN.total_seconds()),
        )


async def _record(
    session: AsyncSession, visit: Visit, decisions: Mapping[Permission, bool], *, at: datetime, desk: Desk
) -> None:
    change_id, token = uuid7(), visit.token
    told = [
        PreferenceDecision(channel=channel, purpose=purpose, granted=granted)
        for (channel, purpose), granted in sorted(decisions.items())
    ]
    await repository.append_change(
        session,
        {
            "change_id": change_id,
            "customer_id": token.customer_id,
            "at": at,
            "way": visit.way.value,
            "language": visit.language,
            "link": visit.link,
            "link_channel": token.channel.value,
            "link_purpose": token.purpose.value,
            "link_issued_on": token.issued_on,
            # A decision that changes nothing is none: what had stood was the contrary.
            "decisions": [one.model_dump(mode="json") | {"previous": not one.granted} for one in told],
        },
    )
    data = PreferencesChanged(
        customer_id=token.customer_id, change_id=change_id, way=visit.way, decisions=tuple(told), at=at
    )
    await desk.outbox.append(session, [NewEvent(data=data, customer_id=token.customer_id, time=at)])
