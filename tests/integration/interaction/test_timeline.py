"""One timeline per customer: interactions and messages, newest first, stable while it grows."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from services.interaction.timeline.consumers import on_messages, on_receipts, on_tasks
from tests.support.answers import problem
from tests.support.factories.interaction import NOW, message_event, receipt_event, task_event
from tests.support.interaction_api import InteractionApi


def at(minutes: int) -> datetime:
    return NOW - timedelta(hours=1) + timedelta(minutes=minutes)


async def tell(api: InteractionApi, *events: Any) -> None:
    async with api.platform.database.transaction() as session:
        await on_messages(session, events)


async def timeline(api: InteractionApi, customer: dict[str, Any], **parameters: Any) -> list[dict[str, Any]]:
    return list((await api.read(f"/v1/customers/{customer['id']}/timeline", **parameters))["items"])


async def test_interactions_and_messages_stand_in_one_order(api: InteractionApi) -> None:
    customer = await api.learn()
    for minutes, kind in ((0, "visit"), (20, "purchase"), (40, "survey")):
        await api.record(kind, customer=customer, occurred_at=at(minutes).isoformat())
    customer_id = UUID(customer["id"])
    await tell(api, message_event(customer_id, at=at(10)), message_event(customer_id, at=at(30), sent=False))
    await tell(api, message_event(uuid4(), at=at(15)))
    entries = await timeline(api, customer)
    assert [entry["kind"] for entry in entries] == ["survey", "message", "purchase", "message", "visit"]
    assert [entries[1]["state"], entries[1]["reason"]] == ["failed", "mailbox full"]
    assert [entries[3]["state"], entries[3]["subject"]] == ["sent", "Thank you"]


async def test_a_message_told_again_or_out_of_order_stands_once_as_it_ended(api: InteractionApi) -> None:
    customer = await api.learn()
    message_id = uuid4()
    failed = message_event(UUID(customer["id"]), message_id=message_id, at=at(0), sent=False)
    sent = message_event(UUID(customer["id"]), message_id=message_id, at=at(1))
    for events in ([sent], [failed], [failed, sent], [sent, failed]):
        await tell(api, *events)
        [entry] = await timeline(api, customer)
        assert (entry["state"], entry["reason"], entry["subject"]) == ("sent", None, "Thank you")


async def test_what_became_of_a_message_is_shown_whatever_the_order(api: InteractionApi) -> None:
    customer = await api.learn()
    sent = message_event(UUID(customer["id"]), at=at(0))
    message_id = sent.data.message_id

    async def report(*kinds: str) -> None:
        events = [receipt_event(sent.data, kind, at=at(5)) for kind in kinds]
        async with api.platform.database.transaction() as session:
            await on_receipts(session, events)

    await report("delivered", "delayed")
    await tell(api, sent, message_event(UUID(customer["id"]), at=at(1)))
    other, entry = await timeline(api, customer)
    assert (entry["message_id"], entry["receipt"]) == (str(message_id), "delivered")
    assert datetime.fromisoformat(entry["receipt_at"]) == at(5)
    assert other["receipt"] is None
    for kinds, shown in ((["delayed"], "delivered"), (["bounced", "delivered"], "bounced"), (["new kind"], "bounced")):
        await report(*kinds)
        assert (await timeline(api, customer))[1]["receipt"] == shown


async def test_a_task_stands_where_it_was_given_as_it_ended_whatever_the_order(api: InteractionApi) -> None:
    customer = await api.learn()
    customer_id, task_id = UUID(customer["id"]), uuid4()
    given = task_event(customer_id, task_id=task_id, created_at=at(10))
    done = task_event(customer_id, closed=True, task_id=task_id, created_at=at(10), at=at(20))
    await api.record("visit", customer=customer, occurred_at=at(15).isoformat())

    async def note(*events: Any) -> None:
        async with api.platform.database.transaction() as session:
            await on_tasks(session, events)

    await note(given)
    visit, entry = await timeline(api, customer)
    assert (visit["kind"], entry["kind"], entry["state"], entry["closed_at"]) == ("visit", "task", "open", None)
    assert (entry["title"]["zh-CN"], entry["assignee"]) == ("客户流失预警", "am-17")
    for events in ([done], [given], [done, given], [given, done]):
        await note(*events)
        [entry] = await timeline(api, customer, kind="task")
        assert (entry["state"], entry["closed_by"]) == ("done", "am-17")
        assert datetime.fromisoformat(entry["occurred_at"]) == at(10)


async def test_kinds_and_periods_narrow_it(api: InteractionApi) -> None:
    customer = await api.learn()
    for minutes, kind in enumerate(("visit", "purchase", "return", "survey")):
        await api.record(kind, customer=customer, occurred_at=at(minutes).isoformat())
    await tell(api, message_event(UUID(customer["id"]), at=at(4)))
    kinds = [entry["kind"] for entry in await timeline(api, customer, kind=["visit", "message"])]
    assert kinds == ["message", "visit"]
    assert [entry["kind"] for entry in await timeline(api, customer, kind="message")] == ["message"]
    since, until = at(1).isoformat(), at(3).isoformat()
    assert [entry["kind"] for entry in await timeline(api, customer, since=since, until=until)] == [
        "return",
        "purchase",
    ]


async def test_pages_neither_repeat_nor_miss_what_was_there_while_it_grows(api: InteractionApi) -> None:
    customer = await api.learn()
    address = f"/v1/customers/{customer['id']}/timeline"
    for number in range(7):  # of equal times, so that the id has to decide
        await api.record(customer=customer, occurred_at=at(number // 3).isoformat())
    await tell(api, *(message_event(UUID(customer["id"]), at=at(number // 2)) for number in range(5)))
    whole = await timeline(api, customer)
    paged, cursor = [], None
    while True:
        page = await api.read(address, limit=2, **({"cursor": cursor} if cursor else {}))
        paged += page["items"]
        cursor = page["next_cursor"]
        if cursor is None:
            break
        await api.record(customer=customer, occurred_at=at(50).isoformat())
    assert paged == whole
    assert len(paged) == 12


async def test_of_a_customer_that_is_not_known_there_is_none(api: InteractionApi) -> None:
    address = f"/v1/customers/{uuid4()}/timeline"
    answer = await api.client.get(address)
    assert problem(answer) == (404, "customer_not_found", None)
    assert "register it at the customer service" in answer.json()["detail"]


async def test_a_known_customer_without_a_past_has_an_empty_one(api: InteractionApi) -> None:
    assert await timeline(api, await api.learn()) == []


@pytest.mark.parametrize(
    ("parameters", "field"),
    [
        ({"since": "yesterday"}, "since"),
        ({"until": "1767225600"}, "until"),
        ({"since": "0001-01-01T00:00:00+14:00"}, "since"),
        ({"kind": "purchse"}, "kind"),
        ({"cursor": "nonsense"}, "cursor"),
        ({"limit": "0"}, "limit"),
    ],
)
async def test_parameters_that_cannot_be_read_are_told(
    api: InteractionApi, parameters: dict[str, str], field: str
) -> None:
    answer = await api.client.get(f"/v1/customers/{uuid4()}/timeline", params=parameters)
    status, _, told = problem(answer)
    assert status == 400
    assert told is not None
    assert told.startswith(field)
