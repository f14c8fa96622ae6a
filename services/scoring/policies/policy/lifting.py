"""Lifting: how far the answer to "what would lift the class" looks."""

from dataclasses import dataclass
from typing import Annotated

from services.scoring.policies.policy.bounds import number
from services.scoring.policies.policy.section import Section


@dataclass(frozen=True, slots=True)
class LiftingPolicy(Section):
    most_purchase_days: Annotated[int, number("days with a purchase", 1, 100, "more, that are thought of at most")]
    most_answers: Annotated[int, number("answers", 1, 100, "with full marks, that are thought of at most")]
