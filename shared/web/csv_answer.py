"""Tables as CSV (RFC 4180), in the way that spreadsheets open without harm."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any, Final

from fastapi import Response

TABLE: Final[dict[int | str, dict[str, Any]]] = {
    200: {"description": "the answer", "content": {"text/csv": {"schema": {"type": "string"}}}}
}
"""For `responses` of a route that answers with a table, be it only on request."""

# Spreadsheets run a text that begins so as a formula (CWE-1236); an apostrophe makes it a text again.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def csv_answer(name: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> Response:
    """UTF-8 with a byte order mark, without which Excel garbles Chinese; None is an empty cell."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(columns)
    writer.writerows([_cell(value) for value in row] for row in rows)
    return Response(
        text.getvalue().encode("utf-8-sig"),
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}.csv"'},
    )


def _cell(value: object) -> object:
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA_STARTS) else value
