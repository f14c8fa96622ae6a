"""Corrections: what was recorded is never changed, a new fact takes it back."""

from typing import ClassVar
from uuid import UUID

from shared.contracts.common import LongText
from shared.contracts.interaction.base import InteractionRecorded


class InteractionVoided(InteractionRecorded):
    """An earlier interaction of the same customer never happened, or not as it was told.

    It may arrive before the interaction that it voids. Where that was amended, `replaced_by` names what took its place.
    """

    event_type: ClassVar[str] = "rapport.interaction.interaction_voided.v1"

    voided_interaction_id: UUID
    replaced_by: UUID | None = None
    reason: LongText | None = None
