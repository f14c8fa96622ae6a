"""Complaint cases: opened and resolved in any order, every fact kept."""

from datetime import timedelta
from itertools import permutations
from typing import Any
from uuid import uuid4

from tests.support.answers import problem
from tests.support.factories.interaction import NOW, YESTERDAY, interaction_body
from tests.support.interaction_api import InteractionApi

CASES = "/v1/complaints"
OPENED = YESTERDAY.isoformat()
RESOLVED = (YESTERDAY + timedelta(hours=2)).isoformat()
COMPENSATION = {"amount": "20.00", "currency": "CNY"}


async def only_case(api: InteractionApi, **filters: Any) -> dict[str, Any]:
    [case] = (await api.read(CASES, **filters))["items"]
    return dict(await api.read(f"{CASES}/{case['complaint_id']}"))


async def test_a_complaint_opens_a_case_and_its_resolution_closes_it(api: InteractionApi) -> None:
    customer = await api.learn()
    await api.record("complaint", customer=customer, occurred_at=OPENED, description="came open")
    case = await only_case(api, state="open")
    assert (case["state"], case["severity"], case["customer_id"]) == ("open", "high", customer["id"])
    assert case["open_for_seconds"] == 24 * 3600
    await api.record("complaint_resolution", customer=customer, occurred_at=RESOLVED, compensation=COMPENSATION)
    case = await only_case(api, state="resolved")
    assert (case["resolved_in_seconds"], case["open_for_seconds"]) == (2 * 3600, None)
    assert (case["outcome"], case["compensation"]) == ("replaced", COMPENSATION)
    assert (case["description"], case["category"]) == ("came open", "delivery")
    assert [fact["kind"] for fact in case["facts"]] == ["opening", "resolution"]
    assert (await api.read(CASES, state="open"))["items"] == []


async def test_any_order_of_arrival_comes_to_the_same_case(api: InteractionApi) -> None:
    customer = await api.learn()
    for number, order in enumerate(permutations(range(4))):
        facts = [
            interaction_body("complaint", occurred_at=OPENED, severity="low"),
            interaction_body("complaint", occurred_at=RESOLVED, severity="critical"),
            interaction_body("complaint_resolution", occurred_at=RESOLVED, outcome="refund"),
            interaction_body("complaint_resolution", occurred_at=NOW.isoformat(), outcome="apology"),
        ]
        bodies = [fact | {"customer": customer, "case": f"c-{number}"} for fact in facts]
        for place in order:
            assert (await api.client.post("/v1/interactions", json=bodies[place])).status_code == 201
    cases = (await api.read(CASES, limit=200))["items"]
    own = ("complaint_id", "case")
    shown = [{name: value for name, value in case.items() if name not in own} for case in cases]
    assert len(shown) == 24
    assert all(case == shown[0] for case in shown)
    assert (shown[0]["severity"], shown[0]["outcome"]) == ("low", "apology")
    assert (shown[0]["openings"], shown[0]["resolutions"]) == (2, 2)
    assert shown[0]["resolved_in_seconds"] == 24 * 3600


async def test_a_whole_case_in_one_batch(api: InteractionApi) -> None:
    items = [
        interaction_body("complaint_resolution", occurred_at=RESOLVED),
        interaction_body("complaint", occurred_at=OPENED),
        interaction_body("complaint", occurred_at=RESOLVED, case="c-2"),
    ]
    await api.client.post("/v1/interactions/batch", json={"items": items})
    assert (await only_case(api, state="resolved"))["resolved_in_seconds"] == 2 * 3600
    assert (await only_case(api, state="open"))["case"] == "c-2"


async def test_a_resolution_that_comes_alone_is_shown_without_what_is_not_known(api: InteractionApi) -> None:
    await api.record("complaint_resolution")
    case = await only_case(api, state="resolved")
    assert (case["opened_at"], case["severity"], case["resolved_in_seconds"]) == (None, None, None)


async def test_the_customer_of_a_case_is_told_when_it_is_known(api: InteractionApi) -> None:
    early = {"source": "shop", "external_id": "42"}
    await api.record("complaint", customer=early)
    assert (await only_case(api))["customer_id"] is None
    customer = await api.learn(("shop", "42"))
    case = await only_case(api, customer_id=customer["id"])
    assert (case["customer_id"], case["openings"]) == (customer["id"], 1)


async def test_the_same_complaint_again_is_counted_once(api: InteractionApi) -> None:
    body = interaction_body("complaint")
    for _ in range(2):
        await api.client.post("/v1/interactions", json=body)
    assert (await only_case(api))["openings"] == 1


async def test_cases_of_two_sources_with_one_name_are_two(api: InteractionApi) -> None:
    await api.record("complaint", source="shop")
    await api.record("complaint", source="pos")
    assert len((await api.read(CASES))["items"]) == 2


async def test_cases_are_filtered_and_paged_the_latest_first(api: InteractionApi) -> None:
    customer = await api.learn()
    for number in range(7):
        await api.record(
            "complaint",
            case=f"c-{number}",
            customer=customer if number % 2 else {"id": str(uuid4())},
            severity="critical" if number < 4 else "low",
            occurred_at=(YESTERDAY + timedelta(minutes=number)).isoformat(),
        )
    assert [case["case"] for case in (await api.read(CASES, severity="critical"))["items"]] == [
        "c-3",
        "c-2",
        "c-1",
        "c-0",
    ]
    assert [case["case"] for case in (await api.read(CASES, customer_id=customer["id"]))["items"]] == [
        "c-5",
        "c-3",
        "c-1",
    ]
    names, cursor = [], None
    while True:
        page = await api.read(CASES, limit=3, **({"cursor": cursor} if cursor else {}))
        names += [case["case"] for case in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert names == [f"c-{number}" for number in range(6, -1, -1)]


async def test_a_case_that_is_not_there_is_not_found(api: InteractionApi) -> None:
    assert problem(await api.client.get(f"{CASES}/{uuid4()}"))[:2] == (404, "complaint_not_found")
