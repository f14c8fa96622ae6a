"""The CDNOW purchases as a fixture, kept between runs under the data folder, and as the papers split them."""

from datetime import date
from pathlib import Path

import pytest

from deploy.local import cdnow
from services.scoring.lifetime.splitting import Split, SplitHistories, split_ledgers
from services.scoring.lifetime.transactions import DIGITS, Layout, read_transactions, to_day

DATA_DIR = Path(__file__).resolve().parents[2] / ".data"
LAYOUT = Layout(separator=None, header=False, columns={"customer": "2", "date": "3", "amount": "5"})
SPLIT = Split(to_day(date(1997, 9, 30)), to_day(date(1998, 6, 30)))
"""39 weeks to calibrate, 39 weeks to check."""


@pytest.fixture(scope="session")
def cdnow_file() -> Path:
    return cdnow.fetch(DATA_DIR)


@pytest.fixture(scope="session")
def cdnow_purchases(cdnow_file: Path) -> list[cdnow.CdnowPurchase]:
    return cdnow.read(cdnow_file)


@pytest.fixture(scope="session")
def cdnow_histories(cdnow_file: Path) -> SplitHistories:
    ledgers = read_transactions(cdnow_file.read_text("ascii").splitlines(), LAYOUT).ledgers
    return split_ledgers(ledgers, SPLIT, digits=DIGITS, discount_per_year=0.1)
