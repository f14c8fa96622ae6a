"""The projections: newest profile, latest score, open complaints, and erasure that nothing can undo."""

import itertools
import re
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from services.notification.audience.use_cases import lock_members
from services.notification.values import Member
from shared.contracts.common import Money
from shared.contracts.customer import Birthday, ContactPoint
from shared.contracts.interaction import Severity
from shared.contracts.scoring import AbcClass, LifecycleStage, LoyaltyLevel, ScoreChanged
from tests.support.factories.notification import (
    NOON,
    complaint,
    event_of,
    profile_erased,
    profile_updated,
    purchase,
    resolution,
    solar_birthday,
    visit,
)
from tests.support.notification_service import NotificationService
from tests.support.smtp import ScriptedChannel


async def known(service: NotificationService, customer_id: UUID) -> Member:
    async with service.database.transaction() as session:
        return (await lock_members(session, [customer_id], policy=service.desk.policy))[customer_id]


def score(customer_id: UUID, *, hours: int, level: LoyaltyLevel) -> Any:
    data = ScoreChanged(
        customer_id=customer_id,
        as_of=NOON + timedelta(hours=hours),
        policy_version=1,
        model_version=None,
        realised_value=Money(minor=1, currency="CNY"),
        current_value=None,
        probability_active=0.5,
        satisfaction=50,
        loyalty_level=level,
        lifecycle_stage=LifecycleStage.FORMATION,
        abc_class=AbcClass.B,
        rfm=None,
        changed=("loyalty_level",),
    )
    return event_of(data, customer_id=customer_id)


@pytest.mark.parametrize("order", list(itertools.permutations([1, 2, 3])))
async def test_newest_profile_stands_whatever_the_order(service: NotificationService, order: tuple[int, ...]) -> None:
    customer_id = uuid4()
    for version in order:
        await service.handle(profile_updated(customer_id, version=version, display_name=f"Test Customer {version}"))
    assert (await known(service, customer_id)).display_name == "Test Customer 3"


async def test_newest_profile_of_a_batch_stands(service: NotificationService) -> None:
    customer_id = uuid4()
    versions = [profile_updated(customer_id, version=v, display_name=f"Test Customer {v}") for v in (2, 3, 1)]
    await service.handle(*versions)
    assert (await known(service, customer_id)).display_name == "Test Customer 3"


async def test_latest_score_stands_and_may_come_before_the_profile(service: NotificationService) -> None:
    customer_id = uuid4()
    await service.handle(score(customer_id, hours=2, level=LoyaltyLevel.TRUSTING))
    await service.handle(score(customer_id, hours=1, level=LoyaltyLevel.SATISFIED))
    await service.handle(profile_updated(customer_id))
    assert (await known(service, customer_id)).loyalty_level == "trusting"
    assert (await service.get(f"/v1/customers/{customer_id}"))["abc_class"] == "B"


OPENED = {"severity": Severity.CRITICAL, "occurred_at": NOON}
RESOLVED = {"occurred_at": NOON + timedelta(hours=5)}
REOPENED = {"severity": Severity.HIGH, "occurred_at": NOON + timedelta(days=1)}


@pytest.mark.parametrize("order", list(itertools.permutations(["open", "resolve", "reopen"])))
async def test_complaints_come_to_the_same_end_in_any_order(
    service: NotificationService, order: tuple[str, ...]
) -> None:
    customer_id = uuid4()
    facts = {
        "open": complaint(customer_id, **OPENED),
        "resolve": resolution(customer_id, **RESOLVED),
        "reopen": complaint(customer_id, **REOPENED),
    }
    for name in order:
        await service.handle(facts[name])
    assert (await known(service, customer_id)).has_quieting_complaint
    await service.handle(resolution(customer_id, occurred_at=NOON + timedelta(days=2)))
    assert not (await known(service, customer_id)).has_quieting_complaint


@pytest.mark.parametrize("order", list(itertools.permutations(["open", "resolve"])))
async def test_resolved_complaint_is_closed_also_when_the_resolution_came_first(
    service: NotificationService, order: tuple[str, ...]
) -> None:
    customer_id = uuid4()
    facts = {"open": complaint(customer_id, **OPENED), "resolve": resolution(customer_id, **RESOLVED)}
    for name in order:
        await service.handle(facts[name])
    assert not (await known(service, customer_id)).has_quieting_complaint
    assert (await service.get(f"/v1/customers/{customer_id}"))["open_complaints"] == []


async def test_mild_complaints_quieten_nothing(service: NotificationService) -> None:
    customer_id = uuid4()
    await service.handle(complaint(customer_id, severity=Severity.LOW), complaint(customer_id, case="C-2"))
    assert not (await known(service, customer_id)).has_quieting_complaint


PERSONAL = ("Test Person", "person@example.com", "private matter", "1987")
ANY_ID = re.compile(r"[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}")


async def erase_after_everything(service: NotificationService, customer_id: UUID) -> None:
    """A customer with everything this service can know, messages sent and unsent, is erased."""
    await service.handle(
        profile_updated(
            customer_id,
            display_name="Test Person",
            contact_points=(ContactPoint(kind="email", address="person@example.com"),),
            birthday=Birthday(calendar="solar", year=1987, month=6, day=5),
        )
    )
    await service.handle(complaint(customer_id, category="private matter"))
    await service.handle(score(customer_id, hours=1, level=LoyaltyLevel.TRUSTING))
    await service.deliver(ScriptedChannel())
    await service.handle(purchase(customer_id), visit(customer_id))
    await service.handle(profile_erased(customer_id))


async def test_erasure_leaves_no_personal_data_in_any_table(service: NotificationService) -> None:
    customer_id = uuid4()
    await erase_after_everything(service, customer_id)
    tables = ("customers", "scores", "complaints", "occasions", "decisions", "messages", "attempts", "inbox_items")
    for table in tables:
        # Ids drawn at random may hold the digits of any year.
        content = ANY_ID.sub("", str(await service.rows(f"SELECT * FROM {table}")))
        assert [trace for trace in PERSONAL if re.search(rf"\b{trace}\b", content)] == [], table
    assert [await service.scalar(f"SELECT count(*) FROM {table}") for table in tables] == [1, 0, 0, 0, 3, 4, 2, 0]


async def test_erasure_cancels_what_was_not_sent_and_keeps_what_was(service: NotificationService) -> None:
    customer_id = uuid4()
    await erase_after_everything(service, customer_id)
    states = sorted((row["rule"], row["state"], row["reason"]) for row in await service.messages(customer_id))
    assert states == [
        ("complaint_receipt", "sent", None),
        ("complaint_receipt", "sent", None),
        ("purchase_thanks", "cancelled", "erased"),
        ("visit_thanks", "cancelled", "erased"),
    ]
    decided = sorted((row["rule"], row["outcome"], row["reason"]) for row in await service.decisions(customer_id))
    assert decided == [
        ("complaint_receipt", "planned", None),
        ("purchase_thanks", "suppressed", "erased"),
        ("visit_thanks", "suppressed", "erased"),
    ]


async def test_nothing_brings_an_erased_customer_back(service: NotificationService) -> None:
    customer_id = uuid4()
    await erase_after_everything(service, customer_id)
    await service.handle(profile_updated(customer_id, version=99, birthday=solar_birthday(6, 5)))
    await service.handle(score(customer_id, hours=9, level=LoyaltyLevel.TRUSTING))
    await service.handle(complaint(customer_id))
    member = await known(service, customer_id)
    assert (member.state, member.display_name, member.email, member.loyalty_level) == ("erased", "", None, None)
    assert await service.scalar("SELECT count(*) FROM occasions") == 0
    channel = ScriptedChannel()
    await service.deliver(channel)
    assert channel.emails == []


async def test_profile_and_erasure_in_one_batch_end_erased(service: NotificationService) -> None:
    customer_id = uuid4()
    await service.handle(purchase(customer_id))
    await service.handle(profile_updated(customer_id), profile_erased(customer_id))
    assert (await known(service, customer_id)).state == "erased"
    assert [row["state"] for row in await service.messages(customer_id)] == ["cancelled"]
