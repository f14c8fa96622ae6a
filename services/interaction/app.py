"""Composition root of the interaction service: which parts make its API, and which its worker."""

from collections.abc import Sequence

from fastapi import FastAPI

from services.interaction.complaints.api import router as complaints
from services.interaction.complaints.promises import PromisePolicy
from services.interaction.ingest.api import ROUTERS as INGEST
from services.interaction.ingest.api import quick_routes
from services.interaction.ingest.consumers import customer_handler, inbound_handler
from services.interaction.ingest.interaction import AcceptedPeriod
from services.interaction.ingest.schemas.inbound import INBOUND_TYPES
from services.interaction.reports.api import router as reports
from services.interaction.settings import InteractionSettings
from services.interaction.timeline.api import router as timeline
from services.interaction.timeline.consumers import on_messages, on_receipts, on_tasks
from shared.contracts.customer import CustomerChanged, CustomerRegistered
from shared.contracts.notification import (
    MessageFailed,
    MessageReceiptRecorded,
    MessageSent,
    TaskClosed,
    TaskCreated,
)
from shared.messaging.backpressure import Backpressure
from shared.messaging.consumer import Consumer
from shared.messaging.dead_letter_limit import DeadLetterLimit
from shared.messaging.relay import OutboxRelay
from shared.runtime import Component
from shared.service import Platform, ServiceDefinition
from shared.web.app import create_app

_DESCRIPTION = """Everything that happens between customers and the business: purchases, returns, complaints, visits,
surveys, referrals; recorded once each, whatever door they come by, and published to `interaction.events`.

Other systems may publish to the topic `inbound.events` instead."""


def create_api(platform: Platform[InteractionSettings]) -> FastAPI:
    backpressure = Backpressure(platform.database, max_age=platform.settings.max_outbox_age)
    app = create_app(
        "interaction",
        title="Rapport: interactions",
        description=_DESCRIPTION,
        version="1",
        platform=platform,
        routers=(*INGEST, timeline, complaints, reports),
        quick=quick_routes(platform, backpressure),
    )
    app.state.backpressure = backpressure
    return app


def create_worker(platform: Platform[InteractionSettings]) -> Sequence[Component]:
    """A consumer each for inbound interactions, customers and messages: a burst of one delays none of the others."""
    outbox, clock = platform.outbox, platform.clock
    period = AcceptedPeriod(platform.settings.earliest_occurred_at, platform.settings.max_future)
    policy = PromisePolicy.from_settings(platform.settings)
    inbound = inbound_handler(outbox, clock, period, policy)
    customers = customer_handler(outbox, policy)
    return (
        OutboxRelay(platform.database, platform.broker),
        Consumer(
            group="interaction.customers",
            handlers={CustomerRegistered: customers, CustomerChanged: customers},
            database=platform.database,
            broker=platform.broker,
            deduplicate=False,
        ),
        Consumer(
            group="interaction.inbound",
            handlers=dict.fromkeys(INBOUND_TYPES.values(), inbound),
            database=platform.database,
            broker=platform.broker,
            deduplicate=False,
            limit=DeadLetterLimit.none(),
        ),
        Consumer(
            group="interaction.messages",
            handlers={
                MessageSent: on_messages,
                MessageFailed: on_messages,
                MessageReceiptRecorded: on_receipts,
                TaskCreated: on_tasks,
                TaskClosed: on_tasks,
            },
            database=platform.database,
            broker=platform.broker,
            deduplicate=False,
        ),
    )


DEFINITION = ServiceDefinition(
    name="interaction", settings=InteractionSettings, create_api=create_api, create_worker=create_worker
)
