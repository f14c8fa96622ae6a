"""The rules that Rapport comes with: in force until others of the same names take their place."""

import json
from collections.abc import Mapping
from functools import cache
from importlib import resources
from types import MappingProxyType

from services.notification.rules.document import Rule, RuleDocument


@cache
def shipped_rules() -> Mapping[str, Rule]:
    """By name. A document that changes with a release gets another version, so that a version says one thing."""
    written = json.loads(resources.files(__package__).joinpath("shipped.json").read_text("utf-8"))
    return MappingProxyType(
        {
            name: Rule(name, entry["version"], RuleDocument.model_validate(entry["document"]))
            for name, entry in written.items()
        }
    )
