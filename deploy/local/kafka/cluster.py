"""A Kafka of one node or three under one folder: started, stopped, killed, and found again."""

import asyncio
import base64
import json
import logging
import socket
import time
import uuid
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from aiokafka.client import AIOKafkaClient
from aiokafka.errors import KafkaError

from deploy.local.kafka.node import HOST, KafkaFailed, KafkaNode, NodeAddress
from deploy.local.ports import find_holder

DEFAULT_PORTS = (9092, 9094, 9096)
"""Where the nodes listen unless told otherwise; the controllers take the next number each."""


class KafkaCluster:
    """The nodes over one data folder. What is stored there survives `stop` and `kill`; nodes and ports stay too.

    Ports are given, or chosen free when `ports` is None; what an existing folder says goes first. The methods block for
    up to some seconds; call them by `asyncio.to_thread` where an event loop has other work.
    """

    def __init__(
        self, data_dir: Path, *, nodes: int = 1, ports: Sequence[int] | None = None, heap_megabytes: int = 384
    ) -> None:
        if nodes not in (1, 3):
            raise ValueError(f"a Kafka of 1 node or 3 nodes can be started, not of {nodes}")
        self.data_dir = data_dir.resolve()
        self._plan_file = self.data_dir / "cluster.json"
        self._wanted_nodes = nodes
        self._wanted_ports = ports
        self._heap_megabytes = heap_megabytes
        self._nodes: list[KafkaNode] | None = None

    @property
    def nodes(self) -> list[KafkaNode]:
        """Empty before the first start."""
        if self._nodes is None and self._plan_file.exists():
            self._nodes = [
                KafkaNode(
                    self.data_dir / f"node-{entry['number']}",
                    NodeAddress(**entry),
                    heap_megabytes=self._heap_megabytes,
                )
                for entry in self._plan()["nodes"]
            ]
        return self._nodes or []

    @property
    def bootstrap_servers(self) -> str:
        return ",".join(f"{HOST}:{node.address.port}" for node in self.nodes)

    def is_running(self) -> bool:
        return bool(self.nodes) and all(node.is_running() for node in self.nodes)

    def start(self, timeout_seconds: float = 60) -> None:
        """Starts the nodes that do not run, and returns when all of them serve.

        Raises KafkaMissing without Java or Maven, KafkaFailed when a port is taken, when the folder holds a Kafka of
        another number of nodes, or when the nodes are not ready in time.
        """
        deadline = time.monotonic() + timeout_seconds
        self._ensure_plan()
        for node in self.nodes:
            self.launch(node)
        self._wait_until_ready(deadline)

    def stop(self, timeout_seconds: float = 30) -> None:
        """An orderly end; nothing to do when it does not run."""
        for node in self.nodes:
            node.terminate()
        self._wait_until_ended(timeout_seconds)

    def kill(self) -> None:
        """kill -9 for every node at once."""
        for node in self.nodes:
            node.kill()
        self._wait_until_ended(10)

    def launch(self, node: KafkaNode) -> None:
        """Starts one node without waiting until it serves; nothing to do when it runs."""
        if node.is_running():
            return
        self._require_free_ports(node.address)
        node.format(self._plan()["id"], self._properties(node.address))
        node.launch()

    def wait_until_ready(self, timeout_seconds: float = 60) -> None:
        """Returns when every node is known to every other, by a real metadata request."""
        self._wait_until_ready(time.monotonic() + timeout_seconds)

    def _ensure_plan(self) -> None:
        if self._plan_file.exists():
            if len(self.nodes) != self._wanted_nodes:
                raise KafkaFailed(
                    f"{self.data_dir} holds a Kafka of {len(self.nodes)} nodes, not of {self._wanted_nodes}: "
                    "start it with that number, or choose another folder"
                )
            return
        ports = list(self._wanted_ports) if self._wanted_ports is not None else [0] * self._wanted_nodes
        with _free_ports(self._wanted_nodes * 2) as free:
            addresses = [
                NodeAddress(number, port, port + 1) if port else NodeAddress(number, free.pop(), free.pop())
                for number, port in enumerate(ports[: self._wanted_nodes], start=1)
            ]
        # Kafka's ids are UUIDs in URL-safe base64 and must not begin with a dash.
        cluster_id = "R" + base64.urlsafe_b64encode(uuid.uuid4().bytes).decode()[1:22]
        self.data_dir.mkdir(parents=True, exist_ok=True)
        fresh = self._plan_file.with_suffix(".new")
        fresh.write_text(json.dumps({"id": cluster_id, "nodes": [asdict(address) for address in addresses]}))
        fresh.rename(self._plan_file)

    def _plan(self) -> dict[str, Any]:
        plan: dict[str, Any] = json.loads(self._plan_file.read_text())
        return plan

    def _properties(self, address: NodeAddress) -> dict[str, str]:
        nodes = [node.address for node in self.nodes]
        copies = str(len(nodes))
        in_sync = str(len(nodes) // 2 + 1)
        return {
            "process.roles": "broker,controller",
            "node.id": str(address.number),
            "controller.quorum.voters": ",".join(f"{node.number}@{HOST}:{node.controller_port}" for node in nodes),
            "controller.listener.names": "CONTROLLER",
            "listeners": f"PLAINTEXT://{HOST}:{address.port},CONTROLLER://{HOST}:{address.controller_port}",
            "advertised.listeners": f"PLAINTEXT://{HOST}:{address.port}",
            "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
            # A mistyped topic must be an error, not a new topic.
            "auto.create.topics.enable": "false",
            "default.replication.factor": copies,
            "min.insync.replicas": in_sync,
            "offsets.topic.replication.factor": copies,
            "offsets.topic.num.partitions": "8",
            "transaction.state.log.replication.factor": copies,
            "transaction.state.log.min.isr": in_sync,
            # For quick tests: short sessions are allowed, and the first member of a group does not wait for others.
            "group.min.session.timeout.ms": "1000",
            "group.initial.rebalance.delay.ms": "0",
            # A node that was killed is taken for dead, and taken back, within seconds.
            "broker.session.timeout.ms": "3000",
            "broker.heartbeat.interval.ms": "500",
            # The default buffer of 128 MB would take a third of the heap.
            "log.cleaner.dedupe.buffer.size": str(16 * 1024 * 1024),
        }

    def _require_free_ports(self, address: NodeAddress) -> None:
        for port in (address.port, address.controller_port):
            with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
                # Connections of an earlier run in TIME_WAIT do not count as taken.
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                try:
                    probe.bind((HOST, port))
                    probe.listen()
                except OSError:
                    holder = find_holder(port) or "a process that is not visible to this user"
                    raise KafkaFailed(
                        f"port {port}, wanted by Kafka node {address.number}, is in use by {holder}; "
                        f"stop that, or remove {self.data_dir} (with its data) and choose another port"
                    ) from None

    def _wait_until_ready(self, deadline: float) -> None:
        while not _serves(self.bootstrap_servers, len(self.nodes)):
            for node in self.nodes:
                if not node.is_running():
                    raise KafkaFailed(f"Kafka node {node.address.number} ended while starting:\n{node.log_tail()}")
                if time.monotonic() > deadline:
                    raise KafkaFailed(f"Kafka was not ready in time:\n{node.log_tail()}")
            time.sleep(0.05)

    def _wait_until_ended(self, timeout_seconds: float) -> None:
        deadline = time.monotonic() + timeout_seconds
        for node in self.nodes:
            node.wait(deadline)


def _serves(bootstrap_servers: str, count: int) -> bool:
    # In a thread of its own, since the caller's may run an event loop already.
    with ThreadPoolExecutor(max_workers=1) as thread:
        return thread.submit(lambda: asyncio.run(_knows_nodes(bootstrap_servers, count))).result()


async def _knows_nodes(bootstrap_servers: str, count: int) -> bool:
    """Whether every node answers and says that all of them serve."""
    for server in bootstrap_servers.split(","):
        with _quiet_client():
            client = AIOKafkaClient(bootstrap_servers=server, request_timeout_ms=5000)
            try:
                await client.bootstrap()
                if len(client.cluster.brokers()) != count:
                    return False
            except (KafkaError, OSError, TimeoutError):
                return False
            finally:
                await client.close()
    return True


@contextmanager
def _quiet_client() -> Iterator[None]:
    """Until the node is up, the client would report every attempt as an error."""
    logger = logging.getLogger("aiokafka")
    disabled, logger.disabled = logger.disabled, True
    clients = logging.getLogger("aiokafka.client")
    level = clients.level
    clients.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        logger.disabled = disabled
        clients.setLevel(level)


@contextmanager
def _free_ports(count: int) -> Iterator[list[int]]:
    sockets = [socket.socket(socket.AF_INET, socket.SOCK_STREAM) for _ in range(count)]
    try:
        for one in sockets:
            one.bind((HOST, 0))
        yield [one.getsockname()[1] for one in sockets]
    finally:
        for one in sockets:
            one.close()
