"""Composition root of the notification service: which parts make its API, and which its worker."""

from collections.abc import Callable, Sequence
from datetime import timedelta

from fastapi import FastAPI

from services.notification.audience.api import router as audience_router
from services.notification.channels.assembly import Workshop, assemble, environment_secrets, print_house_of
from services.notification.channels.configuration import AliyunConfig, GatewayConfig, ProvidersDocument, TwilioConfig
from services.notification.channels.registry import Providers
from services.notification.channels.smtp import SmtpOptions
from services.notification.desk import Desk
from services.notification.history.jobs import history_pruning
from services.notification.inbox.api import router as inbox_router
from services.notification.live import InboxNews
from services.notification.messages.api import ROUTERS as MESSAGE_ROUTERS
from services.notification.messages.jobs import DeliveryLoop, DeliveryOptions
from services.notification.messages.lifecycle import DeliveryLimits, UncertainPolicy
from services.notification.messages.use_cases.planning import plan_waiting
from services.notification.occasions.api import router as occasions_router
from services.notification.occasions.jobs import round_pruning
from services.notification.occasions.use_cases.holidays import plan_holidays
from services.notification.occasions.use_cases.planning import plan_due
from services.notification.offers.api import ROUTERS as OFFER_ROUTERS
from services.notification.planner import Planner
from services.notification.preferences.api import ROUTERS as PREFERENCE_ROUTERS
from services.notification.preferences.links import PreferenceLinks
from services.notification.preferences.page import Pages
from services.notification.printing.api import router as printing_router
from services.notification.providers.api import router as providers_router
from services.notification.receipts.api import router as receipts_router
from services.notification.receipts.callbacks import AliyunDoor, Door, GatewayDoor, TwilioDoor
from services.notification.receipts.jobs import ReportMailbox
from services.notification.rules.api import router as rules_router
from services.notification.settings import NotificationSettings, parse_sender
from services.notification.suppression.api import router as suppression_router
from services.notification.tasks.api import router as tasks_router
from services.notification.templates.api import ROUTERS as TEMPLATE_ROUTERS
from services.notification.templates.jobs import TrialSender
from services.notification.templates.library import TemplateLibrary
from services.notification.triggers.api import router as triggers_router
from services.notification.triggers.consumers import CareConsumers
from shared.contracts.common import Channel
from shared.messaging.consumer import Consumer
from shared.messaging.relay import OutboxRelay
from shared.runtime import Component
from shared.scheduling import Scheduler
from shared.service import Platform, ServiceDefinition
from shared.web.app import create_app

_DESCRIPTION = """Which care a customer gets, and why: messages sent and not sent, occasions to come, inboxes.

Rules decide on messages, and on tasks for staff, from what the other services publish; each decision is kept with its
reason."""

_HOLIDAY_POLL_SECONDS = 5.0
"""Asking which holiday it is anywhere costs a few milliseconds."""


def create_desk(platform: Platform[NotificationSettings]) -> Desk:
    policy = platform.settings.policy()
    templates = TemplateLibrary(
        brand=platform.settings.brand,
        default_language=policy.default_language,
        default_time_zone=policy.default_time_zone,
    )
    channels = frozenset(platform.settings.providers().channels) | {Channel.INBOX}
    return Desk(
        policy=policy,
        clock=platform.clock,
        outbox=platform.outbox,
        templates=templates,
        channels=channels,
        links=preference_links(platform.settings),
        confirm_share=platform.settings.rules_confirm_share,
        sms_signature=sms_signature(platform.settings.providers()),
        print_house=print_house_of(platform.settings.providers()),
    )


def sms_signature(document: ProvidersDocument) -> str | None:
    configs = [document.providers.get(name) for name in document.channels.get(Channel.SMS, ())]
    return configs[0].signature if configs and isinstance(configs[0], AliyunConfig) else None


def preference_links(settings: NotificationSettings) -> PreferenceLinks | None:
    unsubscribe = settings.unsubscribe_address
    if unsubscribe is None or settings.preferences_secret is None:
        return None
    return PreferenceLinks(
        unsubscribe_url=unsubscribe,
        page_url=f"{unsubscribe.rpartition('/')[0]}/page",
        secret=settings.preferences_secret.get_secret_value(),
        lifetime=timedelta(days=settings.preferences_link_days),
    )


def create_api(platform: Platform[NotificationSettings]) -> FastAPI:
    app = create_app(
        "notification",
        title="Rapport: notifications",
        description=_DESCRIPTION,
        version="1",
        platform=platform,
        routers=(
            *MESSAGE_ROUTERS,
            rules_router,
            *PREFERENCE_ROUTERS,
            triggers_router,
            receipts_router,
            providers_router,
            suppression_router,
            inbox_router,
            audience_router,
            occasions_router,
            printing_router,
            *OFFER_ROUTERS,
            tasks_router,
            *TEMPLATE_ROUTERS,
        ),
    )
    app.state.inbox_news = InboxNews(platform.database)
    app.state.desk = create_desk(platform)
    app.state.preference_pages = Pages()
    app.state.doors = report_doors(platform.settings.providers(), environment_secrets(), platform.settings.public_url)
    return app


def create_worker(platform: Platform[NotificationSettings]) -> Sequence[Component]:
    settings, database, desk = platform.settings, platform.database, create_desk(platform)
    consumers, providers = CareConsumers(desk), create_providers(settings)
    folder = settings.reports_maildir
    mailboxes = () if folder is None else (ReportMailbox(folder, database, desk),)
    return (
        OutboxRelay(database, platform.broker),
        TrialSender(database, providers),
        DeliveryLoop(database, providers, desk, delivery_options(settings)),
        Planner("occasion-planner", plan_due, database, desk),
        Planner("holiday-planner", plan_holidays, database, desk, poll_seconds=_HOLIDAY_POLL_SECONDS),
        Planner("waiting-planner", plan_waiting, database, desk),
        Scheduler([history_pruning(timedelta(days=settings.history_days)), round_pruning()], database, platform.clock),
        *mailboxes,
        # Two groups, so that a flood of interactions keeps no consent waiting.
        Consumer(
            group="notification.audience",
            handlers=consumers.of_customers,
            database=database,
            broker=platform.broker,
        ),
        Consumer(
            group="notification.care",
            handlers=consumers.of_interactions,
            database=database,
            broker=platform.broker,
        ),
    )


def create_providers(settings: NotificationSettings) -> Providers:
    """Raises SettingsError when the providers document, or a secret that it names, cannot be used."""
    workshop = Workshop(smtp=smtp_options(settings), secret=environment_secrets(), public_url=settings.public_url)
    return assemble(settings.providers(), workshop)


def report_doors(document: ProvidersDocument, secret: Callable[[str], str], public_url: str | None) -> dict[str, Door]:
    """By what each provider that reports to us proves who it is. Raises SettingsError for a secret that is missing."""
    doors: dict[str, Door] = {}
    for name, config in document.providers.items():
        match config:
            case TwilioConfig() if public_url is not None:
                doors[name] = TwilioDoor(f"{public_url}/v1/receipts/twilio/{name}", secret(config.auth_token))
            case AliyunConfig() if config.report_token is not None:
                doors[name] = AliyunDoor(secret(config.report_token))
            case GatewayConfig():
                doors[name] = GatewayDoor(secret(config.secret))
    return doors


def smtp_options(settings: NotificationSettings) -> SmtpOptions:
    sender = parse_sender(settings.from_address)
    return SmtpOptions(
        host=settings.smtp_host,
        port=settings.smtp_port,
        tls=settings.smtp_tls,
        ca_file=settings.smtp_ca_file,
        username=settings.smtp_username,
        password=settings.smtp_password.get_secret_value() if settings.smtp_password else None,
        sender=sender,
        message_id_domain=settings.message_id_domain or sender.domain,
        unsubscribe=settings.unsubscribe_mailbox,
        dkim=settings.dkim_signer(),
        timeout_seconds=settings.smtp_timeout_seconds,
        max_connections=settings.smtp_connections,
    )


def delivery_options(settings: NotificationSettings) -> DeliveryOptions:
    return DeliveryOptions(
        concurrency=settings.smtp_connections,
        reserved=settings.delivery_urgent_places,
        lease=settings.lease,
        send_timeout=settings.send_timeout,
        limits=DeliveryLimits(
            uncertain=UncertainPolicy(settings.delivery_uncertain),
            max_deferrals=settings.delivery_max_deferrals,
            max_resends=settings.delivery_max_resends,
            first_delay=timedelta(seconds=settings.delivery_first_delay_seconds),
            longest_delay=timedelta(seconds=settings.delivery_longest_delay_seconds),
        ),
    )


DEFINITION = ServiceDefinition(
    name="notification", settings=NotificationSettings, create_api=create_api, create_worker=create_worker
)
