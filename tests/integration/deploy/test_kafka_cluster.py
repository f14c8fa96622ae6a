"""A real Kafka of one node: it keeps its data, can be found again, and takes clients by SASL over TLS."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from deploy.local.kafka import KafkaCluster
from deploy.local.kafka.plan import make_plan
from shared.contracts.topics import TopicSpec
from shared.errors import Unavailable
from shared.messaging.kafka import KafkaBroker, KafkaSettings
from tests.contract.broker_suite.site import collect, records, values
from tests.support.kafka import require_kafka

pytestmark = [pytest.mark.kafka, pytest.mark.xdist_group("kafka"), pytest.mark.usefixtures("_kafka")]
TOPIC = TopicSpec("kept", "survives", partitions=1)


@pytest.fixture
def _kafka() -> None:
    require_kafka()


async def published_and_read(settings: KafkaSettings, value: str, *, expected: int) -> list[str]:
    broker = KafkaBroker(settings)
    await broker.start()
    try:
        await broker.ensure_topics([TOPIC])
        await broker.publish(records(TOPIC.name, value))
        reader = await broker.subscribe("readers", [TOPIC.name])
        return values(await collect(reader, expected))
    finally:
        await broker.stop()


def test_data_survives_stop_and_kill_and_another_process_finds_the_node(tmp_path: Path) -> None:
    cluster = KafkaCluster(tmp_path / "kafka")
    cluster.start()
    try:
        settings = KafkaSettings(cluster.bootstrap_servers)
        assert asyncio.run(published_and_read(settings, "before stop", expected=1)) == ["before stop"]
        found = KafkaCluster(tmp_path / "kafka")
        assert found.is_running()
        found.stop()
        assert not cluster.is_running()

        cluster.start()
        cluster.kill()
        assert not cluster.is_running()
        cluster.start()
        assert cluster.bootstrap_servers == settings.bootstrap_servers
        assert asyncio.run(published_and_read(settings, "after", expected=2)) == ["before stop", "after"]
    finally:
        cluster.stop()


async def test_clients_authenticate_by_sasl_over_tls(tmp_path: Path) -> None:
    key_store, authority = make_certificate(tmp_path)
    spare = make_plan(None, 3, None).nodes
    port, secure_port = spare[0].port, spare[1].port
    cluster = KafkaCluster(
        tmp_path / "kafka",
        ports=[port],
        properties={
            "listeners": f"PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{port + 1},SECURE://127.0.0.1:{secure_port}",
            "advertised.listeners": f"PLAINTEXT://127.0.0.1:{port},SECURE://127.0.0.1:{secure_port}",
            "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,SECURE:SASL_SSL",
            "inter.broker.listener.name": "PLAINTEXT",
            "listener.name.secure.ssl.keystore.type": "PEM",
            "listener.name.secure.ssl.keystore.location": str(key_store),
            "listener.name.secure.sasl.enabled.mechanisms": "PLAIN",
            "listener.name.secure.plain.sasl.jaas.config": (
                "org.apache.kafka.common.security.plain.PlainLoginModule required user_rapport=pass-phrase;"
            ),
        },
    )
    await asyncio.to_thread(cluster.start)
    try:
        settings = KafkaSettings(
            f"127.0.0.1:{secure_port}",
            security_protocol="SASL_SSL",
            sasl_mechanism="PLAIN",
            sasl_username="rapport",
            sasl_password="pass-phrase",
            ssl_cafile=authority,
        )
        with pytest.raises(Unavailable):
            await KafkaBroker(replace(settings, sasl_password="wrong")).start()
        with pytest.raises(Unavailable):
            await KafkaBroker(replace(settings, ssl_cafile=None)).start()
        assert await published_and_read(settings, "secret", expected=1) == ["secret"]
    finally:
        await asyncio.to_thread(cluster.stop)


def make_certificate(folder: Path) -> tuple[Path, Path]:
    """A self-signed certificate for 127.0.0.1: with its key, as Kafka wants it, and alone, as clients do."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test node")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
        .public_bytes(serialization.Encoding.PEM)
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "node.pem").write_bytes(private + certificate)
    (folder / "authority.pem").write_bytes(certificate)
    return folder / "node.pem", folder / "authority.pem"
