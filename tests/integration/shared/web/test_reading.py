"""Pages, versions and correlation, as a front-end uses them."""

import pytest

from tests.support.tokens import Tokens
from tests.support.toy_service import ToyService, run_toy_service


async def write(toy: ToyService, text: str) -> str:
    answer = await toy.client.post("/v1/notes", json={"text": text}, headers=toy.headers())
    return str(answer.json()["id"])


async def test_pages_follow_each_other_though_rows_come_meanwhile(toy: ToyService) -> None:
    for text in "bdfh":
        await write(toy, text)

    first = (await toy.client.get("/v1/notes?limit=2", headers=toy.headers())).json()
    await write(toy, "a")
    await write(toy, "e")
    second = (
        await toy.client.get("/v1/notes", params={"limit": 2, "cursor": first["next_cursor"]}, headers=toy.headers())
    ).json()
    third = (
        await toy.client.get("/v1/notes", params={"limit": 2, "cursor": second["next_cursor"]}, headers=toy.headers())
    ).json()

    read = [[note["text"] for note in page["items"]] for page in (first, second, third)]
    assert read == [["b", "d"], ["e", "f"], ["h"]]
    assert third["next_cursor"] is None


async def test_a_known_version_is_not_sent_again(toy: ToyService) -> None:
    url = f"/v1/notes/{await write(toy, 'a')}"
    etag = (await toy.client.get(url, headers=toy.headers())).headers["etag"]

    same = await toy.client.get(url, headers=toy.headers(**{"If-None-Match": f'"9", W/{etag}'}))
    other = await toy.client.get(url, headers=toy.headers(**{"If-None-Match": '"9"'}))

    assert etag == '"1"'
    assert (same.status_code, same.content, same.headers["etag"]) == (304, b"", etag)
    assert other.status_code == 200


async def test_a_change_names_the_version_it_was_decided_on(toy: ToyService) -> None:
    url = f"/v1/notes/{await write(toy, 'a')}"

    changed = await toy.client.patch(url, json={"text": "b"}, headers=toy.headers(**{"If-Match": '"1"'}))
    late = await toy.client.patch(url, json={"text": "c"}, headers=toy.headers(**{"If-Match": '"1"'}))
    blind = await toy.client.patch(url, json={"text": "c"}, headers=toy.headers())

    assert (changed.status_code, changed.headers["etag"]) == (200, '"2"')
    assert (late.status_code, late.json()["code"]) == (412, "version_conflict")
    assert (blind.status_code, blind.json()["code"]) == (428, "if_match_required")
    assert await toy.texts() == ["b"]


@pytest.mark.parametrize("tag", ["1", 'W/"1"', "*", '"a"', '"1", "2"', '"-1"'])
async def test_a_condition_that_is_no_etag_is_refused(toy: ToyService, tag: str) -> None:
    url = f"/v1/notes/{await write(toy, 'a')}"

    answer = await toy.client.patch(url, json={"text": "b"}, headers=toy.headers(**{"If-Match": tag}))

    assert (answer.status_code, answer.json()["code"]) == (400, "if_match_invalid")


async def test_a_correlation_id_is_taken_over(toy: ToyService) -> None:
    answer = await toy.client.get("/v1/notes", headers=toy.headers(**{"X-Correlation-ID": "order-4711"}))

    assert answer.headers["x-correlation-id"] == "order-4711"


@pytest.mark.parametrize("given", ["", "with space", "x" * 200, "line\tfeed", "<script>"])
async def test_a_correlation_id_unfit_for_logs_is_replaced(toy: ToyService, given: str) -> None:
    answer = await toy.client.get("/v1/notes", headers=toy.headers(**{"X-Correlation-ID": given}))

    assert len(answer.headers["x-correlation-id"]) == 36


async def test_ops_endpoints_need_no_token(toy: ToyService) -> None:
    live = await toy.client.get("/livez")
    metrics = await toy.client.get("/metrics")

    assert live.json() == {"status": "alive"}
    assert 'rapport_http_requests_total{method="GET",route="/livez",service="toy",status="200"}' in metrics.text


async def test_readiness_names_what_fails(toy: ToyService) -> None:
    async def failing() -> str:
        return "no answer"

    platform = toy.app.state.platform
    platform.readiness.add("database", toy.database.check)
    ready = await toy.client.get("/readyz")
    platform.readiness.add("provider", failing)
    unready = await toy.client.get("/readyz")

    assert (ready.status_code, ready.json()) == (200, {"status": "ready", "checks": {"database": "ok"}})
    assert unready.status_code == 503
    assert unready.json()["checks"] == {"database": "ok", "provider": "no answer"}


async def test_pages_of_known_origins_may_call_from_a_browser(toy_dsn: str, tokens: Tokens) -> None:
    preflight = {"Access-Control-Request-Method": "PATCH", "Access-Control-Request-Headers": "If-Match"}
    async with run_toy_service(toy_dsn, tokens, cors_origins=("https://shop.test",)) as toy:
        known = await toy.client.options("/v1/notes", headers={"Origin": "https://shop.test", **preflight})
        unknown = await toy.client.options("/v1/notes", headers={"Origin": "https://elsewhere.test", **preflight})
        answer = await toy.client.get("/v1/notes", headers=toy.headers(Origin="https://shop.test"))

    assert known.headers["access-control-allow-origin"] == "https://shop.test"
    assert "access-control-allow-origin" not in unknown.headers
    assert "X-Correlation-ID" in answer.headers["access-control-expose-headers"]
