"""How far scoring is, asked at its own API."""

import asyncio
import time
from collections.abc import Callable, Mapping
from typing import Any

import httpx

from benchmarks.harness.processes import HttpProcess, ProcessFailed
from benchmarks.load.happenings import Totals

_LOOK_SECONDS = 0.05


class ScoringStatus:
    """`worker` must live: whoever waits for its progress is told when it has ended."""

    def __init__(self, client: httpx.AsyncClient, worker: HttpProcess) -> None:
        self._client = client
        self._worker = worker

    async def facts(self) -> int:
        return int((await self.get("/v1/status"))["facts"])

    async def await_facts(self, wanted: int, *, seconds: float = 900.0) -> float:
        """Returns the instant (of `time.perf_counter`) at which there were that many."""
        await self.await_answer("/v1/status", lambda it: it["facts"] >= wanted, seconds=seconds)
        return time.perf_counter()

    async def await_answer(
        self, path: str, reached: Callable[[dict[str, Any]], bool], *, seconds: float = 300.0
    ) -> None:
        """Asks at `path` until the answer is as it should be."""
        deadline = time.monotonic() + seconds
        while not reached(answer := await self.get(path)):
            self._worker.require_running()
            if time.monotonic() > deadline:
                raise ProcessFailed(f"{path} still answers {answer}:\n{self._worker.tail()}")
            await asyncio.sleep(_LOOK_SECONDS)

    async def require_totals(self, expected: Totals) -> None:
        """Raises ProcessFailed unless every event was counted exactly once, to the fen."""
        reconciliation = await self.get("/v1/reconciliation")
        found: dict[str, tuple[int, int]] = {}
        for total in reconciliation["totals"]:
            count, amount = found.get(total["kind"], (0, 0))
            found[total["kind"]] = (count + total["count"], amount + (total["amount_minor"] or 0))
        if found != expected.as_dict():
            raise ProcessFailed(f"not every event was counted once: {found}, and not {expected.as_dict()}")

    async def get(self, path: str) -> dict[str, Any]:
        return _checked(await self._client.get(path))

    async def post(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        return _checked(await self._client.post(path, json=body))


def _checked(answer: httpx.Response) -> dict[str, Any]:
    if answer.status_code >= 400:
        raise ProcessFailed(f"{answer.request.url} answered {answer.status_code}: {answer.text}")
    body: dict[str, Any] = answer.json()
    return body
