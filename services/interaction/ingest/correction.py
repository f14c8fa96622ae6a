"""What takes an earlier interaction back, and whether it may."""

from dataclasses import dataclass
from uuid import UUID

from services.interaction.ingest.details import NO_CIRCUMSTANCES, Void
from services.interaction.ingest.identity import interaction_id_of
from services.interaction.ingest.interaction import RecordedInteraction, RecordInteraction
from shared.errors import Conflict


@dataclass(frozen=True, slots=True)
class Correction:
    """`by` takes `voided_id` back, under the id `void_id`; `replaced_by` is `by` itself where it amends."""

    by: RecordedInteraction
    voided_id: UUID
    void_id: UUID
    replaced_by: UUID | None


def correction_of(interaction: RecordedInteraction) -> Correction | None:
    content = interaction.content
    if isinstance(content.details, Void):
        if content.details.replaced_by is not None:
            return None  # it came with an amendment, which is the correction
        return Correction(interaction, content.details.voided_interaction_id, content.interaction_id, None)
    amended = content.circumstances.amends
    if amended is None:
        return None
    return Correction(
        interaction, amended, interaction_id_of(content.source, _void_name(amended)), content.interaction_id
    )


def check_correction(correction: Correction, original: RecordedInteraction | None) -> None:
    """Raises Conflict when the original, as far as it has arrived, is none that can be taken back by this."""
    if correction.voided_id == correction.by.content.interaction_id:
        raise Conflict("an interaction cannot take itself back; name the earlier one", code="void_of_itself")
    if original is None:
        return
    if isinstance(original.content.details, Void):
        raise Conflict(
            "a void cannot be taken back; record what it took back anew, under a new id", code="void_of_a_void"
        )
    by = correction.by
    if original.customer_id != by.customer_id or (
        by.customer_id is None and original.content.customer != by.content.customer
    ):
        raise Conflict(
            "the interaction to be taken back is of another customer; a correction names the customer of what it "
            "corrects",
            code="void_of_another_customer",
        )


def void_of(correction: Correction) -> RecordedInteraction:
    """The void that an amendment brings with it: a fact of its own, at the same instant, by the same source."""
    by = correction.by.content
    content = RecordInteraction(
        interaction_id=correction.void_id,
        source=by.source,
        source_id=_void_name(correction.voided_id),
        customer=by.customer,
        occurred_at=by.occurred_at,
        channel=by.channel,
        actor=by.actor,
        details=Void(voided_interaction_id=correction.voided_id, replaced_by=correction.replaced_by),
        circumstances=NO_CIRCUMSTANCES,
        causation_id=by.causation_id,
    )
    return RecordedInteraction(content, correction.by.customer_id, correction.by.recorded_at)


def _void_name(amended: UUID) -> str:
    return f"void-of-{amended}"
