"""Value types that several contracts use."""

from enum import StrEnum
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

Instant = AwareDatetime
CurrencyCode = Annotated[str, Field(pattern=r"^[A-Z]{3}$", examples=["CNY"])]
LanguageTag = Annotated[str, Field(pattern=r"^[a-z]{2,3}(-[A-Z][a-z]{3})?(-[A-Z]{2})?$", examples=["zh-CN", "en"])]
SINGLE_LINE = r"^[^\x00-\x1f\x7f-\x9f]*$"
"""No control characters: CloudEvents forbids them, PostgreSQL cannot store NUL, and a log line must stay one line."""
ShortText = Annotated[str, Field(min_length=1, max_length=200, pattern=SINGLE_LINE)]
NO_NUL = r"^[^\x00]*$"
LongText = Annotated[str, Field(max_length=2000, pattern=NO_NUL)]


class Value(BaseModel):
    """Base of nested values: immutable, tolerant of fields added later."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Money(Value):
    """An exact amount: a signed count of the currency's minor unit (fen, cent), never a float."""

    minor: Annotated[int, Field(ge=-(10**15), le=10**15)]
    currency: CurrencyCode


class ExternalId(Value):
    """A customer's identity in another system, for example source `pos-beijing`, id `0042`."""

    source: ShortText
    id: ShortText


class CustomerKind(StrEnum):
    PERSON = "person"
    ORGANISATION = "organisation"


class Channel(StrEnum):
    """A way in which customers are written to; `inbox` is the one inside the business's own app."""

    EMAIL = "email"
    INBOX = "inbox"
    SMS = "sms"
    WECOM = "wecom"
    DINGTALK = "dingtalk"
    FEISHU = "feishu"
    WEBHOOK = "webhook"
    WEB_PUSH = "web_push"
    DIRECT_MAIL = "direct_mail"


class Purpose(StrEnum):
    """Why a customer is written to; consent is given per channel and purpose."""

    SERVICE = "service"
    CARE = "care"
    MARKETING = "marketing"
