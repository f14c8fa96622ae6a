"""Composition root of the customer service: which parts make its API, and which its worker."""

from collections.abc import Sequence

from fastapi import FastAPI

from services.customer.abuse.api import router as abuse
from services.customer.contacts.api import router as contacts
from services.customer.dates.api import router as dates
from services.customer.needs.api import ROUTERS as NEEDS
from services.customer.ownership.api import router as ownership
from services.customer.profiles.api import ROUTERS as PROFILES
from services.customer.profiles.consumers import ReportConsumer, on_scores_changed
from services.customer.profiles.coverage import CoveragePolicy
from services.customer.profiles.use_cases.publication import Announcer
from services.customer.settings import CustomerSettings
from shared.contracts.notification import ContactPointReported, PreferencesChanged
from shared.contracts.scoring import ScoreChanged
from shared.messaging.consumer import Consumer
from shared.messaging.relay import OutboxRelay
from shared.operations.housekeeping import IDEMPOTENCY_PRUNING
from shared.runtime import Component
from shared.scheduling import Scheduler
from shared.service import Platform, ServiceDefinition
from shared.web.app import create_app

_DESCRIPTION = """Who the customers are: persons and organisations, how to reach them, what they agreed to.

Every change is published: as facts without personal data to `customer.events`, and in full to the restricted, compacted
`customer.profiles`."""


def create_api(platform: Platform[CustomerSettings]) -> FastAPI:
    return create_app(
        "customer",
        title="Rapport: customers",
        description=_DESCRIPTION,
        version="1",
        platform=platform,
        routers=(contacts, ownership, dates, *NEEDS, abuse, *PROFILES),
    )


def create_worker(platform: Platform[CustomerSettings]) -> Sequence[Component]:
    reports = report_consumer(platform)
    return (
        OutboxRelay(platform.database, platform.broker),
        Consumer(
            group="customer.worker",
            handlers={
                ScoreChanged: on_scores_changed,
                PreferencesChanged: reports.on_reports,
                ContactPointReported: reports.on_reports,
            },
            database=platform.database,
            broker=platform.broker,
        ),
        Scheduler([IDEMPOTENCY_PRUNING], platform.database, platform.clock),
    )


def report_consumer(platform: Platform[CustomerSettings]) -> ReportConsumer:
    settings = platform.settings
    policy = CoveragePolicy(
        min_contacts=settings.coverage_min_contacts, min_executives=settings.coverage_min_executives
    )
    return ReportConsumer(Announcer(platform.outbox, policy), platform.clock)


DEFINITION = ServiceDefinition(
    name="customer", settings=CustomerSettings, create_api=create_api, create_worker=create_worker
)
