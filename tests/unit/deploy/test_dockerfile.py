"""The image's recipe: pinned, small, not root, and holding one service only."""

import re

import pytest

from tests.support.deployment import SERVICES, copied_files, dockerfile_stages
from tests.support.source import ROOT


def test_bases_are_pinned_to_a_patch_release() -> None:
    text = (ROOT / "deploy/Dockerfile").read_text()
    assert re.search(r"^ARG PYTHON=3\.11\.\d+-slim-\w+$", text, re.MULTILINE)
    bases = {stage[0].split()[1] for stage in dockerfile_stages().values()}
    assert bases == {"python:${PYTHON}", "runtime"}


def test_the_last_stage_is_the_service() -> None:
    stages = dockerfile_stages()
    assert list(stages)[-1] == "service"
    assert [line for line in stages["service"] if line.startswith("HEALTHCHECK")] == []


@pytest.mark.parametrize("stage", ["service", "issuer"])
def test_what_runs_is_not_root(stage: str) -> None:
    instructions = dockerfile_stages()[stage]
    assert [line for line in instructions if line.startswith("USER")] == ["USER 10001:10001"]
    after = instructions[instructions.index("USER 10001:10001") + 1 :]
    assert {line.split()[0] for line in after} == {"ENTRYPOINT", "CMD"}


@pytest.mark.parametrize("service", SERVICES)
def test_an_image_holds_shared_and_its_service_only(service: str) -> None:
    assert copied_files("service", service) == ["shared/", "services/__init__.py", f"services/{service}/"]


def test_dependencies_come_first_and_with_hashes() -> None:
    stages = dockerfile_stages()
    assert [line for line in stages["dependencies"] if line.startswith("COPY")] == [
        "COPY pyproject.toml requirements.lock ./"
    ]
    (install,) = [line for line in stages["dependencies"] if line.startswith("RUN")]
    assert install.count("--require-hashes") == 2
    assert "--only-binary :all:" in install
    assert stages["runtime"].index("COPY --from=dependencies /opt/venv /opt/venv") < stages["runtime"].index(
        "COPY shared/ shared/"
    )


def test_the_builder_is_sent_what_is_copied_and_little_else() -> None:
    patterns = [line for line in (ROOT / ".dockerignore").read_text().split("\n") if line and line[0] != "#"]
    assert patterns[0] == "*"
    sent = {pattern[1:] for pattern in patterns if pattern.startswith("!")}
    copied = {name.rstrip("/") for stage in ("service", "issuer") for name in copied_files(stage, "customer")}
    copied |= {"pyproject.toml", "requirements.lock"}
    assert {name for name in copied if not any(name == one or name.startswith(f"{one}/") for one in sent)} == set()
    assert {"deploy/*", "**/__pycache__"} <= set(patterns)
