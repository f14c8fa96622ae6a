"""The CDNOW purchases as a fixture, kept between runs under the data folder."""

from pathlib import Path

import pytest

from deploy.local import cdnow

DATA_DIR = Path(__file__).resolve().parents[2] / ".data"


@pytest.fixture(scope="session")
def cdnow_purchases() -> list[cdnow.CdnowPurchase]:
    return cdnow.read(cdnow.fetch(DATA_DIR))
