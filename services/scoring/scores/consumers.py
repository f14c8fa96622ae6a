"""Interactions become facts, and facts scores; so does what customers are: one transaction per batch."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from services.scoring.facts.profile import profile_of
from services.scoring.facts.translation import to_fact
from services.scoring.facts.use_cases import ReceivedFact
from services.scoring.profiles.told import ToldProfile
from services.scoring.scores import use_cases
from services.scoring.scores.use_cases import Teller
from services.scoring.traits import use_cases as traits
from services.scoring.traits.traits import traits_of
from shared.contracts.envelope import Event


class InteractionHandler:
    """Applies batches of the interaction service's events; the facts' own table remembers what has been seen."""

    def __init__(self, teller: Teller) -> None:
        self._teller = teller

    async def __call__(self, session: AsyncSession, events: Sequence[Event[Any]]) -> None:
        received = [
            ReceivedFact(to_fact(event.data), event.envelope.id, event.envelope.recordedtime) for event in events
        ]
        await use_cases.apply_facts(session, received=received, teller=self._teller)


class CustomerHandler:
    """Applies what the customer service tells: who exists, and what scoring has to know of them."""

    def __init__(self, teller: Teller) -> None:
        self._teller = teller

    async def __call__(self, session: AsyncSession, events: Sequence[Event[Any]]) -> None:
        told = [
            ToldProfile(event.data.customer_id, event.data.registered_at, event.envelope.time, profile_of(event.data))
            for event in events
        ]
        await use_cases.apply_profiles(session, told=told, teller=self._teller)
        await traits.keep_traits(session, traits=[traits_of(event.data) for event in events])
