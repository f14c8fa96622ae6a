"""A Kafka of one node or three under one folder: started, stopped, killed, and found again."""

import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from deploy.local.kafka.node import KafkaFailed, KafkaNode
from deploy.local.kafka.plan import ClusterPlan, load_plan, make_plan, require_free_ports
from deploy.local.kafka.readiness import serves

DEFAULT_PORT = 9092


def ports_from(first: int) -> tuple[int, int, int]:
    """The ports of up to three nodes; the controllers take the numbers in between."""
    return first, first + 2, first + 4


class KafkaCluster:
    """The nodes over one data folder; what is stored there survives `stop` and `kill`.

    `nodes` is 1 or 3, None whatever the folder holds, or 1. Ports are chosen free unless they are given, and kept.
    `properties` are settings of Kafka's that go before ours. The methods block for up to some seconds; call them by
    `asyncio.to_thread` where an event loop has other work.
    """

    def __init__(
        self,
        data_dir: Path,
        *,
        nodes: int | None = None,
        ports: Sequence[int] | None = None,
        heap_megabytes: int = 384,
        properties: Mapping[str, str] | None = None,
    ) -> None:
        if nodes not in (None, 1, 3):
            raise ValueError(f"a Kafka of 1 node or of 3 can be started, not of {nodes}")
        self.data_dir = data_dir.resolve()
        self._plan_file = self.data_dir / "cluster.json"
        self._wanted_nodes = nodes
        self._wanted_ports = ports
        self._heap_megabytes = heap_megabytes
        self._properties = dict(properties or {})
        self._plan: ClusterPlan | None = None
        self._nodes: list[KafkaNode] = []
        self._adopt(load_plan(self._plan_file))

    @property
    def nodes(self) -> Sequence[KafkaNode]:
        """Empty before the first start."""
        return self._nodes

    @property
    def bootstrap_servers(self) -> str:
        return self._plan.bootstrap_servers if self._plan is not None else ""

    def is_running(self) -> bool:
        return bool(self._nodes) and all(node.is_running() for node in self._nodes)

    def start(self, timeout_seconds: float = 60) -> None:
        """Starts the nodes that do not run, and returns when all of them serve.

        Raises KafkaMissing without Java or Maven, KafkaFailed when a port is taken, when the folder holds a Kafka of
        another number of nodes, or when the nodes are not ready in time.
        """
        if not any(node.is_running() for node in self._nodes):
            self._make_plan()
        for node in self._nodes:
            self.launch(node)
        self.wait_until_ready(timeout_seconds)

    def stop(self, timeout_seconds: float = 30) -> None:
        """An orderly end; nothing to do when it does not run.

        Nodes that hand over their partitions before they go can wait for ever for a majority that has gone already:
        what has not ended in time is killed, which loses nothing that was acknowledged.
        """
        for node in self._nodes:
            node.terminate()
        try:
            self._wait_until_ended(timeout_seconds)
        except KafkaFailed:
            self.kill()

    def kill(self) -> None:
        """kill -9 for every node at once."""
        for node in self._nodes:
            node.kill()
        self._wait_until_ended(10)

    def launch(self, node: KafkaNode) -> None:
        """Starts one node without waiting until it serves; nothing to do when it runs."""
        if node.is_running() or self._plan is None:
            return
        require_free_ports(node.address)
        node.format(self._plan.cluster_id, {**self._plan.properties(node.address), **self._properties})
        node.launch()

    def wait_until_ready(self, timeout_seconds: float = 60) -> None:
        """Returns when every node answers and knows every other."""
        deadline = time.monotonic() + timeout_seconds
        while not serves(self.bootstrap_servers, len(self._nodes)):
            for node in self._nodes:
                if not node.is_running():
                    raise KafkaFailed(f"Kafka node {node.address.number} ended while starting:\n{node.log_tail()}")
                if time.monotonic() > deadline:
                    raise KafkaFailed(f"Kafka was not ready in {timeout_seconds:g} s:\n{node.log_tail()}")
            time.sleep(0.05)

    def _make_plan(self) -> None:
        before = self._plan
        if before is not None and self._wanted_nodes not in (None, len(before.nodes)):
            raise KafkaFailed(
                f"{self.data_dir} holds a Kafka of {len(before.nodes)} node(s), not of {self._wanted_nodes}: "
                "start it with that number, or choose another folder"
            )
        count = len(before.nodes) if before is not None else self._wanted_nodes or 1
        plan = make_plan(before, count, self._wanted_ports)
        self.data_dir.mkdir(parents=True, exist_ok=True)
        plan.save(self._plan_file)
        self._adopt(plan)

    def _adopt(self, plan: ClusterPlan | None) -> None:
        self._plan = plan
        if plan is not None and [node.address for node in self._nodes] != list(plan.nodes):
            self._nodes = [
                KafkaNode(self.data_dir / f"node-{address.number}", address, heap_megabytes=self._heap_megabytes)
                for address in plan.nodes
            ]

    def _wait_until_ended(self, timeout_seconds: float) -> None:
        deadline = time.monotonic() + timeout_seconds
        for node in self._nodes:
            node.wait(deadline)
