"""What arrives from the other services, and which capability learns of it; each handler is one step under one lock."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.notification.audience.use_cases import (
    apply_complaints,
    apply_memberships,
    apply_profiles,
    apply_scores,
    erase_customers,
    lock_members,
)
from services.notification.desk import Desk
from services.notification.history.use_cases import forget_history, remember
from services.notification.inbox.use_cases import forget_items
from services.notification.messages.use_cases.cancelling import cancel_by_events, forget_customers
from services.notification.messages.use_cases.planning import Proposal, record_decisions, resolve_awaiting
from services.notification.occasions.use_cases.holidays import greet_told
from services.notification.occasions.use_cases.scheduling import forget_occasions, note_purchases, schedule_profiles
from services.notification.rules.book import RuleBook
from services.notification.rules.kinds import EVENTS
from services.notification.rules.queries import rules_in_force
from services.notification.suppression.use_cases import forget_suppressions
from services.notification.tasks.use_cases import forget_tasks
from services.notification.triggers.planning import happenings_of, plans_for, remembered
from services.notification.values import Member, MemberState
from shared.contracts.customer import ProfileErased, ProfileUpdated
from shared.contracts.envelope import Event, EventData
from shared.contracts.interaction import ComplaintOpened, ComplaintResolved, InteractionRecorded, PurchaseRecorded
from shared.contracts.scoring import ScoreChanged, SegmentEntered, SegmentLeft, SegmentMembership
from shared.messaging.consumer import Handler


class CareConsumers:
    """The handlers of this service, by type of event, for its two consumer groups."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    @property
    def of_customers(self) -> dict[type[EventData], Handler]:
        types: tuple[type[EventData], ...] = (
            ProfileUpdated,
            ProfileErased,
            ScoreChanged,
            SegmentEntered,
            SegmentLeft,
        )
        return dict.fromkeys(types, self.on_customers)

    @property
    def of_interactions(self) -> dict[type[EventData], Handler]:
        types = [kind.data for kind in EVENTS.values() if issubclass(kind.data, InteractionRecorded)]
        return dict.fromkeys(types, self.on_interactions)

    async def on_customers(self, session: AsyncSession, events: Sequence[Event[Any]]) -> None:
        """Profiles, erasures, scores and segments, so that a batch locks its customers once and in one order.

        Erasures come last, whatever their place in the batch: nothing follows an erasure of the same customer.
        """
        profiles = [event for event in events if isinstance(event.data, ProfileUpdated)]
        erasures = [event for event in events if isinstance(event.data, ProfileErased)]
        scores = [event for event in events if isinstance(event.data, ScoreChanged)]
        moves = [event for event in events if isinstance(event.data, SegmentMembership)]
        judged = [event for event in events if isinstance(event.data, ScoreChanged | SegmentMembership)]
        members = await lock_members(session, _customers(events), policy=self._desk.policy)
        await apply_scores(session, scores, members=members)
        await apply_memberships(session, moves, members=members)
        known = await apply_profiles(session, profiles, policy=self._desk.policy)
        known_at: dict[UUID, datetime] = {one.member.customer_id: one.known_at for one in known}
        await resolve_awaiting(
            session, {one.member.customer_id: one.member for one in known}, known_at, desk=self._desk
        )
        await schedule_profiles(session, known, desk=self._desk)
        members |= {one.member.customer_id: one.member for one in known}
        book = await rules_in_force(session)
        await greet_told(session, [one.member for one in known], book, desk=self._desk)
        await self._answer(session, judged, members, book)
        await cancel_by_events(session, happenings_of(judged, book), book, desk=self._desk)
        erased = await erase_customers(session, erasures)
        await forget_customers(session, erased, desk=self._desk)
        await forget_occasions(session, erased)
        await forget_tasks(session, erased, desk=self._desk)
        await forget_items(session, erased)
        await forget_history(session, erased)
        await forget_suppressions(session, erased)

    async def on_interactions(self, session: AsyncSession, events: Sequence[Event[InteractionRecorded]]) -> None:
        """Follows complaints, and decides on the messages and tasks that each interaction asks for."""
        book = await rules_in_force(session)
        members = await lock_members(session, _customers(events), policy=self._desk.policy)
        complaints = [event.data for event in events if isinstance(event.data, ComplaintOpened | ComplaintResolved)]
        await apply_complaints(session, complaints, members=members)
        purchases = [event.data for event in events if isinstance(event.data, PurchaseRecorded)]
        await note_purchases(session, purchases, members, desk=self._desk)
        await self._answer(session, events, members, book)
        # After what these events began: they may end each other's.
        await cancel_by_events(session, happenings_of(events, book), book, desk=self._desk)

    async def _answer(
        self, session: AsyncSession, events: Sequence[Event[Any]], members: Mapping[UUID, Member], book: RuleBook
    ) -> None:
        """Decides on what the rules in force ask for because of these events."""
        plans = [plan for event in events for plan in plans_for(event, members[event.data.customer_id], book)]
        kept = [
            remembered(event) for event in events if members[event.data.customer_id].state is not MemberState.ERASED
        ]
        await remember(session, [one for one in kept if one is not None])
        await record_decisions(
            session,
            [Proposal(plan, members[plan.customer_id], known_at=plan.recorded_at) for plan in plans],
            desk=self._desk,
        )


def _customers(events: Sequence[Event[Any]]) -> set[UUID]:
    return {event.data.customer_id for event in events}
