"""Every failure as problem+json (RFC 9457): the one place where kinds of errors become HTTP statuses."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

import structlog
from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from starlette.exceptions import HTTPException

from shared.errors import ErrorKind, InvalidInput, RapportError
from shared.validation import explain
from shared.web.etag import NotModified
from shared.web.schemas import FieldError, Problem

log = structlog.get_logger(__name__)

PROBLEM_MEDIA_TYPE = "application/problem+json"
UNAVAILABLE_RETRY_SECONDS = 2
REALM = "rapport"
_WHOLE = "(body)"

STATUS_OF_KIND: Mapping[ErrorKind, int] = {
    ErrorKind.MALFORMED: 400,
    ErrorKind.UNAUTHENTICATED: 401,
    ErrorKind.FORBIDDEN: 403,
    ErrorKind.NOT_FOUND: 404,
    ErrorKind.CONFLICT: 409,
    ErrorKind.PRECONDITION_FAILED: 412,
    ErrorKind.TOO_LARGE: 413,
    ErrorKind.UNSUPPORTED_MEDIA: 415,
    ErrorKind.INVALID: 422,
    ErrorKind.PRECONDITION_REQUIRED: 428,
    ErrorKind.RATE_LIMITED: 429,
    ErrorKind.UNAVAILABLE: 503,
}
TITLES = {
    400: "The request cannot be read",
    401: "Not authenticated",
    403: "Not allowed",
    404: "Not found",
    405: "Method not allowed",
    409: "In conflict with the present state",
    412: "Changed meanwhile",
    413: "Too large",
    415: "Media type not supported",
    422: "The input is not valid",
    428: "A condition is required",
    429: "Too many requests",
    500: "Something went wrong here",
    503: "Not available at present",
}
_EXAMPLES: Mapping[int, tuple[str, str, str | None]] = {
    400: ("cursor_invalid", "is not a cursor of this list; leave it out to start at the beginning", "cursor"),
    401: ("token_expired", "the token has expired; get a new one", None),
    403: ("scope_missing", "the token lacks a scope; ask the issuer for a token that has it", None),
    404: ("not_found", "there is nothing with this id", None),
    409: ("idempotency_in_flight", "a request with this Idempotency-Key is being worked on", None),
    412: ("version_conflict", "it was changed meanwhile; read it again and decide anew", None),
    413: ("body_too_large", "the body exceeds 1048576 bytes; send it in smaller parts", None),
    415: (
        "content_type_unsupported",
        "the body must be JSON, sent with Content-Type: application/json",
        "Content-Type",
    ),
    422: ("required", "is required", "lines[0].amount"),
    428: ("if_match_required", "say which version you change: send the ETag last read", "If-Match"),
    429: ("too_busy", "more requests are waiting than can be served in good time; repeat this one in a moment", None),
    503: ("database_unavailable", "the database does not answer at present; try again shortly", None),
}
_HTTP_CODES = {400: "body_unreadable", 404: "route_not_found", 405: "method_not_allowed", 413: "body_too_large"}


def problem_of(error: RapportError) -> Problem:
    """An error as a problem: for a whole answer, or for one item of a bulk request."""
    errors = error.context.get("errors")
    if not isinstance(errors, list):
        errors = [FieldError(field=error.field, detail=error.detail, code=error.code)] if error.field else []
    return _problem(
        STATUS_OF_KIND[error.kind],
        error.code,
        f"{error.field}: {error.detail}" if error.field else error.detail,
        errors=errors,
        context={name: value for name, value in error.context.items() if name != "errors"},
    )


def invalid_input(error: ValidationError, data: Any, expected: Any = None) -> InvalidInput:
    """What pydantic refused in one item of a bulk request, as the error that the same item alone would get."""
    errors = _field_errors(error.errors(include_url=False), data, expected)
    return InvalidInput(_summary(errors), code="validation_failed", errors=errors)


def respond(problem: Problem, request: Request, headers: Mapping[str, str] | None = None) -> Response:
    told = problem.model_copy(
        update={"instance": request.url.path, "correlation_id": getattr(request.state, "correlation_id", None)}
    )
    return Response(told.model_dump_json(), told.status, headers, media_type=PROBLEM_MEDIA_TYPE)


async def handle_error(request: Request, error: Exception) -> Response:
    if not isinstance(error, RapportError):
        raise TypeError(f"no RapportError: {error!r}")
    problem = problem_of(error)
    if error.kind is ErrorKind.UNAVAILABLE:
        log.warning("request_unavailable", code=error.code, reason=repr(error.__cause__ or error))
    return respond(problem, request, _headers_of(error))


async def handle_validation_error(request: Request, error: Exception) -> Response:
    if not isinstance(error, RequestValidationError):
        raise TypeError(f"no RequestValidationError: {error!r}")
    lines = error.errors()
    if lines and lines[0]["type"] == "json_invalid":
        return respond(_json_problem(lines[0], error.body), request)
    in_body = [{**line, "loc": line["loc"][1:]} for line in lines if line["loc"][0] == "body"]
    elsewhere = [{**line, "loc": line["loc"][1:]} for line in lines if line["loc"][0] != "body"]
    found = [
        *_field_errors(in_body, error.body, _body_type(request)),
        *(one for line in elsewhere for one in _field_errors([line], dict.fromkeys(line["loc"]))),
    ]
    status, code = (422, "validation_failed") if in_body else (400, "parameter_invalid")
    return respond(_problem(status, code, _summary(found), errors=found), request)


async def handle_http_exception(request: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        raise TypeError(f"no HTTPException: {error!r}")
    status = error.status_code
    details = {
        400: "the body cannot be read; send JSON in UTF-8",
        404: "there is nothing at this address; the API's addresses are listed at /docs",
        405: f"{request.method} is not possible here; possible is {(error.headers or {}).get('Allow', 'another')}",
    }
    phrase = HTTPStatus(status).phrase.lower()
    problem = _problem(
        status, _HTTP_CODES.get(status, phrase.replace(" ", "_")), details.get(status, str(error.detail))
    )
    return respond(problem, request, error.headers)


def unexpected_problem(request: Request) -> Response:
    """For bugs: nothing of them is told but the correlation id, under which the log has the rest."""
    detail = "this is a fault of the service, not of the request; tell its operators the correlation id"
    return respond(_problem(500, "internal_error", detail), request)


def stopping_problem(request: Request) -> Response:
    """For a request that had to be broken off because the process stops."""
    detail = "this process is being stopped; repeat the request, with the same Idempotency-Key"
    return respond(_problem(503, "stopping", detail), request, {"Retry-After": str(UNAVAILABLE_RETRY_SECONDS)})


def example_problem(status: int) -> Problem:
    """A typical problem of this status, for the documentation."""
    code, detail, field = _EXAMPLES[status]
    errors = [FieldError(field=field, detail=detail, code=code)] if field else []
    summary = f"{field}: {detail}" if field else detail
    problem = _problem(status, "validation_failed" if status == 422 else code, summary, errors=errors)
    return problem.model_copy(update={"correlation_id": "3f6f9d0e-8f0c-4c55-9a55-0d6f0a3a6a10"})


async def handle_not_modified(request: Request, answer: Exception) -> Response:  # noqa: ARG001 - FastAPI's signature
    if not isinstance(answer, NotModified):
        raise TypeError(f"no NotModified: {answer!r}")
    return Response(status_code=304, headers={"ETag": answer.etag})


def _problem(
    status: int,
    code: str,
    detail: str,
    *,
    errors: list[FieldError] | None = None,
    context: dict[str, Any] | None = None,
) -> Problem:
    return Problem(
        type=f"urn:rapport:problem:{code}",
        title=TITLES.get(status, HTTPStatus(status).phrase),
        status=status,
        detail=detail,
        code=code,
        errors=errors or [],
        context=context or {},
    )


def _headers_of(error: RapportError) -> dict[str, str]:
    headers = {}
    retry = getattr(error, "retry_after_seconds", None) or error.context.get("retry_after_seconds")
    if retry is None and error.kind is ErrorKind.UNAVAILABLE:
        retry = UNAVAILABLE_RETRY_SECONDS
    if retry is not None:
        headers["Retry-After"] = str(retry)
    if error.kind is ErrorKind.UNAUTHENTICATED:
        headers["WWW-Authenticate"] = f'Bearer realm="{REALM}"'
        if error.code != "token_missing":
            headers["WWW-Authenticate"] += f', error="invalid_token", error_description="{error.code}"'
    elif error.kind is ErrorKind.FORBIDDEN and "scope" in error.context:
        headers["WWW-Authenticate"] = (
            f'Bearer realm="{REALM}", error="insufficient_scope", scope="{error.context["scope"]}"'
        )
    return headers


def _field_errors(errors: Sequence[Mapping[str, Any]], data: Any, expected: Any = None) -> list[FieldError]:
    return [
        FieldError(field=fault.field or _WHOLE, detail=fault.detail, code=fault.code)
        for fault in explain(errors, data, expected)
    ]


def _summary(errors: list[FieldError]) -> str:
    if not errors:
        return "the input is not valid"
    first = f"{errors[0].field}: {errors[0].detail}"
    return first if len(errors) == 1 else f"{first} (and {len(errors) - 1} more, see errors)"


def _json_problem(line: Mapping[str, Any], body: Any) -> Problem:
    position = int(line["loc"][1])
    before = body[:position] if isinstance(body, str) else ""
    row, column = before.count("\n") + 1, position - before.rfind("\n")
    detail = f"the body is not JSON: {line['ctx']['error']} at line {row}, column {column}"
    error = FieldError(
        field=f"(body) line {row}, column {column}", detail=str(line["ctx"]["error"]), code="json_invalid"
    )
    return _problem(400, "json_invalid", detail, errors=[error])


def _body_type(request: Request) -> Any:
    body_field = getattr(request.scope.get("route"), "body_field", None)
    return body_field.field_info.annotation if body_field is not None else None
