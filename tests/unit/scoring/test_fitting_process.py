"""A fit in a process of its own: the same as in this one, with its progress, and its death noticed."""

import asyncio
import os
import signal
from pathlib import Path

import pytest

from services.scoring.lifetime.fitting import TooLittleData
from services.scoring.lifetime.gamma_gamma import SpendHistories
from services.scoring.lifetime.histories import purchase_histories, spend_histories
from services.scoring.lifetime.jobs.fitting_process import FittingDied, fit_apart
from services.scoring.lifetime.modelling import Fit, Histories, fit_histories
from tests.support.eventually import eventually
from tests.support.factories.scoring import POLICY

# (repeats, days to the last one, days observed, customers): enough of them, for long enough.
PATTERNS = [(0, 0, 300, 400), (1, 90, 280, 150), (2, 150, 290, 80), (4, 240, 300, 40), (7, 280, 300, 15)]
NOTHING = Histories(purchase_histories([]), spend_histories([], 2), None)


def histories() -> Histories:
    spending: SpendHistories = spend_histories([(1, 3_000, 6_000, 0, 150), (2, 9_000, 12_000, 0, 80)], 2)
    return Histories(purchase_histories(PATTERNS), spending, None)


def ignore(_phase: str, _share: float) -> None:
    return


def fitting_children() -> list[int]:
    """Ids of the processes that fit models for this one."""
    tasks = Path(f"/proc/{os.getpid()}/task").glob("*/children")
    children = [int(child) for task in tasks for child in task.read_text().split()]
    return [child for child in children if b"fitting_process" in Path(f"/proc/{child}/cmdline").read_bytes()]


async def started() -> list[int]:
    return fitting_children()


async def test_a_fit_is_the_same_in_a_process_of_its_own() -> None:
    told: list[tuple[str, float]] = []
    found = await fit_apart(histories(), POLICY.lifetime, lambda phase, share: told.append((phase, share)))
    assert isinstance(found, Fit)
    assert found == fit_histories(histories(), POLICY.lifetime, ignore)
    assert told[-1] == ("checking intervals", 0.85)


async def test_too_little_comes_back_as_such() -> None:
    assert isinstance(await fit_apart(NOTHING, POLICY.lifetime, ignore), TooLittleData)


async def test_the_death_of_the_process_is_noticed() -> None:
    fitting = asyncio.create_task(fit_apart(histories(), POLICY.lifetime, ignore))
    (child,) = await eventually(started)
    os.kill(child, signal.SIGKILL)
    with pytest.raises(FittingDied):
        await fitting


async def test_a_cancelled_fit_leaves_no_process_behind() -> None:
    fitting = asyncio.create_task(fit_apart(histories(), POLICY.lifetime, ignore))
    await eventually(started)
    fitting.cancel()
    await asyncio.gather(fitting, return_exceptions=True)
    assert fitting_children() == []


async def test_what_goes_wrong_there_is_told_here() -> None:
    broken = Histories(purchase_histories(PATTERNS), spend_histories([], 2), 5)  # type: ignore[arg-type]
    with pytest.raises(RuntimeError, match="fitting failed: AttributeError"):
        await fit_apart(broken, POLICY.lifetime, ignore)
