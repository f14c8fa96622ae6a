"""A message gateway for laptop and tests: it takes signed messages for any channel, each key once, and keeps them.

It speaks the gateway's contract of docs/notification.md. What it has accepted lies in a file, one JSON document per
line, synced before the answer: like a real provider it still knows after a crash what it took.
"""

import asyncio
import json
import os
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse
from standardwebhooks.webhooks import Webhook, WebhookVerificationError


@dataclass(slots=True)
class GatewayFaults:
    """What goes wrong on purpose, for the next messages; counts run down to zero."""

    lose_before: int = 0
    """Answered with a proxy's page instead of being taken."""
    lose_after: int = 0
    """Taken, but the answer is a proxy's page."""
    throttle: int = 0
    """Answered 429 for now."""
    refuse: set[str] = field(default_factory=set)
    """Addresses answered 422."""
    delay_seconds: float = 0.0
    """How long each message takes."""

    def strikes(self, name: str) -> bool:
        left = int(getattr(self, name))
        if left > 0:
            setattr(self, name, left - 1)
        return left > 0


class Gateway:
    """What has been accepted, and how often it was asked to."""

    def __init__(self, file: Path, secret: str, *, faults: GatewayFaults | None = None) -> None:
        self.faults = faults or GatewayFaults()
        self.requests: Counter[str] = Counter()
        """Asked for, by key: more often than once is a repeat."""
        self._file = file
        self._verifier = Webhook(secret)
        self._writing = asyncio.Lock()
        self._accepted: dict[str, dict[str, Any]] = {one["id"]: one for one in accepted_in(file)}

    @property
    def accepted(self) -> list[dict[str, Any]]:
        return list(self._accepted.values())

    async def take(self, request: Request) -> Response:
        body = await request.body()
        key = request.headers.get("idempotency-key", "")
        try:
            message = self._verifier.verify(body, dict(request.headers))
        except WebhookVerificationError as error:
            return JSONResponse({"title": f"the signature does not hold: {error}"}, status_code=401)
        self.requests[key] += 1
        if self.faults.delay_seconds:
            await asyncio.sleep(self.faults.delay_seconds)
        refusal = self._refusal(key, message)
        if refusal is not None:
            return refusal
        async with self._writing:
            if key not in self._accepted:
                await asyncio.to_thread(_append, self._file, message)
                self._accepted[key] = message
        if self.faults.strikes("lose_after"):
            return _proxy_page()
        return JSONResponse({"id": f"gw-{key}", "units": 1}, status_code=202)

    def _refusal(self, key: str, message: dict[str, Any]) -> Response | None:
        if not key or key != message.get("id"):
            return JSONResponse({"title": "Idempotency-Key must be the message's id"}, status_code=400)
        if self.faults.strikes("throttle"):
            return JSONResponse({"title": "slow down"}, status_code=429, headers={"Retry-After": "1"})
        if message.get("to") in self.faults.refuse:
            return JSONResponse({"title": "nobody is there"}, status_code=422)
        return _proxy_page() if self.faults.strikes("lose_before") else None


def create_gateway_app(gateway: Gateway) -> FastAPI:
    app = FastAPI(title="Message gateway of the laptop", openapi_url=None)
    app.post("/messages")(gateway.take)
    return app


def accepted_in(file: Path) -> list[dict[str, Any]]:
    """Every message a gateway accepted into `file`, the oldest first; a line cut off by a crash was never answered."""
    lines = file.read_text(encoding="utf-8").split("\n")[:-1] if file.exists() else []
    return [json.loads(line) for line in lines]


def _append(file: Path, message: dict[str, Any]) -> None:
    line = json.dumps(message, ensure_ascii=False) + "\n"
    with file.open("a", encoding="utf-8") as opened:
        opened.write(line)
        opened.flush()
        os.fsync(opened.fileno())


def _proxy_page() -> Response:
    return Response("<html><body>Bad gateway</body></html>", status_code=502, media_type="text/html")
