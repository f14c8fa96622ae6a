"""Where the nodes of a local Kafka listen, and how a conflict is told, without starting one."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.local.kafka import KafkaCluster, KafkaFailed, KafkaMissing, ports_from
from deploy.local.kafka.artifacts import find_java
from deploy.local.kafka.plan import ClusterPlan, load_plan, make_plan
from tests.support.kafka import require_kafka


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        yield holder.getsockname()[1]


def test_a_taken_port_is_explained_with_its_holder_and_the_way_out(tmp_path: Path, taken_port: int) -> None:
    with pytest.raises(KafkaFailed, match=rf"port {taken_port}, .*in use by process \d+.*PORT_KAFKA=") as failure:
        KafkaCluster(tmp_path / "kafka", ports=ports_from(taken_port)).start()
    assert "stop that, or choose others" in str(failure.value)


def test_a_folder_is_not_started_with_another_number_of_nodes(tmp_path: Path) -> None:
    make_plan(None, 3, None).save(tmp_path / "cluster.json")
    with pytest.raises(KafkaFailed, match="a Kafka of 3 node"):
        KafkaCluster(tmp_path, nodes=1).start()


def test_only_one_node_or_three_can_be_asked_for(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="not of 2"):
        KafkaCluster(tmp_path, nodes=2)


def test_a_plan_is_kept_while_its_ports_are_free(tmp_path: Path) -> None:
    plan = make_plan(None, 3, None)
    plan.save(tmp_path / "cluster.json")
    assert make_plan(load_plan(tmp_path / "cluster.json"), 3, None) == plan
    assert len({port for node in plan.nodes for port in (node.port, node.controller_port)}) == 6


def test_ports_that_were_chosen_give_way_when_somebody_else_has_them(taken_port: int) -> None:
    before = make_plan(None, 1, [taken_port])
    after = make_plan(before, 1, None)
    assert after.cluster_id == before.cluster_id
    assert after.nodes[0].port != taken_port


def test_nodes_know_each_other_and_copy_everything(tmp_path: Path) -> None:
    plan = make_plan(None, 3, ports_from(19092))
    properties = plan.properties(plan.nodes[1])
    assert properties["listeners"] == "PLAINTEXT://127.0.0.1:19094,CONTROLLER://127.0.0.1:19095"
    assert properties["controller.quorum.voters"] == "1@127.0.0.1:19093,2@127.0.0.1:19095,3@127.0.0.1:19097"
    assert (properties["default.replication.factor"], properties["min.insync.replicas"]) == ("3", "2")
    assert isinstance(plan, ClusterPlan)


def test_a_missing_java_is_explained(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(KafkaMissing, match="install it"):
        find_java()


def test_an_old_java_is_explained(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    java = tmp_path / "java"
    java.write_text("#!/bin/sh\necho 'openjdk version \"11.0.2\" 2019-01-15' >&2\n")
    java.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    with pytest.raises(KafkaMissing, match=r"Java 17 or newer, .* is openjdk version \"11"):
        find_java()


@pytest.mark.parametrize(("ci", "outcome"), [("true", KafkaMissing), ("", pytest.skip.Exception)])
def test_without_kafka_tests_fail_in_ci_and_are_skipped_elsewhere(
    ci: str, outcome: type[BaseException], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("CI", ci)
    with pytest.raises(outcome, match="install it"):
        require_kafka()
