"""Providers over HTTP: one request, and an answer that tells apart what was refused from what is not known."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httpx

from services.notification.channels.detail import masked
from services.notification.channels.guard import UnsafeAddress
from services.notification.channels.port import SendResult, SendStatus

_MAX_ANSWER_BYTES = 65_536
_LONGEST_RETRY_AFTER = timedelta(minutes=15)
# Nothing of the request can have reached a server that was never connected to.
_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a provider answered, in full; `said` is fit for a record."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def said(self) -> str:
        return masked(f"{self.status} {self.body.decode(errors='replace')}")

    def document(self) -> dict[str, Any] | None:
        """The JSON object in the body, None where it is something else: a proxy's HTML, nothing, half of it."""
        try:
            document = json.loads(self.body)
        except ValueError:
            return None
        return document if isinstance(document, dict) else None

    def result(self, status: SendStatus, *, reference: str | None = None, units: int = 1) -> SendResult:
        return SendResult(status, self.said, reference=reference, units=units, retry_after=self.retry_after)

    @property
    def retry_after(self) -> timedelta | None:
        """As asked for in seconds; dates are not worth the trouble, the breaker's own pause does."""
        value = self.headers.get("retry-after", "")
        if not value.isdecimal() or len(value) > 8:
            return None
        return min(timedelta(seconds=int(value)), _LONGEST_RETRY_AFTER)


def create_client(
    *, timeout_seconds: float, concurrency: int, transport: httpx.AsyncBaseTransport | None = None
) -> httpx.AsyncClient:
    """Redirects are not followed: a message goes where it was configured to go, or nowhere."""
    return httpx.AsyncClient(
        timeout=timeout_seconds,
        limits=httpx.Limits(max_connections=concurrency, max_keepalive_connections=concurrency, keepalive_expiry=10.0),
        follow_redirects=False,
        trust_env=transport is None,
        transport=transport,
    )


async def post(
    client: httpx.AsyncClient, url: str, *, content: bytes, headers: Mapping[str, str]
) -> Answer | SendResult:
    """The provider's answer, or the result where there was none."""
    try:
        async with client.stream("POST", url, content=content, headers=dict(headers)) as response:
            body = b""
            async for chunk in response.aiter_bytes():
                body += chunk
                if len(body) > _MAX_ANSWER_BYTES:
                    break
    except UnsafeAddress as error:
        return SendResult(SendStatus.REJECTED, masked(str(error)))
    except _NOT_SENT as error:
        return SendResult(SendStatus.UNREACHABLE, masked(_said(error)))
    except httpx.InvalidURL as error:
        return SendResult(SendStatus.REJECTED, masked(_said(error)))
    except (httpx.HTTPError, OSError) as error:
        return SendResult(SendStatus.UNCERTAIN, masked(_said(error)))
    return Answer(response.status_code, response.headers, body[:_MAX_ANSWER_BYTES])


def refusal(answer: Answer) -> SendResult:
    """What an answer means that no provider documents better: who is refused, this message or all of us.

    401, 403 and 404 concern the account or the address of the service, so another provider is to be tried; 429 and 503
    say themselves that it is not the moment. Any other 5xx may come from after the message was taken.
    """
    if answer.status in (401, 403, 404, 405, 407, 429, 503):
        return answer.result(SendStatus.UNREACHABLE)
    if answer.status in (408, 409, 425):
        return answer.result(SendStatus.UNCERTAIN)
    if 400 <= answer.status < 500:
        return answer.result(SendStatus.REJECTED)
    if 300 <= answer.status < 400:
        return answer.result(SendStatus.UNREACHABLE)
    return answer.result(SendStatus.UNCERTAIN)


def _said(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"
