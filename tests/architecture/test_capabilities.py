"""The inside of a service, where import-linter has no words: what rules may know, and the doors of a capability."""

import sys
from pathlib import Path

from tests.support.source import ROOT, functions, imported_modules, listed, parse, place, python_files

SERVICES = ("customer", "interaction", "scoring", "notification")
LAYERS = {"api", "consumers", "jobs", "use_cases", "queries", "schemas", "repository", "models"}
PUBLIC = {"use_cases", "queries", "schemas"}
"""What a capability shows to its siblings: its functions, and what they return. Its rules, pure, anyone may use."""

ADAPTERS = {"services/notification/channels"}
"""Folders whose modules speak to the outside, behind a port that `app` passes in: neither rules nor layers."""

SHARED_FOR_RULES = (
    "shared.conditions",
    "shared.errors",
    "shared.contracts",
    "shared.currencies",
    "shared.money",
    "shared.ids",
    "shared.instants",
    "shared.messaging.outbox.NewEvent",
    "shared.twins",
)
"""NewEvent is a value, and twins are values of contracts: rules say which events a change is worth, use cases append
them."""
FORBIDDEN_FOR_RULES = {
    "aiokafka", "aiosmtplib", "alembic", "asyncio", "asyncpg", "fastapi", "httpx", "prometheus_client", "sqlalchemy",
    "sqlmodel", "starlette", "structlog", "threading", "socket", "subprocess", "uvicorn",
}  # fmt: skip


def capability_files() -> list[Path]:
    """Modules inside capabilities, `services/<service>/<capability>/<module>.py` and deeper."""
    return [
        path
        for path in python_files("services")
        if len(path.relative_to(ROOT).parts) > 3 and "migrations" not in path.parts and path.name != "__init__.py"
    ]


def module_name(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts)


def layer_of(module: str) -> str | None:
    """The layer of `services.<service>.<capability>.<layer>…`, None for a rule."""
    parts = module.split(".")
    return parts[3] if len(parts) > 3 and parts[3] in LAYERS else None


def rule_files() -> list[Path]:
    return [
        path
        for path in capability_files()
        if layer_of(module_name(path)) is None and not any(path.is_relative_to(ROOT / folder) for folder in ADAPTERS)
    ]


def test_rules_do_no_io_and_know_nothing_of_the_platform() -> None:
    offenders = [
        f"{place(path, statement)} {module}"
        for path in rule_files()
        for statement, module in imported_modules(parse(path))
        if module.split(".")[0] in FORBIDDEN_FOR_RULES
        or (module.startswith("shared.") and not module.startswith(SHARED_FOR_RULES))
    ]
    assert not offenders, listed(offenders)


def test_rules_do_not_wait() -> None:
    offenders = [
        f"{place(path, function)} {function.name}"
        for path in rule_files()
        for function in functions(parse(path))
        if type(function).__name__ == "AsyncFunctionDef"
    ]
    assert not offenders, listed(offenders)


def test_rules_import_rules_only() -> None:
    offenders = [
        f"{place(path, statement)} {module}"
        for path in rule_files()
        for statement, module in imported_modules(parse(path))
        if module.startswith("services.") and layer_of(module) is not None
    ]
    assert not offenders, listed(offenders)


def test_a_capability_is_entered_by_its_use_cases_and_queries() -> None:
    offenders = []
    for path in capability_files():
        own = module_name(path).split(".")[:3]
        for statement, module in imported_modules(parse(path)):
            other = module.split(".")
            layer = layer_of(module)
            if other[:2] == own[:2] and other[:3] != own and layer is not None and layer not in PUBLIC:
                offenders.append(f"{place(path, statement)} {module}")
    assert not offenders, listed(offenders)


def test_settings_are_read_at_the_top_only() -> None:
    tops = {f"services.{service}.{module}" for service in SERVICES for module in ("app", "__main__")}
    offenders = [
        f"{place(path, statement)} {module}"
        for path in python_files(*(f"services/{service}" for service in SERVICES))
        if module_name(path) not in tops
        for statement, module in imported_modules(parse(path))
        if module.split(".")[2:3] == ["settings"] and module.startswith("services.")
    ]
    assert not offenders, listed(offenders)


def test_contracts_import_the_standard_library_and_pydantic_only() -> None:
    allowed = {"pydantic", "pydantic_core", *sys.stdlib_module_names}
    writes_yaml = "generate.py"  # run by `make contracts`, imported by nothing that is deployed
    offenders = [
        f"{place(path, statement)} {module}"
        for path in python_files("shared/contracts")
        for statement, module in imported_modules(parse(path))
        if module.split(".")[0] not in allowed and not module.startswith(("shared.contracts", "shared.currencies"))
        if not (path.name == writes_yaml and module == "yaml")
    ]
    assert not offenders, listed(offenders)
