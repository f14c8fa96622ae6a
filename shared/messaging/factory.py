"""Chooses the broker: Kafka where the settings name one, otherwise the embedded log."""

from shared.messaging.broker import Broker
from shared.messaging.embedded import EmbeddedBroker
from shared.messaging.kafka import KafkaBroker, KafkaSettings
from shared.settings import ServiceSettings


def create_broker(settings: ServiceSettings) -> Broker:
    """Not started yet, so nothing is connected."""
    if settings.kafka_bootstrap_servers is not None:
        return KafkaBroker(_kafka_settings(settings, settings.kafka_bootstrap_servers))
    if settings.broker_database_url is None:
        raise ValueError("settings without Kafka name the database of the embedded broker")
    return EmbeddedBroker(settings.broker_database_url.get_secret_value())


def _kafka_settings(settings: ServiceSettings, bootstrap_servers: str) -> KafkaSettings:
    password = settings.kafka_sasl_password
    return KafkaSettings(
        bootstrap_servers,
        security_protocol=settings.kafka_security_protocol,
        sasl_mechanism=settings.kafka_sasl_mechanism,
        sasl_username=settings.kafka_sasl_username,
        sasl_password=password.get_secret_value() if password is not None else None,
        ssl_cafile=settings.kafka_ssl_cafile,
        replication_factor=settings.kafka_replication_factor,
    )
