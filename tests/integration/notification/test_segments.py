"""Segments of the scoring service: rules are triggered by entering and leaving them, and ask who is inside."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from shared.contracts.common import Money
from shared.contracts.envelope import Event
from shared.contracts.scoring import SegmentEntered, SegmentLeft
from tests.support.factories.notification import NOON, event_of, profile_erased, profile_updated, score_changed, visit
from tests.support.notification_service import NotificationService
from tests.support.rules import activate_rule, rule_on

SLEEPING = UUID(int=7)
INSIDE = {"field": "customer.segments", "contains": str(SLEEPING)}


def moved(customer_id: UUID, *, entered: bool = True, at: datetime = NOON, **changes: Any) -> Event[Any]:
    values = {"segment_id": SLEEPING, "segment": "sleeping", "revision": 1, "as_of": at, **changes}
    data = (SegmentEntered if entered else SegmentLeft)(customer_id=customer_id, **values)
    return event_of(data, customer_id=customer_id, at=at)


async def decided(service: NotificationService, customer_id: UUID, rule: str) -> list[tuple[str, str | None]]:
    rows = [row for row in await service.decisions(customer_id) if row["rule"] == rule]
    return [(row["outcome"], row["reason"]) for row in rows]


async def test_entering_a_segment_triggers_and_a_silent_word_does_not(service: NotificationService) -> None:
    named = {"all": [{"field": "event.segment", "is": "sleeping"}, INSIDE]}
    await activate_rule(service, "wake", rule_on("segment_entered", template="birthday", when=named))
    await activate_rule(service, "farewell", rule_on("segment_left", template="birthday", delay="P1D"))
    customer_id, other, quiet = uuid4(), uuid4(), uuid4()
    await service.handle(*(profile_updated(one) for one in (customer_id, other, quiet)))
    await service.handle(
        moved(customer_id), moved(other, segment_id=UUID(int=8), segment="waking"), moved(quiet, silent=True)
    )
    assert [await decided(service, one, "wake") for one in (customer_id, other, quiet)] == [
        [("planned", None)],
        [],
        [],
    ]
    await service.handle(moved(customer_id, entered=False, at=NOON + timedelta(minutes=1)))
    assert await decided(service, customer_id, "farewell") == [("waiting", None)]


async def test_conditions_ask_who_is_inside_by_the_latest_word(service: NotificationService) -> None:
    await activate_rule(service, "thanks", rule_on("visit", template="visit_thanks", when=INSIDE))
    early, left, late_word = uuid4(), uuid4(), uuid4()
    await service.handle(moved(early))
    await service.handle(*(profile_updated(one) for one in (early, left, late_word)))
    later = NOON + timedelta(minutes=1)
    await service.handle(moved(left), moved(left, entered=False, at=later))
    await service.handle(moved(late_word, at=later))
    await service.handle(moved(late_word, entered=False))
    await service.handle(*(visit(one) for one in (early, left, late_word)))
    assert [await decided(service, one, "thanks") for one in (early, left, late_word)] == [
        [("planned", None)],
        [],
        [("planned", None)],
    ]
    await service.handle(profile_erased(early), moved(early))
    assert await service.scalar("SELECT count(*) FROM memberships WHERE customer_id = :id", id=early) == 0


async def test_whom_a_rule_reaches_is_counted_by_the_same_words(service: NotificationService) -> None:
    customers = [uuid4() for _ in range(4)]
    await service.handle(*(profile_updated(one) for one in customers))
    await service.handle(*(moved(one) for one in customers[:3]), moved(customers[0], entered=False))
    rich = Money(minor=500_000, currency="CNY")
    await service.handle(*(score_changed(one, last_12_months=rich, rfm=(5, 1, 3)) for one in customers[:2]))

    async def reach(when: dict[str, Any]) -> float:
        document = {**rule_on("visit", template="birthday", when=when), "on": {"occasion": "birthday"}}
        read = await activate_rule(service, "counted", document)
        assert read["state"] == "active"
        share: float = (await service.get("/v1/rules/counted/history"))["items"][0]["details"]["share"]
        return share

    assert await reach(INSIDE) == 0.5
    assert await reach({"not": INSIDE}) == 0.5
    recent = {
        "all": [{"field": "score.rfm_recency", "at_least": 4}, {"field": "score.last_12_months_minor", "above": 1}]
    }
    assert await reach(recent) == 0.5
    await activate_rule(service, "thanks", rule_on("visit", template="visit_thanks", when=recent))
    await service.handle(*map(visit, customers))
    assert [bool(await decided(service, one, "thanks")) for one in customers] == [True, True, False, False]
