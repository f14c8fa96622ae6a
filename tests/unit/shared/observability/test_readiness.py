"""Readiness: named checks, each with its own answer."""

import asyncio

import pytest

from shared.errors import Unavailable
from shared.observability.readiness import Readiness


async def fine() -> None:
    return None


async def test_all_checks_must_pass() -> None:
    readiness = Readiness()
    readiness.add("database", fine)
    assert (await readiness.report()).ready

    async def broken() -> str:
        return "away"

    readiness.add("broker", broken)
    report = await readiness.report()
    assert not report.ready
    assert report.checks == {"database": None, "broker": "away"}


async def test_an_exception_is_an_answer_too() -> None:
    readiness = Readiness()

    async def raising() -> None:
        raise Unavailable("the database does not answer", code="database_unavailable")

    readiness.add("database", raising)

    assert (await readiness.report()).checks == {"database": "the database does not answer"}


async def test_a_check_that_hangs_has_failed() -> None:
    readiness = Readiness(timeout_seconds=0.01)

    async def hanging() -> None:
        await asyncio.Event().wait()

    readiness.add("broker", hanging)

    assert (await readiness.report()).checks == {"broker": "no answer within 0.01 s"}


def test_names_are_unique() -> None:
    readiness = Readiness()
    readiness.add("database", fine)

    with pytest.raises(ValueError, match="database"):
        readiness.add("database", fine)


async def test_the_text_of_a_bug_is_not_shown_to_everybody() -> None:
    async def broken() -> str | None:
        raise RuntimeError("Key (email)=(somebody@example.com) is wrong")

    readiness = Readiness()
    readiness.add("database", broken)
    assert (await readiness.report()).checks == {"database": "RuntimeError"}
