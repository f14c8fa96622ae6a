"""The four services together, as a test meets them over HTTP."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from deploy.local.stack import LocalStack


@dataclass(frozen=True, slots=True)
class RunningPlatform:
    """A client for each service, and what is behind them."""

    stack: LocalStack
    client: httpx.AsyncClient

    async def get(self, service: str, path: str, **parameters: Any) -> Any:
        return (await self.client.get(self.stack.urls[service] + path, params=parameters)).raise_for_status().json()

    async def post(self, service: str, path: str, body: Mapping[str, Any]) -> Any:
        answer = await self.client.post(self.stack.urls[service] + path, json=body)
        assert answer.is_success, answer.text
        return answer.json()
