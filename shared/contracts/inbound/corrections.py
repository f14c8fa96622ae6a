"""Corrections, as other systems tell them."""

from typing import ClassVar

from pydantic import model_validator

from shared.contracts.common import LongText
from shared.contracts.inbound.base import InboundInteraction, InteractionReference


class InboundVoid(InboundInteraction):
    """An earlier interaction never happened, or not as it was told. To correct it, send the right one with `amends`."""

    event_type: ClassVar[str] = "rapport.inbound.interaction_voided.v1"

    original: InteractionReference
    reason: LongText | None = None

    @model_validator(mode="after")
    def _takes_the_place_of_nothing(self) -> "InboundVoid":
        if self.amends is not None:
            raise ValueError("a void takes the place of nothing; name the interaction in `original` alone")
        return self
