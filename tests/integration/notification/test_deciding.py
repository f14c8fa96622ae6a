"""From an event to its decision: recorded once, with its reason, and followed by what it says."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from services.notification.values import Permission, message_id_of
from services.notification.values import RuleName as Rule
from shared.contracts.common import Channel, CustomerKind, Purpose
from shared.contracts.notification import MessageSuppressed
from tests.support.factories.notification import (
    NOON,
    complaint,
    consents,
    profile_erased,
    profile_updated,
    purchase,
    resolution,
    visit,
)
from tests.support.notification_service import NotificationService


def summary(decisions: list[dict[str, Any]]) -> list[tuple[str, str, str | None]]:
    return [(decision["rule"], decision["outcome"], decision["reason"]) for decision in decisions]


async def test_each_interaction_is_answered_by_its_rule(service: NotificationService) -> None:
    customer_id = uuid4()
    await service.handle(profile_updated(customer_id))
    await service.handle(purchase(customer_id), visit(customer_id), complaint(customer_id), resolution(customer_id))
    decided = sorted(summary(await service.decisions(customer_id)))
    assert decided == [(rule, "planned", None) for rule in ("complaint_receipt", "purchase_thanks", "visit_thanks")]
    planned = sorted((row["rule"], row["channel"], row["state"]) for row in await service.messages(customer_id))
    assert planned == [
        ("complaint_receipt", "email", "planned"),
        ("complaint_receipt", "inbox", "planned"),
        ("purchase_thanks", "email", "planned"),
        ("visit_thanks", "email", "planned"),
    ]


async def test_the_same_interaction_told_again_changes_nothing(service: NotificationService) -> None:
    customer_id = uuid4()
    event = purchase(customer_id)
    await service.handle(profile_updated(customer_id))
    await service.handle(event)
    await service.handle(event, event)
    assert len(await service.decisions(customer_id)) == 1
    assert len(await service.messages(customer_id)) == 1


async def test_told_again_after_consent_changed_the_first_decision_stands(service: NotificationService) -> None:
    customer_id = uuid4()
    event = purchase(customer_id)
    await service.handle(profile_updated(customer_id))
    await service.handle(event)
    only_inbox = consents([Permission(Channel.INBOX, Purpose.CARE)])
    await service.handle(profile_updated(customer_id, version=2, consents=only_inbox))
    await service.handle(event)
    assert [row["channel"] for row in await service.messages(customer_id)] == ["email"]


@pytest.mark.parametrize(
    ("profile", "change", "reason"),
    [
        ({"consents": ()}, {}, "no_consent"),
        (
            {"consents": consents([Permission(Channel.EMAIL, Purpose.CARE)]), "contact_points": ()},
            {},
            "no_address",
        ),
        ({}, {"occurred_at": NOON - timedelta(days=3, seconds=1)}, "stale"),
    ],
)
async def test_what_is_not_sent_is_recorded_and_told_with_its_reason(
    service: NotificationService, profile: dict[str, Any], change: dict[str, Any], reason: str
) -> None:
    customer_id = uuid4()
    await service.handle(profile_updated(customer_id, **profile))
    event = purchase(customer_id, **change)
    await service.handle(event)
    assert summary(await service.decisions(customer_id)) == [("purchase_thanks", "suppressed", reason)]
    assert await service.messages(customer_id) == []
    (told,) = await service.published()
    assert isinstance(told.data, MessageSuppressed)
    assert told.data.reason == reason
    assert told.data.caused_by == told.envelope.causationid == event.envelope.id
    assert told.data.message_id == message_id_of(
        customer_id, Rule.PURCHASE_THANKS, str(event.data.interaction_id), Channel.EMAIL
    )


async def test_organisations_are_thanked_too(service: NotificationService) -> None:
    customer_id = uuid4()
    await service.handle(profile_updated(customer_id, kind=CustomerKind.ORGANISATION))
    await service.handle(purchase(customer_id))
    assert summary(await service.decisions(customer_id)) == [("purchase_thanks", "planned", None)]


async def test_after_erasure_events_are_decided_on_without_keeping_their_words(service: NotificationService) -> None:
    customer_id = uuid4()
    await service.handle(profile_erased(customer_id))
    await service.handle(complaint(customer_id, category="private matter"))
    (decision,) = await service.decisions(customer_id)
    assert (decision["outcome"], decision["reason"], decision["facts"]) == ("suppressed", "erased", {})
    assert await service.scalar("SELECT count(*) FROM complaints") == 0


async def test_a_batch_of_many_customers_is_decided_at_once(service: NotificationService) -> None:
    customers = [uuid4() for _ in range(300)]
    await service.handle(*(profile_updated(customer_id) for customer_id in customers))
    await service.handle(*(purchase(customer_id) for customer_id in customers for _ in range(3)))
    assert await service.scalar("SELECT count(*) FROM messages") == 900


async def test_decision_tells_which_channels_were_considered(service: NotificationService) -> None:
    customer_id = uuid4()
    await service.handle(profile_updated(customer_id, contact_points=()))
    await service.handle(visit(customer_id))
    (decision,) = await service.decisions(customer_id)
    assert decision["channel"] == "inbox"
    assert decision["considered"] == [
        {"channel": "email", "chosen": False, "reason": "no_address"},
        {"channel": "inbox", "chosen": True, "reason": None},
    ]
