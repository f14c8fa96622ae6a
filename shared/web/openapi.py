"""The OpenAPI document beyond what FastAPI derives: problems, scopes, and operation ids fit for generated clients."""

import json
import re
from collections.abc import Iterator
from typing import Any

from fastapi import FastAPI
from fastapi.routing import APIRoute

from shared.web.problems import PROBLEM_MEDIA_TYPE, TITLES, example_problem
from shared.web.schemas import Problem

_REF = "#/components/schemas/{model}"
_PAGE = re.compile(r"Page_([A-Za-z0-9]+)_")
_PAGE_NAME = r"\1Page"


def operation_id(route: APIRoute) -> str:
    """The endpoint's name: `register_customer` makes `client.register_customer(…)`."""
    return route.name


def describe(app: FastAPI, *, token_url: str | None) -> None:
    """Completes the document that `app.openapi()` gives."""
    derive = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            document = _name_pages(derive())
            _add_problems(document)
            if token_url is not None:
                _add_token_flow(document, token_url)
            app.openapi_schema = document
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]


def _name_pages(document: dict[str, Any]) -> dict[str, Any]:
    """`Page_NoteRead_` becomes `NoteReadPage`. A page of a union needs a subclass to get a name that can be read."""
    names = [name for name in document.get("components", {}).get("schemas", {}) if _PAGE.fullmatch(name)]
    text = json.dumps(document)
    for name in names:
        text = text.replace(f'"{name}"', f'"{_PAGE.sub(_PAGE_NAME, name)}"')
        text = text.replace(f'schemas/{name}"', f'schemas/{_PAGE.sub(_PAGE_NAME, name)}"')
    named: dict[str, Any] = json.loads(text)
    return named


def _add_problems(document: dict[str, Any]) -> None:
    components = document.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    for derived in ("HTTPValidationError", "ValidationError"):
        schemas.pop(derived, None)
    problem = Problem.model_json_schema(ref_template=_REF, mode="serialization")
    schemas.update(problem.pop("$defs", {}))
    schemas["Problem"] = problem
    used: set[int] = set()
    for operation in _operations(document):
        # A page for people says itself what went wrong.
        statuses = {status for status in _failures_of(operation) if not _is_page(operation["responses"], status)}
        used.update(statuses)
        operation["responses"].pop("422", None)
        for status in sorted(statuses):
            operation["responses"][str(status)] = {"$ref": f"#/components/responses/{_response_name(status)}"}
    components["responses"] = {_response_name(status): _response(status) for status in sorted(used)}


def _operations(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for path in document.get("paths", {}).values():
        yield from path.values()


def _failures_of(operation: dict[str, Any]) -> set[int]:
    """The statuses a caller should expect of an operation: by what it takes, and those that its route declares."""
    parameters = {str(parameter["name"]).lower(): parameter["in"] for parameter in operation.get("parameters", ())}
    # FastAPI announces 422 for whatever takes a parameter, whether one can be wrong in itself or not.
    statuses = {503, *(int(status) for status in operation["responses"] if status[0] in "45" and status != "422")}
    if parameters or "requestBody" in operation:
        statuses.add(400)
    if operation.get("security"):
        statuses |= {401, 403}
    if "path" in parameters.values():
        statuses.add(404)
    if "query" in parameters.values():
        statuses.add(422)
    if "requestBody" in operation:
        statuses |= {413, 415, 422}
    if "idempotency-key" in parameters:
        statuses |= {409, 422}
    if "if-match" in parameters:
        statuses |= {412, 428}
    return statuses


def _is_page(responses: dict[str, Any], status: int) -> bool:
    return "text/html" in responses.get(str(status), {}).get("content", {})


def _response_name(status: int) -> str:
    return f"Problem{status}"


def _response(status: int) -> dict[str, Any]:
    return {
        "description": TITLES[status],
        "content": {
            PROBLEM_MEDIA_TYPE: {
                "schema": {"$ref": _REF.format(model="Problem")},
                "example": example_problem(status).model_dump(mode="json"),
            }
        },
    }


def _add_token_flow(document: dict[str, Any], token_url: str) -> None:
    """Offers to fetch a token beside pasting one; both demand the same scopes."""
    demanded: set[str] = set()
    for operation in _operations(document):
        for requirement in list(operation.get("security", ())):
            if "bearer" in requirement:
                demanded.update(requirement["bearer"])
                operation["security"].append({"oauth2": requirement["bearer"]})
    flow = {"tokenUrl": token_url, "scopes": {scope: f"allows {scope}" for scope in sorted(demanded)}}
    document["components"].setdefault("securitySchemes", {})["oauth2"] = {
        "type": "oauth2",
        "flows": {"clientCredentials": flow},
    }
