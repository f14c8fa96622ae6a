"""Messages to a customer's own system: webhooks as Standard Webhooks has them, signed for each endpoint apart.

An endpoint's secret is base64(HMAC-SHA256(our secret, its URL)), so that none of them can sign for another.
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Sequence
from dataclasses import dataclass, field

import httpx
from standardwebhooks.webhooks import Webhook

from services.notification.channels.guard import GuardedTransport, Network
from services.notification.channels.http import create_client, post
from services.notification.channels.port import Capabilities, Outgoing, SendResult, SendStatus
from services.notification.channels.recipients import at_recipient
from services.notification.channels.signing import signed_headers
from shared.clock import wall_now

_GONE = 410


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookOptions:
    """`allowed` are networks inside which endpoints may be, all the same."""

    name: str
    secret: str
    allowed: Sequence[Network] = ()
    timeout_seconds: float = 10.0
    concurrency: int = 8
    transport: httpx.AsyncBaseTransport | None = field(default=None, repr=False)


class WebhookProvider:
    capabilities = Capabilities(honours_key=True, many_hosts=True)

    def __init__(self, options: WebhookOptions) -> None:
        self._options = options
        transport = options.transport or GuardedTransport(concurrency=options.concurrency, allowed=options.allowed)
        self._client = create_client(
            timeout_seconds=options.timeout_seconds, concurrency=options.concurrency, transport=transport
        )

    @property
    def name(self) -> str:
        return self._options.name

    async def send(self, message: Outgoing) -> SendResult:
        if not message.address.startswith("https://") and not self._options.allowed:
            return SendResult(SendStatus.REJECTED, "the webhook's address is not https")
        content = json.dumps(_document(message), ensure_ascii=False).encode()
        signer = Webhook(endpoint_secret(self._options.secret, message.address))
        headers = signed_headers(signer, str(message.message_id), content, wall_now())
        answer = await post(
            self._client, message.address, content=content, headers=headers | {"Content-Type": "application/json"}
        )
        if isinstance(answer, SendResult):
            return at_recipient(answer)
        if 200 <= answer.status < 300:
            return answer.result(SendStatus.ACCEPTED)
        if answer.status == _GONE:
            return SendResult(SendStatus.REJECTED, answer.said, address_gone=True)
        return answer.result(SendStatus.DEFERRED)

    async def close(self) -> None:
        await self._client.aclose()


def endpoint_secret(secret: str, url: str) -> str:
    digest = hmac.new(secret.encode(), url.encode(), hashlib.sha256).digest()
    return f"whsec_{base64.b64encode(digest).decode()}"


def _document(message: Outgoing) -> dict[str, object]:
    return {
        "type": "message.sent",
        "timestamp": message.composed_at.isoformat(),
        "data": {
            "message_id": str(message.message_id),
            "rule": message.rule,
            "purpose": message.purpose.value,
            "language": message.language,
            "subject": message.subject,
            "text": message.text,
        },
    }
