"""docker-compose.yml: valid, closed to the outside, and enough for every process to start."""

import functools
import json
import re
from typing import Any

import compose_spec
import pytest
import yaml

from tests.support.deployment import SERVICES, dockerfile_stages, settings_from
from tests.support.source import ROOT

Part = dict[str, Any]


@functools.cache
def compose() -> Part:
    """The file as docker compose reads it where no variable is set."""
    text = (ROOT / "docker-compose.yml").read_text()
    read: Part = yaml.safe_load(re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", text))
    return read


def parts() -> dict[str, Part]:
    found: dict[str, Part] = compose()["services"]
    return found


def test_it_follows_the_compose_specification() -> None:
    checked = compose_spec.PyCompose.from_json(json.dumps(compose()))
    assert set(checked.service_names()) == set(parts())


def test_what_it_refers_to_is_there() -> None:
    for name, part in parts().items():
        assert set(part.get("depends_on", ())) <= set(parts()), name
        for volume in part.get("volumes", ()):
            source = volume.split(":")[0]
            assert source in compose()["volumes"] or (ROOT / source).is_file(), name
        if "build" in part:
            assert part["build"].get("target", "service") in dockerfile_stages()


def test_whoever_is_waited_for_says_when_it_is_healthy() -> None:
    for part in parts().values():
        for name, dependency in part.get("depends_on", {}).items():
            if dependency["condition"] == "service_healthy":
                assert "healthcheck" in parts()[name]
            else:
                assert parts()[name]["command"] == ["migrate"]


def test_images_are_pinned_and_ports_are_this_machines_own() -> None:
    for name, part in parts().items():
        image, _, tag = part["image"].partition(":")
        assert tag, name
        assert tag != "latest", name
        assert image.startswith("rapport/") or tag[-1].isdigit(), name
        assert [port for port in part.get("ports", ()) if not port.startswith("127.0.0.1:")] == [], name


@pytest.mark.parametrize("service", SERVICES)
def test_every_process_starts_with_the_settings_it_is_given(service: str) -> None:
    for role in ("migrate", "api", "worker"):
        part = parts()[f"{service}-{role}"]
        settings = settings_from(service, part["environment"])
        assert part["command"] == [role]
        assert (settings.host, settings.port, settings.ops_port) == ("0.0.0.0", 8080, 9090)
        assert settings.database_url.get_secret_value().endswith(f"@postgres:5432/{service}")
        assert part["read_only"] is True
        assert part["cap_drop"] == ["ALL"]


def test_only_the_first_role_of_a_service_builds_its_image() -> None:
    built = {part["image"] for part in parts().values() if "build" in part}
    ours = {part["image"] for part in parts().values() if part["image"].startswith("rapport/")}
    assert built == ours
    assert sum("build" in part for part in parts().values()) == len(ours)
