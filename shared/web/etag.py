"""ETag, If-Match, If-None-Match over a row's version: a change names the state it was decided on."""

import re
from typing import Annotated

from fastapi import Depends, Header, Request, Response

from shared.errors import Malformed, PreconditionRequired

_STRONG_TAG = re.compile(r'\s*"(\d{1,18})"\s*')


def etag_of(version: int) -> str:
    return f'"{version}"'


class NotModified(Exception):
    """Ends a read with 304, since the caller has this version already."""

    def __init__(self, etag: str) -> None:
        super().__init__(etag)
        self.etag = etag


class EntityTag:
    """Sets the ETag of the answer: `etag.set(customer.version)`."""

    def __init__(self, response: Response, *, known: str | None) -> None:
        """`known` is If-None-Match of a read, None on a change."""
        self._response = response
        self._known = known

    def set(self, version: int) -> None:
        """Raises NotModified on a read whose If-None-Match names this version."""
        etag = etag_of(version)
        if self._known is not None:
            known = {tag.strip().removeprefix("W/") for tag in self._known.split(",")}
            if etag in known or "*" in known:
                raise NotModified(etag)
        self._response.headers["ETag"] = etag


async def _entity_tag(
    request: Request,
    response: Response,
    if_none_match: Annotated[str | None, Header(max_length=2000, include_in_schema=False)] = None,
) -> EntityTag:
    return EntityTag(response, known=if_none_match if request.method in ("GET", "HEAD") else None)


ETagDep = Annotated[EntityTag, Depends(_entity_tag)]


async def read_if_match(
    if_match: Annotated[str | None, Header(description='the ETag last read, for example `"3"`', max_length=200)] = None,
) -> int:
    if if_match is None:
        raise PreconditionRequired(
            "say which version you change: read the resource first and send the ETag you got, for example "
            'If-Match: "3"',
            code="if_match_required",
            field="If-Match",
        )
    match = _STRONG_TAG.fullmatch(if_match)
    if match is None:
        raise Malformed(
            'must be one ETag as this API gives it, for example "3" with its quotes',
            code="if_match_invalid",
            field="If-Match",
        )
    return int(match[1])


ExpectedVersion = Annotated[int, Depends(read_if_match)]
"""The version in If-Match; the use case raises PreconditionFailed (`version_conflict`) when the row has another."""
