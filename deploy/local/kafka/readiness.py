"""Whether a Kafka serves, found out as a client would: by asking every node who else is there."""

import asyncio
import socket
from concurrent.futures import ThreadPoolExecutor

from aiokafka.client import AIOKafkaClient
from aiokafka.errors import KafkaError


def serves(bootstrap_servers: str, nodes: int) -> bool:
    """Whether every node answers a metadata request and knows all of them."""
    servers = bootstrap_servers.split(",")
    # Asked first, because the client reports every node that does not listen yet as an error.
    if not all(_listens(server) for server in servers):
        return False
    # In a thread of its own, since the caller's may run an event loop already.
    with ThreadPoolExecutor(max_workers=1) as thread:
        return thread.submit(lambda: asyncio.run(_all_know_each_other(servers, nodes))).result()


def _listens(server: str) -> bool:
    host, _, port = server.rpartition(":")
    try:
        with socket.create_connection((host, int(port)), timeout=5):
            return True
    except OSError:
        return False


async def _all_know_each_other(servers: list[str], nodes: int) -> bool:
    for server in servers:
        client = AIOKafkaClient(bootstrap_servers=server, request_timeout_ms=5000)
        try:
            await client.bootstrap()
            if len(client.cluster.brokers()) != nodes:
                return False
        except (KafkaError, OSError, TimeoutError):
            return False
        finally:
            await client.close()
    return True
