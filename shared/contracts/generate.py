"""Writes the contracts as artefacts: `python -m shared.contracts.generate`; with `--publish` the baseline as well.

`schemas/<type>.json` and `docs/asyncapi.yaml` are what the code says today, and a test fails when they differ from it.
`published/<type>.json` is what readers and writers out there were promised: it changes only by `--publish`, with a new
type and at a release, and only for schemas that keep the promise.
"""

import json
import shutil
import sys
import tomllib
from pathlib import Path

import yaml

from shared.contracts.asyncapi import build_document
from shared.contracts.compatibility import breaches_since
from shared.contracts.json_schemas import schema_of
from shared.contracts.registry import EVENT_TYPES

CONTRACTS = Path(__file__).parent
SCHEMAS = CONTRACTS / "schemas"
PUBLISHED = CONTRACTS / "published"
_ROOT = CONTRACTS.parent.parent
ASYNCAPI = _ROOT / "docs" / "asyncapi.yaml"


class _Plain(yaml.SafeDumper):
    """Without anchors (what two messages share is written out in both), and with texts of several lines as such."""

    def ignore_aliases(self, data: object) -> bool:  # noqa: ARG002 - the base class's signature
        return True


def _text(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style="|" if "\n" in value else None)


_Plain.add_representer(str, _text)


def artefacts() -> dict[Path, str]:
    """Every generated file with its content."""
    version = tomllib.loads((_ROOT / "pyproject.toml").read_text())["project"]["version"]
    schemas = {
        SCHEMAS / f"{name}.json": json.dumps(schema_of(model), indent=2, ensure_ascii=False) + "\n"
        for name, model in EVENT_TYPES.items()
    }
    heading = "# Generated from the event types by `make contracts`: change those instead.\n"
    document = yaml.dump(build_document(version), Dumper=_Plain, sort_keys=False, allow_unicode=True, width=120)
    return {**schemas, ASYNCAPI: heading + document}


def write() -> None:
    expected = artefacts()
    for stale in set(SCHEMAS.glob("*.json")) - expected.keys():
        stale.unlink()
    SCHEMAS.mkdir(exist_ok=True)
    for path, content in expected.items():
        path.write_text(content)


def publish() -> list[str]:
    """Makes today's schemas the promise, unless they break the one given: then returns how, and changes nothing."""
    breaches = breaches_since(PUBLISHED)
    if not breaches:
        PUBLISHED.mkdir(exist_ok=True)
        for path in SCHEMAS.glob("*.json"):
            shutil.copy(path, PUBLISHED / path.name)
    return breaches


def main(arguments: list[str]) -> int:
    write()
    breaches = publish() if arguments == ["--publish"] else []
    for breach in breaches:
        sys.stderr.write(f"{breach}\n")
    return 1 if breaches else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
