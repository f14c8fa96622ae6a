"""Composition root of the notification service: which parts make its API, and which its worker."""

from collections.abc import Sequence
from datetime import timedelta

from fastapi import FastAPI

from services.notification.audience.api import router as audience_router
from services.notification.channels.assembly import Workshop, assemble, environment_secrets
from services.notification.channels.registry import Providers
from services.notification.channels.smtp import SmtpOptions
from services.notification.desk import Desk
from services.notification.inbox.api import router as inbox_router
from services.notification.messages.api import ROUTERS as MESSAGE_ROUTERS
from services.notification.messages.jobs import DeliveryLoop, DeliveryOptions
from services.notification.messages.lifecycle import DeliveryLimits, UncertainPolicy
from services.notification.occasions.api import router as occasions_router
from services.notification.occasions.jobs import OccasionPlanner
from services.notification.rules.consumers import CareConsumers
from services.notification.settings import NotificationSettings, parse_sender
from services.notification.templates.api import router as templates_router
from services.notification.templates.library import TemplateLibrary
from shared.contracts.common import Channel
from shared.messaging.consumer import Consumer
from shared.messaging.relay import OutboxRelay
from shared.runtime import Component
from shared.service import Platform, ServiceDefinition
from shared.web.app import create_app

_DESCRIPTION = """Which care a customer gets, and why: messages sent and not sent, occasions to come, inboxes.

Rules decide on messages, from what the other services publish; each decision is kept with its reason."""


def create_desk(platform: Platform[NotificationSettings]) -> Desk:
    policy = platform.settings.policy()
    templates = TemplateLibrary(
        brand=platform.settings.brand,
        default_language=policy.default_language,
        default_time_zone=policy.default_time_zone,
    )
    channels = frozenset(platform.settings.providers().channels) | {Channel.INBOX}
    return Desk(policy=policy, clock=platform.clock, outbox=platform.outbox, templates=templates, channels=channels)


def create_api(platform: Platform[NotificationSettings]) -> FastAPI:
    app = create_app(
        "notification",
        title="Rapport: notifications",
        description=_DESCRIPTION,
        version="1",
        platform=platform,
        routers=(*MESSAGE_ROUTERS, inbox_router, audience_router, occasions_router, templates_router),
    )
    app.state.desk = create_desk(platform)
    return app


def create_worker(platform: Platform[NotificationSettings]) -> Sequence[Component]:
    settings, database, desk = platform.settings, platform.database, create_desk(platform)
    consumers = CareConsumers(desk)
    return (
        OutboxRelay(database, platform.broker),
        DeliveryLoop(database, create_providers(settings), desk, delivery_options(settings)),
        OccasionPlanner(database, desk),
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
