"""Policies over HTTP, for tests: drafts, activation and rolling back, each with its ETag."""

from typing import Any

import httpx

from tests.support.scoring_service import ScoringService

Answer = dict[str, Any]
WHY = {"reason": "a test"}


async def draft(scoring: ScoringService, patch: object, **more: object) -> Answer:
    return await scoring.post("/v1/policies", 201, {"patch": patch, **WHY, **more})


async def act(scoring: ScoringService, version: int, action: str, *, revision: int = 1, **more: Any) -> httpx.Response:
    """Anything that is decided on a revision: activate, cancel, discard."""
    return await scoring.client.post(
        f"/v1/policies/{version}/{action}", json={**WHY, **more}, headers={"If-Match": f'"{revision}"'}
    )


async def put_in_force(scoring: ScoringService, patch: object, **more: Any) -> int:
    """A draft and its activation, without trying it first; gives its version."""
    version = int((await draft(scoring, patch))["version"])
    answer = await act(scoring, version, "activate", without_simulation=True, **more)
    assert answer.status_code == 200, answer.text
    return version


async def states(scoring: ScoringService) -> dict[int, str]:
    return {one["version"]: one["state"] for one in (await scoring.read("/v1/policies"))["items"]}
