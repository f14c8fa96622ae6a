"""Web push: encrypted for one browser, to the push service that this browser named, signed by VAPID (RFC 8292)."""

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import urlsplit

import httpx
import jwt
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from services.notification.channels.guard import GuardedTransport, Network
from services.notification.channels.http import Answer, create_client, post
from services.notification.channels.port import Capabilities, Outgoing, SendResult, SendStatus
from services.notification.channels.recipients import at_recipient
from services.notification.channels.web_push_encryption import encrypt, point_of
from shared.clock import wall_now

_TOKEN_LIFE = timedelta(hours=12)
_LONGEST_BODY = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class WebPushOptions:
    """`contact` is where a push service finds us, mailto: or https:; `lifetime` is how long it keeps trying."""

    name: str
    private_key: str
    contact: str
    lifetime: timedelta = timedelta(days=1)
    allowed: Sequence[Network] = ()
    timeout_seconds: float = 10.0
    concurrency: int = 8
    transport: httpx.AsyncBaseTransport | None = field(default=None, repr=False)


class WebPushProvider:
    """A copy replaces the first one, by its topic at the push service and by its tag in the browser."""

    capabilities = Capabilities(honours_key=True, many_hosts=True)

    def __init__(self, options: WebPushOptions) -> None:
        """Raises ValueError for a key that is none."""
        self._options = options
        key = load_pem_private_key(options.private_key.encode(), password=None)
        if not isinstance(key, EllipticCurvePrivateKey) or key.curve.name != "secp256r1":
            raise ValueError("the key must be a P-256 private key in PEM")
        self._key = key
        self._public = base64.urlsafe_b64encode(point_of(key.public_key())).decode().rstrip("=")
        transport = options.transport or GuardedTransport(concurrency=options.concurrency, allowed=options.allowed)
        self._client = create_client(
            timeout_seconds=options.timeout_seconds, concurrency=options.concurrency, transport=transport
        )

    @property
    def name(self) -> str:
        return self._options.name

    async def send(self, message: Outgoing) -> SendResult:
        try:
            subscription = json.loads(message.address)
            endpoint, p256dh, auth = (str(subscription[name]) for name in ("address", "p256dh", "auth"))
            body = encrypt(_document(message), p256dh=p256dh, auth=auth)
        except (ValueError, KeyError, TypeError):
            return SendResult(SendStatus.REJECTED, "the push subscription lacks its endpoint or its keys")
        headers = {
            "Authorization": f"vapid t={self._token(endpoint)}, k={self._public}",
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            "TTL": str(int(self._options.lifetime.total_seconds())),
            "Topic": message.message_id.hex,
            "Urgency": "normal",
        }
        answer = await post(self._client, endpoint, content=body, headers=headers)
        return at_recipient(answer) if isinstance(answer, SendResult) else _meaning(answer)

    def _token(self, endpoint: str) -> str:
        url = urlsplit(endpoint)
        claims = {
            "aud": f"{url.scheme}://{url.netloc}",
            "exp": int((wall_now() + _TOKEN_LIFE).timestamp()),
            "sub": self._options.contact,
        }
        return jwt.encode(claims, self._key, algorithm="ES256")

    async def close(self) -> None:
        await self._client.aclose()


def _document(message: Outgoing) -> bytes:
    """Short enough for every push service; whoever wants to read more opens the app."""
    text = message.text if len(message.text) <= _LONGEST_BODY else message.text[: _LONGEST_BODY - 1] + "…"
    document = {"id": str(message.message_id), "tag": str(message.message_id), "title": message.subject, "body": text}
    return json.dumps(document, ensure_ascii=False).encode()


def _meaning(answer: Answer) -> SendResult:
    if 200 <= answer.status < 300:
        return answer.result(SendStatus.ACCEPTED, reference=answer.headers.get("location", "")[:200] or None)
    if answer.status in (404, 410):
        return SendResult(SendStatus.REJECTED, "the subscription is over", address_gone=True)
    if answer.status == 429 or answer.status >= 500:
        return answer.result(SendStatus.DEFERRED)
    return answer.result(SendStatus.REJECTED)
