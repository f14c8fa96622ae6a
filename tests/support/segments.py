"""Segments over HTTP, for tests: six customers, a query over them, who is in it and who was told to have moved."""

from typing import Any
from uuid import UUID

from shared.contracts.customer import CustomerChanged
from shared.contracts.scoring import SegmentEntered, SegmentMembership
from tests.support import outbox
from tests.support.factories.scoring import START, customer_event, days, event_of, interaction_event
from tests.support.scoring_service import ScoringService

CUSTOMERS = [UUID(int=number + 1) for number in range(6)]
BUYERS = {"field": "purchases", "at_least": 2}


def profile(customer_id: UUID, version: int = 2, **values: Any) -> Any:
    facts = {
        "customer_id": customer_id,
        "version": version,
        "kind": "person",
        "lifecycle": "active",
        "language": "zh-CN",
        "time_zone": "Asia/Shanghai",
        "registered_at": START,
    }
    return event_of(CustomerChanged.model_validate(facts | values))


async def fill(scoring: ScoringService) -> None:
    """Six known customers; the first buys once, the second twice …, the last has never bought."""
    scoring.clock.move_to(START + days(10))
    await scoring.know(*(customer_event(one) for one in CUSTOMERS))
    await scoring.apply(
        *(
            interaction_event(customer_id=one, at=START + days(again))
            for place, one in enumerate(CUSTOMERS[:-1], start=1)
            for again in range(place)
        )
    )


async def create(scoring: ScoringService, condition: object, name: str = "buyers") -> dict[str, Any]:
    return await scoring.post("/v1/segments", 201, {"name": name, "condition": condition})


async def members(scoring: ScoringService, segment: dict[str, Any]) -> set[UUID]:
    page = await scoring.read(f"/v1/segments/{segment['segment_id']}/members", limit=200)
    return {UUID(one["customer_id"]) for one in page["items"]}


async def moves(scoring: ScoringService) -> list[tuple[bool, UUID, bool]]:
    """(entered, customer, silent) of all that was told, which is then forgotten."""
    events = [event.data for event in await outbox.published(scoring.database)]
    await outbox.forget_published(scoring.database)
    return [
        (isinstance(data, SegmentEntered), data.customer_id, data.silent)
        for data in events
        if isinstance(data, SegmentMembership)
    ]
