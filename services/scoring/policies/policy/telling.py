"""Telling: how far a figure moves before the world hears of it."""

from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from services.scoring.policies.policy.bounds import number, probability
from services.scoring.policies.policy.section import Section


@dataclass(frozen=True, slots=True)
class TellingPolicy(Section):
    """How far a figure must move from the one last told before it is told again; a change of class always is.

    `probability_reviews`: levels of the probability of being active at which a silent customer is looked at again.
    """

    value_relative: Annotated[float, number("share of 1", 0, 1_000, "of the value last told")]
    probability: Annotated[float, number("share of 1", 0, 1, "of the probability of being active")]
    satisfaction: Annotated[float, number("points of 100", 0, 100, "of satisfaction")]
    loyalty: Annotated[float, number("points of 100", 0, 100, "of the loyalty score")]
    probability_reviews: Annotated[
        tuple[Annotated[float, probability("looked at again when it falls to this")], ...],
        Field(max_length=50, description="levels of the probability of being active"),
    ]
