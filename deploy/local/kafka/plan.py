"""What a Kafka's folder says about it: its id, its nodes and where they listen."""

import base64
import json
import socket
import uuid
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from deploy.local.kafka.node import HOST, KafkaFailed, NodeAddress
from deploy.local.ports import find_holder, free_ports


@dataclass(frozen=True, slots=True)
class ClusterPlan:
    cluster_id: str
    nodes: tuple[NodeAddress, ...]

    @property
    def bootstrap_servers(self) -> str:
        return ",".join(f"{HOST}:{node.port}" for node in self.nodes)

    def properties(self, node: NodeAddress) -> dict[str, str]:
        """The settings of one node; all but its folder."""
        copies = str(len(self.nodes))
        in_sync = str(len(self.nodes) // 2 + 1)
        return {
            "process.roles": "broker,controller",
            "node.id": str(node.number),
            "controller.quorum.voters": ",".join(f"{n.number}@{HOST}:{n.controller_port}" for n in self.nodes),
            "controller.listener.names": "CONTROLLER",
            "listeners": f"PLAINTEXT://{HOST}:{node.port},CONTROLLER://{HOST}:{node.controller_port}",
            "advertised.listeners": f"PLAINTEXT://{HOST}:{node.port}",
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

    def save(self, file: Path) -> None:
        fresh = file.with_suffix(".new")
        content = {"id": self.cluster_id, "nodes": [asdict(node) for node in self.nodes]}
        fresh.write_text(json.dumps(content, indent=2) + "\n")
        fresh.rename(file)


def load_plan(file: Path) -> ClusterPlan | None:
    if not file.exists():
        return None
    content = json.loads(file.read_text())
    return ClusterPlan(content["id"], tuple(NodeAddress(**node) for node in content["nodes"]))


def make_plan(before: ClusterPlan | None, nodes: int, ports: Sequence[int] | None) -> ClusterPlan:
    """The plan for the next start of what does not run: the same Kafka as before, at the ports that are given.

    Where none are given it stays where it was, unless somebody else is there by now: then it takes free ones.
    """
    cluster_id = before.cluster_id if before is not None else _new_cluster_id()
    if ports is not None:
        wanted = tuple(NodeAddress(number, port, port + 1) for number, port in enumerate(ports[:nodes], start=1))
        return ClusterPlan(cluster_id, wanted)
    if before is not None and all(not taken_ports(node) for node in before.nodes):
        return before
    free = iter(free_ports(nodes * 2))
    return ClusterPlan(cluster_id, tuple(NodeAddress(number, next(free), next(free)) for number in range(1, nodes + 1)))


def require_free_ports(node: NodeAddress) -> None:
    """Raises KafkaFailed, naming who has the port and the way out."""
    for port in taken_ports(node):
        holder = find_holder(port) or "a process that is not visible to this user"
        raise KafkaFailed(
            f"port {port}, wanted by Kafka node {node.number}, is in use by {holder}; "
            f"stop that, or choose others: PORT_KAFKA={node.port + 1000 if node.port < 60000 else node.port - 1000}"
        )


def taken_ports(node: NodeAddress) -> list[int]:
    return [port for port in (node.port, node.controller_port) if not _is_free(port)]


def _is_free(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        # Connections of an earlier run in TIME_WAIT do not count as taken.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
            probe.listen()
        except OSError:
            return False
    return True


def _new_cluster_id() -> str:
    # Kafka's ids are UUIDs in URL-safe base64; one that begins with a dash would be taken for an option.
    return "R" + base64.urlsafe_b64encode(uuid.uuid4().bytes).decode()[1:22]
