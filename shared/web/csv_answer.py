"""Tables as CSV (RFC 4180), in the way that spreadsheets open without harm."""

import codecs
import csv
import io
from collections.abc import AsyncIterable, AsyncIterator, Iterable, Sequence
from datetime import datetime
from typing import Any, Final

from fastapi import Response
from fastapi.responses import StreamingResponse

from shared.instants import write_instant

TABLE: Final[dict[int | str, dict[str, Any]]] = {
    200: {"description": "the answer", "content": {"text/csv": {"schema": {"type": "string"}}}}
}
"""For `responses` of a route that answers with a table, be it only on request."""

# Spreadsheets run a text that begins so as a formula (CWE-1236); an apostrophe makes it a text again.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


_MEDIA_TYPE: Final = "text/csv; charset=utf-8"

Rows = Iterable[Sequence[object]]


def csv_answer(name: str, columns: Sequence[str], rows: Rows) -> Response:
    """UTF-8 with a byte order mark, without which Excel garbles Chinese; None is an empty cell."""
    return Response(_head(columns) + _write(rows), media_type=_MEDIA_TYPE, headers=_named(name))


def csv_stream(name: str, columns: Sequence[str], portions: AsyncIterable[Rows]) -> StreamingResponse:
    """The same for more rows than should be held at once."""

    async def write() -> AsyncIterator[bytes]:
        yield _head(columns)
        async for rows in portions:
            yield _write(rows)

    return StreamingResponse(write(), media_type=_MEDIA_TYPE, headers=_named(name))


def _head(columns: Sequence[str]) -> bytes:
    return codecs.BOM_UTF8 + _write([columns])


def _write(rows: Rows) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows([_cell(value) for value in row] for row in rows)
    return text.getvalue().encode()


def _named(name: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{name}.csv"'}


def _cell(value: object) -> object:
    if isinstance(value, datetime):
        return write_instant(value)
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA_STARTS) else value
