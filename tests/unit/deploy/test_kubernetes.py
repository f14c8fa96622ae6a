"""The Kubernetes manifests, as rendered: valid, restricted, probed, and enough for every process to start."""

import re
from collections.abc import Iterator
from typing import Any

import kubernetes_validate
import pytest

from tests.support.deployment import SERVICES, settings_from
from tests.support.kustomize import render

OVERLAY = "overlays/local"
VERSIONS = ("1.30", "1.37")
"""The oldest that has all we use (`preStop.sleep`), and the newest known."""
WORKLOADS = ("Deployment", "Job")
Manifest = dict[str, Any]


def manifests(*kinds: str) -> list[Manifest]:
    return [manifest for manifest in render(OVERLAY) if not kinds or manifest["kind"] in kinds]


def name_of(manifest: Manifest) -> str:
    return str(manifest["metadata"]["name"])


def pods() -> Iterator[tuple[str, Manifest, Manifest]]:
    """Name, specification and labels of the pods of every workload."""
    for workload in manifests(*WORKLOADS):
        template = workload["spec"]["template"]
        yield name_of(workload), template["spec"], template["metadata"]["labels"]


def containers() -> Iterator[tuple[str, Manifest]]:
    for name, pod, _ in pods():
        for container in [*pod["containers"], *pod.get("initContainers", ())]:
            yield name, container


def environment_of(pod: Manifest) -> dict[str, str]:
    """What the pod's process finds in its environment; secrets are made up, optional ones are missing."""
    config = {name_of(manifest): manifest["data"] for manifest in manifests("ConfigMap")}
    container = pod["containers"][0]
    environment: dict[str, str] = {}
    for source in container["envFrom"]:
        environment |= config[source["configMapRef"]["name"]]
    for variable in container["env"]:
        reference = variable["valueFrom"]["secretKeyRef"]
        if not reference.get("optional"):
            environment[variable["name"]] = f"postgresql://user:password@db/{reference['name']}"
    return environment


@pytest.mark.parametrize("version", VERSIONS)
def test_every_manifest_is_valid(version: str) -> None:
    for manifest in manifests():
        kubernetes_validate.validate(manifest, version, strict=True)
    assert len(manifests()) > len(SERVICES) * 10


def test_each_service_has_its_three_roles_and_what_belongs_to_them() -> None:
    found = {(manifest["kind"], name_of(manifest)) for manifest in manifests()}
    for service in SERVICES:
        assert {
            ("Deployment", f"{service}-api"), ("Deployment", f"{service}-worker"), ("Job", f"{service}-migrate"),
            ("Service", f"{service}-api"), ("ServiceAccount", f"{service}-pods"),
            ("PodDisruptionBudget", f"{service}-api"), ("PodDisruptionBudget", f"{service}-worker"),
            ("NetworkPolicy", f"{service}-api"), ("NetworkPolicy", f"{service}-worker"),
            ("NetworkPolicy", f"{service}-migrate"),
        } <= found  # fmt: skip


def test_pods_run_with_the_fewest_rights() -> None:
    for name, pod, _ in pods():
        context = pod["securityContext"]
        assert context["runAsNonRoot"] is True, name
        assert context["runAsUser"] > 0, name
        assert context["seccompProfile"] == {"type": "RuntimeDefault"}, name
        assert pod["automountServiceAccountToken"] is False, name
        assert pod["enableServiceLinks"] is False, name
        assert not {"hostNetwork", "hostPID", "hostIPC"} & set(pod), name
        assert not [volume for volume in pod["volumes"] if "hostPath" in volume], name
    for name, container in containers():
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }, name
    (namespace,) = manifests("Namespace")
    assert namespace["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] == "restricted"


def test_containers_say_what_they_need_and_may_use() -> None:
    for name, container in containers():
        for bound in ("requests", "limits"):
            assert set(container["resources"][bound]) == {"cpu", "memory"}, name
        assert re.fullmatch(r"rapport/\w+:[\w.-]+", container["image"]), name
        assert not container["image"].endswith(":latest"), name
        assert container["image"].split(":")[0] == f"rapport/{name.split('-')[0]}"


def test_processes_are_probed_where_they_listen() -> None:
    for deployment in manifests("Deployment"):
        (container,) = deployment["spec"]["template"]["spec"]["containers"]
        ports = {port["name"] for port in container["ports"]}
        probes = {name: container[f"{name}Probe"]["httpGet"] for name in ("startup", "liveness", "readiness")}
        assert {probe["port"] for probe in probes.values()} <= ports
        assert [probes[name]["path"] for name in probes] == ["/livez", "/livez", "/readyz"]


def test_selectors_choose_the_pods_of_one_workload() -> None:
    labels = {name: pod_labels for name, _, pod_labels in pods()}
    for manifest in manifests("Deployment", "Service", "PodDisruptionBudget", "NetworkPolicy"):
        spec = manifest["spec"]
        selector = spec.get("podSelector") or spec.get("selector")
        if not selector:
            continue  # a policy for all pods
        chosen = selector.get("matchLabels", selector)
        matching = [name for name, pod_labels in labels.items() if chosen.items() <= pod_labels.items()]
        assert matching == [name_of(manifest)], manifest["kind"]


def test_pods_of_one_role_are_spread_among_themselves() -> None:
    for deployment in manifests("Deployment"):
        template = deployment["spec"]["template"]
        for constraint in template["spec"]["topologySpreadConstraints"]:
            assert constraint["labelSelector"]["matchLabels"].items() <= template["metadata"]["labels"].items()
            assert "app.kubernetes.io/component" in constraint["matchLabelKeys"]


def test_traffic_is_refused_unless_allowed() -> None:
    everything = [policy["spec"] for policy in manifests("NetworkPolicy") if not policy["spec"]["podSelector"]]
    assert {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]} in everything
    allowed = {name_of(policy) for policy in manifests("NetworkPolicy")}
    assert {name for name, _, _ in pods()} <= allowed


def test_secrets_are_named_and_never_told() -> None:
    assert manifests("Secret") == []
    for name, container in containers():
        assert [variable for variable in container["env"] if "value" in variable] == [], name
    values = [value for manifest in manifests("ConfigMap") for value in manifest["data"].values()]
    assert [value for value in values if re.search(r"://[^/]*:[^/]*@", value)] == []


@pytest.mark.parametrize("service", SERVICES)
def test_every_process_starts_with_the_settings_it_is_given(service: str) -> None:
    own = [(name, pod) for name, pod, _ in pods() if name.startswith(f"{service}-")]
    assert [name for name, _ in own] == [f"{service}-api", f"{service}-worker", f"{service}-migrate"]
    for name, pod in own:
        settings = settings_from(service, environment_of(pod))
        assert settings.host == "0.0.0.0"
        assert settings.kafka_bootstrap_servers is not None
        assert settings.database_url.get_secret_value().endswith(f"/{service}-database")
        listening = {settings.port if name.endswith("-api") else settings.ops_port}
        ports = {port["containerPort"] for port in pod["containers"][0].get("ports", ())}
        assert ports <= listening
