"""How Kafka is reached, and what its failures mean to callers."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiokafka.errors import (
    KafkaConnectionError,
    KafkaError,
    KafkaTimeoutError,
    OutOfOrderSequenceNumber,
    ProducerClosed,
    ProducerFenced,
    UnknownProducerId,
)
from aiokafka.helpers import create_ssl_context

from shared.errors import Unavailable

REQUEST_SECONDS = 30.0
"""A broker that does not answer a request for this long is given up; longer than any wait that we ask it for."""


@dataclass(frozen=True, slots=True)
class KafkaSettings:
    """`metadata_seconds` is how long a grown topic may go unnoticed, `delivery_seconds` how long `publish` tries."""

    bootstrap_servers: str
    client_id: str = "rapport"
    security_protocol: str = "PLAINTEXT"
    sasl_mechanism: str | None = None
    sasl_username: str | None = None
    sasl_password: str | None = field(default=None, repr=False)
    ssl_cafile: Path | None = None
    replication_factor: int = 1
    session_seconds: float = 10.0
    delivery_seconds: float = 30.0
    probe_seconds: float = 5.0
    metadata_seconds: float = 60.0

    def client_arguments(self) -> dict[str, Any]:
        """What producers, consumers and the admin client have in common."""
        arguments: dict[str, Any] = {
            "bootstrap_servers": self.bootstrap_servers,
            "client_id": self.client_id,
            "security_protocol": self.security_protocol,
            "metadata_max_age_ms": int(self.metadata_seconds * 1000),
            "request_timeout_ms": int(REQUEST_SECONDS * 1000),
        }
        if self.security_protocol.endswith("SSL"):
            arguments["ssl_context"] = create_ssl_context(cafile=str(self.ssl_cafile) if self.ssl_cafile else None)
        if self.security_protocol.startswith("SASL"):
            arguments["sasl_mechanism"] = self.sasl_mechanism
            arguments["sasl_plain_username"] = self.sasl_username
            arguments["sasl_plain_password"] = self.sasl_password
        return arguments


# Not marked as retriable by the client, yet a new producer or a later attempt succeeds where these failed.
_PASSING = (
    KafkaConnectionError,
    KafkaTimeoutError,
    OutOfOrderSequenceNumber,
    ProducerClosed,
    ProducerFenced,
    UnknownProducerId,
)


def is_passing(error: BaseException) -> bool:
    """Whether an error says nothing about what was asked; refusals (authorisation, invalid settings) are not."""
    if isinstance(error, KafkaError):
        # A bare KafkaError is how the client says that no broker answered, or that one of its own tasks died of that.
        return error.retriable or isinstance(error, _PASSING) or type(error) is KafkaError
    return isinstance(error, OSError | TimeoutError)


@contextmanager
def translated() -> Iterator[None]:
    try:
        yield
    except Exception as error:
        if is_passing(error):
            raise Unavailable(
                "Kafka does not answer at present; try again shortly", code="broker_unavailable"
            ) from error
        raise
