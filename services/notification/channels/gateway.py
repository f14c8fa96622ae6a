"""A message gateway of the business's own, over HTTP: one signed JSON document per message, which it takes once.

The contract, for any channel: `POST` with `Idempotency-Key: <message id>`, signed by Standard Webhooks; the gateway
answers 2xx with `{"id": "…"}` and, to the same key, the same again without sending anything. docs/notification.md
tells it in full. The laptop's provider is one.
"""

import json
from base64 import b64encode
from dataclasses import dataclass, field
from typing import Any

import httpx
from standardwebhooks.webhooks import Webhook

from services.notification.channels.http import create_client, post, refusal
from services.notification.channels.port import Capabilities, Outgoing, SendResult, SendStatus
from services.notification.channels.signing import signed_headers
from shared.clock import wall_now


@dataclass(frozen=True, slots=True, kw_only=True)
class GatewayOptions:
    """`secret` signs requests, as Standard Webhooks has it: base64, with or without `whsec_`."""

    name: str
    url: str
    secret: str
    timeout_seconds: float = 10.0
    concurrency: int = 8
    transport: httpx.AsyncBaseTransport | None = field(default=None, repr=False)


class GatewayProvider:
    """A Provider that relies on the gateway to know its keys."""

    capabilities = Capabilities(honours_key=True, gives_receipts=True)

    def __init__(self, options: GatewayOptions) -> None:
        self._options = options
        self._signer = Webhook(options.secret)
        self._client = create_client(
            timeout_seconds=options.timeout_seconds, concurrency=options.concurrency, transport=options.transport
        )

    @property
    def name(self) -> str:
        return self._options.name

    async def send(self, message: Outgoing) -> SendResult:
        content = json.dumps(_document(message), ensure_ascii=False).encode()
        key = str(message.message_id)
        headers = signed_headers(self._signer, key, content, wall_now()) | {
            "Idempotency-Key": key,
            "Content-Type": "application/json",
        }
        answer = await post(self._client, self._options.url, content=content, headers=headers)
        if isinstance(answer, SendResult):
            return answer
        if not 200 <= answer.status < 300:
            return refusal(answer)
        document = answer.document()
        if document is None or not isinstance(document.get("id"), str):
            return answer.result(SendStatus.UNCERTAIN)
        units = document.get("units", 1)
        return answer.result(
            SendStatus.ACCEPTED,
            reference=document["id"][:200],
            units=units if isinstance(units, int) and 0 < units < 1000 else 1,
        )

    async def close(self) -> None:
        await self._client.aclose()


def _document(message: Outgoing) -> dict[str, Any]:
    attachments = [
        {"name": one.name, "media_type": one.media_type, "content": b64encode(one.content).decode()}
        for one in message.attachments
    ]
    return {
        "id": str(message.message_id),
        "channel": message.channel.value,
        "to": message.address,
        "name": message.name,
        "language": message.language,
        "purpose": message.purpose.value,
        "subject": message.subject,
        "text": message.text,
        "html": message.html,
        "composed_at": message.composed_at.isoformat(),
        **({"attachments": attachments} if attachments else {}),
    }
