"""Each API against its own document: whatever is sent, the answer is one it announces, and never a fault of its own."""

import asyncio
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.strategies import booleans
from schemathesis import GenerationMode, checks
from schemathesis.core.result import Ok

from tests.support.known_customer import make_known
from tests.support.messaging import embedded_broker
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


def fuzz(url: str, headers: dict[str, str], known: Mapping[str, str]) -> Counter[int]:
    """How often each status was answered. Fails for an answer that the document does not announce.

    Half of the requests are led to what is `known`, by names of path parameters.
    """
    statuses = Counter[int]()
    document = schemathesis.openapi.from_url(f"{url}/openapi.json", headers=headers)
    # A live stream ends when its reader does, which a generated request never does.
    for found in document.exclude(path_regex="/stream$").get_all_operations():
        assert isinstance(found, Ok), found
        for mode in GenerationMode:

            @bounded
            @given(case=found.ok().as_strategy(generation_mode=mode), led=booleans())
            def keeps_its_promises(case: Any, led: bool) -> None:
                if led:
                    case.path_parameters.update({name: known[name] for name in case.path_parameters if name in known})
                response = case.call(headers=headers)
                statuses[response.status_code] += 1
                case.validate_response(response, checks=PROMISES)

            keeps_its_promises()
    return statuses


@pytest.mark.parametrize("service", SERVICES)
async def test_an_api_answers_as_its_document_says(
    service: str, database_factory: DatabaseFactory, tokens: Tokens, tmp_path: Path
) -> None:
    dsn, broker_dsn = await database_factory(service), await database_factory()
    broker_settings = {"broker_database_url": broker_dsn}
    environment = service_environment(service, database_dsn=dsn, tokens=tokens, broker=broker_settings)
    headers = tokens.headers(*(f"{service}:{action}" for action in ("read", "write", "admin")))
    with ServiceProcess(service, "all", environment, tmp_path) as process:
        await process.wait_ready()
        async with (
            embedded_broker(broker_dsn) as broker,
            httpx.AsyncClient(base_url=process.url, headers=headers, trust_env=False) as client,
        ):
            known = await make_known(service, client, broker)
        statuses = await asyncio.to_thread(fuzz, process.url, headers, known)
        assert process.is_running(), process.log_tail()
    assert {200, 400, 401, 404, 422} <= statuses.keys(), statuses
