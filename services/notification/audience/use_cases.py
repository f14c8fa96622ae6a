"""Changes to what is known of customers, each under the lock of their rows."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.notification.audience.profile import KnownProfile, known_profile
from services.notification.audience.repository import judgements
from services.notification.audience.repository import members as repository
from services.notification.audience.traits import figures_of
from services.notification.policy import CarePolicy
from services.notification.values import Member, MemberState, Permission
from shared.contracts.customer import Birthday, Consent, ImportantDate, ProfileErased, ProfileUpdated
from shared.contracts.envelope import Event
from shared.contracts.interaction import ComplaintOpened, ComplaintResolved
from shared.contracts.scoring import ScoreChanged, SegmentMembership

_INSTANT = timedelta(microseconds=1)
"""The least by which a later decision is later."""


@dataclass(frozen=True, slots=True)
class KnownMember:
    """A member whose profile has just been told, with the days it names and when it first became known here."""

    member: Member
    birthday: Birthday | None
    known_at: datetime
    changed_at: datetime
    registered_at: datetime
    important_dates: tuple[ImportantDate, ...] = ()


async def lock_members(
    session: AsyncSession, customer_ids: Collection[UUID], *, policy: CarePolicy
) -> dict[UUID, Member]:
    """Locks these customers until the transaction ends, heard of before or not, and tells what is known of them.

    Everything this service does to a customer begins here, so that decisions, occasions, deliveries and erasure of one
    customer follow each other and never overlap.
    """
    if not customer_ids:
        return {}
    await lock_customers(session, customer_ids)
    # Only now, in a statement that began under the lock, is everything seen that its last holders committed.
    return await repository.load_members(session, customer_ids, quieting=policy.birthday.quieting_severities)


async def lock_customers(session: AsyncSession, customer_ids: Collection[UUID]) -> None:
    """The lock alone, for what needs to know nothing of the customers."""
    wanted = set(customer_ids)
    missing = wanted - await repository.lock_customers(session, wanted)
    if missing:
        await repository.hold_places(session, missing)
        await repository.lock_customers(session, missing)


async def apply_profiles(
    session: AsyncSession, events: Sequence[Event[ProfileUpdated]], *, policy: CarePolicy
) -> list[KnownMember]:
    """Takes profiles over, the newest of each customer; the rows are locked. Returns those that were news.

    A version that is not newer changes nothing, and what was erased stays erased, whatever is told again later.
    """
    newest: dict[UUID, KnownProfile] = {}
    first_told: dict[UUID, datetime] = {}
    own = await repository.load_own_decisions(session, {event.data.customer_id for event in events}) if events else {}
    for event in events:
        profile = known_profile(event.data, event.envelope.time, own.get(event.data.customer_id, ()))
        held = newest.get(profile.customer_id)
        if held is None or profile.version > held.version:
            newest[profile.customer_id] = profile
        first = first_told.setdefault(profile.customer_id, profile.changed_at)
        first_told[profile.customer_id] = min(first, profile.changed_at)
    if not newest:
        return []
    taken = await repository.save_profiles(session, [newest[customer_id] for customer_id in sorted(newest)])
    members = await repository.load_members(session, taken, quieting=policy.birthday.quieting_severities)
    return [_known(members[customer_id], newest[customer_id], first_told[customer_id]) for customer_id in sorted(taken)]


def _known(member: Member, profile: KnownProfile, known_at: datetime) -> KnownMember:
    return KnownMember(
        member, profile.birthday, known_at, profile.changed_at, profile.registered_at, profile.important_dates
    )


async def decide_for_oneself(
    session: AsyncSession, member: Member, decisions: Mapping[Permission, bool], *, now: datetime
) -> datetime:
    """What this customer decides itself counts here at once, and against profiles that do not know of it yet.

    The customer is locked and not erased. Returns the instant of the decisions: later than any word known so far.
    """
    own = (await repository.load_own_decisions(session, [member.customer_id])).get(member.customer_id, [])
    told_at = await repository.find_changed_at(session, member.customer_id)
    earlier = [one.at for one in own] + ([told_at] if told_at is not None else [])
    at = max([now, *(instant + _INSTANT for instant in earlier)])
    words = [
        Consent(channel=channel, purpose=purpose, granted=granted, at=at)
        for (channel, purpose), granted in sorted(decisions.items())
    ]
    await repository.save_own_decisions(session, member.customer_id, words)
    given = {permission for permission, granted in decisions.items() if granted}
    await repository.save_granted(session, member.customer_id, (member.granted - decisions.keys()) | given)
    return at


async def erase_customers(session: AsyncSession, events: Sequence[Event[ProfileErased]]) -> list[UUID]:
    """Forgets all that is known of these customers, for ever; the rows are locked."""
    erased = sorted({event.data.customer_id for event in events})
    if erased:
        await repository.erase_customers(session, erased)
    return erased


async def apply_scores(
    session: AsyncSession, events: Sequence[Event[ScoreChanged]], *, members: dict[UUID, Member]
) -> None:
    """Keeps the latest score of each customer, and has `members` know it; the rows are locked."""
    living = [event.data for event in events if members[event.data.customer_id].state is not MemberState.ERASED]
    if living:
        await judgements.save_scores(session, living)
    for score in sorted(living, key=lambda score: score.as_of):
        member = members[score.customer_id]
        members[score.customer_id] = replace(member, figures=figures_of(score), loyalty_level=score.loyalty_level.value)


async def apply_memberships(
    session: AsyncSession, events: Sequence[Event[SegmentMembership]], *, members: dict[UUID, Member]
) -> None:
    """Follows who is in which segment, and has `members` know it; the rows are locked."""
    moves = [event.data for event in events if members[event.data.customer_id].state is not MemberState.ERASED]
    if not moves:
        return
    await judgements.save_memberships(session, moves)
    inside = await judgements.load_segments(session, {move.customer_id for move in moves})
    for customer_id, segments in inside.items():
        members[customer_id] = replace(members[customer_id], segments=segments)


async def apply_complaints(
    session: AsyncSession, facts: Iterable[ComplaintOpened | ComplaintResolved], *, members: dict[UUID, Member]
) -> None:
    """Follows which complaints are open; the rows are locked. Openings and resolutions may come in any order."""
    for fact in facts:
        if members[fact.customer_id].state is not MemberState.ERASED:
            await judgements.save_complaint(session, fact)
