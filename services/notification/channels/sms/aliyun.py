"""Text messages by Alibaba Cloud SMS (Dysmsapi 2017-05-25, SendSms), signed by its V3 mechanism.

Texts go through templates that were approved there; ours fills their one variable. `OutId` carries our message id, and
comes back with the report. A repeat is not recognised: an answer that is lost stays uncertain until the report comes.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit
from uuid import uuid4

import httpx

from services.notification.channels.http import Answer, create_client, post, refusal
from services.notification.channels.port import Capabilities, Outgoing, SendResult, SendStatus
from services.notification.channels.sms.aliyun_signature import canonical_query, signed_headers
from services.notification.channels.sms.numbers import check_number, one_text
from shared.clock import wall_now
from shared.errors import InvalidInput

_VERSION = "2017-05-25"
# It is this message that is refused. Whatever else is refused concerns the account, a signature or a template.
_REJECTED = frozenset(
    {
        "isv.MOBILE_NUMBER_ILLEGAL",
        "isv.MOBILE_COUNT_OVER_LIMIT",
        "isv.BLACK_KEY_CONTROL_LIMIT",
        "isv.PARAM_LENGTH_LIMIT",
        "isv.TEMPLATE_MISSING_PARAMETERS",
        "isv.TEMPLATE_PARAMS_ILLEGAL",
        "isv.INVALID_JSON_PARAM",
        "isv.INVALID_PARAMETERS",
        "isv.PARAM_NOT_SUPPORT_URL",
    }
)
# So many to one number and no more for a while.
_DEFERRED = frozenset({"isv.BUSINESS_LIMIT_CONTROL", "isv.DAY_LIMIT_CONTROL"})
_UNKNOWN = frozenset({"isp.SYSTEM_ERROR", "ServiceUnavailable", "InternalError", "isp.GATEWAY_ERROR"})


@dataclass(frozen=True, slots=True, kw_only=True)
class AliyunOptions:
    """`templates` are their codes by rule, `*` for all others; `variable` is the one that each of them has."""

    name: str
    url: str = "https://dysmsapi.aliyuncs.com"
    key_id: str
    key_secret: str
    signature: str
    templates: Mapping[str, str]
    variable: str = "content"
    most_segments: int = 6
    timeout_seconds: float = 10.0
    concurrency: int = 8
    transport: httpx.AsyncBaseTransport | None = field(default=None, repr=False)


class AliyunProvider:
    capabilities = Capabilities(gives_receipts=True)

    def __init__(self, options: AliyunOptions) -> None:
        self._options = options
        self._host = urlsplit(options.url).netloc
        self._client = create_client(
            timeout_seconds=options.timeout_seconds, concurrency=options.concurrency, transport=options.transport
        )

    @property
    def name(self) -> str:
        return self._options.name

    async def send(self, message: Outgoing) -> SendResult:
        options = self._options
        try:
            signed, segments = one_text(message.text, options.signature, most_segments=options.most_segments)
            query = canonical_query(self._parameters(message, signed.removeprefix(f"【{options.signature}】")))
        except InvalidInput as error:
            return SendResult(SendStatus.REJECTED, error.detail)
        headers = signed_headers(
            host=self._host,
            action="SendSms",
            version=_VERSION,
            query=query,
            key_id=options.key_id,
            key_secret=options.key_secret,
            nonce=uuid4().hex,
            at=wall_now(),
        )
        answer = await post(self._client, f"{options.url}/?{query}", content=b"", headers=headers)
        return answer if isinstance(answer, SendResult) else _meaning(answer, segments)

    def _parameters(self, message: Outgoing, text: str) -> dict[str, str]:
        templates = self._options.templates
        code = templates.get(message.rule) or templates.get("*")
        if code is None:
            raise InvalidInput(
                f"no template is named for {message.rule or 'this message'}: name one, or one for *",
                code="content_invalid",
            )
        return {
            "PhoneNumbers": check_number(message.address).removeprefix("+86").removeprefix("+"),
            "SignName": self._options.signature,
            "TemplateCode": code,
            "TemplateParam": json.dumps({self._options.variable: text}, ensure_ascii=False),
            "OutId": str(message.message_id),
        }

    async def close(self) -> None:
        await self._client.aclose()


def _meaning(answer: Answer, segments: int) -> SendResult:
    """It answers 200 to most refusals, so that the code inside is what counts."""
    document = answer.document()
    code = document.get("Code") if document is not None else None
    if document is None or not isinstance(code, str):
        return answer.result(SendStatus.UNCERTAIN) if answer.status < 300 else refusal(answer)
    if code == "OK":
        reference = document.get("BizId")
        known = isinstance(reference, str) and 0 < len(reference) <= 200
        return answer.result(SendStatus.ACCEPTED, reference=reference if known else None, units=segments)
    if code in _UNKNOWN or answer.status >= 500:
        return answer.result(SendStatus.UNCERTAIN)
    if code in _REJECTED:
        return answer.result(SendStatus.REJECTED)
    return answer.result(SendStatus.DEFERRED if code in _DEFERRED else SendStatus.UNREACHABLE)
