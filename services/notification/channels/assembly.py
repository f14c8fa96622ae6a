"""From the providers document to providers: each kind built from its options and secrets."""

import math
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import singledispatch
from pathlib import Path

from services.notification.channels.bots import DINGTALK, FEISHU, WECOM, BotOptions, BotProvider, Dialect, Group
from services.notification.channels.buckets import Rate
from services.notification.channels.configuration import (
    BUILT_IN,
    AliyunConfig,
    BotConfig,
    DingtalkBotConfig,
    FeishuBotConfig,
    GatewayConfig,
    PrintFileConfig,
    ProviderConfig,
    ProvidersDocument,
    SmtpConfig,
    TwilioConfig,
    WebhookConfig,
    WebPushConfig,
    WecomBotConfig,
)
from services.notification.channels.gateway import GatewayOptions, GatewayProvider
from services.notification.channels.port import Cost, Provider
from services.notification.channels.print_file import PrintHouse
from services.notification.channels.registry import Mounted, Providers
from services.notification.channels.sms.aliyun import AliyunOptions, AliyunProvider
from services.notification.channels.sms.twilio import TwilioOptions, TwilioProvider
from services.notification.channels.smtp import SmtpOptions, SmtpProvider
from services.notification.channels.web_push import WebPushOptions, WebPushProvider
from services.notification.channels.webhook import WebhookOptions, WebhookProvider
from shared.contracts.common import Channel
from shared.settings import SECRETS_DIRECTORY_VARIABLE, SettingsError

_DIALECTS: dict[type[BotConfig], Dialect] = {
    WecomBotConfig: WECOM,
    DingtalkBotConfig: DINGTALK,
    FeishuBotConfig: FEISHU,
}
Secret = Callable[[str], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Workshop:
    """What providers are built with: the mail server of the settings, as a pattern for others too, and the secrets.

    `public_url` is where providers reach this service's API, for their reports.
    """

    smtp: SmtpOptions
    secret: Secret
    public_url: str | None = None


def assemble(document: ProvidersDocument, workshop: Workshop) -> Providers:
    """Connects to nothing yet. Raises SettingsError (`settings_invalid`) where a secret is missing or is none."""
    mounted: dict[str, Mounted] = {BUILT_IN: Mounted(provider=SmtpProvider(workshop.smtp))}
    wanted = {name for names in document.channels.values() for name in names}
    wanted -= {name for name, config in document.providers.items() if isinstance(config, PrintFileConfig)}
    for name, config in document.providers.items():
        if name in wanted:
            mounted[name] = _mount(name, config, workshop)
    return Providers(
        {channel: [mounted[name] for name in names if name in mounted] for channel, names in document.channels.items()}
    )


def print_house_of(document: ProvidersDocument) -> PrintHouse | None:
    """By whom letters go that are gathered for a file: nobody calls it, so it is no provider of the delivery."""
    for name in document.channels.get(Channel.DIRECT_MAIL, ()):
        config = document.providers.get(name)
        if isinstance(config, PrintFileConfig):
            return PrintHouse(name=name, sender=config.sender, country=config.country, unit_cost=_cost_of(config))
    return None


def _cost_of(config: ProviderConfig) -> Cost | None:
    if config.price_micros is None or config.currency is None:
        return None
    return Cost(config.price_micros, config.currency)


def _mount(name: str, config: ProviderConfig, workshop: Workshop) -> Mounted:
    try:
        provider = build(config, name, workshop)
    except ValueError as error:  # a secret that is no key: what it says does not repeat it
        raise SettingsError(f"provider {name}: {error}", code="settings_invalid") from None
    rate = None
    if config.rate_per_second is not None:
        rate = Rate(config.rate_per_second, config.burst or max(1, math.ceil(config.rate_per_second)))
    return Mounted(provider=provider, rate=rate, concurrency=config.concurrency, unit_cost=_cost_of(config))


@singledispatch
def build(config: ProviderConfig, name: str, workshop: Workshop) -> Provider:
    raise NotImplementedError(f"{name}: no provider is known for {type(config).__name__}")


@build.register
def _(config: SmtpConfig, name: str, workshop: Workshop) -> Provider:
    return SmtpProvider(
        replace(
            workshop.smtp,
            name=name,
            host=config.host,
            port=config.port,
            tls=config.tls,
            username=config.username,
            password=workshop.secret(config.password) if config.password is not None else None,
            timeout_seconds=config.timeout_seconds,
            max_connections=config.concurrency,
        )
    )


@build.register
def _(config: GatewayConfig, name: str, workshop: Workshop) -> Provider:
    return GatewayProvider(
        GatewayOptions(
            name=name,
            url=config.url,
            secret=workshop.secret(config.secret),
            timeout_seconds=config.timeout_seconds,
            concurrency=config.concurrency,
        )
    )


@build.register
def _(config: AliyunConfig, name: str, workshop: Workshop) -> Provider:
    return AliyunProvider(
        AliyunOptions(
            name=name,
            url=config.url,
            key_id=config.access_key_id,
            key_secret=workshop.secret(config.access_key_secret),
            signature=config.signature,
            templates=config.templates,
            variable=config.variable,
            most_segments=config.most_segments,
            timeout_seconds=config.timeout_seconds,
            concurrency=config.concurrency,
        )
    )


@build.register
def _(config: TwilioConfig, name: str, workshop: Workshop) -> Provider:
    callback = f"{workshop.public_url}/v1/receipts/twilio/{name}" if workshop.public_url is not None else None
    return TwilioProvider(
        TwilioOptions(
            name=name,
            url=config.url,
            account_sid=config.account_sid,
            auth_token=workshop.secret(config.auth_token),
            sender=config.sender,
            signature=config.signature,
            callback=callback,
            most_segments=config.most_segments,
            timeout_seconds=config.timeout_seconds,
            concurrency=config.concurrency,
        )
    )


@build.register
def _(config: WebhookConfig, name: str, workshop: Workshop) -> Provider:
    return WebhookProvider(
        WebhookOptions(
            name=name,
            secret=workshop.secret(config.secret),
            allowed=config.allowed_networks,
            timeout_seconds=config.timeout_seconds,
            concurrency=config.concurrency,
        )
    )


@build.register
def _(config: WebPushConfig, name: str, workshop: Workshop) -> Provider:
    return WebPushProvider(
        WebPushOptions(
            name=name,
            private_key=workshop.secret(config.private_key),
            contact=config.contact,
            lifetime=timedelta(seconds=config.lifetime_seconds),
            allowed=config.allowed_networks,
            timeout_seconds=config.timeout_seconds,
            concurrency=config.concurrency,
        )
    )


@build.register(WecomBotConfig)
@build.register(DingtalkBotConfig)
@build.register(FeishuBotConfig)
def _(config: BotConfig, name: str, workshop: Workshop) -> Provider:
    secret = workshop.secret
    groups = {
        group: Group(secret(one.url), secret(one.secret) if one.secret is not None else None)
        for group, one in config.groups.items()
    }
    return BotProvider(
        BotOptions(
            name=name,
            dialect=_DIALECTS[type(config)],
            groups=groups,
            timeout_seconds=config.timeout_seconds,
            concurrency=config.concurrency,
        )
    )


def secrets_of(environment: Mapping[str, str]) -> Secret:
    """Looks a secret up by its name: a variable, else a file in the directory that the environment names."""

    def secret(name: str) -> str:
        value = environment.get(name)
        directory = environment.get(SECRETS_DIRECTORY_VARIABLE)
        if value is None and directory:
            file = Path(directory) / name
            value = file.read_text(encoding="utf-8") if file.is_file() else None
        if value is None or not value.strip():
            raise SettingsError(
                f"the secret {name} is missing: set the variable {name}, or put a file of this name into "
                f"{SECRETS_DIRECTORY_VARIABLE}",
                code="settings_invalid",
            )
        return value.strip()

    return secret


def environment_secrets() -> Secret:
    return secrets_of(os.environ)
