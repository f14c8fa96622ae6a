"""The life of a complaint over HTTP: steps, promises, what is late, and the green channel."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from shared.contracts.interaction import ComplaintOpened, ComplaintReopened
from tests.support.answers import problem
from tests.support.factories.interaction import NOW, interaction_body
from tests.support.interaction_api import InteractionApi

CASES = "/v1/complaints"


def at(hours: float) -> str:
    return (NOW + timedelta(hours=hours)).isoformat()


async def only_case(api: InteractionApi, **filters: Any) -> dict[str, Any]:
    [case] = (await api.read(CASES, **filters))["items"]
    return dict(case)


async def cases(api: InteractionApi, **filters: Any) -> int:
    return len((await api.read(CASES, **filters))["items"])


async def test_a_case_lives_through_all_its_steps(api: InteractionApi) -> None:
    customer = await api.learn()
    api.clock.move_to(NOW + timedelta(hours=60))
    await api.record("complaint", customer=customer, occurred_at=at(0))
    await api.record(
        "complaint_assignment", customer=customer, occurred_at=at(1), department="logistics", handler="one"
    )
    await api.record("complaint_response", customer=customer, occurred_at=at(2))
    await api.record("complaint_resolution", customer=customer, occurred_at=at(50), cause="packing")
    await api.record("complaint_follow_up", customer=customer, occurred_at=at(52), satisfied=False, score=2)
    case = await only_case(api, department="logistics", handler="one")
    assert (case["state"], case["cause"], case["satisfied"], case["follow_up_score"]) == (
        "followed_up",
        "packing",
        False,
        2,
    )
    assert (case["response_late"], case["resolution_late"]) == (False, True)
    await api.record("complaint_reopening", customer=customer, occurred_at=at(55), reason="again")
    case = await only_case(api, state="open")
    assert (case["reopenings"], case["responded_at"]) == (1, None)
    assert datetime.fromisoformat(case["resolve_by"]) == NOW + timedelta(hours=55 + 48)
    await api.record("complaint_closure", customer=customer, occurred_at=at(56))
    detail = await api.read(f"{CASES}/{case['complaint_id']}")
    assert detail["state"] == "closed"
    assert [fact["kind"] for fact in detail["facts"]] == [
        "opening",
        "assignment",
        "response",
        "resolution",
        "follow_up",
        "reopening",
        "closure",
    ]
    reopened = [event.data for event in await api.published() if isinstance(event.data, ComplaintReopened)]
    assert [told.respond_by for told in reopened] == [NOW + timedelta(hours=55 + 24)]


async def test_what_is_late_is_listed(api: InteractionApi) -> None:
    customer = await api.learn()
    await api.record("complaint", customer=customer, occurred_at=at(0))
    assert await cases(api, overdue="any") == 0
    api.clock.move_to(NOW + timedelta(hours=25))
    assert [await cases(api, overdue=what) for what in ("response", "resolution", "any")] == [1, 0, 1]
    assert (await only_case(api))["response_late"] is True
    await api.record("complaint_response", customer=customer, occurred_at=at(24.5))
    assert await cases(api, overdue="response") == 0
    api.clock.move_to(NOW + timedelta(hours=49))
    assert await cases(api, overdue="resolution") == 1
    await api.record("complaint_resolution", customer=customer, occurred_at=at(48.5))
    assert await cases(api, overdue="any") == 0


async def test_key_accounts_are_answered_within_the_hour(api: InteractionApi) -> None:
    key = await api.learn(key_account=True)
    await api.record("complaint", customer=key, case="k", occurred_at=at(0))
    await api.record("complaint", customer=await api.learn(), case="o", occurred_at=at(0))
    assert (await only_case(api, green_channel=True))["case"] == "k"
    told = {event.data.case: event.data for event in await api.published() if isinstance(event.data, ComplaintOpened)}
    assert (told["k"].green_channel, told["k"].respond_by) == (True, NOW + timedelta(hours=1))
    assert (told["o"].green_channel, told["o"].respond_by) == (False, NOW + timedelta(hours=24))


async def test_the_green_channel_is_decided_when_the_customer_appears_and_kept(api: InteractionApi) -> None:
    await api.record("complaint", customer={"source": "shop", "external_id": "42"})
    assert (await only_case(api))["green_channel"] is None
    customer = await api.learn(("shop", "42"), key_account=True)
    assert (await only_case(api))["green_channel"] is True
    await api.learn(("shop", "42"), customer_id=UUID(customer["id"]), version=2)
    await api.record("complaint_response", customer=customer)
    assert (await only_case(api))["green_channel"] is True


async def test_a_step_that_cannot_be_is_refused(api: InteractionApi) -> None:
    nobody = interaction_body("complaint_assignment", department=None, handler=None)
    assert problem(await api.client.post("/v1/interactions", json=nobody))[:2] == (422, "validation_failed")
    unreached = interaction_body("complaint_follow_up", reached=False, score=5)
    assert problem(await api.client.post("/v1/interactions", json=unreached))[:2] == (422, "validation_failed")
