"""A small simulated year through the real service; and the judge, which must see each kind of fault."""

import json
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from deploy.local.care.judgement import Sent, judge
from deploy.local.care.oracle import Expected, birthdays, expected_greetings, holidays
from deploy.local.care.population import Birth, Person, people
from tests.support.source import ROOT

OPENS = datetime(2025, 1, 1, tzinfo=UTC)
CLOSES = datetime(2026, 1, 1, tzinfo=UTC)
DAY = date(2025, 3, 10)
NINE = datetime(2025, 3, 10, 1, tzinfo=UTC)
"""09:00 of that day in Shanghai."""


def person(**changes: object) -> Person:
    values = {
        "number": 1,
        "customer_id": people(1, seed=1, opens=OPENS, days=1)[0].customer_id,
        "time_zone": "Asia/Shanghai",
        "birth": Birth(lunar=False, month=3, day=10),
        "joins_at": OPENS,
        "consents": True,
        "withdraws_at": None,
        "quiet": ("21:30", "08:00"),
    }
    return Person(**(values | changes))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("birth", "days"),
    [
        (Birth(lunar=False, month=2, day=29), (date(2024, 2, 29), date(2025, 2, 28))),
        (Birth(lunar=True, month=8, day=15), (date(2024, 9, 17), date(2025, 10, 6))),
        (Birth(lunar=True, month=6, day=1, leap_month=True), (date(2024, 7, 6), date(2025, 7, 25))),
        (Birth(lunar=True, month=12, day=30), (date(2024, 2, 9), date(2025, 1, 28))),
    ],
)
def test_the_oracle_knows_the_days(birth: Birth, days: tuple[date, ...]) -> None:
    assert birthdays(birth, date(2024, 1, 1), date(2025, 12, 31)) == days


@pytest.mark.parametrize(
    ("region", "days"),
    [
        ("CN", (date(2024, 9, 17), date(2025, 10, 6))),
        ("US", (date(2024, 9, 17), date(2024, 11, 28), date(2025, 10, 6), date(2025, 11, 27))),
        ("GB-ENG", (date(2024, 4, 1), date(2024, 9, 17), date(2025, 4, 21), date(2025, 10, 6))),
    ],
)
def test_the_oracle_knows_the_holidays(region: str, days: tuple[date, ...]) -> None:
    assert holidays(region, date(2024, 1, 1), date(2025, 12, 31)) == days


@pytest.mark.parametrize("day", [date(2000, 4, 24), date(2011, 4, 25), date(2038, 4, 26)])
def test_the_oracle_reckons_easter(day: date) -> None:
    assert day in holidays("NZ", date(day.year, 1, 1), date(day.year, 12, 31))


@pytest.mark.parametrize(
    ("changes", "is_greeted"),
    [
        ({}, True),
        ({"consents": False}, False),
        ({"withdraws_at": NINE - timedelta(minutes=1)}, False),
        ({"withdraws_at": NINE + timedelta(minutes=1)}, True),
        ({"joins_at": NINE + timedelta(hours=5)}, True),
        ({"joins_at": NINE + timedelta(hours=15)}, False),
    ],
)
def test_the_oracle_asks_for_consent_at_the_hour(changes: dict[str, object], is_greeted: bool) -> None:
    expected = {Expected(1, DAY)} if is_greeted else set()
    found = expected_greetings([person(**changes)], OPENS, NINE + timedelta(days=1))
    assert found == expected


def test_a_birthday_on_a_holiday_is_greeted_once() -> None:
    mid_autumn = person(birth=Birth(lunar=True, month=8, day=15))
    assert expected_greetings([mid_autumn], OPENS, CLOSES) == {Expected(1, date(2025, 10, 6))}


@pytest.mark.parametrize(
    ("sent", "fault"),
    [
        ([NINE], None),
        ([], "missing"),
        ([NINE, NINE], "doubled"),
        ([NINE, NINE - timedelta(days=1)], "wrong_day"),
        ([NINE - timedelta(hours=2)], "in_quiet_hours"),
        ([NINE, NINE + timedelta(days=365)], "against_consent"),
    ],
)
def test_the_judge_sees_each_fault(sent: list[datetime], fault: str | None) -> None:
    withdrawn = person(withdraws_at=NINE + timedelta(days=30))
    verdict = judge({1: withdrawn}, {Expected(1, DAY)}, [Sent(1, at) for at in sent])
    found = {name for name, count in verdict.as_json().items() if count and name not in ("expected", "sent")}
    assert found == ({fault} if fault else set())
    assert verdict.holds is (fault is None)


def test_a_simulated_year_greets_everybody_once(tmp_path: Path) -> None:
    file = tmp_path / "verdict.json"
    command = [sys.executable, "-m", "deploy.local.care", "--years", "1", "--people", "150", "--json", str(file)]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)
    assert run.returncode == 0, run.stderr[-3000:]
    verdict = json.loads(file.read_text())
    assert verdict["expected"] == verdict["sent"] > 250
    assert {verdict[name] for name in ("missing", "doubled", "wrong_day", "in_quiet_hours", "against_consent")} == {0}
