"""Group bots of WeCom, DingTalk and Feishu: three dialects of one thing, a secret address that takes a line of text.

An address is the name of a group in the configuration, or a bot's own URL at the platform, which goes unsigned. None of
them recognises a repeat.
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import quote_plus, urlsplit

import httpx

from services.notification.channels.http import Answer, create_client, post, refusal
from services.notification.channels.port import Capabilities, Outgoing, SendResult, SendStatus
from shared.clock import wall_now


@dataclass(frozen=True, slots=True)
class Group:
    """`url` holds the bot's key and is a secret itself; `secret` signs its requests, where it asks for that."""

    url: str
    secret: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a platform's bot is spoken to: the request, the field of its verdict, and what some verdicts mean."""

    host: str
    most_bytes: int
    request: Callable[[Group, str, datetime], tuple[str, dict[str, object]]]
    code_field: str
    verdicts: Mapping[int, SendStatus]


def _wecom(group: Group, text: str, _at: datetime) -> tuple[str, dict[str, object]]:
    return group.url, {"msgtype": "text", "text": {"content": text}}


def _dingtalk(group: Group, text: str, at: datetime) -> tuple[str, dict[str, object]]:
    document: dict[str, object] = {"msgtype": "text", "text": {"content": text}}
    if group.secret is None:
        return group.url, document
    milliseconds = int(at.timestamp() * 1000)
    sign = _hmac(group.secret.encode(), f"{milliseconds}\n{group.secret}".encode())
    return f"{group.url}&timestamp={milliseconds}&sign={quote_plus(sign)}", document


def _feishu(group: Group, text: str, at: datetime) -> tuple[str, dict[str, object]]:
    document: dict[str, object] = {"msg_type": "text", "content": {"text": text}}
    if group.secret is not None:
        seconds = str(int(at.timestamp()))
        # Here what is signed is the key, and the text is empty.
        document |= {"timestamp": seconds, "sign": _hmac(f"{seconds}\n{group.secret}".encode(), b"")}
    return group.url, document


def _hmac(key: bytes, text: bytes) -> str:
    return base64.b64encode(hmac.new(key, text, hashlib.sha256).digest()).decode()


_REJECTED, _DEFERRED = SendStatus.REJECTED, SendStatus.DEFERRED
WECOM = Dialect(
    "qyapi.weixin.qq.com",
    2048,
    _wecom,
    "errcode",
    {93000: _REJECTED, 40058: _REJECTED, 45009: _DEFERRED, -1: _DEFERRED},
)
DINGTALK = Dialect(
    "oapi.dingtalk.com",
    18_000,
    _dingtalk,
    "errcode",
    {300001: _REJECTED, 310000: _REJECTED, 130101: _DEFERRED, 410100: _DEFERRED, -1: _DEFERRED},
)
FEISHU = Dialect(
    "open.feishu.cn", 18_000, _feishu, "code", {19001: _REJECTED, 19021: _REJECTED, 9499: _REJECTED, 11232: _DEFERRED}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class BotOptions:
    name: str
    dialect: Dialect
    groups: Mapping[str, Group] = field(default_factory=dict)
    timeout_seconds: float = 10.0
    concurrency: int = 4
    transport: httpx.AsyncBaseTransport | None = field(default=None, repr=False)


class BotProvider:
    capabilities = Capabilities()

    def __init__(self, options: BotOptions) -> None:
        self._options = options
        self._client = create_client(
            timeout_seconds=options.timeout_seconds, concurrency=options.concurrency, transport=options.transport
        )

    @property
    def name(self) -> str:
        return self._options.name

    async def send(self, message: Outgoing) -> SendResult:
        dialect = self._options.dialect
        group = self._group(message.address)
        if group is None:
            return SendResult(
                SendStatus.REJECTED, f"the address is no group of {self.name}, and no bot at {dialect.host}"
            )
        text = f"{message.subject}\n{message.text}".strip()
        if not text or len(text.encode()) > dialect.most_bytes:
            return SendResult(SendStatus.REJECTED, f"the text is empty, or longer than {dialect.most_bytes} bytes")
        url, document = dialect.request(group, text, wall_now())
        content = json.dumps(document, ensure_ascii=False).encode()
        answer = await post(self._client, url, content=content, headers={"Content-Type": "application/json"})
        return answer if isinstance(answer, SendResult) else _meaning(answer, dialect)

    def _group(self, address: str) -> Group | None:
        known = self._options.groups.get(address)
        if known is not None:
            return known
        url = urlsplit(address)
        is_bot = url.scheme == "https" and url.netloc == self._options.dialect.host
        return Group(address) if is_bot else None

    async def close(self) -> None:
        await self._client.aclose()


def _meaning(answer: Answer, dialect: Dialect) -> SendResult:
    """They answer 200 to what they refuse, so that the code inside is what counts."""
    document = answer.document()
    code = document.get(dialect.code_field) if document is not None else None
    if not isinstance(code, int):
        return answer.result(SendStatus.UNCERTAIN) if answer.status < 300 else refusal(answer)
    if code == 0 and answer.status < 300:
        return answer.result(SendStatus.ACCEPTED)
    return answer.result(dialect.verdicts.get(code, SendStatus.DEFERRED))
