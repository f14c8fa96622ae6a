"""The kinds of failure the platform knows; HTTP status and retry decisions are derived from them, in one place each."""

from enum import StrEnum
from typing import Any, ClassVar


class ErrorKind(StrEnum):
    MALFORMED = "malformed"
    INVALID = "invalid"
    UNAUTHENTICATED = "unauthenticated"
    FORBIDDEN = "forbidden"
    NOT_FOUND = "not_found"
    CONFLICT = "conflict"
    PRECONDITION_FAILED = "precondition_failed"
    PRECONDITION_REQUIRED = "precondition_required"
    TOO_LARGE = "too_large"
    UNSUPPORTED_MEDIA = "unsupported_media"
    RATE_LIMITED = "rate_limited"
    UNAVAILABLE = "unavailable"


class RapportError(Exception):
    """Base of every deliberate error.

    `code` is stable and machine-readable, `detail` tells a person what is wrong and the way out, `field` is the path of
    the offending input (`lines[0].amount`), `context` carries ids worth showing beside it.
    """

    kind: ClassVar[ErrorKind] = ErrorKind.INVALID

    def __init__(self, detail: str, *, code: str, field: str | None = None, **context: Any) -> None:
        super().__init__(detail)
        self.detail = detail
        self.code = code
        self.field = field
        self.context = context


class Malformed(RapportError):
    """The request itself cannot be read (a header, a parameter, a cursor), as opposed to what it says."""

    kind = ErrorKind.MALFORMED


class InvalidInput(RapportError):
    kind = ErrorKind.INVALID


class Unauthenticated(RapportError):
    kind = ErrorKind.UNAUTHENTICATED


class Forbidden(RapportError):
    kind = ErrorKind.FORBIDDEN


class NotFound(RapportError):
    kind = ErrorKind.NOT_FOUND


class Conflict(RapportError):
    kind = ErrorKind.CONFLICT


class PreconditionFailed(RapportError):
    kind = ErrorKind.PRECONDITION_FAILED


class PreconditionRequired(RapportError):
    kind = ErrorKind.PRECONDITION_REQUIRED


class TooLarge(RapportError):
    kind = ErrorKind.TOO_LARGE


class UnsupportedMedia(RapportError):
    kind = ErrorKind.UNSUPPORTED_MEDIA


class RateLimited(RapportError):
    kind = ErrorKind.RATE_LIMITED

    def __init__(self, detail: str, *, code: str, retry_after_seconds: int, **context: Any) -> None:
        super().__init__(detail, code=code, **context)
        self.retry_after_seconds = retry_after_seconds


class Unavailable(RapportError):
    """Something outside (database, broker, provider) does not answer: worth trying again unchanged."""

    kind = ErrorKind.UNAVAILABLE


class Poison(RapportError):
    """This event can never be applied, however often it is tried: it belongs to the dead letters."""

    kind = ErrorKind.INVALID
