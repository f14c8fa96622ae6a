"""Every code that a caller can be answered with is in the page for all services or in the README of the service."""

import ast
import re

import pytest

from shared.web.problems import STATUS_OF_KIND
from tests.support.source import ROOT, parse, python_files

PAGE = (ROOT / "docs" / "http-api.md").read_text()
SERVICES = ("customer", "interaction", "scoring", "notification")
PRICED = ("customer", "interaction")
"""Services that are told amounts of money."""

NOT_ANSWERED = {"port_taken", "settings_invalid"}
"""Codes of a process that does not start."""


def codes_in(*folders: str) -> set[str]:
    return {
        keyword.value.value
        for path in python_files(*folders)
        for call in ast.walk(parse(path))
        if isinstance(call, ast.Call)
        for keyword in call.keywords
        if keyword.arg == "code" and isinstance(keyword.value, ast.Constant) and isinstance(keyword.value.value, str)
    }


def codes_told_by(page: str) -> set[str]:
    """The second column of the tables below the heading Problems."""
    _, _, rest = page.partition("\n## Problems\n")
    rows = re.findall(r"^\|[^|]*\|([^|]*)\|", rest.partition("\n## ")[0], re.MULTILINE)
    return {code for cell in rows for code in re.findall(r"`(\w+)`", cell)}


def test_every_code_of_the_shared_edge_is_documented() -> None:
    codes = codes_in("shared/web", "shared/operations", "shared/db") - NOT_ANSWERED

    assert {"token_expired", "commit_unknown", "cursor_invalid"} <= codes
    assert {code for code in codes if f"`{code}`" not in PAGE} == set()


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_documents_every_code_of_its_own_and_no_other(service: str) -> None:
    told = codes_told_by((ROOT / "services" / service / "README.md").read_text())
    own = codes_in(f"services/{service}", *(["shared/money.py"] if service in PRICED else []))

    assert own - told - codes_told_by(PAGE) == set()
    assert told - own - codes_in("shared/messaging", "shared/money.py", "shared/conditions") == set()


def test_every_status_is_documented() -> None:
    told = {int(status) for status in re.findall(r"^\| (\d{3}) \|", PAGE, re.MULTILINE)}

    assert set(STATUS_OF_KIND.values()) <= told
