"""Which broker a process gets, and how it is told to reach it."""

from pathlib import Path

import pytest
from pydantic import SecretStr

from shared.messaging import factory
from shared.messaging.embedded import EmbeddedBroker
from shared.messaging.factory import create_broker
from shared.messaging.kafka import KafkaBroker, KafkaSettings
from shared.settings import ServiceSettings

COMMON = {
    "database_url": SecretStr("postgresql://db/toy"),
    "jwt_issuer": "https://id.example.com",
    "jwks_url": "https://id.example.com/keys",
}


def test_without_kafka_it_is_the_embedded_log() -> None:
    settings = ServiceSettings.model_validate({**COMMON, "broker_database_url": "postgresql://db/broker"})
    assert isinstance(create_broker(settings), EmbeddedBroker)


def test_kafka_goes_first_and_gets_every_setting(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    given: list[KafkaSettings] = []

    def remember(settings: KafkaSettings) -> KafkaBroker:
        given.append(settings)
        return KafkaBroker(settings)

    monkeypatch.setattr(factory, "KafkaBroker", remember)
    settings = ServiceSettings.model_validate(
        {
            **COMMON,
            "broker_database_url": "postgresql://db/broker",
            "kafka_bootstrap_servers": "kafka-0:9093",
            "kafka_security_protocol": "SASL_SSL",
            "kafka_sasl_mechanism": "SCRAM-SHA-512",
            "kafka_sasl_username": "rapport",
            "kafka_sasl_password": "pass-phrase",
            "kafka_ssl_cafile": tmp_path / "ca.pem",
            "kafka_replication_factor": 3,
        }
    )
    assert isinstance(create_broker(settings), KafkaBroker)
    (kafka,) = given
    assert kafka == KafkaSettings(
        "kafka-0:9093",
        security_protocol="SASL_SSL",
        sasl_mechanism="SCRAM-SHA-512",
        sasl_username="rapport",
        sasl_password="pass-phrase",
        ssl_cafile=tmp_path / "ca.pem",
        replication_factor=3,
    )
    assert "pass-phrase" not in repr(kafka)
