"""Every code the shared edge can answer with is in the page that callers read."""

import ast
import re

from shared.web.problems import STATUS_OF_KIND
from tests.support.source import ROOT, parse, python_files

PAGE = (ROOT / "docs" / "http-api.md").read_text()
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


def test_every_code_of_the_shared_edge_is_documented() -> None:
    codes = codes_in("shared/web", "shared/operations", "shared/db") - NOT_ANSWERED

    assert {"token_expired", "commit_unknown", "cursor_invalid"} <= codes
    assert {code for code in codes if f"`{code}`" not in PAGE} == set()


def test_every_status_is_documented() -> None:
    told = {int(status) for status in re.findall(r"^\| (\d{3}) \|", PAGE, re.MULTILINE)}

    assert set(STATUS_OF_KIND.values()) <= told
