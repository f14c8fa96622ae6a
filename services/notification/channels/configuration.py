"""The providers document: which providers there are, and which of them serve a channel, best first.

Secrets are named, never written: a name is looked up among the environment's variables, then among the files of
`RAPPORT_SECRETS_DIR`.
"""

from typing import Annotated, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field, IPvAnyNetwork, model_validator

from services.notification.channels.addresses import WebAddress
from shared.contracts.common import SINGLE_LINE, Channel, CurrencyCode

ProviderName = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,49}$", examples=["twilio", "smtp-2"])]
SecretName = Annotated[
    str,
    Field(pattern=r"^[A-Za-z][A-Za-z0-9_.-]{0,99}$", description="of a variable, or of a file in RAPPORT_SECRETS_DIR"),
]


Signature = Annotated[
    str, Field(min_length=1, max_length=20, pattern=r"^[^【】]+$", description="goes before each text as 【…】")
]
SenderLine = Annotated[str, Field(min_length=1, max_length=100, pattern=SINGLE_LINE)]


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ProviderConfig(Part):
    """What every kind takes. `price_micros` is per unit, in millionths of the currency's main unit."""

    channels: ClassVar[frozenset[Channel]] = frozenset()

    rate_per_second: Annotated[float, Field(gt=0, le=100_000)] | None = None
    burst: Annotated[int, Field(ge=1, le=1_000_000)] | None = None
    concurrency: Annotated[int, Field(ge=2, le=100)] = 8
    timeout_seconds: Annotated[float, Field(gt=0, le=20)] = 10.0
    price_micros: Annotated[int, Field(ge=0, le=10**12)] | None = None
    currency: CurrencyCode | None = None

    @model_validator(mode="after")
    def _go_together(self) -> "ProviderConfig":
        if (self.price_micros is None) != (self.currency is None):
            raise ValueError("price_micros and currency are given together or not at all")
        if self.burst is not None and self.rate_per_second is None:
            raise ValueError("burst without rate_per_second limits nothing")
        return self


class SmtpConfig(ProviderConfig):
    """Another mail server beside the one of the `SMTP_` settings, which is called `smtp`."""

    channels: ClassVar[frozenset[Channel]] = frozenset({Channel.EMAIL})

    kind: Literal["smtp"]
    host: Annotated[str, Field(min_length=1)]
    port: Annotated[int, Field(ge=1, le=65535)]
    tls: Literal["none", "starttls", "tls"] = "starttls"
    username: str | None = None
    password: SecretName | None = None

    @model_validator(mode="after")
    def _keep_the_password_secret(self) -> "SmtpConfig":
        if (self.username is None) != (self.password is None):
            raise ValueError("username and password are given together or not at all")
        if self.password is not None and self.tls == "none":
            raise ValueError("a password would travel in the clear: set tls to starttls or tls")
        return self


class GatewayConfig(ProviderConfig):
    """A gateway of the business's own, for any channel."""

    channels: ClassVar[frozenset[Channel]] = frozenset(Channel) - {Channel.INBOX}

    kind: Literal["gateway"]
    url: WebAddress
    secret: SecretName


class AliyunConfig(ProviderConfig):
    """Alibaba Cloud SMS. `templates` are codes approved there, by rule, `*` for all others."""

    channels: ClassVar[frozenset[Channel]] = frozenset({Channel.SMS})

    kind: Literal["aliyun_sms"]
    url: WebAddress = "https://dysmsapi.aliyuncs.com"
    access_key_id: Annotated[str, Field(min_length=1, max_length=100)]
    access_key_secret: SecretName
    signature: Signature
    templates: Annotated[dict[str, Annotated[str, Field(pattern=r"^SMS_\w{1,50}$")]], Field(min_length=1)]
    variable: Annotated[str, Field(pattern=r"^\w{1,30}$")] = "content"
    most_segments: Annotated[int, Field(ge=1, le=20)] = 6
    report_token: SecretName | None = None


class TwilioConfig(ProviderConfig):
    channels: ClassVar[frozenset[Channel]] = frozenset({Channel.SMS})

    kind: Literal["twilio"]
    url: WebAddress = "https://api.twilio.com"
    account_sid: Annotated[str, Field(pattern=r"^AC[0-9a-zA-Z]{1,60}$")]
    auth_token: SecretName
    sender: Annotated[str, Field(min_length=1, max_length=40, description="a number, a name, or MG… of a service")]
    signature: Signature | None = None
    most_segments: Annotated[int, Field(ge=1, le=20)] = 6


class OutsideConfig(ProviderConfig):
    """What goes to addresses that customers name. `allowed_networks` are inside, and may be reached all the same."""

    allowed_networks: tuple[IPvAnyNetwork, ...] = ()


class WebhookConfig(OutsideConfig):
    channels: ClassVar[frozenset[Channel]] = frozenset({Channel.WEBHOOK})

    kind: Literal["webhook"]
    secret: SecretName


class WebPushConfig(OutsideConfig):
    channels: ClassVar[frozenset[Channel]] = frozenset({Channel.WEB_PUSH})

    kind: Literal["web_push"]
    private_key: SecretName
    contact: Annotated[str, Field(pattern=r"^(mailto:|https://)\S+$", examples=["mailto:care@shop.example"])]
    lifetime_seconds: Annotated[int, Field(ge=0, le=2_419_200)] = 86_400


class BotGroup(Part):
    """`url` names the secret that holds the bot's address."""

    url: SecretName
    secret: SecretName | None = None


class BotConfig(ProviderConfig):
    groups: dict[Annotated[str, Field(min_length=1, max_length=100)], BotGroup] = Field(default_factory=dict)


class WecomBotConfig(BotConfig):
    channels: ClassVar[frozenset[Channel]] = frozenset({Channel.WECOM})

    kind: Literal["wecom_bot"]


class DingtalkBotConfig(BotConfig):
    channels: ClassVar[frozenset[Channel]] = frozenset({Channel.DINGTALK})

    kind: Literal["dingtalk_bot"]


class FeishuBotConfig(BotConfig):
    channels: ClassVar[frozenset[Channel]] = frozenset({Channel.FEISHU})

    kind: Literal["feishu_bot"]


class PrintFileConfig(ProviderConfig):
    """Letters, gathered until `POST /v1/print-runs` makes a file of them. `sender` stands above each address, `country`
    (ISO 3166-1) is where they are posted."""

    channels: ClassVar[frozenset[Channel]] = frozenset({Channel.DIRECT_MAIL})

    kind: Literal["print_file"]
    sender: Annotated[tuple[SenderLine, ...], Field(min_length=1, max_length=5)]
    country: Annotated[str, Field(pattern=r"^[A-Z]{2}$")]


AnyProvider = Annotated[
    SmtpConfig
    | GatewayConfig
    | AliyunConfig
    | TwilioConfig
    | WebhookConfig
    | WebPushConfig
    | WecomBotConfig
    | DingtalkBotConfig
    | FeishuBotConfig
    | PrintFileConfig,
    Field(discriminator="kind"),
]

BUILT_IN = "smtp"


def _email_alone() -> dict[Channel, tuple[str, ...]]:
    return {Channel.EMAIL: (BUILT_IN,)}


class ProvidersDocument(Part):
    """Without a document, email goes by the mail server of the settings, and nothing else is configured."""

    providers: dict[ProviderName, AnyProvider] = Field(default_factory=dict)
    channels: dict[Channel, Annotated[tuple[ProviderName, ...], Field(min_length=1)]] = Field(
        default_factory=_email_alone
    )

    @model_validator(mode="after")
    def _names_what_there_is(self) -> "ProvidersDocument":
        if BUILT_IN in self.providers:
            raise ValueError(f"{BUILT_IN} is the mail server of the SMTP_ settings: give this one another name")
        for channel, names in self.channels.items():
            if channel is Channel.INBOX:
                raise ValueError("the inbox needs no provider; leave it out of channels")
            if len(set(names)) != len(names):
                raise ValueError(f"channels.{channel}: each provider is named once")
            for name in names:
                self._check(channel, name)
            if len(names) > 1 and any(isinstance(self.providers.get(name), PrintFileConfig) for name in names):
                raise ValueError(f"channels.{channel}: letters are gathered for a file, or sent by others, not both")
        return self

    def _check(self, channel: Channel, name: str) -> None:
        config = self.providers.get(name)
        if config is None and name != BUILT_IN:
            raise ValueError(f"channels.{channel} names {name}, which is not among the providers")
        serves = config.channels if config is not None else SmtpConfig.channels
        if channel not in serves:
            raise ValueError(f"channels.{channel} names {name}, which serves {', '.join(sorted(serves))} only")
