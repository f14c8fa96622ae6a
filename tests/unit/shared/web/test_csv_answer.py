"""CSV that spreadsheets read as text and in the right characters."""

import csv
import io
from datetime import datetime, timedelta, timezone

from shared.web.csv_answer import csv_answer


def test_cells_come_back_as_they_were() -> None:
    answer = csv_answer("names", ("name", "count"), [('王, "芳"\n', 3), (None, -2)])
    rows = list(csv.reader(io.StringIO(bytes(answer.body).decode("utf-8-sig"), newline="")))
    assert rows == [["name", "count"], ['王, "芳"\n', "3"], ["", "-2"]]
    assert answer.headers["content-disposition"] == 'attachment; filename="names.csv"'


def test_instants_are_written_as_in_json() -> None:
    at = datetime(2026, 1, 31, 9, 30, tzinfo=timezone(timedelta(hours=8)))
    assert b"2026-01-31T01:30:00Z" in bytes(csv_answer("instants", ("at",), [(at,)]).body)


def test_a_text_that_looks_like_a_formula_stays_a_text() -> None:
    answer = csv_answer("names", ("name",), [("=1+1",), ("@import",)])
    assert bytes(answer.body).decode("utf-8-sig").splitlines() == ["name", "'=1+1", "'@import"]
