"""All facts of a customer, from which the statistics can be made anew."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from msgspec import Struct

from services.scoring.facts.circumstances import Circumstances
from services.scoring.facts.fact import Fact
from services.scoring.facts.measures import Measures
from services.scoring.facts.profile import Profile
from services.scoring.facts.statistics import Statistics, fold
from shared.errors import Poison


class History(Struct, frozen=True):
    """`facts` in no particular order; `profile`: who the customer is, where that was told."""

    facts: Sequence[Fact]
    profile: Profile | None = None


def fold_anew(histories: Mapping[UUID, History], measures: Measures) -> dict[UUID, Statistics | Poison]:
    """What the facts of these customers, and who they are, come to, as these measures count them; Poison for who has a
    fact that they cannot count."""
    return {customer_id: _folded(history, measures) for customer_id, history in histories.items()}


def _folded(history: History, measures: Measures) -> Statistics | Poison:
    try:
        return fold(Statistics(more=Circumstances(profile=history.profile)), history.facts, measures)
    except Poison as error:
        return error
