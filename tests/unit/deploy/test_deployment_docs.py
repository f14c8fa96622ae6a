"""docs/deployment.md names every setting there is, and none that there is not."""

import re
from importlib import import_module

from shared.settings import ServiceSettings, variable_name
from tests.support.deployment import SERVICES
from tests.support.source import ROOT

NOT_SETTINGS = {"RAPPORT_SECRETS_DIR", "KAFKA_HOST"}
"""Where secret files lie, and a variable of docker-compose.yml."""


def variables() -> set[str]:
    names = {variable_name(ServiceSettings, field) for field in ServiceSettings.model_fields} - {"RAPPORT_DATABASE_URL"}
    for service in SERVICES:
        settings = import_module(f"services.{service}.app").DEFINITION.settings
        own = set(settings.model_fields) - set(ServiceSettings.model_fields)
        names |= {variable_name(settings, field) for field in own}
    return names


def test_settings_and_their_documentation_agree() -> None:
    told = set(re.findall(r"\b(?:RAPPORT|KAFKA)_[A-Z_]*[A-Z]\b", (ROOT / "docs/deployment.md").read_text()))
    assert told - NOT_SETTINGS == variables()
