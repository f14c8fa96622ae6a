"""Reading the answers of an API in tests."""

from typing import Any

import httpx


def problem(answer: httpx.Response) -> tuple[int, str, str | None]:
    """Status, code and the first field of a refusal."""
    assert answer.headers["content-type"].startswith("application/problem+json"), answer.text
    return answer.status_code, *told(answer.json())


def told(body: dict[str, Any]) -> tuple[str, str | None]:
    """Code and first field of a problem, such as an item of a batch comes with."""
    return body["code"], body["errors"][0]["field"] if body["errors"] else None
