"""Each API against its own document: whatever is sent, the answer is one it announces, and never a fault of its own."""

import asyncio
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode, checks
from schemathesis.core.result import Ok

from tests.support.openapi import SERVICES
from tests.support.postgres import DatabaseFactory
from tests.support.processes import ServiceProcess, service_environment
from tests.support.tokens import Tokens

EXAMPLES = 15
"""Of each operation, and each way: as the document wants it, and not."""
PROMISES = [
    checks.not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
]
bounded = settings(
    max_examples=EXAMPLES,
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


def fuzz(url: str, headers: dict[str, str]) -> Counter[int]:
    """How often each status was answered. Fails for an answer that the document does not announce."""
    statuses = Counter[int]()
    for found in schemathesis.openapi.from_url(f"{url}/openapi.json", headers=headers).get_all_operations():
        assert isinstance(found, Ok), found
        for mode in GenerationMode:

            @bounded
            @given(case=found.ok().as_strategy(generation_mode=mode))
            def keeps_its_promises(case: Any) -> None:
                response = case.call(headers=headers)
                statuses[response.status_code] += 1
                case.validate_response(response, checks=PROMISES)

            keeps_its_promises()
    return statuses


@pytest.mark.parametrize("service", SERVICES)
async def test_an_api_answers_as_its_document_says(
    service: str, database_factory: DatabaseFactory, tokens: Tokens, tmp_path: Path
) -> None:
    dsn = await database_factory(service)
    environment = service_environment(service, database_dsn=dsn, tokens=tokens, broker={"broker_database_url": dsn})
    headers = tokens.headers(*(f"{service}:{action}" for action in ("read", "write", "admin")))
    with ServiceProcess(service, "api", environment, tmp_path) as process:
        await process.wait_ready()
        statuses = await asyncio.to_thread(fuzz, process.url, headers)
    assert {200, 400, 401, 404, 422} <= statuses.keys(), statuses
