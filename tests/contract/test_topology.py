"""What the contracts say about readers and writers is what the services do."""

import pytest

from services.customer.app import DEFINITION as CUSTOMER
from services.interaction.app import DEFINITION as INTERACTION
from services.notification.app import DEFINITION as NOTIFICATION
from services.scoring.app import DEFINITION as SCORING
from shared.clock import SystemClock
from shared.contracts.topology import READERS
from shared.messaging.consumer import Consumer
from shared.service import ServiceDefinition, open_platform
from tests.support.tokens import Tokens

DSN = "postgresql+asyncpg://nobody@localhost/nowhere"  # composing a worker connects to nothing


@pytest.mark.parametrize("definition", [CUSTOMER, INTERACTION, SCORING, NOTIFICATION], ids=lambda each: each.name)
async def test_a_service_reads_the_types_it_is_said_to_read(definition: ServiceDefinition, tokens: Tokens) -> None:
    values = {"database_url": DSN, "broker_database_url": DSN, **tokens.settings()}
    settings = definition.settings.model_validate(values)
    async with open_platform(definition, settings, SystemClock()) as platform:
        consumers = [part for part in definition.create_worker(platform) if isinstance(part, Consumer)]
    read = [model for consumer in consumers for model in consumer.types]
    assert frozenset(read) == READERS[definition.name]
    assert len(read) == len(set(read)), "each type is read by one consumer of the service"
