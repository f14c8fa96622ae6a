"""Rendering the Kubernetes manifests, by kubectl where it is new enough, else by kustomize itself.

`python -m tests.support.kustomize` makes sure that there is one of them, for CI on a fresh machine.
"""

import functools
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support.source import ROOT

SOURCE = "sigs.k8s.io/kustomize/kustomize/v5@v5.7.1"
OLDEST = 5
"""The major version that knows what the manifests use; kubectl has it since 1.27."""

TOOLS = Path(sys.executable).parent
MISSING = f"neither kubectl 1.27 or newer nor kustomize {OLDEST} is here; say: go install {SOURCE}"


def find_renderer() -> list[str] | None:
    """The command that renders the folder given as its last argument."""
    kubectl = shutil.which("kubectl")
    if kubectl is not None and _kustomize_version(kubectl) >= OLDEST:
        return [kubectl, "kustomize"]
    kustomize = shutil.which("kustomize", path=f"{TOOLS}{os.pathsep}{os.environ.get('PATH', '')}")
    return [kustomize, "build"] if kustomize is not None else None


def _kustomize_version(kubectl: str) -> int:
    told = subprocess.run([kubectl, "version", "--client", "--output=json"], capture_output=True, check=False)
    try:
        version = str(json.loads(told.stdout)["kustomizeVersion"])  # "v5.5.0"; versions before 1.24 do not say
        return int(version.removeprefix("v").partition(".")[0])
    except (ValueError, KeyError):
        return 0


@functools.cache
def render(overlay: str) -> list[dict[str, Any]]:
    """The manifests of `deploy/k8s/<overlay>`. Without a renderer the test fails in CI and is skipped elsewhere."""
    renderer = find_renderer()
    if renderer is None:
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(MISSING)
    rendered = subprocess.run(
        [*renderer, str(ROOT / "deploy/k8s" / overlay)], capture_output=True, text=True, check=False
    )
    assert rendered.returncode == 0, rendered.stderr
    assert rendered.stderr == "", "kustomize warns of what a later version will refuse"
    return [manifest for manifest in yaml.safe_load_all(rendered.stdout) if manifest is not None]


def install() -> None:
    """Builds kustomize into the virtual environment, unless there is a renderer. Needs Go, and takes a minute."""
    if find_renderer() is not None:
        return
    go = shutil.which("go")
    if go is None:
        sys.exit(MISSING)
    subprocess.run([go, "install", SOURCE], check=True, env=os.environ | {"GOBIN": str(TOOLS)})


if __name__ == "__main__":
    install()
