"""Days to think of: added, replaced, removed, and told in the profile."""

from typing import Any
from uuid import uuid4

import httpx
import pytest

from shared.contracts.customer import ProfileUpdated
from tests.support.answers import problem
from tests.support.customer_api import CUSTOMERS, CustomerApi

INSPECTION: dict[str, Any] = {
    "kind": "vehicle_inspection",
    "on": {"year": 2027, "month": 5, "day": 20},
    "recurring": False,
    "lead_days": [7, 30, 7],
}


async def add(api: CustomerApi, customer: dict[str, Any], **values: Any) -> httpx.Response:
    address = f"{CUSTOMERS}/{customer['customer_id']}/important-dates"
    return await api.client.post(address, json=INSPECTION | values)


async def test_dates_come_and_go(api: CustomerApi) -> None:
    customer = await api.register()
    added = await add(api, customer)
    assert added.status_code == 201, added.text
    assert [date["lead_days"] for date in added.json()["important_dates"]] == [[30, 7]]
    place = added.headers["Location"]
    replaced = await api.client.put(place, json=INSPECTION | {"label": "the blue van"})
    assert [date["label"] for date in replaced.json()["important_dates"]] == ["the blue van"]
    profile = (await api.published())[-1].data
    assert isinstance(profile, ProfileUpdated)
    assert [date.label for date in profile.important_dates] == ["the blue van"]
    own = f"{place.rsplit('/', 1)[0]}/{uuid4()}"
    assert len((await api.client.put(own, json=INSPECTION)).json()["important_dates"]) == 2
    assert len((await api.client.delete(place)).json()["important_dates"]) == 1
    assert problem(await api.client.delete(place))[:2] == (404, "important_date_unknown")
    listed = await api.client.get(place.rsplit("/", 1)[0])
    assert len(listed.json()["items"]) == 1


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"on": {"month": 5, "day": 20}}, "on.year"),
        ({"on": {"year": 2027, "month": 2, "day": 29}}, "on.day"),
        ({"on": {"calendar": "lunar", "year": 2027, "month": 2, "day": 1, "leap_month": True}}, "on.leap_month"),
    ],
    ids=["once without a year", "no such day", "no such leap month"],
)
async def test_day_that_cannot_be_is_refused(api: CustomerApi, values: dict[str, Any], field: str) -> None:
    customer = await api.register()
    assert problem(await add(api, customer, **values)) == (422, "important_date_invalid", field)


async def test_there_are_not_more_than_fit_a_profile(api: CustomerApi) -> None:
    customer = await api.register()
    for _ in range(50):
        assert (await add(api, customer)).status_code == 201
    assert problem(await add(api, customer))[:2] == (409, "important_dates_too_many")
