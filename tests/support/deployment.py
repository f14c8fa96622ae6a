"""What the ways to run the platform (Kubernetes, docker compose, the images) say, in a form that tests can hold."""

import os
import re
import shutil
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from unittest import mock

from shared.settings import ServiceSettings, load_settings
from tests.support.source import ROOT

SERVICES = ("customer", "interaction", "scoring", "notification")
DOCKERFILE = ROOT / "deploy/Dockerfile"


def settings_from(service: str, environment: Mapping[str, str]) -> ServiceSettings:
    """The settings that the service's process would have. Raises SettingsError when it would not start."""
    settings = import_module(f"services.{service}.app").DEFINITION.settings
    with mock.patch.dict(os.environ, environment, clear=True):
        loaded: ServiceSettings = load_settings(settings)
    return loaded


def dockerfile_stages() -> dict[str, list[str]]:
    """The instructions of each stage, its FROM first; continued lines joined, comments left out."""
    joined = DOCKERFILE.read_text().replace("\\\n", " ")
    stages: dict[str, list[str]] = {}
    current: list[str] = []
    for line in joined.splitlines():
        instruction = " ".join(line.split())
        if not instruction or instruction.startswith("#"):
            continue
        if instruction.startswith("FROM "):
            current = stages.setdefault(instruction.split(" AS ")[1], [])
        current.append(instruction)
    return stages


def copied_files(stage: str, service: str) -> list[str]:
    """What a stage copies from the repository, with that of the stages it stands on, `/` at the end of folders."""
    stages = dockerfile_stages()
    base = stages[stage][0].split()[1]
    copied = copied_files(base, service) if base in stages else []
    for instruction in stages[stage]:
        match = re.fullmatch(r"COPY (?!--from)(\S+) (\S+)", instruction.replace("${SERVICE}", service))
        if match is not None:
            assert match[1] == match[2], "files keep their place"
            copied.append(match[1])
    return copied


def copy_image(service: str, target: Path, *, stage: str = "service") -> None:
    """Lays the files of a service's image out below `target`, as the image has them."""
    for name in copied_files(stage, service):
        if name.endswith("/"):
            shutil.copytree(ROOT / name, target / name, ignore=shutil.ignore_patterns("__pycache__", "*.md"))
        else:
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, target / name)
